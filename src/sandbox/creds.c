// SPDX-License-Identifier: MIT
#include "sandbox/creds.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAP(n) (1ull << CAP_##n)
/* Uids of programs that have none: 65536 apart, so that each has a range to map. */
#define OWN_FIRST 0x40000000u
#define OWN_BITS  13

static const uint64_t powers[POWER_COUNT] = {
    [POWER_NET_RAW] = CAP(NET_RAW),
    [POWER_NET_ADMIN] = CAP(NET_ADMIN),
    [POWER_TIME] = CAP(SYS_TIME),
    [POWER_SWITCH_USER] = CAP(SETUID) | CAP(SETGID) | CAP(CHOWN) | CAP(FOWNER) | CAP(DAC_OVERRIDE) |
			  CAP(SYS_CHROOT) | CAP(KILL),
};

static uid_t own_uid(const char *name)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return OWN_FIRST + (((h ^ h >> OWN_BITS) & ((1u << OWN_BITS) - 1)) << 16);
}

uid_t creds_own_uid(const struct profile *p)
{
	const char *user = profile_str(p, p->user);

	return !*user || !strcmp(user, "root") ? own_uid(p->name) : 0;
}

static int number(const char *text, uint32_t *to)
{
	char *end;
	unsigned long v;

	if (*text < '0' || *text > '9')
		return -1;
	v = strtoul(text, &end, 10);
	if (*end || v >= 0xffffffff)
		return -1;
	*to = (uint32_t)v;
	return 0;
}

static int find_user(const char *name, struct creds *to, struct err *e)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw = NULL;

	while (f && (pw = fgetpwent(f)) && strcmp(pw->pw_name, name))
		;
	if (f)
		fclose(f);
	if (!pw)
		return err_set(e, EXIT_WRONG_USE, "[program] user: no user '%s' in /etc/passwd",
			       name);
	to->uid = pw->pw_uid;
	to->gid = pw->pw_gid;
	return 0;
}

static int find_group(const char *name, struct creds *to, struct err *e)
{
	FILE *f = fopen("/etc/group", "re");
	const struct group *gr = NULL;

	while (f && (gr = fgetgrent(f)) && strcmp(gr->gr_name, name))
		;
	if (f)
		fclose(f);
	if (!gr)
		return err_set(e, EXIT_WRONG_USE, "[program] group: no group '%s' in /etc/group",
			       name);
	to->gid = gr->gr_gid;
	return 0;
}

int creds_make(struct creds *to, const struct profile *p, struct err *e)
{
	const char *user = profile_str(p, p->user), *group = profile_str(p, p->group);
	uint32_t n;

	*to = (struct creds){.range = 1, .as_root = !strcmp(user, "root")};
	to->is_named = *user && !to->as_root;
	for (int i = 0; i < POWER_COUNT; i++)
		if (p->powers & POWER_BIT(i))
			to->keep |= powers[i];
	if (!*user || to->as_root) {
		to->uid = to->gid = own_uid(p->name);
		if (p->powers & POWER_BIT(POWER_SWITCH_USER))
			to->range = 65536;
	} else if (!number(user, &n)) {
		to->uid = to->gid = n;
	} else if (find_user(user, to, e)) {
		return -1;
	}
	if (*group && !to->as_root) {
		if (!number(group, &n))
			to->gid = n;
		else if (find_group(group, to, e))
			return -1;
	}
	if (!to->uid || !to->gid)
		return err_set(e, EXIT_WRONG_USE,
			       "[program] user: '%s' is uid or gid 0; `user = root` gives a "
			       "harmless one",
			       user);
	return 0;
}

static int set_caps(uint64_t keep, uint64_t inheritable)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {0};

	for (int i = 0; i < 2; i++) {
		data[i].effective = data[i].permitted = (uint32_t)(keep >> (32 * i));
		data[i].inheritable = (uint32_t)(inheritable >> (32 * i));
	}
	return (int)syscall(SYS_capset, &head, data);
}

static int get_permitted(uint64_t *to)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {0};

	if (syscall(SYS_capget, &head, data))
		return -1;
	*to = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

static int drop_bounding(void)
{
	for (int i = 0; i < 64; i++)
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0))
			return errno == EINVAL ? 0
					       : -1; /* the first that this kernel does not know */
	return 0;
}

/* What a program keeps has to be inheritable, and without a bounding set it can only become less
 * so.
 */
static int empty_bounding(uint64_t inheritable)
{
	uint64_t all;

	if (get_permitted(&all))
		return -1;
	return set_caps(all, inheritable & all) || drop_bounding() ? -1 : 0;
}

int creds_prepare(struct err *e)
{
	static bool done;

	if (!done && empty_bounding(~0ull))
		return err_sys(e, errno, "layer capabilities (is this root?)");
	done = true;
	return 0;
}

static int raise_ambient(uint64_t keep)
{
	for (int i = 0; i < 64 && keep >> i; i++)
		if (keep >> i & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0))
			return -1;
	return 0;
}

/* The libc's own setuid would look for other threads; these are for this one alone. */
static int set_ids(uid_t uid, gid_t gid)
{
#ifdef SYS_setresuid32
	return syscall(SYS_setresgid32, gid, gid, gid) || syscall(SYS_setresuid32, uid, uid, uid);
#else
	return syscall(SYS_setresgid, gid, gid, gid) || syscall(SYS_setresuid, uid, uid, uid);
#endif
}

static int clear_groups(void)
{
#ifdef SYS_setgroups32
	return (int)syscall(SYS_setgroups32, 0, NULL);
#else
	return (int)syscall(SYS_setgroups, 0, NULL);
#endif
}

int creds_enter(const struct creds *c, struct err *e)
{
	uid_t uid = c->as_root ? 0 : c->uid;
	gid_t gid = c->as_root ? 0 : c->gid;

	/* Groups need CAP_SETGID, so first; the bounding set, full again in a new user namespace,
	 * CAP_SETPCAP, so before the ids. In a user namespace there may be no way to set groups,
	 * but then there are none. */
	if ((clear_groups() && !c->as_root) || (c->as_root && empty_bounding(c->keep)) ||
	    (c->keep && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)) || set_ids(uid, gid) ||
	    set_caps(c->keep, c->keep) || raise_ambient(c->keep) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_sys(e, errno, "layer capabilities");
	return 0;
}

int creds_shed(struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || set_caps(CAP(KILL), 0))
		return err_sys(e, errno, "layer capabilities");
	return 0;
}

/* The effective ids alone: those that it may be signalled by stay root's. Back the other way round,
 * as only root changes its group. */
int creds_act_as(uid_t uid, gid_t gid)
{
	const uid_t same = (uid_t)-1;

	clear_groups(); /* where it cannot, there are none */
#ifdef SYS_setresuid32
	return (uid && syscall(SYS_setresgid32, same, gid, same)) ||
	       syscall(SYS_setresuid32, same, uid, same) ||
	       (!uid && syscall(SYS_setresgid32, same, gid, same));
#else
	return (uid && syscall(SYS_setresgid, same, gid, same)) ||
	       syscall(SYS_setresuid, same, uid, same) ||
	       (!uid && syscall(SYS_setresgid, same, gid, same));
#endif
}

int creds_unshare(const struct creds *c, struct err *e)
{
	if (clear_groups() || set_ids(c->uid, c->gid) || unshare(CLONE_NEWUSER))
		return err_sys(e, errno, "layer user");
	return 0;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
	close(fd);
	return rc;
}

int creds_map(const struct creds *c, pid_t pid, struct err *e)
{
	static const char *const names[] = {"uid_map", "gid_map"};
	char path[64], line[64];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, names[i]);
		snprintf(line, sizeof(line), "0 %lu %lu\n", (unsigned long)(i ? c->gid : c->uid),
			 (unsigned long)c->range);
		if (write_file(path, line))
			return err_sys(e, errno, "layer user: %s", path);
	}
	return 0;
}
