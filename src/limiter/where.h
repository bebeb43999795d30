/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Where an address lies, seen from the device: own, on-link, link-scope cast, off-link.
 */
#ifndef LIM_WHERE_H
#define LIM_WHERE_H

#include "table.h"

#define LIM_AT_OWN  0x1u /* one of ours, or loopback */
#define LIM_AT_LINK 0x2u
#define LIM_AT_CAST 0x4u  /* multicast, broadcast */
#define LIM_AT_NONE 0x8u  /* unspecified */
#define LIM_AT_LOOP 0x10u /* loopback: stays inside (RFC 1122 3.2.1.3, 4291 2.5.3) */

/* 1 for 0, else 0, without a branch: those of the loops below, taken together, are most of what
 * the BPF verifier would have to follow. */
LIM_INLINE lim_u32 lim_zero(lim_u32 x)
{
	lim_u32 minus = -x;

	LIM_HIDE(minus);
	return ((x | minus) >> 31) ^ 1;
}

LIM_INLINE lim_u32 lim_where4(const struct lim_config *c, lim_u32 a)
{
	lim_u32 at = 0;

	if (a == 0)
		return LIM_AT_NONE;
	if (a == 0xffffffffu || a >> 28 == 0xe)
		return LIM_AT_CAST;
	if (a >> 24 == 127)
		return LIM_AT_OWN | LIM_AT_LOOP;
	if (a >> 16 == 0xa9fe)
		at = LIM_AT_LINK; /* 169.254/16: never routed (RFC 3927 2.7) */
	for (lim_u32 i = 0; i < LIM_OWN4 && i < c->own4_count; i++) {
		const struct lim_own4 *o = &c->own4[i];
		lim_u32 host = ~o->mask;
		lim_u32 in = lim_zero((a ^ o->addr) & o->mask);
		lim_u32 cast = lim_zero((a & host) ^ host) & (lim_zero(host >> 1) ^ 1);

		at |= lim_zero(a ^ o->addr) * LIM_AT_OWN;
		at |= (in & cast) * LIM_AT_CAST | (in & (cast ^ 1)) * LIM_AT_LINK;
	}
	return at;
}

LIM_INLINE lim_u32 lim_where6(const struct lim_config *c, const struct lim_addr *a)
{
	lim_u32 at = 0;

	if (a->w[0] >> 24 == 0xff)
		return LIM_AT_CAST;
	if ((a->w[0] | a->w[1] | a->w[2]) == 0 && a->w[3] <= 1)
		return a->w[3] ? LIM_AT_OWN | LIM_AT_LOOP : LIM_AT_NONE;
	if (a->w[0] >> 22 == 0x3fa)
		at = LIM_AT_LINK; /* fe80::/10 */
	for (lim_u32 i = 0; i < LIM_OWN6 && i < c->own6_count; i++) {
		const struct lim_own6 *o = &c->own6[i];
		lim_u32 x0 = a->w[0] ^ o->addr[0], x1 = a->w[1] ^ o->addr[1];
		lim_u32 x2 = a->w[2] ^ o->addr[2], x3 = a->w[3] ^ o->addr[3];

		at |= lim_zero(x0 | x1 | x2 | x3) * LIM_AT_OWN;
		at |= lim_zero((x0 & o->mask[0]) | (x1 & o->mask[1]) | (x2 & o->mask[2]) |
			       (x3 & o->mask[3])) *
		      LIM_AT_LINK;
	}
	return at;
}

LIM_INLINE lim_u32 lim_where(const struct lim_config *c, const struct lim_addr *a)
{
	lim_u32 at = LIM_LIKELY(lim_is4(a)) ? lim_where4(c, a->w[3]) : lim_where6(c, a);

	LIM_FORGET(at, c->key[0], 31);
	return at;
}

/* Local UDP ports of services known to answer at length whoever asks. A request repeated from one
 * port looks like a conversation; behind these ports it never counts as one, so the three-fold
 * bound of reflection has no end. */
LIM_INLINE int lim_amplifier(lim_u16 port)
{
	return (port < 1024 && port != 443) || port == 1900 || port == 3702 || port == 5353 ||
	       port == 5683 || port == 10001 || port == 11211 || port == 37810;
}

#endif
