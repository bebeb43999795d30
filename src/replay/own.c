// SPDX-License-Identifier: MIT
#include "replay/own.h"

#include "replay/scope.h"

#include <stdlib.h>
#include <string.h>

#define TRIES 256 /* candidates asked about for each rule: a flood of claims ends somewhere */

static const uint8_t no_mac[6];

static unsigned family_room(const struct lim_addr *a)
{
	return addr_is4(a) ? LIM_OWN4 : LIM_OWN6;
}

/* Longest prefix length, at most `prefix`, that holds both. */
static unsigned cover(uint32_t a, uint32_t b, unsigned prefix)
{
	while (prefix && (a ^ b) >> (32 - prefix))
		prefix--;
	return prefix;
}

static unsigned prefix4(const struct survey *s, const struct lim_addr *a)
{
	uint32_t addr = a->w[3];
	unsigned prefix = addr_loopback(a) ? 8 : addr_link_local(a) ? 16 : 24;

	if (s->mask && s->mask_addr == addr && !(~s->mask & (~s->mask + 1)))
		return (unsigned)__builtin_popcount(s->mask);
	if (!addr_private(a) && !addr_loopback(a))
		prefix = 32;
	for (size_t i = 0; i < s->hints; i++) {
		const struct link_hint *h = &s->hint[i];
		uint32_t other = h->addr == addr ? h->other : h->other == addr ? h->addr : addr;

		if (cover(addr, other, prefix) >= 16)
			prefix = cover(addr, other, prefix);
	}
	return prefix;
}

static bool add(struct device *d, const struct survey *s, const struct lim_addr *a)
{
	unsigned same = 0;

	for (unsigned i = 0; i < d->owns; i++) {
		if (addr_same(&d->own[i].addr, a))
			return false;
		same += addr_is4(&d->own[i].addr) == addr_is4(a);
	}
	if (d->owns == DEVICE_OWN || same >= family_room(a))
		return false;
	d->own[d->owns++] = (struct device_own){*a, addr_is4(a) ? prefix4(s, a) : 64};
	return true;
}

static bool of_device(const struct device *d, const struct pair *p)
{
	return p->used && !memcmp(p->mac, d->mac, 6) && !addr_unspecified(&p->addr) &&
	       !addr_multicast(&p->addr) &&
	       (!d->captures || (p->outgoing && 10 * (uint64_t)p->outgoing >= 9 * p->tx));
}

static bool claimed_by_another(const struct survey *s, const struct pair *mine)
{
	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];

		if (p->used && p->claims && addr_same(&p->addr, &mine->addr) &&
		    memcmp(p->mac, mine->mac, 6))
			return true;
	}
	return false;
}

/* An interface identifier made of the MAC (RFC 4291, appendix A). */
static bool made_of_mac(const struct pair *p)
{
	const uint8_t *m = p->mac;

	return !addr_is4(&p->addr) &&
	       p->addr.w[2] == ((uint32_t)(m[0] ^ 2) << 24 | (uint32_t)m[1] << 16 |
				(uint32_t)m[2] << 8 | 0xff) &&
	       p->addr.w[3] == (0xfe000000 | (uint32_t)m[3] << 16 | (uint32_t)m[4] << 8 | m[5]);
}

static bool ll6(const struct pair *p)
{
	return !addr_is4(&p->addr) && addr_link_local(&p->addr);
}

static bool on_own_link(const struct device *d, const struct lim_addr *a)
{
	for (unsigned i = 0; i < d->owns; i++)
		if (addr_in(&d->own[i].addr, a, d->own[i].prefix))
			return true;
	return false;
}

/* Why an address of the MAC may be its own. The rules are asked in this order, the most-used
 * address first; each believes at most so many. */
enum rule { DECLARED, LINK_LOCAL, MOST_USED, ANSWERED, SAME_64, ELSEWHERE, RULES };
static const unsigned believed[RULES] = {DEVICE_OWN, 8, 1, 8, 16, 4};

static bool fits(enum rule rule, const struct device *d, const struct pair *p)
{
	bool untouched = p->tx && 10 * (uint64_t)p->fresh_ttl >= 9 * p->tx;

	switch (rule) {
	case DECLARED: /* it says so, it was told so, or it is made that way */
		return !ll6(p) && (p->leases || p->claims || made_of_mac(p));
	case LINK_LOCAL:
		return ll6(p) && p->tx;
	case MOST_USED:
		return p->tx && !ll6(p);
	case ANSWERED: /* a second address, never through a router, that is answered to the MAC */
		return addr_private(&p->addr) && untouched && p->rx;
	case SAME_64: /* privacy addresses (RFC 8981) change, the /64 stays */
		return !addr_is4(&p->addr) && p->tx && on_own_link(d, &p->addr);
	case ELSEWHERE: /* of another home network: an old lease, the set-up access point's own */
		return addr_is4(&p->addr) && addr_private(&p->addr) && p->fresh_ttl == p->tx &&
		       p->tx && !on_own_link(d, &p->addr);
	case RULES:
		break;
	}
	return false;
}

static bool has_family(const struct device *d, bool want4)
{
	for (unsigned i = 0; i < d->owns; i++)
		if (addr_is4(&d->own[i].addr) == want4 &&
		    (want4 || !addr_link_local(&d->own[i].addr)))
			return true;
	return false;
}

static int by_use(const void *a, const void *b)
{
	const struct pair *x = *(const struct pair *const *)a, *y = *(const struct pair *const *)b;

	if (x->tx != y->tx)
		return x->tx < y->tx ? 1 : -1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* The addresses of the device's MAC, most used first. NULL without memory or without any. */
static const struct pair **candidates(const struct device *d, const struct survey *s, size_t *count)
{
	const struct pair **list;
	size_t n = 0;

	for (size_t i = 0; i < s->room; i++)
		n += of_device(d, &s->pair[i]);
	*count = n;
	list = n ? malloc(n * sizeof *list) : NULL;
	if (!list)
		return NULL;
	n = 0;
	for (size_t i = 0; i < s->room; i++)
		if (of_device(d, &s->pair[i]))
			list[n++] = &s->pair[i];
	qsort(list, n, sizeof *list, by_use);
	return list;
}

static void apply(enum rule rule, struct device *d, const struct survey *s,
		  const struct pair **list, size_t count)
{
	unsigned added = 0, tried = 0;

	for (size_t i = 0; i < count && added < believed[rule] && tried < TRIES; i++) {
		if (rule == MOST_USED && has_family(d, addr_is4(&list[i]->addr)))
			continue;
		if (!fits(rule, d, list[i]))
			continue;
		tried++;
		if (!claimed_by_another(s, list[i]))
			added += add(d, s, &list[i]->addr) && rule != MOST_USED;
	}
}

/* A capture of bare IP shows the device's addresses of the other family only by this: they are an
 * end of every packet of that family. */
static void add_star(struct device *d, const struct survey *s)
{
	bool want4 = d->owns && !addr_is4(&d->own[0].addr);
	uint64_t all = want4 ? s->ip4 : s->ip6;
	const struct pair *most = NULL;

	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];

		if (of_device(d, p) && p->tx && addr_is4(&p->addr) == want4 &&
		    100 * (p->tx + p->rx) >= 99 * all && (!most || p->opened > most->opened))
			most = p;
	}
	if (most)
		add(d, s, &most->addr);
}

void own_find(struct device *d, const struct survey *s)
{
	const struct pair **list;
	size_t count;

	if (d->has_addr)
		add(d, s, &d->addr);
	list = d->by_mac || d->captures ? candidates(d, s, &count) : NULL;
	for (enum rule rule = DECLARED; list && rule < RULES; rule++)
		apply(rule, d, s, list, count);
	if (!d->by_mac && !d->captures && !memcmp(d->mac, no_mac, 6))
		add_star(d, s);
	free(list);
	if (!d->has_addr && d->owns) {
		d->addr = d->own[0].addr;
		d->has_addr = true;
	}
}
