// SPDX-License-Identifier: MIT
#include "profile/against.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/profile_keys.h"

#define HEAD 4096 /* of a program: its first page has what the kernel looks at */

struct looking {
	const struct source *s;
	int root, faults;
	void (*fault)(void *arg, int key, const char *value, const char *why);
	void *arg;
};

static void fault(struct looking *l, int key, const char *value, const char *why)
{
	l->faults++;
	l->fault(l->arg, key, value, why);
}

/* Links, absolute ones too, stay inside the image. */
static int open_in(const struct looking *l, const char *path, int flags)
{
	struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	if (!(flags & O_PATH)) /* a FIFO or a terminal must not hold the check up */
		how.flags |= O_NONBLOCK | O_NOCTTY;
	return (int)syscall(SYS_openat2, l->root, path, &how, sizeof how);
}

static int stat_in(const struct looking *l, const char *path, struct stat *st)
{
	int fd = open_in(l, path, O_PATH), rc;

	if (fd < 0)
		return -1;
	rc = fstat(fd, st);
	close(fd);
	return rc;
}

/* --- programs --- */

static const struct {
	const char *arch;
	uint16_t machine;
	uint8_t class, data;
} machines[] = {
    {"x86-64", EM_X86_64, ELFCLASS64, ELFDATA2LSB}, {"arm64", EM_AARCH64, ELFCLASS64, ELFDATA2LSB},
    {"arm", EM_ARM, ELFCLASS32, ELFDATA2LSB},	    {"mipsel", EM_MIPS, ELFCLASS32, ELFDATA2LSB},
    {"mips", EM_MIPS, ELFCLASS32, ELFDATA2MSB},	    {"mipsel64", EM_MIPS, ELFCLASS64, ELFDATA2LSB},
    {"mips64", EM_MIPS, ELFCLASS64, ELFDATA2MSB},   {"riscv64", EM_RISCV, ELFCLASS64, ELFDATA2LSB},
    {"ppc64le", EM_PPC64, ELFCLASS64, ELFDATA2LSB}, {"s390x", EM_S390, ELFCLASS64, ELFDATA2MSB},
    {"i386", EM_386, ELFCLASS32, ELFDATA2LSB},
};

static uint64_t number(const uint8_t *at, size_t n, bool big)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)at[i] << 8 * (big ? n - 1 - i : i);
	return v;
}

static bool is_for(const uint8_t *head, const char *arch)
{
	uint64_t machine =
	    number(head + offsetof(Elf32_Ehdr, e_machine), 2, head[EI_DATA] == ELFDATA2MSB);

	for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
		if (!strcmp(machines[i].arch, arch))
			return machines[i].machine == machine &&
			       machines[i].class == head[EI_CLASS] &&
			       machines[i].data == head[EI_DATA];
	return false;
}

/* A field of the ELF structure type at `at`, 32 or 64 bits wide as the file is. */
#define FIELD(wide, big, at, type, f)                                                              \
	((wide) ? number((at) + offsetof(Elf64_##type, f), sizeof((Elf64_##type){0}.f), big)       \
		: number((at) + offsetof(Elf32_##type, f), sizeof((Elf32_##type){0}.f), big))

/* The name behind PT_INTERP in the first page; NULL when there is none. */
static const char *elf_interpreter(const uint8_t *head, size_t n)
{
	bool wide = head[EI_CLASS] == ELFCLASS64, big = head[EI_DATA] == ELFDATA2MSB;
	size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t at = FIELD(wide, big, head, Ehdr, e_phoff);
	uint64_t count = FIELD(wide, big, head, Ehdr, e_phnum);

	for (uint64_t i = 0; i < count && at < n && n - at >= size; i++, at += size) {
		uint64_t text = FIELD(wide, big, head + at, Phdr, p_offset);

		if (FIELD(wide, big, head + at, Phdr, p_type) == PT_INTERP && text < n &&
		    memchr(head + text, 0, n - text))
			return (const char *)head + text;
	}
	return NULL;
}

/* "#!/bin/sh -e" as "/bin/sh"; cuts head there. */
static const char *script_interpreter(uint8_t *head, size_t n)
{
	char *s = (char *)head + 2;

	head[n < HEAD ? n : HEAD - 1] = 0;
	s += strspn(s, " \t");
	s[strcspn(s, " \t\r\n")] = 0;
	return s;
}

static bool may_exec(const struct profile *p, const char *path)
{
	if (!strcmp(profile_str(p, p->arg[0]), path))
		return true;
	for (unsigned i = 0; i < p->paths; i++)
		if (p->path[i].access == PROFILE_EXEC &&
		    !strcmp(profile_str(p, p->path[i].path), path))
			return true;
	return false;
}

static ssize_t read_head(const struct looking *l, const char *path, uint8_t head[static HEAD])
{
	int fd = open_in(l, path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = pread(fd, head, HEAD, 0);
	close(fd);
	return n;
}

static void check_interpreter(struct looking *l, int key, const char *path, const char *interpreter)
{
	char why[200];
	struct stat st;

	if (stat_in(l, interpreter, &st)) {
		snprintf(why, sizeof why, "its interpreter %.100s does not exist", interpreter);
		fault(l, key, path, why);
	}
}

static void check_code(struct looking *l, int key, const char *path)
{
	uint8_t head[HEAD];
	ssize_t n = read_head(l, path, head);
	char why[200];

	if (n < 0) {
		snprintf(why, sizeof why, "cannot be read: %s", strerror(errno));
		fault(l, key, path, why);
	} else if (n >= 2 && !memcmp(head, "#!", 2)) {
		const char *by = script_interpreter(head, (size_t)n);

		check_interpreter(l, key, path, by);
		if (key == PKEY_EXEC_ALSO && !may_exec(&l->s->p, by)) {
			snprintf(why, sizeof why,
				 "a script: it needs exec-also = %.100s too, which is more than "
				 "the script",
				 by);
			fault(l, key, path, why);
		}
	} else if (n < (ssize_t)sizeof(Elf64_Ehdr) || memcmp(head, ELFMAG, SELFMAG)) {
		fault(l, key, path, "neither an ELF program nor a script");
	} else if (!is_for(head, l->s->arch->name)) {
		snprintf(why, sizeof why, "not a program for %s", l->s->arch->name);
		fault(l, key, path, why);
	} else if (elf_interpreter(head, (size_t)n)) {
		check_interpreter(l, key, path, elf_interpreter(head, (size_t)n));
	}
}

static void check_program(struct looking *l, int key, const char *path)
{
	struct stat st;

	if (stat_in(l, path, &st))
		fault(l, key, path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		fault(l, key, path, "not a file");
	else if (!(st.st_mode & 0111))
		fault(l, key, path, "nobody may execute it: chmod +x");
	else
		check_code(l, key, path);
}

/* --- paths --- */

static void check_path(struct looking *l, const struct profile_path *w)
{
	static const int keys[] = {[PROFILE_READ] = PKEY_READ,
				   [PROFILE_WRITE] = PKEY_WRITE,
				   [PROFILE_DEVICE] = PKEY_DEVICE,
				   [PROFILE_EXEC] = PKEY_EXEC_ALSO};
	const char *path = profile_str(&l->s->p, w->path);
	int key = keys[w->access];
	char why[120];
	struct stat st;

	if (stat_in(l, path, &st)) {
		snprintf(why, sizeof why, "%s; write -%.40s if it may be missing", strerror(errno),
			 path);
		if (!w->optional)
			fault(l, key, path, why);
	} else if (w->access == PROFILE_DEVICE) {
		if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
			fault(l, key, path, "not a device node");
	} else if (w->access == PROFILE_EXEC) {
		check_program(l, key, path);
	} else if (S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode)) {
		fault(l, key, path, "a device node: device = is for those");
	}
}

static void check_folder(struct looking *l, int key, const char *path)
{
	struct stat st;

	if (stat_in(l, path, &st))
		fault(l, key, path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		fault(l, key, path, "not a folder");
}

static void check_log(struct looking *l)
{
	const char *file = profile_str(&l->s->p, l->s->p.log_file);
	char folder[PROFILE_TEXT];

	if (l->s->p.log != LOG_FILE)
		return;
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(file, '/') - file), file);
	if (*folder)
		check_folder(l, PKEY_LOG, folder);
}

/* --- users --- */

/* Whether name, or the number that it is, has a line in /etc/passwd or /etc/group of the image. */
static bool has_account(const struct looking *l, const char *file, const char *name)
{
	int fd = open_in(l, file, O_RDONLY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	size_t n = strlen(name);
	char line[1024];
	bool found = false;

	if (!f && fd >= 0)
		close(fd);
	while (f && !found && fgets(line, sizeof line, f))
		found = !strncmp(line, name, n) && line[n] == ':';
	if (f)
		fclose(f);
	return found;
}

static bool is_number(const char *s)
{
	return strspn(s, "0123456789") == strlen(s);
}

static void check_users(struct looking *l)
{
	const struct profile *p = &l->s->p;
	const char *user = profile_str(p, p->user), *group = profile_str(p, p->group);

	if (*user && strcmp(user, "root") && !is_number(user) &&
	    !has_account(l, "/etc/passwd", user))
		fault(l, PKEY_USER, user, "no such user; leave the key out for a uid of its own");
	if (*group && !is_number(group) && !has_account(l, "/etc/group", group))
		fault(l, PKEY_GROUP, group, "no such group");
}

int against_files(const struct source *s, const char *root,
		  void (*each)(void *arg, int key, const char *value, const char *why), void *arg,
		  struct err *e)
{
	struct looking l = {s, open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), 0, each, arg};
	const char *folder = profile_str(&s->p, s->p.directory);

	if (l.root < 0)
		return err_sys(e, errno, "%.150s", root);
	check_program(&l, PKEY_EXEC, profile_str(&s->p, s->p.arg[0]));
	for (unsigned i = 0; i < s->p.paths; i++)
		check_path(&l, &s->p.path[i]);
	if (*folder)
		check_folder(&l, PKEY_DIRECTORY, folder);
	check_log(&l);
	check_users(&l);
	close(l.root);
	return l.faults;
}
