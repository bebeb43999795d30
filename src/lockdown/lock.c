// SPDX-License-Identifier: MIT
#include "lockdown/lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bpf/call.h"
#include "lockdown/files.h"

#define SECURITY     "security:"
#define MOST_BITS    40
#define BPF_FS_MAGIC 0xcafe4a11

/* --- settings --- */

static const char *sysctl_path(const char *name, char buf[static 96])
{
	snprintf(buf, 96, "/proc/sys/%s", name);
	return buf;
}

static const char *security_name(const struct lock_setting *s)
{
	return strncmp(s->path, SECURITY, strlen(SECURITY)) ? NULL : s->path + strlen(SECURITY);
}

static int is_there(const struct lock_setting *s)
{
	char path[96], now[128];

	if (security_name(s))
		return !files_read_security(security_name(s), now, sizeof now);
	return !access(sysctl_path(s->path, path), F_OK);
}

/* Some can only be raised, and refuse what they hold already. */
static int holds(const struct lock_setting *s)
{
	char path[96], now[128], chosen[40];

	if (!security_name(s))
		return !files_read(sysctl_path(s->path, path), now, sizeof now) &&
		       !strcmp(now, s->value);
	if (files_read_security(security_name(s), now, sizeof now))
		return 0;
	snprintf(chosen, sizeof chosen, "[%s]", s->value);
	return strstr(now, chosen) || strstr(now, "[confidentiality]");
}

static int set_most(const char *path)
{
	char text[16], now[16];
	int was = files_read(path, now, sizeof now) ? 0 : atoi(now);

	for (int bits = MOST_BITS; bits > was; bits--) {
		snprintf(text, sizeof text, "%d", bits);
		if (!files_write(path, text))
			return 0;
	}
	return was ? 0 : -1;
}

static int set(const struct lock_setting *s)
{
	char path[96];

	if (holds(s))
		return 0;
	if (security_name(s))
		return files_write_security(security_name(s), s->value);
	if (!strcmp(s->value, "max"))
		return set_most(sysctl_path(s->path, path));
	return files_write(sysctl_path(s->path, path), s->value);
}

/* --- looking --- */

static int has_device(const char *a, const char *b)
{
	return !access(a, F_OK) || !access(b, F_OK);
}

/* Nothing of the kind in this kernel: then there is nothing to take away. */
static int is_absent(enum lock_row_id row)
{
	switch (row) {
	case ROW_MODULES:
		return access("/proc/modules", F_OK) != 0;
	case ROW_KEXEC:
		return access("/proc/sys/kernel/kexec_load_disabled", F_OK) != 0 &&
		       access("/sys/kernel/kexec_loaded", F_OK) != 0;
	case ROW_USER_NAMESPACES:
		return access("/proc/self/ns/user", F_OK) != 0;
	case ROW_PERF:
		return access("/proc/sys/kernel/perf_event_paranoid", F_OK) != 0;
	case ROW_SYSRQ:
		return access("/proc/sys/kernel/sysrq", F_OK) != 0;
	case ROW_SWAP:
		return access("/proc/swaps", F_OK) != 0;
	case ROW_CORES:
		return access("/proc/sys/kernel/core_pattern", F_OK) != 0;
	case ROW_MEMORY:
		return !has_device("/dev/mem", "/dev/port") && access("/proc/kcore", F_OK) != 0;
	default:
		return 0;
	}
}

static int missing(struct lock_plan *p, int row, enum lock_state state)
{
	p->state[row] = state;
	p->missing |= (lock_row_set)1 << row;
	return -1;
}

static const char *first_reason(const struct lock_plan *p, lock_hook_set lacks)
{
	if (!p->asked)
		return p->why_not;
	for (int h = 0; h < LOCK_HOOK_COUNT; h++)
		if (lacks >> h & 1)
			return p->lsm.why[h];
	return "";
}

static void look_at(struct lock_plan *p, int row)
{
	const struct lock_row *r = &lock_rows[row];
	lock_hook_set lacks = r->hooks & ~(p->asked ? p->lsm.have : 0);
	int set = r->setting[0].path && is_there(&r->setting[0]);

	p->state[row] = LOCK_HELD;
	if (row == ROW_LOCKDOWN && !lacks && !set)
		return; /* the hook decides what the kernel's own lockdown would */
	if (!lacks && (r->hooks || !r->setting[0].path))
		return;
	if (is_absent((enum lock_row_id)row)) {
		p->state[row] = LOCK_ABSENT;
		return;
	}
	if (set && r->for_good) {
		p->state[row] = LOCK_FOR_GOOD;
		return;
	}
	snprintf(p->why[row], sizeof p->why[row], "%s%.90s", set ? "root can set it back: " : "",
		 first_reason(p, lacks));
	missing(p, row, set ? LOCK_WEAK : LOCK_MISSING);
}

void lock_look(struct lock_plan *p, bool guard)
{
	struct err e;

	memset(p, 0, sizeof *p);
	p->asked = !lsm_active(&e) && !lsm_load(&p->lsm, &e);
	if (!p->asked)
		snprintf(p->why_not, sizeof p->why_not, "%.159s", e.text);
	for (int row = 0; row < LOCK_ROW_COUNT; row++)
		look_at(p, row);
	if (!guard) {
		snprintf(
		    p->why[ROW_GUARD], sizeof p->why[ROW_GUARD],
		    "no guard is in force, or its daemon does not run: holdfast guard --daemon");
		missing(p, ROW_GUARD, LOCK_MISSING);
	} else if (p->state[ROW_GUARD] != LOCK_HELD) {
		p->state[ROW_GUARD] =
		    LOCK_FOR_GOOD; /* it is in force; what could undo it has rows */
		p->missing &= ~((lock_row_set)1 << ROW_GUARD);
	}
}

void lock_end(struct lock_plan *p)
{
	if (p->asked)
		lsm_close(&p->lsm);
	p->asked = false;
}

/* --- who is to be named --- */

static int add(struct lock_tasks *t, pid_t pid, uint32_t what, struct err *e)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->task[i].pid == pid)
			return 0;
	if (t->count == LOCK_TASKS)
		return err_set(e, EXIT_WRONG_USE, "more than %d processes to be named", LOCK_TASKS);
	t->task[t->count].pid = pid;
	t->task[t->count++].what = what;
	return 0;
}

static int same_program(pid_t a, pid_t b)
{
	struct stat x, y;
	char path[40];

	snprintf(path, sizeof path, "/proc/%d/exe", (int)a);
	if (stat(path, &x))
		return 0;
	snprintf(path, sizeof path, "/proc/%d/exe", (int)b);
	return !stat(path, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static pid_t parent_of(pid_t pid)
{
	char path[40], text[512], *end;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (files_read(path, text, sizeof text) || !(end = strrchr(text, ')')))
		return 0;
	return atoi(end + 4);
}

int lock_name(struct lock_tasks *t, pid_t pid, uint32_t what, struct err *e)
{
	if (pid <= 0 || !parent_of(pid))
		return err_set(e, EXIT_WRONG_USE, "there is no process %d to be named", (int)pid);
	return add(t, pid, what, e);
}

/* Its children that run the same program, such as a launcher's. After their parent is named: those
 * that it makes from now on have its name anyway, and those that are gone need none. */
static void name_children(struct lsm *l, pid_t pid, uint32_t what)
{
	DIR *d = opendir("/proc");
	struct dirent *f;

	while (d && (f = readdir(d))) {
		pid_t other = atoi(f->d_name);

		if (other > 0 && parent_of(other) == pid && same_program(other, pid))
			lsm_name(l, other, what, NULL);
	}
	if (d)
		closedir(d);
}

/* --- locking --- */

static int all_there(const struct lock_plan *p, lock_row_set accepted, struct err *e)
{
	lock_row_set open = p->missing & ~accepted;
	char names[160] = "";
	size_t n = 0;

	if (!open)
		return 0;
	for (int row = 0; row < LOCK_ROW_COUNT; row++)
		if ((open >> row & 1) && n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? " " : "",
					      lock_rows[row].name);
	return err_set(e, EXIT_NO,
		       "nothing is locked; missing here: %.150s%s (lock --check says why)", names,
		       n >= sizeof names ? "..." : "");
}

static int is_hook_instead(const struct lock_plan *p, const struct lock_setting *s)
{
	/* Programs that insist on root need a user namespace when they are started again. */
	return !strcmp(s->path, "user/max_user_namespaces") && p->asked &&
	       p->lsm.prog[LOCK_userns_create] >= 0;
}

static int set_all(const struct lock_plan *p, struct err *e)
{
	int bad = 0;

	for (int row = 0; row < LOCK_ROW_COUNT; row++) {
		for (int i = 0; i < LOCK_SETTINGS; i++) {
			const struct lock_setting *s = &lock_rows[row].setting[i];

			if (!s->path || !is_there(s) || is_hook_instead(p, s) || !set(s))
				continue;
			bad = err_sys(e, errno, "%s: cannot set %s to %s", lock_rows[row].name,
				      s->path, s->value);
		}
	}
	return bad;
}

static int swap_off(struct err *e)
{
	char line[512], *end;
	FILE *f = fopen("/proc/swaps", "re");
	int bad = 0;

	if (!f)
		return 0;
	if (!fgets(line, sizeof line, f))
		*line = 0;
	while (fgets(line, sizeof line, f)) {
		end = strpbrk(line, " \t");
		if (end)
			*end = 0;
		if (swapoff(line))
			bad = err_sys(e, errno, "swap: cannot take %.100s off", line);
	}
	fclose(f);
	return bad;
}

/* The pins must lie where the machine's first process sees them: a mount of our own would go with
 * us, and the pins with it. */
static int mount_is_everybodys(struct err *e)
{
	struct stat ours, first;
	struct statfs fs;

	if (stat("/sys/fs/bpf", &ours) || statfs("/sys/fs/bpf", &fs) ||
	    (unsigned long)fs.f_type != BPF_FS_MAGIC)
		return err_set(e, EXIT_SYSTEM,
			       "no BPF file system at /sys/fs/bpf: mount -t bpf bpf /sys/fs/bpf");
	if (stat("/proc/1/root/sys/fs/bpf", &first) || ours.st_dev != first.st_dev)
		return err_set(e, EXIT_SYSTEM,
			       "/sys/fs/bpf is not the one that process 1 sees; lock from there");
	return 0;
}

static int seal(struct lock_plan *p, const struct lock_tasks *t, struct err *e)
{
	if (!p->asked)
		return 0;
	if (mount_is_everybodys(e) || lsm_name(&p->lsm, getpid(), LOCK_ALL, e))
		return -1;
	for (unsigned i = 0; i < t->count; i++) {
		if (lsm_name(&p->lsm, t->task[i].pid, t->task[i].what, e))
			return -1;
		name_children(&p->lsm, t->task[i].pid, t->task[i].what);
	}
	return lsm_seal(&p->lsm, e);
}

/* From here on this process is as everybody else. */
static int step_down(struct lock_plan *p, struct err *e)
{
	if (!p->asked)
		return 0;
	if (lsm_name(&p->lsm, getpid(), 0, e))
		return -1;
	if (call_next_map(0) != -EPERM)
		return err_set(e, EXIT_SYSTEM,
			       "the programs are in force, but this kernel does not ask them");
	return 0;
}

int lock_apply(struct lock_plan *p, const struct lock_tasks *t, lock_row_set accepted,
	       struct err *e)
{
	int bad;

	if (lsm_sealed())
		return err_set(e, EXIT_NO, "this machine is locked already, until its next start");
	if (all_there(p, accepted, e) || seal(p, t, e))
		return -1;
	bad = swap_off(e);
	bad |= set_all(p, e);
	return bad ? (step_down(p, NULL), -1) : step_down(p, e);
}

enum lock_is lock_is(void)
{
	char now[16];

	if (lsm_sealed())
		return LOCK_IS_WHOLE;
	if (!files_read("/proc/sys/kernel/modules_disabled", now, sizeof now) && !strcmp(now, "1"))
		return LOCK_IS_PART;
	return LOCK_IS_OPEN;
}
