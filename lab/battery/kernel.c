// SPDX-License-Identifier: MIT
// Interfaces of the kernel that no ordinary service needs. Where an accepted call would change the
// machine, the call is made so that it cannot do anything once it is let in (a bad descriptor, the
// value that is set already); being let in is the success.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/quota.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <asm/ldt.h>
#include <sys/io.h>
#endif

/* Succeeds also with an errno that only comes after the permission was given. */
static void let_in(struct result *r, long got, int later, const char *what)
{
	if (got >= 0 || errno == later)
		succeeded(r, "%s", what);
	else
		refused(r, what);
}

static void bpf_call(struct result *r, const char *word)
{
	union bpf_attr attr = {0};
	struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K},
				  {.code = BPF_JMP | BPF_EXIT}};

	if (!strcmp(word, "map")) {
		attr.map_type = BPF_MAP_TYPE_ARRAY;
		attr.key_size = attr.value_size = 4;
		attr.max_entries = 1;
		return accepted(r, syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)),
				"a BPF map");
	}
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = 2;
	attr.license = (uintptr_t) "MIT";
	accepted(r, syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)), "a BPF program");
}

static void perf(struct result *r, const char *word)
{
	struct perf_event_attr a = {.type = PERF_TYPE_SOFTWARE,
				    .size = sizeof(a),
				    .config = PERF_COUNT_SW_TASK_CLOCK,
				    .exclude_kernel = 1,
				    .exclude_hv = 1};
	bool all = !strcmp(word, "all");

	a.exclude_kernel = !all;
	accepted(r, syscall(SYS_perf_event_open, &a, all ? -1 : 0, all ? 0 : -1, -1, 0), word);
}

static void uring(struct result *r, const char *word)
{
	uint8_t params[120] = {0};

	(void)word;
	accepted(r, syscall(SYS_io_uring_setup, 4, params), "io_uring_setup");
}

static void keys(struct result *r, const char *word)
{
	if (!strcmp(word, "add"))
		accepted(r,
			 syscall(SYS_add_key, "user", "battery", "x", 1, KEY_SPEC_PROCESS_KEYRING),
			 word);
	else if (!strcmp(word, "request"))
		/* ENOKEY: it has looked, and there is none */
		let_in(r, syscall(SYS_request_key, "user", "battery", NULL, 0), ENOKEY, word);
	else
		accepted(r, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), word);
}

static void kexec(struct result *r, const char *word)
{
	if (!strcmp(word, "file"))
		let_in(r, syscall(SYS_kexec_file_load, -1, -1, 0, NULL, 4), EBADF, word);
	else
		/* too many segments: refused after the permission */
		let_in(r, syscall(SYS_kexec_load, 0, 17, NULL, 0), EINVAL, word);
}

static void module(struct result *r, const char *word)
{
	if (!strcmp(word, "init"))
		let_in(r, syscall(SYS_init_module, "", 0, ""), ENOEXEC, word);
	else if (!strcmp(word, "finit"))
		let_in(r, syscall(SYS_finit_module, -1, "", 0), EBADF, word);
	else
		let_in(r, syscall(SYS_delete_module, "battery_none", O_NONBLOCK), ENOENT, word);
}

#if defined(__x86_64__)
static void ldt(struct result *r, const char *word)
{
	struct user_desc d = {.entry_number = 0, .limit = 0xfff, .seg_32bit = 1};

	(void)word;
	accepted(r, syscall(SYS_modify_ldt, 1, &d, sizeof(d)), "modify_ldt");
}

static void ports(struct result *r, const char *word)
{
	accepted(r, strcmp(word, "iopl") ? ioperm(0x80, 1, 1) : iopl(3), word);
}
#else
static void ldt(struct result *r, const char *word)
{
	(void)word;
	absent(r, "of x86");
}
#define ports ldt
#endif

static void log_read(struct result *r, const char *word)
{
	static char text[4096];

	(void)word;
	accepted(r, syscall(SYS_syslog, 3 /* READ_ALL */, text, sizeof(text)) > 0 ? 0 : -1,
		 "the kernel's log");
}

static void notify_all(struct result *r, const char *word)
{
	(void)word;
	accepted(r, syscall(SYS_fanotify_init, 0, O_RDONLY), "fanotify_init");
}

/* A file by its handle, past every path: the root of the file system that our root comes from. */
static void by_handle(struct result *r, const char *word)
{
	struct {
		unsigned bytes;
		int type;
		uint8_t f[128];
	} h = {.bytes = 128};
	static const char *const mounts[] = {"/etc/passwd", "/etc", "/usr", "/"};
	int id;

	errno = ENOENT;
	for (unsigned i = 0; i < 4; i++) {
		int fd = open(mounts[i], O_RDONLY | O_CLOEXEC);

		h.bytes = 128;
		if (syscall(SYS_name_to_handle_at, AT_FDCWD, mounts[i], &h, &id, 0)) {
			refused(r, "name_to_handle_at");
			continue;
		}
		if (!strcmp(word, "name"))
			return succeeded(r, "a handle of %s", mounts[i]);
		if (syscall(SYS_open_by_handle_at, fd, &h, O_RDONLY | O_PATH) >= 0)
			return succeeded(r, "%s by its handle", mounts[i]);
		refused(r, "open_by_handle_at");
	}
}

static void quota(struct result *r, const char *word)
{
	(void)word;
	/* ENOTBLK, ENOENT, ENODEV: let in, but it is no device with quotas */
	if (!quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL))
		return succeeded(r, "quotactl(Q_SYNC)");
	let_in(r, -1, ENODEV, "quotactl");
}

static void swap(struct result *r, const char *word)
{
	(void)word;
	/* EPERM comes before it looks for the file */
	let_in(r, swapoff("/battery-none"), ENOENT, "swapoff");
}

static void accounting(struct result *r, const char *word)
{
	(void)word;
	let_in(r, acct("/battery-none"), ENOENT, "acct");
}

static void clocks(struct result *r, const char *word)
{
	struct timespec now;
	struct timeval tv;
	struct timex t = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	if (!strcmp(word, "clock_settime")) {
		accepted(r, clock_settime(CLOCK_REALTIME, &now), word);
	} else if (!strcmp(word, "settimeofday")) {
		gettimeofday(&tv, NULL);
		accepted(r, settimeofday(&tv, NULL), word);
	} else {
		adjtimex(&t);
		t.modes = ADJ_FREQUENCY; /* what it is already */
		accepted(r, adjtimex(&t), word);
	}
}

static void names(struct result *r, const char *word)
{
	struct utsname u;

	uname(&u);
	if (!strcmp(word, "host"))
		accepted(r, sethostname(u.nodename, strlen(u.nodename)), "sethostname");
	else
		accepted(r, setdomainname(u.domainname, strlen(u.domainname)), "setdomainname");
}

static void restart(struct result *r, const char *word)
{
	(void)word;
	/* an unknown command: refused after the permission */
	let_in(r, syscall(SYS_reboot, 0xfee1dead, 672274793, 0x77777777, NULL), EINVAL, "reboot");
}

static void hang_up(struct result *r, const char *word)
{
	pid_t child = fork();
	int status = 0;

	(void)word;
	if (!child) {
		setsid(); /* there is no terminal to lose */
		_exit(syscall(SYS_vhangup) ? errno & 127 : 0);
	}
	waitpid(child, &status, 0);
	errno = WEXITSTATUS(status);
	accepted(r, status ? -1 : 0, "vhangup");
}

/* Opens for writing; writes back what stands there, where that is harmless. */
static void write_back(struct result *r, const char *word)
{
	char text[512];
	int in = open(word, O_RDONLY | O_CLOEXEC), out = open(word, O_WRONLY | O_CLOEXEC);
	ssize_t n = in < 0 ? 0 : read(in, text, sizeof(text));

	if (out < 0)
		return refused(r, word);
	accepted(r, n > 0 ? write(out, text, (size_t)n) : 0, word);
}

static void open_write(struct result *r, const char *word)
{
	accepted(r, open(word, O_WRONLY | O_CLOEXEC), word);
}

static void read_file(struct result *r, const char *word)
{
	char byte;
	int fd = open(word, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	accepted(r, fd < 0 ? -1 : read(fd, &byte, 1) == 1 ? 0 : -1, word);
}

static void symbols(struct result *r, const char *word)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[256];

	(void)word;
	if (!f)
		return refused(r, "/proc/kallsyms");
	errno = EPERM;
	refused(r, "addresses are hidden");
	for (int i = 0; i < 1000 && fgets(line, sizeof(line), f); i++) {
		if (strtoull(line, NULL, 16))
			return succeeded(r, "addresses of the kernel");
	}
}

/* The pseudo file systems: there already, or mounted in a place of ours. */
static void pseudo(struct result *r, const char *word)
{
	static const char *const at[][2] = {{"debugfs", "/sys/kernel/debug"},
					    {"tracefs", "/sys/kernel/tracing"},
					    {"bpf", "/sys/fs/bpf"},
					    {"securityfs", "/sys/kernel/security"},
					    {"configfs", "/sys/kernel/config"}};
	char folder[192];

	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		if (strcmp(at[i][0], word) || access(at[i][1], W_OK | R_OK | X_OK) || geteuid())
			continue;
		/* a folder that is no mount shows nothing */
		struct stat s, up;
		char above[64];

		snprintf(above, sizeof(above), "%s/..", at[i][1]);
		if (!stat(at[i][1], &s) && !stat(above, &up) && s.st_dev != up.st_dev)
			return succeeded(r, "%s", at[i][1]);
	}
	if (!scratch(folder, sizeof(folder), "pseudo") || mkdir(folder, 0700))
		return refused(r, "no place to write");
	accepted(r, mount("none", folder, word, 0, NULL), word);
	umount2(folder, MNT_DETACH);
	rmdir(folder);
}

/* Out of its control groups, into the root of any hierarchy in sight. */
static void leave_group(struct result *r, const char *word)
{
	static const char *const file[] = {
	    "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/unified/cgroup.procs",
	    "/sys/fs/cgroup/memory/cgroup.procs", "/sys/fs/cgroup/pids/cgroup.procs",
	    "/sys/fs/cgroup/cpu/cgroup.procs"};

	(void)word;
	refused(r, "no control groups in sight");
	for (unsigned i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		int fd = open(file[i], O_WRONLY | O_CLOEXEC);

		if (fd >= 0 && write(fd, "0", 1) == 1)
			return succeeded(r, "%s", file[i]);
		refused(r, file[i]);
	}
}

static void any_sys(struct result *r, const char *word)
{
	static const char *const file[] = {"/sys/kernel/mm/transparent_hugepage/enabled",
					   "/sys/class/net/lo/tx_queue_len",
					   "/sys/kernel/mm/ksm/run",
					   "/sys/power/state",
					   "/sys/kernel/uevent_helper",
					   "/sys/module/kernel/parameters/panic"};

	(void)word;
	errno = ENOENT;
	refused(r, "/sys");
	for (unsigned i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		int fd = open(file[i], O_WRONLY | O_CLOEXEC);

		if (fd >= 0)
			return succeeded(r, "%s", file[i]);
		if (errno != ENOENT)
			refused(r, file[i]);
	}
}

static void secret_memory(struct result *r, const char *word)
{
	(void)word;
	accepted(r, syscall(447 /* memfd_secret */, 0), "memfd_secret");
}

static void memory_policy(struct result *r, const char *word)
{
	const unsigned long nodes = 1;

	(void)word;
	accepted(r, syscall(SYS_set_mempolicy, 1 /* MPOL_PREFERRED */, &nodes, 8), "set_mempolicy");
}

static void user_dispatch(struct result *r, const char *word)
{
	static char selector; /* 0: calls pass */

	(void)word;
	accepted(r, prctl(59 /* PR_SET_SYSCALL_USER_DISPATCH */, 1, 0, 0, &selector),
		 "its own calls");
}

const struct attack kernel_attacks[] = {
    {"bpf-program", "loads a BPF program", bpf_call, "program"},
    {"bpf-map", "makes a BPF map", bpf_call, "map"},
    {"perf-own", "perf_event_open on itself", perf, "own"},
    {"perf-all", "perf_event_open on everybody", perf, "all"},
    {"io-uring", "io_uring", uring, NULL},
    {"key-add", "adds a key", keys, "add"},
    {"key-request", "requests a key", keys, "request"},
    {"keyring", "joins a session keyring", keys, "join"},
    {"kexec", "kexec_load", kexec, "load"},
    {"kexec-file", "kexec_file_load", kexec, "file"},
    {"module-init", "init_module", module, "init"},
    {"module-file", "finit_module", module, "finit"},
    {"module-remove", "delete_module", module, "delete"},
    {"ldt", "modify_ldt", ldt, NULL},
    {"iopl", "all I/O ports", ports, "iopl"},
    {"ioperm", "one I/O port", ports, "ioperm"},
    {"kernel-log", "reads the kernel's log", log_read, NULL},
    {"fanotify", "watches everybody's files", notify_all, NULL},
    {"handle-name", "a handle of a file", by_handle, "name"},
    {"handle-open", "opens a file by its handle", by_handle, "open"},
    {"quota", "quotactl", quota, NULL},
    {"swap", "swapoff", swap, NULL},
    {"acct", "accounting", accounting, NULL},
    {"clock-settime", "sets the clock", clocks, "clock_settime"},
    {"settimeofday", "sets the clock, the old way", clocks, "settimeofday"},
    {"adjtimex", "slows the clock", clocks, "adjtimex"},
    {"host-name", "sets the host's name", names, "host"},
    {"domain-name", "sets the domain's name", names, "domain"},
    {"reboot", "reboot", restart, NULL},
    {"hangup", "vhangup", hang_up, NULL},
    {"secret-memory", "memory that the kernel cannot see", secret_memory, NULL},
    {"memory-policy", "says in which memory it lies", memory_policy, NULL},
    {"user-dispatch", "answers its own system calls", user_dispatch, NULL},
    {"sysrq", "opens /proc/sysrq-trigger", open_write, "/proc/sysrq-trigger"},
    {"core-pattern", "a program of its own for core dumps", write_back,
     "/proc/sys/kernel/core_pattern"},
    {"modprobe-path", "a program of its own for modules", open_write, "/proc/sys/kernel/modprobe"},
    {"sysctl", "sets a variable of the kernel", write_back, "/proc/sys/kernel/randomize_va_space"},
    {"forward", "makes a router of the device", write_back, "/proc/sys/net/ipv4/ip_forward"},
    {"kcore", "reads the kernel's memory", read_file, "/proc/kcore"},
    {"kallsyms", "where the kernel is", symbols, NULL},
    {"sys-write", "writes to /sys", any_sys, NULL},
    {"debugfs", "debugfs", pseudo, "debugfs"},
    {"tracefs", "tracefs", pseudo, "tracefs"},
    {"bpffs", "the file system of BPF", pseudo, "bpf"},
    {"cgroup-leave", "leaves its control group", leave_group, NULL},
    {0},
};
