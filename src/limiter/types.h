/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Fixed-width types without a libc: BPF has no <stdint.h> of its own.
 */
#ifndef LIM_TYPES_H
#define LIM_TYPES_H

typedef __UINT8_TYPE__ lim_u8;
typedef __UINT16_TYPE__ lim_u16;
typedef __UINT32_TYPE__ lim_u32;
typedef __UINT64_TYPE__ lim_u64;

#define LIM_INLINE	static inline __attribute__((always_inline, unused))
#define LIM_LIKELY(x)	__builtin_expect(!!(x), 1)
#define LIM_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The BPF verifier follows each value of x that a branch left behind on its own, and gives up when
 * there are too many. This hides the value from it, at the price of two instructions, so that the
 * paths meet again; noise: any number that it does not know. Elsewhere it is nothing. */
#ifdef __bpf__
#define LIM_FORGET(x, noise, mask)                                                                 \
	do {                                                                                       \
		lim_u64 forget_ = (lim_u64)(x);                                                    \
		asm volatile("%0 ^= %1\n\t%0 ^= %1\n\t%0 &= %2"                                    \
			     : "+r"(forget_)                                                       \
			     : "r"((lim_u64)(noise)), "i"(mask));                                  \
		(x) = (__typeof__(x))forget_;                                                      \
	} while (0)
#else
#define LIM_FORGET(x, noise, mask) ((void)(noise))
#endif

/* For what lim_out_quick() does without the lock while others hold it (quick.h). Whoever has the
 * state to itself, as user space has, needs no atomic instruction for the same result. */
#ifdef LIM_SHARED
#define LIM_CAS(at, old, new) (__sync_val_compare_and_swap(at, old, new) == (old))
#define lim_fetch_add	      __sync_fetch_and_add
#define lim_swap	      __sync_lock_test_and_set
#else
#define LIM_CAS(at, old, new) (*(at) == (old) ? (*(at) = (new), 1) : 0)
LIM_INLINE lim_u64 lim_fetch_add(lim_u64 *at, lim_u64 n)
{
	lim_u64 was = *at;

	*at = was + n;
	return was;
}

LIM_INLINE lim_u64 lim_swap(lim_u64 *at, lim_u64 with)
{
	lim_u64 was = *at;

	*at = with;
	return was;
}
#endif
#define LIM_ONCE(x) (*(volatile __typeof__(x) *)&(x)) /* read or written once, in one piece */

/* The compiler forgets what it knows of x, and with it where a branch would be shorter. */
#define LIM_HIDE(x) asm("" : "+r"(x))

/* The larger of two times, without a branch: a packet passes many buckets, and the BPF verifier
 * would follow each way through each. Differences are taken for signed. */
LIM_INLINE lim_u64 lim_larger(lim_u64 a, lim_u64 b)
{
	lim_u64 less = 0 - ((a - b) >> 63);

	LIM_HIDE(less);
	return a - ((a - b) & less);
}

/* From then until now. Another processor may have read its clock a tick later than this one: what
 * is yet to come has just been. */
LIM_INLINE lim_u64 lim_elapsed(lim_u64 then, lim_u64 now)
{
	return lim_larger(now, then) - then;
}

/* An IPv4 or IPv6 address as four host-order words, IPv4 mapped as ::ffff:a.b.c.d (RFC 4291
 * 2.5.5.2), so that one code path and one table serve both and the verdicts do not depend on the
 * byte order of the machine. */
struct lim_addr {
	lim_u32 w[4];
};

#endif
