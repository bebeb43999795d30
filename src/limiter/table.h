/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Fixed tables: keyed hash, set-associative peers and flows, direct-mapped prefixes and contacts.
 * Nothing is allocated, nothing is chained; a full set gives up its least worthy entry or refuses.
 */
#ifndef LIM_TABLE_H
#define LIM_TABLE_H

#include "packet.h"
#include "state.h"

LIM_INLINE int lim_is4(const struct lim_addr *a)
{
	return (a->w[0] | a->w[1]) == 0 && a->w[2] == 0xffff;
}

/* Multiply and fold. Not cryptographic: the secret key keeps outsiders from aiming collisions,
 * and colliding peers share the poorer credit, so a collision found by luck buys nothing. */
LIM_INLINE lim_u64 lim_mix(lim_u64 h, lim_u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 32);
}

LIM_INLINE lim_u64 lim_hash(lim_u64 seed, lim_u64 hi, lim_u64 lo)
{
	lim_u64 h = lim_mix(lim_mix(seed, hi), lo);

	h = (h ^ (h >> 29)) * 0xbf58476d1ce4e5b9ull;
	return h ^ (h >> 32);
}

LIM_INLINE lim_u64 lim_hi(const struct lim_addr *a)
{
	return (lim_u64)a->w[0] << 32 | a->w[1];
}

LIM_INLINE lim_u64 lim_lo(const struct lim_addr *a)
{
	return (lim_u64)a->w[2] << 32 | a->w[3];
}

LIM_INLINE lim_u64 lim_hash_peer(const struct lim_config *c, const struct lim_addr *a)
{
	return lim_hash(c->key[0], lim_hi(a), lim_lo(a));
}

LIM_INLINE lim_u64 lim_hash_flow(lim_u64 peer_hash, lim_u8 proto, lim_u16 ours, lim_u16 theirs)
{
	return lim_mix(peer_hash, (lim_u64)proto << 32 | (lim_u32)ours << 16 | theirs);
}

/* The flow of somebody whose packets we forward: two of them may use the same ports. */
LIM_INLINE lim_u64 lim_hash_other(const struct lim_config *c, lim_u64 flow_hash,
				  const struct lim_addr *theirs)
{
	return lim_mix(flow_hash, lim_hash_peer(c, theirs));
}

/* The address a packet is for in the end: translators and automatic tunnels carry an IPv4 address
 * inside an IPv6 one (NAT64, RFC 6052 2.1; 6to4, RFC 3056 2; Teredo, RFC 4380 4), and one host
 * must not be worth several budgets. */
LIM_INLINE struct lim_addr lim_target(const struct lim_addr *a)
{
	struct lim_addr t = *a;
	lim_u32 v4;

	if (a->w[0] == 0x0064ff9b && (a->w[1] | a->w[2]) == 0)
		v4 = a->w[3];
	else if (a->w[0] >> 16 == 0x2002)
		v4 = a->w[0] << 16 | a->w[1] >> 16;
	else if (a->w[0] == 0x20010000)
		v4 = ~a->w[3];
	else
		return t;
	t.w[0] = t.w[1] = 0;
	t.w[2] = 0xffff;
	t.w[3] = v4;
	return t;
}

/* The network that shares an unanswered budget: /24, /48, or one on-link host. */
LIM_INLINE lim_u32 lim_prefix_index(const struct lim_config *c, const struct lim_addr *a, int link)
{
	struct lim_addr t = lim_target(a);
	lim_u64 hi = lim_hi(&t), lo = lim_lo(&t);

	if (!link && lim_is4(&t)) {
		lo &= ~0xffull;
	} else if (!link) {
		hi &= ~0xffffull;
		lo = 0;
	}
	return (lim_u32)lim_hash(c->key[1], hi, lo) & (LIM_PREFIXES - 1);
}

/* What counts as one contact: an IPv4 address, an IPv6 /64. */
LIM_INLINE lim_u64 lim_hash_contact(const struct lim_config *c, const struct lim_addr *a)
{
	struct lim_addr t = lim_target(a);

	return lim_hash(c->key[1] ^ c->key[0], lim_hi(&t), lim_is4(&t) ? lim_lo(&t) : 0);
}

LIM_INLINE lim_u32 lim_tag(lim_u64 hash)
{
	return (lim_u32)(hash >> 32) | 1u; /* 0 is an empty place */
}

/* Where in a set that hash has its place; LIM_WAYS: nowhere. */
LIM_INLINE lim_u64 lim_way(const lim_u32 tags[LIM_WAYS], lim_u64 hash)
{
	lim_u64 at = LIM_WAYS;

	for (lim_u32 i = 0; i < LIM_WAYS; i++)
		if (tags[i] == lim_tag(hash))
			at = i;
	LIM_FORGET(at, hash, 7);
	return at;
}

/* The entry of set for hash, or NULL. Whether it is there is asked of the pointer: the BPF verifier
 * needs it so. */
#define LIM_FIND(entry, set, hash)                                                                 \
	do {                                                                                       \
		lim_u64 at_ = lim_way((set)->tag, hash), in_ = at_;                                \
                                                                                                   \
		LIM_FORGET(in_, hash, LIM_WAYS - 1);                                               \
		(entry) = at_ < LIM_WAYS ? &(set)->way[in_] : 0;                                   \
		LIM_HIDE(entry);                                                                   \
	} while (0)

LIM_INLINE struct lim_peer *lim_peer_find(struct lim_state *s, lim_u64 hash)
{
	struct lim_peer *e;

	LIM_FIND(e, &s->peer[hash & (LIM_PEER_SETS - 1)], hash);
	return e;
}

/* How much is lost if this peer is forgotten: whoever is silenced or answers stays longest. */
LIM_INLINE lim_u64 lim_peer_worth(const struct lim_peer *e, lim_u64 now)
{
	lim_u64 worth = e->touched;

	if (e->flags & LIM_PEER_STRONG)
		worth += 3600 * LIM_S;
	if (e->pause_until > now)
		worth += 7200 * LIM_S;
	return worth;
}

/* A place for a new peer: an empty one, else the least worthy; none if all are worth more than a
 * stranger: fresh consent and running vetoes are not to be pushed out by a spray. */
LIM_INLINE struct lim_peer *lim_peer_claim(struct lim_state *s, const struct lim_config *c,
					   lim_u64 hash, const struct lim_addr *addr, lim_u64 now)
{
	struct lim_peer_set *set = &s->peer[hash & (LIM_PEER_SETS - 1)];
	lim_u64 least = ~0ull;
	lim_u32 at = 0;
	struct lim_peer *e;

	for (lim_u32 i = 0; i < LIM_WAYS; i++) {
		lim_u64 worth = set->tag[i] ? lim_peer_worth(&set->way[i], now) : 0;

		if (worth < least) {
			least = worth;
			at = i;
		}
	}
	LIM_FORGET(at, hash, 3);
	e = &set->way[at & (LIM_WAYS - 1)];
	if (set->tag[at & (LIM_WAYS - 1)] &&
	    (e->pause_until > now || ((e->flags & LIM_PEER_STRONG) &&
				      lim_elapsed(e->answered, now) < c->value[LIM_V_CONSENT])))
		return 0;
	__builtin_memset(e, 0, sizeof *e);
	e->addr = *addr;
	e->touched = now;
	set->tag[at & (LIM_WAYS - 1)] = lim_tag(hash);
	return e;
}

LIM_INLINE struct lim_flow *lim_flow_find(struct lim_state *s, lim_u64 hash)
{
	struct lim_flow *f;

	LIM_FIND(f, &s->flow[hash & (LIM_FLOW_SETS - 1)], hash);
	return f;
}

LIM_INLINE lim_u32 lim_flow_time(lim_u64 now)
{
	return (lim_u32)(now >> 24);
}

/* As lim_elapsed(), in units of flow time, which come round in two years. */
LIM_INLINE lim_u32 lim_flow_elapsed(lim_u32 then, lim_u64 now)
{
	lim_u32 age = lim_flow_time(now) - then;

	return age == ~0u ? 0 : age;
}

/* Nanoseconds since a time kept in flow units, rounded up: what is unsure counts as refilled. */
LIM_INLINE lim_u64 lim_age(lim_u32 then, lim_u64 now)
{
	return (lim_u64)(lim_u32)(lim_flow_elapsed(then, now) + 1) << 24;
}

/* A place for a new flow: an empty one, else the longest untouched. */
LIM_INLINE struct lim_flow *lim_flow_claim(struct lim_state *s, lim_u64 hash, lim_u64 now)
{
	struct lim_flow_set *set = &s->flow[hash & (LIM_FLOW_SETS - 1)];
	lim_u32 most = 0, at = 0;
	struct lim_flow *f;

	for (lim_u32 i = 0; i < LIM_WAYS; i++) {
		lim_u32 age = set->tag[i] ? lim_flow_elapsed(set->way[i].touched, now) >> 1 : ~0u;

		if (age > most) {
			most = age;
			at = i;
		}
	}
	LIM_FORGET(at, hash, 3);
	f = &set->way[at & (LIM_WAYS - 1)];
	__builtin_memset(f, 0, sizeof *f);
	set->tag[at & (LIM_WAYS - 1)] = lim_tag(hash);
	return f;
}

#endif
