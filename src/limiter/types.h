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

/* An IPv4 or IPv6 address as four host-order words, IPv4 mapped as ::ffff:a.b.c.d (RFC 4291
 * 2.5.5.2), so that one code path and one table serve both and the verdicts do not depend on the
 * byte order of the machine. */
struct lim_addr {
	lim_u32 w[4];
};

#endif
