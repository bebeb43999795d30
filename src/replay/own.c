// SPDX-License-Identifier: MIT
#include "replay/own.h"

#include "replay/scope.h"

#include <string.h>

#define LINK_LOCALS 8  /* IPv6 link-local addresses believed */
#define NEIGHBOURS  16 /* further addresses in an own IPv6 /64 */

static unsigned family_room(const struct lim_addr *a)
{
	return addr_is4(a) ? LIM_OWN4 : LIM_OWN6;
}

static bool add(struct device *d, const struct lim_addr *a)
{
	unsigned same = 0;

	for (unsigned i = 0; i < d->owns; i++) {
		if (addr_same(&d->own[i].addr, a))
			return false;
		same += addr_is4(&d->own[i].addr) == addr_is4(a);
	}
	if (d->owns == DEVICE_OWN || same >= family_room(a))
		return false;
	d->own[d->owns++] = (struct device_own){*a, 0};
	return true;
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

static bool of_device(const struct device *d, const struct pair *p)
{
	return p->used && !memcmp(p->mac, d->mac, 6) && !addr_unspecified(&p->addr) &&
	       !addr_multicast(&p->addr);
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

/* Said so itself, or was told so. */
static bool declared(const struct survey *s, const struct pair *p)
{
	return p->leases || (p->claims && !claimed_by_another(s, p));
}

/* Behaves like an own address: answered to this MAC, never through a router. */
static bool behaves(const struct survey *s, const struct pair *p)
{
	return addr_private(&p->addr) && p->tx && p->rx &&
	       10 * (uint64_t)p->fresh_ttl >= 9 * p->tx && !claimed_by_another(s, p);
}

static void add_declared(struct device *d, const struct survey *s)
{
	unsigned locals = 0;

	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];

		if (!of_device(d, p))
			continue;
		if (!addr_is4(&p->addr) && addr_link_local(&p->addr)) {
			if (p->tx && locals < LINK_LOCALS)
				locals += add(d, &p->addr);
		} else if (declared(s, p) || behaves(s, p)) {
			add(d, &p->addr);
		}
	}
}

/* The most-used address of a family, when nothing of that family is own yet. */
static void add_most_used(struct device *d, const struct survey *s, bool want4)
{
	const struct pair *most = NULL;

	for (unsigned i = 0; i < d->owns; i++)
		if (addr_is4(&d->own[i].addr) == want4 &&
		    (want4 || !addr_link_local(&d->own[i].addr)))
			return;
	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];

		if (!of_device(d, p) || !p->tx || addr_is4(&p->addr) != want4)
			continue;
		if (!most || p->tx > most->tx || (p->tx == most->tx && p->order < most->order))
			most = p;
	}
	if (most)
		add(d, &most->addr);
}

/* Privacy addresses (RFC 8981) change; they stay in the /64. */
static void add_same_64(struct device *d, const struct survey *s)
{
	unsigned known = d->owns, added = 0;

	for (size_t i = 0; i < s->room && added < NEIGHBOURS; i++) {
		const struct pair *p = &s->pair[i];

		if (!of_device(d, p) || !p->tx || addr_is4(&p->addr) || claimed_by_another(s, p))
			continue;
		for (unsigned k = 0; k < known; k++)
			if (!addr_is4(&d->own[k].addr) && addr_in(&d->own[k].addr, &p->addr, 64)) {
				added += add(d, &p->addr);
				break;
			}
	}
}

void own_find(struct device *d, const struct survey *s)
{
	if (d->has_addr)
		add(d, &d->addr);
	if (d->by_mac) {
		add_declared(d, s);
		add_most_used(d, s, true);
		add_most_used(d, s, false);
		add_same_64(d, s);
	}
	for (unsigned i = 0; i < d->owns; i++)
		d->own[i].prefix = addr_is4(&d->own[i].addr) ? prefix4(s, &d->own[i].addr) : 64;
	if (!d->has_addr && d->owns) {
		d->addr = d->own[0].addr;
		d->has_addr = true;
	}
}
