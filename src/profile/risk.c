// SPDX-License-Identifier: MIT
#include "profile/risk.h"

#include <string.h>

#include "sandbox/profile_keys.h"

enum {
	R = 1 << PROFILE_READ,
	W = 1 << PROFILE_WRITE,
	D = 1 << PROFILE_DEVICE,
	X = 1 << PROFILE_EXEC
};

/* What is refused (profile_path_never()) needs no row. A path is matched by a row that is it, is
 * above it (end "/"), or begins it (end "*"); with "=" by the path alone. For exec-also the row is
 * the file's own name. The first row counts. */
static const struct path_risk {
	const char *path;
	unsigned access;
	const char *why;
} path_risks[] = {
    {"/etc/shadow", R, "password hashes of the whole machine"},
    {"/etc/gshadow", R, "password hashes of the whole machine"},
    {"/etc/sudoers*", R, "who may become root"},
    {"/etc/ssh*", R, "keys by which the machine proves who it is"},
    {"/etc/ssl/private/", R | W, "private keys"},
    {"=/etc", R, "the configuration of everything, with its secrets"},
    {"/etc/", W, "other programs read their configuration there"},
    {"/root/", R | W, "the administrator's own files"},
    {"=/home", R | W, "everybody's own files"},
    {"=/var", R, "the state of every program"},
    {"=/var/lib", R, "the state of every program"},
    {"=/var/log", R | W, "the logs of every program: what it wipes out nobody sees"},
    {"/usr/local/", W, "programs that others may run, outside the sandbox"},
    {"/opt", W, "programs that others may run, outside the sandbox"},
    {"/sys/", W, "settings of the kernel and its devices"},
    {"/proc/", R, "facts about the kernel that help an attack on it"},
    {"/sys/kernel/", R, "facts about the kernel that help an attack on it"},
    {"=/run", R, "the sockets of other programs, which can be asked to act for it"},
    {"=/tmp", R | W, "files that other programs leave for each other; it has a /tmp of its own"},
    {"/run/docker.sock", R | W, "whoever may talk to it is root"},
    {"/var/run/docker.sock", R | W, "whoever may talk to it is root"},
    {"/run/dbus/", R | W, "services of the whole machine can be asked to act for it"},
    {"/var/run/dbus/", R | W, "services of the whole machine can be asked to act for it"},
    {"/run/systemd/", R, "the manager of the whole machine can be asked to act for it"},
    {"/dev/sd*", D, "raw storage: every file of the machine, past all permissions"},
    {"/dev/hd*", D, "raw storage: every file of the machine, past all permissions"},
    {"/dev/vd*", D, "raw storage: every file of the machine, past all permissions"},
    {"/dev/nvme*", D, "raw storage: every file of the machine, past all permissions"},
    {"/dev/mmcblk*", D, "raw storage: every file of the machine, past all permissions"},
    {"/dev/mtd*", D, "raw flash: the system that the machine starts from"},
    {"/dev/ubi*", D, "raw flash: the system that the machine starts from"},
    {"/dev/loop*", D, "raw storage"},
    {"/dev/mapper/", D, "raw storage"},
    {"/dev/dm-*", D, "raw storage"},
    {"/dev/gpiomem", D, "registers of the processor: from there its memory may be reached"},
    {"/dev/uio*", D, "memory of a device: from there the machine's may be reached"},
    {"/dev/vfio/", D, "memory of a device"},
    {"/dev/kmsg", D, "the kernel's log: it shows addresses and takes forged lines"},
    {"/dev/input/", D, "everything that is typed"},
    {"/dev/uinput", D, "it can type for whoever sits there"},
    {"/dev/tty*", D, "a terminal or a serial line: whatever listens there"},
    {"/dev/console", D, "the console"},
    {"/dev/net/tun", D, "packets of its own making, where it also has net-admin"},
    {"/dev/kvm", D, "a large interface of the kernel"},
    {"/dev/fuse", D, "file systems of its own making"},
    {"/dev/watchdog*", D, "it can keep the machine from being restarted"},
    {"/dev/i2c-*", D, "every chip on that bus, memories of the board included"},
    {"sh", X, "a shell does whatever it is told: an intruder has a language"},
    {"bash", X, "a shell does whatever it is told: an intruder has a language"},
    {"dash", X, "a shell does whatever it is told: an intruder has a language"},
    {"ash", X, "a shell does whatever it is told: an intruder has a language"},
    {"busybox", X, "a shell and a hundred tools in one file"},
    {"toybox", X, "a shell and a hundred tools in one file"},
    {"python*", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"perl*", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"lua*", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"node*", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"php*", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"ruby*", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"awk", X, "an interpreter does whatever it is told: an intruder has a language"},
    {"gdb*", X, "it looks into and changes processes"},
    {"ld-*", X, "the loader runs any file it is given"},
    {"ld.so", X, "the loader runs any file it is given"},
    {"env", X, "it runs what it is told, of what is listed"},
};

static const char *const power_risks[POWER_COUNT] = {
    [POWER_NET_RAW] = "it can read what others send and forge packets; the guard still limits them",
    [POWER_NET_ADMIN] = "it can redirect the machine's traffic",
    [POWER_TIME] = "with another time, old certificates are good again",
    [POWER_SWITCH_USER] = "a hole in it is a hole in each of its users",
    [POWER_JIT] = "what an intruder writes into memory can be executed",
    [POWER_MEMFD] = "a place for files that no tool sees",
    [POWER_USER_NS] = "half of the kernel's past holes were reached from user namespaces",
    [POWER_PTRACE] = "one of its processes can take over another",
};

static const char *const call_risks[] = {"ptrace",
					 "process_vm_readv",
					 "process_vm_writev",
					 "bpf",
					 "perf_event_open",
					 "userfaultfd",
					 "io_uring_setup",
					 "io_uring_enter",
					 "keyctl",
					 "add_key",
					 "request_key",
					 "unshare",
					 "setns",
					 "mount",
					 "umount2",
					 "pivot_root",
					 "open_by_handle_at",
					 "pidfd_getfd",
					 "personality",
					 "memfd_create",
					 "kexec_load",
					 "init_module",
					 "finit_module",
					 "reboot",
					 "syslog",
					 "iopl",
					 "ioperm",
					 "modify_ldt",
					 "chroot",
					 NULL};

struct looking {
	void (*each)(void *arg, int key, const char *value, const char *why);
	void *arg;
};

static bool matches(const char *row, const char *path)
{
	size_t n = strlen(row);

	if (*row == '=')
		return !strcmp(row + 1, path);
	if (row[n - 1] == '*')
		return !strncmp(row, path, n - 1);
	if (row[n - 1] == '/') /* the folder itself as well */
		return !strncmp(row, path, n) || (!strncmp(row, path, n - 1) && !path[n - 1]);
	return !strncmp(row, path, n) && (!path[n] || path[n] == '/');
}

/* --- [allow] --- */

static int key_of(unsigned access)
{
	return access == PROFILE_READ	  ? PKEY_READ
	       : access == PROFILE_WRITE  ? PKEY_WRITE
	       : access == PROFILE_DEVICE ? PKEY_DEVICE
					  : PKEY_EXEC_ALSO;
}

static void paths(const struct profile *p, const struct looking *l)
{
	for (unsigned i = 0; i < p->paths; i++) {
		const char *path = profile_str(p, p->path[i].path), *name = path;
		unsigned access = p->path[i].access;

		if (access == PROFILE_EXEC)
			name = strrchr(path, '/') + 1;
		for (size_t k = 0; k < sizeof path_risks / sizeof path_risks[0]; k++)
			if (path_risks[k].access & 1u << access &&
			    matches(path_risks[k].path, name)) {
				l->each(l->arg, key_of(access), path, path_risks[k].why);
				break;
			}
	}
}

static void powers(const struct profile *p, const struct looking *l)
{
	for (int i = 0; i < POWER_COUNT; i++)
		if (p->powers & POWER_BIT(i) && power_risks[i])
			l->each(l->arg, PKEY_POWER, power_name((enum power)i), power_risks[i]);
}

/* --- [program] and [syscalls] --- */

static void program(const struct profile *p, const struct looking *l)
{
	if (!strcmp(profile_str(p, p->user), "root"))
		l->each(
		    l->arg, PKEY_USER, "root",
		    "it takes a user namespace, a large interface of the kernel: does it insist?");
	for (unsigned i = 0; i < p->envs; i++)
		if (!strncmp(profile_str(p, p->env[i]), "LD_", 3))
			l->each(l->arg, PKEY_ENVIRONMENT, profile_str(p, p->env[i]),
				"it changes which code is loaded");
	for (int i = 0; i < LAYER_COUNT; i++)
		if (p->accept_missing & LAYER_BIT(i))
			l->each(l->arg, PKEY_ACCEPT_MISSING, layer_name((enum layer)i),
				"where the kernel lacks this layer, it starts without");
	if (p->report == REPORT_NONE)
		l->each(l->arg, PKEY_REPORT, "none", "an intruder's attempts are seen by nobody");
}

static void calls(const struct source *s, const struct looking *l)
{
	for (const char *const *name = call_risks; *name; name++) {
		int i = s->arch->index_of(s->arch, *name);

		if (i >= 0 && s->p.call_allow[i / 8] >> i % 8 & 1)
			l->each(l->arg, PKEY_CALL_ALLOW, *name,
				"a call that attacks use and ordinary services do not");
	}
	if (!s->p.learned)
		l->each(l->arg, PKEY_LIST, "default",
			"no call list: `holdfast-kit learn` makes one, a sixth of what passes now");
}

void risk_all(const struct source *s,
	      void (*each)(void *arg, int key, const char *value, const char *why), void *arg)
{
	const struct looking l = {each, arg};

	program(&s->p, &l);
	paths(&s->p, &l);
	powers(&s->p, &l);
	calls(s, &l);
}
