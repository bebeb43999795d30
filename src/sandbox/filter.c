// SPDX-License-Identifier: MIT
#include "sandbox/filter.h"

#include <asm/unistd.h>
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "sandbox/filter_rules.h"

#define NEAR 255u /* instructions that a conditional jump can skip */

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

struct jump { /* from a leaf of the tree to the piece that looks at arguments */
	unsigned at;
	uint8_t verdict;
};

struct build {
	struct filter_env env;
	struct ranges ranges;
	struct jump jump[PROFILE_CALLS];
	unsigned jumps;
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

static void put_leaf(struct build *b, uint8_t verdict)
{
	uint32_t k = verdict == VERDICT_ALLOW	? SECCOMP_RET_ALLOW
		     : verdict == VERDICT_NOSYS ? SECCOMP_RET_ERRNO | ENOSYS
						: b->env.refuse;

	if (verdict > VERDICT_ASK) {
		b->jump[b->jumps++] = (struct jump){b->env.f->len, verdict};
		filter_put(b->env.f, BPF_JMP | BPF_JA, 0, 0, 0);
		return;
	}
	if (verdict == VERDICT_ASK)
		k = SECCOMP_RET_USER_NOTIF;
	filter_put(b->env.f, BPF_RET | BPF_K, 0, 0, k);
}

/* Instructions that put_tree() makes of these ranges. */
static unsigned tree_size(unsigned count)
{
	unsigned half = count / 2, low;

	if (count == 1)
		return 1;
	low = tree_size(half);
	return 1 + (low > NEAR) + low + tree_size(count - half);
}

/* Depth is the logarithm of the number of ranges. The way to the upper half is a jump of its own
 * where 8 bits do not reach. */
static void put_tree(struct build *b, unsigned first, unsigned count)
{
	struct filter *f = b->env.f;
	unsigned half = count / 2, low;

	if (count == 1) {
		put_leaf(b, b->ranges.r[first].verdict);
		return;
	}
	low = tree_size(half);
	filter_put(f, BPF_JMP | BPF_JGE | BPF_K, low > NEAR ? 0 : (uint8_t)low, low > NEAR,
		   b->ranges.r[first + half].first);
	if (low > NEAR)
		filter_put(f, BPF_JMP | BPF_JA, 0, 0, low);
	put_tree(b, first, half);
	put_tree(b, first + half, count - half);
}

/* Each piece once, however many calls need it. */
static void put_rules(struct build *b)
{
	for (int v = VERDICT_ASK + 1; v < VERDICT_COUNT; v++) {
		unsigned piece = b->env.f->len;
		bool wanted = false;

		for (unsigned i = 0; i < b->jumps; i++) {
			if (b->jump[i].verdict != v)
				continue;
			wanted = true;
			if (b->jump[i].at < FILTER_MAX)
				b->env.f->code[b->jump[i].at].k = piece - b->jump[i].at - 1;
		}
		if (wanted)
			filter_rule(&b->env, (enum verdict)v);
	}
}

int filter_build(struct filter *to, const struct policy *p, const struct filter_exec *own,
		 uint32_t refuse, struct err *e)
{
	struct build b;

	b.env = (struct filter_env){to, p, own, refuse};
	b.jumps = 0;
	to->len = 0;
	filter_put(to, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
	filter_put(to, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, NATIVE);
	filter_put(to, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
	filter_put(to, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
#ifdef X32_BIT
	filter_put(to, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
	filter_put(to, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
#endif
	make_ranges(&b.ranges, p);
	put_tree(&b, 0, b.ranges.count);
	put_rules(&b);
	if (to->len > FILTER_MAX)
		return err_set(e, EXIT_OUR_BUG, "the filter has %u instructions, more than %u",
			       to->len, FILTER_MAX);
	return 0;
}
