// SPDX-License-Identifier: MIT
#include "sandbox/filter.h"

#include <asm/unistd.h>
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "sandbox/filter_code.h"
#include "sandbox/filter_rules.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define NATIVE	AUDIT_ARCH_X86_64
#define X32_BIT 0x40000000u
#elif defined(__i386__)
#define NATIVE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define NATIVE	      AUDIT_ARCH_ARM
/* breakpoint, cacheflush, usr26, usr32, set_tls, get_tls: the processor's own, past the table */
#define PRIVATE_FIRST 0x0f0001u
#define PRIVATE_LAST  0x0f0006u
#elif defined(__mips__) && _MIPS_SIM == _ABIO32 && defined(__MIPSEL__)
#define NATIVE AUDIT_ARCH_MIPSEL
#elif defined(__mips__) && _MIPS_SIM == _ABIO32
#define NATIVE AUDIT_ARCH_MIPS
#elif defined(__s390x__)
#define NATIVE AUDIT_ARCH_S390X
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#else
#error "this processor's calls are not known to the filter"
#endif

/* Neighbouring calls with the same verdict. The last range reaches to the end of numbers. */
struct range {
	uint32_t first;
	uint8_t verdict;
};

struct ranges {
	struct range r[PROFILE_CALLS + 8];
	unsigned count;
};

struct build {
	struct filter_env env;
	struct ranges ranges;
	place piece[VERDICT_COUNT]; /* that looks at arguments; 0: not made yet */
};

static void add_range(struct ranges *to, uint32_t first, uint8_t verdict)
{
	if (to->count && to->r[to->count - 1].verdict == verdict)
		return;
	to->r[to->count++] = (struct range){first, verdict};
}

/* The launcher's own exec is an execveat; so without a list of programs execve is refused. */
static uint8_t verdict_of(const struct policy *p, unsigned n)
{
	if (p->verdict[n] != VERDICT_EXEC)
		return p->verdict[n];
	if (p->exec_any)
		return VERDICT_ALLOW;
	return n == __NR_execve - POLICY_BASE ? VERDICT_REFUSE : VERDICT_EXEC;
}

static void make_ranges(struct ranges *to, const struct policy *p)
{
	to->count = 0;
	if (POLICY_BASE)
		add_range(to, 0, VERDICT_NOSYS);
	for (unsigned n = 0; n < PROFILE_CALLS; n++)
		add_range(to, POLICY_BASE + n, verdict_of(p, n));
	add_range(to, POLICY_BASE + PROFILE_CALLS, VERDICT_NOSYS);
#ifdef PRIVATE_FIRST
	add_range(to, PRIVATE_FIRST, VERDICT_ALLOW);
	add_range(to, PRIVATE_LAST + 1, VERDICT_NOSYS);
#endif
}

/* Each piece once, however many calls need it. */
static place put_piece(struct build *b, enum verdict v)
{
	if (!b->piece[v])
		b->piece[v] = filter_rule(&b->env, v);
	return b->piece[v] = filter_near(b->env.code, b->piece[v]);
}

static place put_leaf(struct build *b, uint8_t verdict)
{
	switch (verdict) {
	case VERDICT_ALLOW:
		return filter_return(b->env.code, SECCOMP_RET_ALLOW);
	case VERDICT_NOSYS:
		return filter_return(b->env.code, SECCOMP_RET_ERRNO | ENOSYS);
	case VERDICT_REFUSE:
		return filter_return(b->env.code, b->env.refuse);
	case VERDICT_ASK:
		return filter_return(b->env.code, SECCOMP_RET_USER_NOTIF);
	default:
		return put_piece(b, (enum verdict)verdict);
	}
}

/* Depth is the logarithm of the number of ranges. */
static place put_tree(struct build *b, unsigned first, unsigned count)
{
	unsigned half = count / 2;
	place low, high;

	if (count == 1)
		return put_leaf(b, b->ranges.r[first].verdict);
	high = put_tree(b, first + half, count - half);
	low = put_tree(b, first, half);
	return filter_if(b->env.code, BPF_JGE, b->ranges.r[first + half].first, high, low);
}

/* Calls by another door, whose numbers mean others. */
static void put_head(struct filter_code *c, place tree)
{
	place kill = filter_return(c, SECCOMP_RET_KILL_PROCESS);

#ifdef X32_BIT
	tree = filter_if(c, BPF_JGE, X32_BIT, kill, tree);
#endif
	tree = filter_load(c, offsetof(struct seccomp_data, nr), tree);
	tree = filter_if(c, BPF_JEQ, NATIVE, tree, kill);
	filter_load(c, offsetof(struct seccomp_data, arch), tree);
}

int filter_build(struct filter *to, const struct policy *p, const struct filter_exec *own,
		 uint32_t refuse, struct err *e)
{
	struct filter_code code = {.f = to};
	struct build b = {.env = {&code, p, own, refuse}};

	to->len = 0;
	make_ranges(&b.ranges, p);
	put_head(&code, put_tree(&b, 0, b.ranges.count));
	if (to->len > FILTER_MAX)
		return err_set(e, EXIT_OUR_BUG, "the filter has %u instructions, more than %u",
			       to->len, FILTER_MAX);
	return 0;
}
