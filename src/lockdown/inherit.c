// SPDX-License-Identifier: MIT
#include "lockdown/inherit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <asm/sockios.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* --- system calls --- */

#if defined __x86_64__
#define NATIVE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined __arm__
#define NATIVE AUDIT_ARCH_ARM
#elif defined __mips__ && !defined __mips64
#define NATIVE (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? AUDIT_ARCH_MIPSEL : AUDIT_ARCH_MIPS)
#elif defined __s390x__
#define NATIVE AUDIT_ARCH_S390X
#elif defined __riscv
#define NATIVE AUDIT_ARCH_RISCV64
#else
#error "name this machine's calling convention: <linux/audit.h>"
#endif
#define X32 0x40000000u

/* Calls newer than the headers of the oldest system we build on: the same number everywhere but on
 * MIPS, whose numbers begin elsewhere. */
#ifdef __mips__
#define NEWER(n) (4000 + (n))
#else
#define NEWER(n) (n)
#endif

static const int refused[] = {
    SYS_bpf,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_perf_event_open,
    SYS_setns,
    SYS_unshare,
    SYS_swapon,
    SYS_swapoff,
    SYS_userfaultfd,
    SYS_quotactl,
    SYS_open_by_handle_at,
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
#endif
    NEWER(425), /* io_uring_setup */
    NEWER(426),
    NEWER(427),
    NEWER(428), /* open_tree */
    NEWER(429), /* move_mount */
    NEWER(430), /* fsopen */
    NEWER(431), /* fsconfig */
    NEWER(432), /* fsmount */
    NEWER(433), /* fspick */
    NEWER(438), /* pidfd_getfd */
    NEWER(440), /* process_madvise */
    NEWER(442), /* mount_setattr */
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MOST	 (COUNT(refused) * 2 + 160)

struct filter {
	struct sock_filter code[MOST];
	unsigned short n;
};

static void put(struct filter *f, __u16 code, __u32 k, __u8 yes, __u8 no)
{
	f->code[f->n++] = (struct sock_filter){code, yes, no, k};
}

static void load(struct filter *f, size_t at)
{
	put(f, BPF_LD | BPF_W | BPF_ABS, (__u32)at, 0, 0);
}

#define ANSWER(e) (SECCOMP_RET_ERRNO | (e))
static void answer(struct filter *f, __u32 what)
{
	put(f, BPF_RET | BPF_K, what, 0, 0);
}

/* The low half of argument i. */
static size_t argument(int i)
{
	size_t at = offsetof(struct seccomp_data, args) + (size_t)i * 8;

	return at + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
}

static void native_only(struct filter *f)
{
	load(f, offsetof(struct seccomp_data, arch));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
	answer(f, ANSWER(ENOSYS));
	load(f, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	put(f, BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1);
	answer(f, ANSWER(ENOSYS));
#endif
}

/* clone() that makes no namespace; clone3() cannot be looked into, and libc does without. */
static void no_new_namespaces(struct filter *f)
{
	const __u32 spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
			     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

	put(f, BPF_JMP | BPF_JEQ | BPF_K, NEWER(435), 0, 1);
	answer(f, ANSWER(ENOSYS));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
#ifdef __s390x__
	load(f, argument(1));
#else
	load(f, argument(0));
#endif
	put(f, BPF_JMP | BPF_JSET | BPF_K, spaces, 0, 1);
	answer(f, ANSWER(EPERM));
	answer(f, SECCOMP_RET_ALLOW);
}

/* unix and netlink; inet but for raw; can, bluetooth, alg. */
static void sockets(struct filter *f)
{
	static const __u32 free[] = {AF_UNIX, AF_NETLINK, AF_CAN, AF_BLUETOOTH, AF_ALG};

	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, (__u8)(9 + 2 * COUNT(free)));
	load(f, argument(0));
	for (size_t i = 0; i < COUNT(free); i++) {
		put(f, BPF_JMP | BPF_JEQ | BPF_K, free[i], 0, 1);
		answer(f, SECCOMP_RET_ALLOW);
	}
	put(f, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
	answer(f, ANSWER(EPERM));
	load(f, argument(1));
	put(f, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SOCK_RAW, 0, 1);
	answer(f, ANSWER(EPERM));
	answer(f, SECCOMP_RET_ALLOW);
}

/* A packet socket handed in keeps its queueing discipline; all other calls pass. */
static void no_bypass(struct filter *f)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_setsockopt, 0, 4);
	load(f, argument(1));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, 263 /* SOL_PACKET */, 0, 2);
	load(f, argument(2));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, 20 /* PACKET_QDISC_BYPASS */, 1, 0);
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, ANSWER(EPERM));
}

/* Calls whose first argument is a process. */
static const int about_process[] = {SYS_kill,
				    SYS_tkill,
				    SYS_tgkill,
				    SYS_rt_sigqueueinfo,
				    SYS_rt_tgsigqueueinfo,
				    SYS_prlimit64,
				    SYS_sched_setscheduler,
				    SYS_sched_setparam,
				    SYS_sched_setaffinity,
				    NEWER(434) /* pidfd_open */};

/* kill(-1) reaches everybody, and kill(-spare) its group. */
static void leave_alone(struct filter *f, pid_t spare)
{
	for (size_t i = 0; i < COUNT(about_process); i++) {
		put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)about_process[i], 0, 6);
		load(f, argument(0));
		put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)spare, 3, 0);
		put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)-spare, 2, 0);
		put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)-1, 1, 0);
		answer(f, SECCOMP_RET_ALLOW);
		answer(f, ANSWER(EPERM));
	}
	/* A folder of /proc is as good as a descriptor of a process. */
	put(f, BPF_JMP | BPF_JEQ | BPF_K, NEWER(424), 0, 1); /* pidfd_send_signal */
	answer(f, ANSWER(ENOSYS));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_setpriority, 0, 4);
	load(f, argument(1));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)spare, 0, 1);
	answer(f, ANSWER(EPERM));
	answer(f, SECCOMP_RET_ALLOW);
}

/* The signal of input, in its name: F_SETOWN with its number; F_SETOWN_EX and the two ioctls, whose
 * argument cannot be looked into. */
static void no_owner(struct filter *f, pid_t spare)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 8);
	load(f, argument(1));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, 15 /* F_SETOWN_EX */, 5, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN, 0, 3);
	load(f, argument(2));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)spare, 2, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)-spare, 1, 0);
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, ANSWER(EPERM));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5);
	load(f, argument(1));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, FIOSETOWN, 2, 0);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SIOCSPGRP, 1, 0);
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, ANSWER(EPERM));
}

static int install(pid_t spare, struct err *e)
{
	struct filter f = {.n = 0};
	struct sock_fprog p;

	native_only(&f);
	for (size_t i = 0; i < COUNT(refused); i++) {
		put(&f, BPF_JMP | BPF_JEQ | BPF_K, (__u32)refused[i], 0, 1);
		answer(&f, ANSWER(EPERM));
	}
	no_new_namespaces(&f);
	sockets(&f);
	if (spare > 0) {
		leave_alone(&f, spare);
		no_owner(&f, spare);
	}
	no_bypass(&f);
	p = (struct sock_fprog){f.n, f.code};
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p))
		return err_sys(e, errno, "cannot install the filter of system calls");
	return 0;
}

/* --- files --- */

#define WRITING                                                                                    \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                           \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                               \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                             \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define REFER	 (1ull << 13) /* moving between folders: ABI 2 */
#define TRUNCATE (1ull << 14) /* ABI 3 */
#define OF_FILES (LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)

static int free_beneath(int rules, int dir, const char *name, __u64 access)
{
	struct landlock_path_beneath_attr a = {.allowed_access = access};
	struct stat st;
	int n;

	a.parent_fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (a.parent_fd < 0)
		return 0; /* then nobody writes there either */
	n = fstat(a.parent_fd, &st);
	if (!n && S_ISLNK(st.st_mode)) {
		close(a.parent_fd);
		return 0; /* its target has a rule of its own, or none */
	}
	if (!n && !S_ISDIR(st.st_mode))
		a.allowed_access &= OF_FILES;
	n = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	close(a.parent_fd);
	return n;
}

static int wanted(int dir, const struct dirent *f, const char *const except[])
{
	struct stat st;

	if (!strcmp(f->d_name, ".") || !strcmp(f->d_name, ".."))
		return 0;
	for (; *except; except++)
		if (!strcmp(f->d_name, *except))
			return 0;
	return !fstatat(dir, f->d_name, &st, AT_SYMLINK_NOFOLLOW) && !S_ISBLK(st.st_mode);
}

static int free_all_but(int rules, const char *path, __u64 access, const char *const except[])
{
	DIR *d = opendir(path);
	struct dirent *f;
	int bad = 0;

	if (!d)
		return 0;
	while (!bad && (f = readdir(d)))
		if (wanted(dirfd(d), f, except))
			bad = free_beneath(rules, dirfd(d), f->d_name, access);
	closedir(d);
	return bad;
}

static int files(int *landlock, struct err *e)
{
	static const char *const roots[] = {"proc", "sys", "dev", NULL};
	static const char *const devices[] = {"mem", "kmem", "port", "cpu", "vfio", NULL};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr a = {WRITING | (abi > 1 ? REFER : 0) |
					  (abi > 2 ? TRUNCATE : 0)};
	int rules, bad;

	*landlock = abi > 0;
	if (abi <= 0)
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
	if (rules < 0)
		return err_sys(e, errno, "no Landlock rules");
	bad = free_all_but(rules, "/", a.handled_access_fs, roots) ||
	      free_all_but(rules, "/dev", a.handled_access_fs, devices) ||
	      free_beneath(rules, AT_FDCWD, "/sys/devices", a.handled_access_fs) ||
	      syscall(SYS_landlock_restrict_self, rules, 0);
	if (bad)
		err_sys(e, errno, "cannot put the Landlock rules in force");
	close(rules);
	return bad ? -1 : 0;
}

/* --- capabilities --- */

static int capabilities(uint64_t keep, struct err *e)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2];

	for (int cap = 0; cap < 64; cap++)
		if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EINVAL)
			return err_sys(e, errno, "cannot give capability %d up", cap);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) || syscall(SYS_capget, &h, d))
		return err_sys(e, errno, "capabilities");
	for (int i = 0; i < 2; i++) {
		d[i].permitted &= (__u32)(keep >> 32 * i);
		d[i].effective &= d[i].permitted;
		d[i].inheritable = 0;
	}
	return syscall(SYS_capset, &h, d) ? err_sys(e, errno, "cannot give capabilities up") : 0;
}

/* Capabilities last: the other two need them. */
int lock_inherit(uint64_t keep, pid_t spare, int *landlock, struct err *e)
{
	if (files(landlock, e) || install(spare, e))
		return -1;
	return capabilities(keep | INHERIT_CAPS, e);
}
