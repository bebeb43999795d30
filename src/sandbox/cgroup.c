// SPDX-License-Identifier: MIT
#include "sandbox/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define ROOT   "/sys/fs/cgroup"
#define FOLDER "holdfast"
#define PERIOD 100000 /* us; the kernel's own default */

#define ROUNDS_MOST 200 /* of killing, a millisecond each */
#define NAMES_MOST  8	/* tried for a group before it is an error */

struct controller {
	enum layer layer;
	const char *name;    /* also of version 1's folder */
	const char *file[2]; /* version 1, 2: where the limit goes */
};
static const struct controller controllers[] = {
    {LAYER_MEMORY, "memory", {"memory.limit_in_bytes", "memory.max"}},
    {LAYER_PIDS, "pids", {"pids.max", "pids.max"}},
    {LAYER_CPU, "cpu", {"cpu.cfs_quota_us", "cpu.max"}},
};
#define CONTROLLERS (sizeof(controllers) / sizeof(*controllers))

static int write_at(const char *folder, const char *file, const char *text)
{
	char path[CGROUP_PATH + 32];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	rc = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
	close(fd);
	return rc;
}

static void limit_text(enum layer layer, int version, const struct limits *l, char to[48])
{
	unsigned long long quota = (unsigned long long)l->cpu_percent * PERIOD / 100;

	if (layer == LAYER_MEMORY)
		snprintf(to, 48, "%llu", (unsigned long long)l->memory);
	else if (layer == LAYER_PIDS) /* the sandbox's first process is one */
		snprintf(to, 48, "%lu", (unsigned long)l->processes + 1);
	else if (version == 2)
		snprintf(to, 48, "%llu %d", quota, PERIOD);
	else
		snprintf(to, 48, "%llu", quota);
}

static int set_limit(struct cgroup *c, const struct controller *k, const char *folder,
		     const struct limits *l, struct err *e)
{
	char text[48];

	limit_text(k->layer, c->version, l, text);
	if (write_at(folder, k->file[c->version - 1], text)) {
		if (errno == ENOENT) /* the controller without that part: as good as missing */
			return 0;
		return err_sys(e, errno, "layer %s: %s/%s", layer_name(k->layer), folder,
			       k->file[c->version - 1]);
	}
	c->has |= LAYER_BIT(k->layer);
	return 0;
}

/* In version 1 buffers of sockets, TCP's and UDP's, have an account of their own, which is kept
 * only where there is a limit. A quarter of the memory on top of it; version 2 counts them in. */
static void limit_buffers(const char *folder, const struct limits *l)
{
	char text[48];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)l->memory / 4);
	write_at(folder, "memory.kmem.tcp.limit_in_bytes", text);
}

/* What is below our own group of version 1 stays within the limits that hold for us. */
static bool own_group(const char *self, const char *name, char to[CGROUP_PATH])
{
	char word[32];
	const char *at, *end;

	snprintf(word, sizeof(word), ":%s:/", name);
	at = strstr(self, word);
	if (!at)
		return false;
	at += strlen(word) - 1;
	end = strchrnul(at, '\n');
	if (end - at == 1)
		end = at;
	return snprintf(to, CGROUP_PATH, ROOT "/%s%.*s", name, (int)(end - at), at) <
	       CGROUP_PATH - 64;
}

/* "NAME.PID" behind prefix, in *path. Whoever had this name and number before us and was killed has
 * left it, empty; who holds it still has the same number in another pid namespace, and keeps it. */
static int make_group(char path[CGROUP_PATH], const char *prefix, const char *name)
{
	for (unsigned n = 0; n < NAMES_MOST; n++) {
		char other[16] = "";

		if (n)
			snprintf(other, sizeof(other), "-%u", n);
		snprintf(path, CGROUP_PATH, "%s%s%s.%ld", prefix, name, other, (long)getpid());
		if (!mkdir(path, 0755))
			return 0;
		if (errno != EEXIST)
			return -1;
		rmdir(path);
		if (!mkdir(path, 0755))
			return 0;
	}
	return -1;
}

static int make_v1(struct cgroup *c, const struct controller *k, const char *self, const char *name,
		   const struct limits *l, struct err *e)
{
	char *path = c->path[c->paths], join[CGROUP_PATH + 8], own[CGROUP_PATH];

	if (!own_group(self, k->name, own))
		return 0;
	strcat(own, "/" FOLDER "-"); /* own_group() has left room */
	if (make_group(path, own, name))
		return errno == ENOENT || errno == EROFS || errno == EACCES
			   ? 0
			   : err_sys(e, errno, "layer %s: %s", layer_name(k->layer), path);
	snprintf(join, sizeof(join), "%s/tasks", path);
	c->layer[c->paths] = k->layer;
	c->join[c->paths++] = openat(AT_FDCWD, join, O_WRONLY | O_CLOEXEC);
	if (c->join[c->paths - 1] < 0)
		return err_sys(e, errno, "layer %s: %s", layer_name(k->layer), join);
	if (k->layer == LAYER_MEMORY)
		limit_buffers(path, l);
	return set_limit(c, k, path, l, e);
}

static int read_text(const char *path, char *to, size_t size)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, to, size - 1);
	close(fd);
	if (n < 0)
		return -1;
	to[n] = 0;
	return 0;
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; (s = strstr(s, word)); s += n)
		if ((s == list || s[-1] == ' ') && (!s[n] || strchr(" \n", s[n])))
			return true;
	return false;
}

/* Controllers have to be handed down a level at a time: to our folder, and from there. */
static void hand_down(const char *folder, const char *offered)
{
	char text[16];

	for (size_t i = 0; i < CONTROLLERS; i++) {
		if (!has_word(offered, controllers[i].name))
			continue;
		snprintf(text, sizeof(text), "+%s", controllers[i].name);
		write_at(folder, "cgroup.subtree_control", text);
	}
}

/* Version 2: where the groups of programs are. */
static char base[CGROUP_PATH] = ROOT "/" FOLDER;

/* Whoever made our group has left all below it to us: a service manager says so, and a container
 * has the tree that it sees for its own. (In the root of all groups processes are in nobody's way.)
 */
static bool is_ours(const char *own)
{
	char yes = 0;

	if (!strcmp(own, ROOT))
		return !access(ROOT "/cgroup.events", F_OK);
	return getxattr(own, "trusted.delegate", &yes, 1) == 1 && yes == '1';
}

static bool own_group_v2(char own[CGROUP_PATH])
{
	char self[1024];
	const char *at, *end;
	int n;

	if (access(ROOT "/cgroup.controllers", F_OK) ||
	    read_text("/proc/self/cgroup", self, sizeof(self)) || !(at = strstr(self, "0::/")))
		return false;
	at += 3;
	end = strchrnul(at, '\n');
	n = end - at == 1 ? 0 : (int)(end - at);
	return snprintf(own, CGROUP_PATH, ROOT "%.*s", n, at) < CGROUP_PATH - 64;
}

void cgroup_settle(void)
{
	char own[CGROUP_PATH], text[CGROUP_PATH + 64];

	if (!own_group_v2(own) || !is_ours(own))
		return;
	snprintf(text, sizeof(text), "%s/" FOLDER "-supervisor", own);
	mkdir(text, 0755);
	if (write_at(text, "cgroup.procs", "0") || !strcmp(own, ROOT))
		return;
	snprintf(text, sizeof(text), "%s/cgroup.controllers", own);
	if (!read_text(text, text, sizeof(text)))
		hand_down(own, text);
	snprintf(text, sizeof(text), "%s/cgroup.subtree_control", own);
	if (!read_text(text, text, sizeof(text)) && has_word(text, "memory"))
		strcpy(base, own);
}

static int make_v2(struct cgroup *c, const char *offered, const char *name, const struct limits *l,
		   struct err *e)
{
	char *path = c->path[0], has[256], below[CGROUP_PATH + 32];

	mkdir(base, 0755);
	snprintf(below, sizeof(below), "%s/cgroup.subtree_control", base);
	if (read_text(below, has, sizeof(has)))
		return err_sys(e, errno, "layer memory: %s", base);
	if (!has_word(has, "memory") || !has_word(has, "pids") || !has_word(has, "cpu")) {
		hand_down(ROOT, offered);
		hand_down(base, offered);
		if (read_text(below, has, sizeof(has)))
			*has = 0;
	}
	c->version = 2;
	snprintf(below, sizeof(below), "%s/", base);
	if (make_group(path, below, name))
		return err_sys(e, errno, "layer memory: %s", path);
	c->paths = 1;
	c->join[0] = openat(AT_FDCWD, path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (c->join[0] < 0)
		return err_sys(e, errno, "layer memory: %s", path);
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (has_word(has, controllers[i].name) && set_limit(c, &controllers[i], path, l, e))
			return -1;
	if (c->has & LAYER_BIT(LAYER_MEMORY))
		write_at(path, "memory.swap.max", "0");
	return 0;
}

int cgroup_make(struct cgroup *to, const char *name, const struct limits *l, struct err *e)
{
	char text[1024];
	int rc = 0;

	*to = (struct cgroup){.join = {-1, -1, -1}};
	if (!read_text(ROOT "/cgroup.controllers", text, sizeof(text))) {
		rc = make_v2(to, text, name, l, e);
	} else if (!read_text("/proc/self/cgroup", text, sizeof(text))) {
		to->version = 1;
		for (size_t i = 0; i < CONTROLLERS && !rc; i++)
			rc = make_v1(to, &controllers[i], text, name, l, e);
	}
	if (rc)
		cgroup_remove(to);
	return rc;
}

int cgroup_join(const struct cgroup *c, struct err *e)
{
	for (unsigned i = 0; c->version == 1 && i < c->paths; i++)
		if (write(c->join[i], "0", 1) != 1)
			return err_sys(e, errno, "layer %s: %s/tasks",
				       layer_name((enum layer)c->layer[i]), c->path[i]);
	return 0;
}

/* A round kills who is there; who was being forked meanwhile is met in the next. */
static int kill_round(const char *procs)
{
	FILE *f = fopen(procs, "re");
	int found = 0;
	long pid;

	if (!f)
		return -1;
	while (fscanf(f, "%ld", &pid) == 1)
		if (pid > 0 && ++found)
			kill((pid_t)pid, SIGKILL);
	fclose(f);
	return found;
}

int cgroup_kill(const struct cgroup *c)
{
	const struct timespec nap = {0, 1000000};
	char procs[CGROUP_PATH + 16];
	int found = -1;

	if (!c->paths)
		return -1;
	if (c->version == 2 && !write_at(c->path[0], "cgroup.kill", "1"))
		return 0;
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", c->path[0]);
	for (int i = 0; i < ROUNDS_MOST && (found = kill_round(procs)) > 0; i++)
		nanosleep(&nap, NULL);
	return found ? -1 : 0;
}

void cgroup_remove(struct cgroup *c)
{
	for (unsigned i = 0; i < c->paths; i++) {
		if (c->join[i] >= 0)
			close(c->join[i]);
		rmdir(c->path[i]);
	}
	c->paths = 0;
}

layer_set cgroup_offered(int *version)
{
	const struct limits least = {.memory = 16 << 20, .processes = 8, .cpu_percent = 100};
	struct cgroup c;
	layer_set has;

	*version = 0;
	if (cgroup_make(&c, "probe", &least, NULL))
		return 0;
	has = c.has;
	*version = c.version;
	cgroup_remove(&c);
	return has;
}

/* "NAME.PID", behind prefix: of a launcher that is no more? Then nobody else removes it. */
static bool is_left(const char *name, const char *prefix)
{
	const char *dot = strrchr(name, '.');
	long pid = dot ? strtol(dot + 1, NULL, 10) : 0;

	return !strncmp(name, prefix, strlen(prefix)) && pid > 0 && kill((pid_t)pid, 0) &&
	       errno == ESRCH;
}

static void sweep(const char *folder, const char *prefix)
{
	DIR *d = opendir(folder);

	for (struct dirent *f; d && (f = readdir(d));)
		if (is_left(f->d_name, prefix))
			unlinkat(dirfd(d), f->d_name, AT_REMOVEDIR);
	if (d)
		closedir(d);
}

void cgroup_sweep(void)
{
	char self[1024], path[CGROUP_PATH];

	sweep(base, "");
	if (read_text("/proc/self/cgroup", self, sizeof(self)))
		return;
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (own_group(self, controllers[i].name, path))
			sweep(path, FOLDER "-");
}
