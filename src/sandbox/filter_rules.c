// SPDX-License-Identifier: MIT
//
// Each rule reads from its end to its start, as it is put: what comes last is known first.
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
#define MFD_HUGETLB_BIT	 4
#define WHITEOUT	 4 /* RENAME_WHITEOUT: leaves a device node behind, without CAP_MKNOD */

static place ret(const struct filter_env *env, uint32_t k)
{
	return filter_return(env->code, k);
}

static place allow(const struct filter_env *env)
{
	return ret(env, SECCOMP_RET_ALLOW);
}

static place refuse(const struct filter_env *env)
{
	return ret(env, env->refuse);
}

/* Loads one half of argument n. Rules on flags and small numbers look at the low half alone, as the
 * kernel does for arguments of type int. */
static place load_half(const struct filter_env *env, unsigned n, bool high, place next)
{
	bool first = (BYTE_ORDER == BIG_ENDIAN) == high;

	return filter_load(env->code, offsetof(struct seccomp_data, args) + 8 * n + (first ? 0 : 4),
			   next);
}

static place load(const struct filter_env *env, unsigned n, place next)
{
	return load_half(env, n, false, next);
}

static place equal(const struct filter_env *env, uint32_t k, place yes, place no)
{
	return filter_if(env->code, BPF_JEQ, k, yes, no);
}

static place any_of(const struct filter_env *env, uint32_t bits, place yes, place no)
{
	return filter_if(env->code, BPF_JSET, bits, yes, no);
}

static place one_of(const struct filter_env *env, const uint32_t *k, size_t count, place yes,
		    place no)
{
	while (count--)
		no = equal(env, k[count], yes, no);
	return no;
}
#define ONE_OF(env, list, yes, no) one_of(env, list, sizeof(list) / sizeof(*(list)), yes, no)

static place refuse_bits(const struct filter_env *env, unsigned arg, uint32_t bits)
{
	return load(env, arg, any_of(env, bits, refuse(env), allow(env)));
}

static place word_is(const struct filter_env *env, unsigned arg, uint64_t value, place yes)
{
	const place no = refuse(env);

	yes = load_half(env, arg, true, equal(env, (uint32_t)(value >> 32), yes, no));
	return load(env, arg, equal(env, (uint32_t)value, yes, no));
}

static place rule_exec(const struct filter_env *env)
{
	place p = allow(env);

	p = word_is(env, 3, env->own->envp, p);
	p = word_is(env, 2, env->own->argv, p);
	p = word_is(env, 1, env->own->path, p);
	return word_is(env, 0, env->own->folder, p);
}

static place rule_personality(const struct filter_env *env)
{
	static const uint32_t allowed[] = {0xffffffff /* only asks */, 0};

	return load(env, 0, ONE_OF(env, allowed, allow(env), refuse(env)));
}

static place rule_prctl(const struct filter_env *env)
{
	place p = allow(env);

	p = equal(env, USER_DISPATCH, ret(env, SECCOMP_RET_ERRNO | EINVAL), p);
	return load(env, 0, equal(env, PR_SET_MM, refuse(env), p));
}

/* The limit of dumps stays the 1 of resources.c: with 0, which many daemons ask for, a core_pattern
 * that begins with a pipe would be run all the same. Where nobody can be asked they are told that
 * it was done. new: the argument that may be NULL, for prlimit64 that only asks; 0: none. */
static place rule_core_limit(const struct filter_env *env, unsigned resource, unsigned new)
{
	const place pass = allow(env);
	const place ask = ret(env, env->p->notify ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO);
	place p = ask;

	if (new) {
		p = load_half(env, new, true, equal(env, 0, pass, ask));
		p = load(env, new, equal(env, 0, p, ask));
	}
	return load(env, resource, equal(env, RLIMIT_CORE, p, pass));
}

static place rule_setsockopt(const struct filter_env *env)
{
	static const uint32_t refused[] = {SO_ATTACH_FILTER, SO_ATTACH_BPF,
					   SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF};
	const place pass = allow(env);
	place p = load(env, 2, ONE_OF(env, refused, refuse(env), pass));

	return load(env, 1, equal(env, SOL_SOCKET, p, pass));
}

static place rule_both(const struct filter_env *env, place pass)
{
	const uint32_t both = PROT_WRITE | PROT_EXEC;
	place p = equal(env, both, refuse(env), pass);

	return load(env, 2, filter_mask(env->code, both, p));
}

/* Memory of no file that may be executed from the first: shared, it has a second place (mremap of
 * no length, a child) that may become writable, which PR_SET_MDWE looks at one by one. Nobody else
 * has a use for it, as it stays empty. */
static place rule_no_code(const struct filter_env *env, place pass)
{
	place p = load(env, 3, any_of(env, MAP_ANONYMOUS, refuse(env), pass));

	return rule_both(env, load(env, 2, any_of(env, PROT_EXEC, p, pass)));
}

/* Pages of the machine's few huge ones are in no memory limit: as where there are none. */
static place rule_mmap(const struct filter_env *env)
{
	const bool jit = env->p->powers & POWER_BIT(POWER_JIT);
	const place none = ret(env, SECCOMP_RET_ERRNO | ENOMEM);
	place p = jit ? allow(env) : rule_no_code(env, allow(env));

	return load(env, 3, any_of(env, MAP_HUGETLB, none, p));
}

/* Where the kernel has PR_SET_MDWE it knows what was written; where not, nothing may become
 * executable after it was mapped. */
static place rule_mprotect(const struct filter_env *env)
{
	return env->p->mdwe ? rule_both(env, allow(env)) : refuse_bits(env, 2, PROT_EXEC);
}

static place rule_memfd(const struct filter_env *env)
{
	return env->p->powers & POWER_BIT(POWER_MEMFD)
		   ? refuse_bits(env, 1, MFD_EXEC_BIT | MFD_HUGETLB_BIT)
		   : refuse(env);
}

static place rule_inet(const struct filter_env *env)
{
	static const uint32_t protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP,
					     IPPROTO_ICMPV6};
	const place pass = allow(env), no = refuse(env);
	place p = load(env, 2, ONE_OF(env, protocols, pass, no)), end = no;

	if (env->p->powers & POWER_BIT(POWER_NET_RAW))
		end = equal(env, SOCK_RAW, pass, no);
	p = equal(env, SOCK_STREAM, p, equal(env, SOCK_DGRAM, p, end));
	return load(env, 1, filter_mask(env->code, SOCK_TYPE_BITS, p));
}

static place rule_socket(const struct filter_env *env)
{
	const place pass = allow(env), no = refuse(env);
	place inet = rule_inet(env), netlink, p;

	netlink = load(env, 2, equal(env, NETLINK_OF_ROUTE, pass, no));
	p = equal(env, AF_INET, inet, equal(env, AF_INET6, inet, no));
	p = equal(env, AF_NETLINK, netlink, p);
	if (env->p->powers & POWER_BIT(POWER_NET_RAW))
		p = equal(env, AF_PACKET, pass, p);
	return load(env, 0, equal(env, AF_UNIX, pass, p));
}

static place rule_socketpair(const struct filter_env *env)
{
	return load(env, 0, equal(env, AF_UNIX, allow(env), refuse(env)));
}

/* A file that is set to run as its owner from its first moment. The mode means nothing where no
 * file is made. */
static place rule_open(const struct filter_env *env, unsigned flags)
{
	const place pass = ret(env, env->p->paths ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
	place p = load(env, flags + 1, any_of(env, POLICY_FOREIGN_MODE, refuse(env), pass));

	return load(env, flags, any_of(env, POLICY_MAKES_FILE, p, pass));
}

/* Typing into a terminal, its line discipline, its console, keeping others out of it. */
static place rule_ioctl(const struct filter_env *env)
{
	static const uint32_t refused[] = {TIOCSTI,  TIOCLINUX,	  TIOCSETD,
					   TIOCCONS, TIOCVHANGUP, TIOCEXCL};

	return load(env, 1, ONE_OF(env, refused, refuse(env), allow(env)));
}

static place rule_mknod(const struct filter_env *env, unsigned arg)
{
	static const uint32_t refused[] = {S_IFCHR, S_IFBLK};
	const place no = refuse(env);
	place p = filter_mask(env->code, S_IFMT, ONE_OF(env, refused, no, allow(env)));

	return load(env, arg, any_of(env, S_ISUID | S_ISGID, no, p));
}

place filter_rule(const struct filter_env *env, enum verdict v)
{
	const uint32_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

	switch (v) {
	case VERDICT_EXEC:
		return rule_exec(env);
	case VERDICT_CLONE:
#ifdef __s390__
		return refuse_bits(env, 1, spaces);
#else
		return refuse_bits(env, 0, spaces);
#endif
	case VERDICT_UNSHARE:
		return refuse_bits(env, 0, ~(uint32_t)(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM));
	case VERDICT_SECCOMP:
		/* A listener of its own could let pass what ours refuses, once ours is gone. */
		return refuse_bits(env, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	case VERDICT_PERSONALITY:
		return rule_personality(env);
	case VERDICT_PRCTL:
		return rule_prctl(env);
	case VERDICT_SETRLIMIT:
		return rule_core_limit(env, 0, 0);
	case VERDICT_PRLIMIT:
		return rule_core_limit(env, 1, 2);
	case VERDICT_SETSOCKOPT:
		return rule_setsockopt(env);
	case VERDICT_MMAP:
		return rule_mmap(env);
	case VERDICT_MPROTECT:
		return rule_mprotect(env);
	case VERDICT_SHMAT:
		return refuse_bits(env, 2, SHM_EXEC);
	case VERDICT_MEMFD:
		return rule_memfd(env);
	case VERDICT_SOCKET:
		return rule_socket(env);
	case VERDICT_SOCKETPAIR:
		return rule_socketpair(env);
	case VERDICT_IOCTL:
		return rule_ioctl(env);
	case VERDICT_OPEN:
		return rule_open(env, 1);
	case VERDICT_OPENAT:
		return rule_open(env, 2);
	case VERDICT_CHMOD:
		return refuse_bits(env, 1, S_ISUID | S_ISGID);
	case VERDICT_CHMODAT:
		return refuse_bits(env, 2, S_ISUID | S_ISGID);
	case VERDICT_MKNOD:
		return rule_mknod(env, 1);
	case VERDICT_MKNODAT:
		return rule_mknod(env, 2);
	case VERDICT_RENAME:
		return refuse_bits(env, 4, WHITEOUT);
	default:
		return ret(env, SECCOMP_RET_KILL_PROCESS); /* no rule: our bug */
	}
}
