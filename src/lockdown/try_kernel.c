// SPDX-License-Identifier: MIT
// Attempts on the kernel itself: its code, its memory, its settings.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bpf/call.h"
#include "lockdown/files.h"
#include "lockdown/try.h"

static int minus(int n)
{
	errno = n < 0 ? -n : 0;
	return n < 0 ? -1 : n;
}

static int open_to_write(const char *path)
{
	return try_fd(open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK));
}

/* --- modules, kexec --- */

static int init_module(const struct try_env *env)
{
	long n = syscall(SYS_init_module, "not a module", 12ul, "");

	return n < 0 && errno == ENOEXEC ? TRY_OPEN : try_result(n);
}

static int finit_module(const struct try_env *env)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	long n = syscall(SYS_finit_module, fd, "", 0);

	return n < 0 && errno == ENOEXEC ? TRY_OPEN : try_result(n);
}

static int delete_module(const struct try_env *env)
{
	long n = syscall(SYS_delete_module, "no_such_module", O_NONBLOCK);

	return n < 0 && errno == ENOENT ? TRY_OPEN : try_result(n);
}

/* Flags that no kernel knows: whoever is let that far gets EINVAL. */
static int kexec_load(const struct try_env *env)
{
	struct kexec_segment s = {0};
	long n = syscall(SYS_kexec_load, 0ul, 1ul, &s, 0xfffful);

	return n < 0 && errno == EINVAL ? TRY_OPEN : try_result(n);
}

static int kexec_file(const struct try_env *env)
{
#ifdef SYS_kexec_file_load
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	long n = syscall(SYS_kexec_file_load, fd, fd, 1ul, "", 4ul /* no initramfs */);

	return n < 0 && errno != EPERM && errno != ENOSYS ? TRY_OPEN : try_result(n);
#else
	return TRY_ABSENT;
#endif
}

/* --- bpf(2) --- */

static int bpf_map(const struct try_env *env)
{
	return try_fd(minus(call_map_create(BPF_MAP_TYPE_ARRAY, "holdfast_try", 4, 1, 0, 0)));
}

static int bpf_program(const struct try_env *env)
{
	static const struct bpf_insn nothing[] = {{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},
						  {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};

	return try_fd(minus(call_prog_load("holdfast_try", nothing, 2, NULL, 0)));
}

static int bpf_next(const struct try_env *env)
{
	return try_result(minus(call_next_map(0)));
}

/* A pin of the guard's or of the lock's, or in want of them the directory, which is no pin. */
static int first_pin(const char *dir, const char *prefix, char *path, size_t size)
{
	DIR *d = opendir(dir);
	struct dirent *f;
	int found = 0;

	while (d && !found && (f = readdir(d))) {
		found = f->d_type == DT_REG && !strncmp(f->d_name, prefix, strlen(prefix));
		snprintf(path, size, "%.100s/%.40s", dir, f->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

static int open_guard_state(const struct try_env *env)
{
	char path[160];

	snprintf(path, sizeof path, "%.120s/state", env->guard_pins);
	return try_fd(minus(call_get(path)));
}

static int open_guard_link(const struct try_env *env)
{
	char path[160];

	if (!first_pin(env->guard_pins, "link-", path, sizeof path))
		return TRY_ABSENT; /* attached by clsact */
	return try_fd(minus(call_get(path)));
}

static int open_lock_link(const struct try_env *env)
{
	char path[160];

	if (!first_pin(LOCK_PIN, "", path, sizeof path))
		return TRY_ABSENT;
	return try_fd(minus(call_get(path)));
}

/* Opened for reading, as `holdfast status` does, and written to: the value is its own. */
static int write_what_is_read(const struct try_env *env)
{
	char path[160];
	__u32 active = 0;
	int fd, n;

	snprintf(path, sizeof path, "%.120s/active", env->guard_pins);
	fd = call_get_to_read(path);
	if (fd < 0)
		return try_result(minus(fd));
	n = call_lookup(fd, 0, &active, 0);
	return try_result(minus(n ? n : call_update(fd, 0, &active)));
}

/* --- memory, disks --- */

static int dev_mem(const struct try_env *env)
{
	return try_fd(open("/dev/mem", O_RDONLY | O_CLOEXEC));
}

static int dev_port(const struct try_env *env)
{
	return try_fd(open("/dev/port", O_RDWR | O_CLOEXEC));
}

/* The same device under a name of one's own. */
static int own_node(const struct try_env *env)
{
	char path[96];
	int result;

	snprintf(path, sizeof path, "%s/mem", env->dir);
	if (mknod(path, S_IFCHR | 0600, makedev(1, 1)))
		return try_result(-1);
	result = try_fd(open(path, O_RDONLY | O_CLOEXEC));
	unlink(path);
	return result;
}

static int kcore(const struct try_env *env)
{
	return try_fd(open("/proc/kcore", O_RDONLY | O_CLOEXEC));
}

static int msr(const struct try_env *env)
{
	return try_fd(open("/dev/cpu/0/msr", O_RDWR | O_CLOEXEC));
}

static int iopl_3(const struct try_env *env)
{
#ifdef SYS_iopl
	return try_result(syscall(SYS_iopl, 3));
#else
	return TRY_ABSENT;
#endif
}

static int port_access(const struct try_env *env)
{
#ifdef SYS_ioperm
	return try_result(syscall(SYS_ioperm, 0x80ul, 1ul, 1)); /* where BIOSes write progress */
#else
	return TRY_ABSENT;
#endif
}

/* Every disk that there is is opened for writing, and closed. */
static int disks(const struct try_env *env)
{
	DIR *d = opendir("/sys/class/block");
	int result = TRY_ABSENT;
	struct dirent *f;

	while (d && (f = readdir(d))) {
		char path[300];
		int one;

		snprintf(path, sizeof path, "/dev/%s", f->d_name);
		if (f->d_name[0] == '.')
			continue;
		one = open_to_write(path);
		if (one == TRY_OPEN)
			return TRY_OPEN;
		if (one != TRY_ABSENT)
			result = one;
	}
	return result;
}

/* --- settings --- */

/* A value is written back as it is. */
static int write_back(const char *path)
{
	char now[128];

	if (files_read(path, now, sizeof now))
		return try_result(-1);
	return try_result(files_write(path, now));
}

static int every_setting(const struct try_env *env)
{
	int result = TRY_ABSENT;

	for (int row = 0; row < LOCK_ROW_COUNT; row++) {
		for (int i = 0; i < LOCK_SETTINGS; i++) {
			const char *name = lock_rows[row].setting[i].path;
			char path[96];
			int one;

			if (!name || strchr(name, ':'))
				continue;
			snprintf(path, sizeof path, "/proc/sys/%s", name);
			one = write_back(path);
			if (one == TRY_OPEN || one == EINVAL || one == EBUSY)
				return TRY_OPEN; /* refused for its value, not for who asks */
			if (one != TRY_ABSENT)
				result = one;
		}
	}
	return result;
}

static int core_pattern(const struct try_env *env)
{
	return write_back("/proc/sys/kernel/core_pattern");
}

static int modprobe_path(const struct try_env *env)
{
	return write_back("/proc/sys/kernel/modprobe");
}

static int ftrace_off(const struct try_env *env)
{
	return write_back("/proc/sys/kernel/ftrace_enabled");
}

static int jit_harden(const struct try_env *env)
{
	return write_back("/proc/sys/net/core/bpf_jit_harden");
}

static int sysrq_setting(const struct try_env *env)
{
	return write_back("/proc/sys/kernel/sysrq");
}

static int sysrq_trigger(const struct try_env *env)
{
	return open_to_write("/proc/sysrq-trigger");
}

static int random_bits(const struct try_env *env)
{
	return write_back("/proc/sys/vm/mmap_rnd_bits");
}

static int uevent_helper(const struct try_env *env)
{
	return open_to_write("/sys/kernel/uevent_helper");
}

static int module_parameter(const struct try_env *env)
{
	return open_to_write("/sys/module/printk/parameters/time");
}

static int power_state(const struct try_env *env)
{
	return open_to_write("/sys/power/disk");
}

static int debug_file(const struct try_env *env)
{
	return open_to_write("/sys/kernel/debug/tracing/trace_marker");
}

static int trace_file(const struct try_env *env)
{
	return open_to_write("/sys/kernel/tracing/kprobe_events");
}

static int take_driver_off(const struct try_env *env)
{
	return open_to_write("/sys/bus/pci/drivers_probe");
}

static int pktgen(const struct try_env *env)
{
	return open_to_write("/proc/net/pktgen/pgctrl");
}

static int netconsole(const struct try_env *env)
{
	return try_result(mkdir("/sys/kernel/config/netconsole/holdfast-try", 0700));
}

static int performance(const struct try_env *env)
{
	struct perf_event_attr a = {.type = PERF_TYPE_SOFTWARE,
				    .size = sizeof a,
				    .config = PERF_COUNT_SW_CPU_CLOCK,
				    .disabled = 1};

	return try_fd(syscall(SYS_perf_event_open, &a, -1, 0, -1, 0));
}

static int io_uring(const struct try_env *env)
{
	char params[128] = {0};

	return try_fd(syscall(425 /* io_uring_setup */, 1, params));
}

const struct attempt try_kernel[] = {
    {ROW_LOCKDOWN, "iopl(3): every port", iopl_3},
    {ROW_LOCKDOWN, "ioperm: one port", port_access},
    {ROW_MODULES, "init_module of something that is none", init_module},
    {ROW_MODULES, "finit_module of this program", finit_module},
    {ROW_MODULES, "delete_module of a name that is none", delete_module},
    {ROW_KEXEC, "kexec_load with wrong flags", kexec_load},
    {ROW_KEXEC, "kexec_file_load of this program", kexec_file},
    {ROW_BPF, "making a map", bpf_map},
    {ROW_BPF, "loading a program", bpf_program},
    {ROW_BPF, "listing maps", bpf_next},
    {ROW_BPF, "opening the guard's state to change it", open_guard_state},
    {ROW_BPF, "opening a link of the guard's to detach it", open_guard_link},
    {ROW_BPF, "opening a link of the lock's", open_lock_link},
    {ROW_BPF, "changing a map that was opened to look at", write_what_is_read},
    {ROW_BPF, "bpf_jit_harden", jit_harden},
    {ROW_MEMORY, "opening /dev/mem", dev_mem},
    {ROW_MEMORY, "opening /dev/port", dev_port},
    {ROW_MEMORY, "a device node of one's own for memory", own_node},
    {ROW_MEMORY, "opening /proc/kcore", kcore},
    {ROW_MEMORY, "opening /dev/cpu/0/msr", msr},
    {ROW_DISKS, "opening each disk to write", disks},
    {ROW_PERF, "perf_event_open of a software counter", performance},
    {ROW_IO_URING, "io_uring_setup", io_uring},
    {ROW_SETTINGS, "writing every setting of the lock back", every_setting},
    {ROW_SETTINGS, "the path of modprobe", modprobe_path},
    {ROW_SETTINGS, "switching function tracing off", ftrace_off},
    {ROW_DEVICES, "asking a bus to probe drivers", take_driver_off},
    {ROW_DEVICES, "the uevent helper", uevent_helper},
    {ROW_DEVICES, "a module's parameter", module_parameter},
    {ROW_DEVICES, "how to hibernate", power_state},
    {ROW_DEBUG, "writing to debugfs", debug_file},
    {ROW_DEBUG, "writing to tracefs", trace_file},
    {ROW_MAKERS, "pktgen", pktgen},
    {ROW_MAKERS, "a target for netconsole", netconsole},
    {ROW_SYSRQ, "the sysrq setting", sysrq_setting},
    {ROW_SYSRQ, "opening /proc/sysrq-trigger", sysrq_trigger},
    {ROW_CORES, "the core pattern", core_pattern},
    {ROW_ASLR, "the number of random bits", random_bits},
    {0},
};
