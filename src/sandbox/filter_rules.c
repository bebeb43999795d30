// SPDX-License-Identifier: MIT
#include "sandbox/filter_rules.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <netinet/in.h>

#define SOCK_TYPE_BITS	 0xf /* of the second argument of socket(2) */
#define NETLINK_OF_ROUTE 0
#define USER_DISPATCH	 59   /* PR_SET_SYSCALL_USER_DISPATCH, since 5.11 */
#define MFD_EXEC_BIT	 0x10 /* memfd_create(2) since 6.3 */

void filter_put(struct filter *f, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	if (f->len < FILTER_MAX)
		f->code[f->len] = (struct sock_filter){code, jt, jf, k};
	f->len++;
}

static void ret(const struct filter_env *env, uint32_t k)
{
	filter_put(env->f, BPF_RET | BPF_K, 0, 0, k);
}

/* Loads one half of argument n. Rules on flags and small numbers look at the low half alone, as the
 * kernel does for arguments of type int. */
static void load(const struct filter_env *env, unsigned n, bool high)
{
	bool first = (BYTE_ORDER == BIG_ENDIAN) == high;
	uint32_t at = offsetof(struct seccomp_data, args) + 8 * n + (first ? 0 : 4);

	filter_put(env->f, BPF_LD | BPF_W | BPF_ABS, 0, 0, at);
}

static void mask(const struct filter_env *env, uint32_t bits)
{
	filter_put(env->f, BPF_ALU | BPF_AND | BPF_K, 0, 0, bits);
}

static void return_if_equal(const struct filter_env *env, uint32_t k, uint32_t what)
{
	filter_put(env->f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, k);
	ret(env, what);
}

static void return_if_any(const struct filter_env *env, uint32_t bits, uint32_t what)
{
	filter_put(env->f, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
	ret(env, what);
}

static void return_unless_equal(const struct filter_env *env, uint32_t k, uint32_t what)
{
	filter_put(env->f, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, k);
	ret(env, what);
}

static void allow(const struct filter_env *env)
{
	ret(env, SECCOMP_RET_ALLOW);
}

static void refuse_bits(const struct filter_env *env, unsigned arg, uint32_t bits)
{
	load(env, arg, false);
	return_if_any(env, bits, env->refuse);
	allow(env);
}

static void pointer_is(const struct filter_env *env, unsigned arg, uint64_t value)
{
	load(env, arg, false);
	return_unless_equal(env, (uint32_t)value, env->refuse);
	load(env, arg, true);
	return_unless_equal(env, (uint32_t)(value >> 32), env->refuse);
}

static void rule_exec(const struct filter_env *env)
{
	pointer_is(env, 1, env->own->path);
	pointer_is(env, 2, env->own->argv);
	pointer_is(env, 3, env->own->envp);
	allow(env);
}

static void rule_personality(const struct filter_env *env)
{
	load(env, 0, false);
	return_if_equal(env, 0xffffffff, SECCOMP_RET_ALLOW); /* only asks */
	return_if_equal(env, 0, SECCOMP_RET_ALLOW);
	ret(env, env->refuse);
}

static void rule_prctl(const struct filter_env *env)
{
	load(env, 0, false);
	return_if_equal(env, PR_SET_MM, env->refuse);
	return_if_equal(env, USER_DISPATCH, SECCOMP_RET_ERRNO | EINVAL);
	allow(env);
}

/* The limit of dumps stays the 1 of resources.c: with 0, which many daemons ask for, a core_pattern
 * that begins with a pipe would be run all the same. Where nobody can be asked they are told that
 * it was done. new: the argument that may be NULL, for prlimit64 that only asks; 0: none. */
static void rule_core_limit(const struct filter_env *env, unsigned resource, unsigned new)
{
	load(env, resource, false);
	return_unless_equal(env, RLIMIT_CORE, SECCOMP_RET_ALLOW);
	if (new) {
		load(env, new, false);
		filter_put(env->f, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
		load(env, new, true);
		return_if_equal(env, 0, SECCOMP_RET_ALLOW);
	}
	ret(env, env->p->notify ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO);
}

static void rule_setsockopt(const struct filter_env *env)
{
	static const uint32_t refused[] = {SO_ATTACH_FILTER, SO_ATTACH_BPF,
					   SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF};

	load(env, 1, false);
	return_unless_equal(env, SOL_SOCKET, SECCOMP_RET_ALLOW);
	load(env, 2, false);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		return_if_equal(env, refused[i], env->refuse);
	allow(env);
}

static void rule_mmap(const struct filter_env *env)
{
	load(env, 2, false);
	mask(env, PROT_WRITE | PROT_EXEC);
	return_if_equal(env, PROT_WRITE | PROT_EXEC, env->refuse);
	allow(env);
}

/* Where the kernel has PR_SET_MDWE it knows what was written; where not, nothing may become
 * executable after it was mapped. */
static void rule_mprotect(const struct filter_env *env)
{
	if (env->p->mdwe)
		rule_mmap(env);
	else
		refuse_bits(env, 2, PROT_EXEC);
}

static void rule_memfd(const struct filter_env *env)
{
	if (env->p->powers & POWER_BIT(POWER_MEMFD))
		refuse_bits(env, 1, MFD_EXEC_BIT);
	else
		ret(env, env->refuse);
}

/* The families in question; the address family is loaded. Jumps over the piece for another. */
static void family(const struct filter_env *env, uint32_t which, unsigned piece)
{
	filter_put(env->f, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)piece, which);
}

static void rule_inet(const struct filter_env *env)
{
	static const uint32_t protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP,
					     IPPROTO_ICMPV6};

	load(env, 1, false);
	mask(env, SOCK_TYPE_BITS);
	if (env->p->powers & POWER_BIT(POWER_NET_RAW))
		return_if_equal(env, SOCK_RAW, SECCOMP_RET_ALLOW);
	filter_put(env->f, BPF_JMP | BPF_JEQ | BPF_K, 2, 0, SOCK_STREAM);
	return_unless_equal(env, SOCK_DGRAM, env->refuse);
	load(env, 2, false);
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		return_if_equal(env, protocols[i], SECCOMP_RET_ALLOW);
	ret(env, env->refuse);
}

static void rule_socket(const struct filter_env *env)
{
	bool raw = env->p->powers & POWER_BIT(POWER_NET_RAW);

	load(env, 0, false);
	return_if_equal(env, AF_UNIX, SECCOMP_RET_ALLOW);
	if (raw)
		return_if_equal(env, AF_PACKET, SECCOMP_RET_ALLOW);
	family(env, AF_NETLINK, 4);
	load(env, 2, false);
	return_if_equal(env, NETLINK_OF_ROUTE, SECCOMP_RET_ALLOW);
	ret(env, env->refuse);
	filter_put(env->f, BPF_JMP | BPF_JEQ | BPF_K, 2, 0, AF_INET);
	return_unless_equal(env, AF_INET6, env->refuse);
	rule_inet(env);
}

static void rule_socketpair(const struct filter_env *env)
{
	load(env, 0, false);
	return_if_equal(env, AF_UNIX, SECCOMP_RET_ALLOW);
	ret(env, env->refuse);
}

/* A file that is set to run as its owner from its first moment. The mode means nothing where no
 * file is made. */
static void rule_open(const struct filter_env *env, unsigned flags)
{
	uint32_t pass = env->p->paths ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;

	load(env, flags, false);
	filter_put(env->f, BPF_JMP | BPF_JSET | BPF_K, 1, 0, POLICY_MAKES_FILE);
	ret(env, pass);
	load(env, flags + 1, false);
	return_if_any(env, POLICY_FOREIGN_MODE, env->refuse);
	ret(env, pass);
}

/* Typing into a terminal, its line discipline, its console, keeping others out of it. */
static void rule_ioctl(const struct filter_env *env)
{
	static const uint32_t refused[] = {TIOCSTI,  TIOCLINUX,	  TIOCSETD,
					   TIOCCONS, TIOCVHANGUP, TIOCEXCL};

	load(env, 1, false);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		return_if_equal(env, refused[i], env->refuse);
	allow(env);
}

static void rule_mknod(const struct filter_env *env, unsigned arg)
{
	load(env, arg, false);
	return_if_any(env, S_ISUID | S_ISGID, env->refuse);
	mask(env, S_IFMT);
	return_if_equal(env, S_IFCHR, env->refuse);
	return_if_equal(env, S_IFBLK, env->refuse);
	allow(env);
}

void filter_rule(const struct filter_env *env, enum verdict v)
{
	const uint32_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

	switch (v) {
	case VERDICT_EXEC:
		rule_exec(env);
		return;
	case VERDICT_CLONE:
#ifdef __s390__
		refuse_bits(env, 1, spaces);
#else
		refuse_bits(env, 0, spaces);
#endif
		return;
	case VERDICT_UNSHARE:
		refuse_bits(env, 0, ~(uint32_t)(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM));
		return;
	case VERDICT_SECCOMP:
		/* A listener of its own could let pass what ours refuses, once ours is gone. */
		refuse_bits(env, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);
		return;
	case VERDICT_PERSONALITY:
		rule_personality(env);
		return;
	case VERDICT_PRCTL:
		rule_prctl(env);
		return;
	case VERDICT_SETRLIMIT:
		rule_core_limit(env, 0, 0);
		return;
	case VERDICT_PRLIMIT:
		rule_core_limit(env, 1, 2);
		return;
	case VERDICT_SETSOCKOPT:
		rule_setsockopt(env);
		return;
	case VERDICT_MMAP:
		rule_mmap(env);
		return;
	case VERDICT_MPROTECT:
		rule_mprotect(env);
		return;
	case VERDICT_SHMAT:
		refuse_bits(env, 2, SHM_EXEC);
		return;
	case VERDICT_MEMFD:
		rule_memfd(env);
		return;
	case VERDICT_SOCKET:
		rule_socket(env);
		return;
	case VERDICT_SOCKETPAIR:
		rule_socketpair(env);
		return;
	case VERDICT_IOCTL:
		rule_ioctl(env);
		return;
	case VERDICT_OPEN:
		rule_open(env, 1);
		return;
	case VERDICT_OPENAT:
		rule_open(env, 2);
		return;
	case VERDICT_CHMOD:
		refuse_bits(env, 1, S_ISUID | S_ISGID);
		return;
	case VERDICT_CHMODAT:
		refuse_bits(env, 2, S_ISUID | S_ISGID);
		return;
	case VERDICT_MKNOD:
		rule_mknod(env, 1);
		return;
	case VERDICT_MKNODAT:
		rule_mknod(env, 2);
		return;
	default:
		ret(env, SECCOMP_RET_KILL_PROCESS); /* no rule: our bug */
	}
}
