// SPDX-License-Identifier: MIT
#include "guard/own.h"

#include <string.h>

#include "base/addr.h"
#include "limiter/bucket.h"
#include "limiter/limiter.h"

static const struct lim_budget new_address = {OWN_PERIOD, OWN_BURST *OWN_PERIOD};

/* Networks that nobody's provider routes: RFC 1918, 6598, 3927. */
static const struct {
	lim_u32 addr, mask;
} private4[] = {
    {0x0a000000, 0xff000000}, {0xac100000, 0xfff00000}, {0xc0a80000, 0xffff0000},
    {0x64400000, 0xffc00000}, {0xa9fe0000, 0xffff0000},
};

static int is_private(const struct lim_addr *a)
{
	for (size_t i = 0; i < sizeof private4 / sizeof private4[0]; i++)
		if ((a->w[3] & private4[i].mask) == private4[i].addr)
			return 1;
	return 0;
}

unsigned own_on_link(const struct lim_addr *addr, unsigned prefix_len)
{
	if (!addr_is4(addr))
		return prefix_len < 64 ? 128 : prefix_len;
	if (prefix_len < 8)
		return 32;
	/* Of a public network only the nearest part: whoever may add an address here must not turn
	 * strangers into neighbours. */
	return prefix_len < 24 && !is_private(addr) ? 24 : prefix_len;
}

static int same(const struct lim_addr *a, const struct lim_addr *b)
{
	return !memcmp(a, b, sizeof *a);
}

static struct own_entry *find(struct own *o, const struct lim_addr *addr)
{
	for (unsigned i = 0; i < o->count; i++)
		if (same(&o->entry[i].addr, addr))
			return &o->entry[i];
	return NULL;
}

static unsigned prefix_of(const lim_u32 *mask, unsigned words)
{
	unsigned n = 0;

	for (unsigned i = 0; i < words; i++)
		n += (unsigned)__builtin_popcount(mask[i]);
	return n;
}

static struct own_entry *add(struct own *o, const struct lim_addr *addr, unsigned prefix_len)
{
	struct own_entry *x = &o->entry[o->count++];

	*x = (struct own_entry){.addr = *addr, .prefix_len = (lim_u8)prefix_len};
	return x;
}

void own_start(struct own *o, const struct lim_config *c)
{
	for (lim_u32 i = 0; i < c->own4_count && i < LIM_OWN4; i++) {
		const struct lim_addr a = {{0, 0, 0xffff, c->own4[i].addr}};

		add(o, &a, prefix_of(&c->own4[i].mask, 1))->accepted = 1;
	}
	for (lim_u32 i = 0; i < c->own6_count && i < LIM_OWN6; i++) {
		struct lim_addr a;

		memcpy(a.w, c->own6[i].addr, sizeof a.w);
		add(o, &a, prefix_of(c->own6[i].mask, 4))->accepted = 1;
	}
}

void own_begin(struct own *o)
{
	for (unsigned i = 0; i < o->count; i++)
		o->entry[i].seen = 0;
}

/* A place for one more of its family: a free one, or that of one long gone. */
static struct own_entry *place(struct own *o, const struct lim_addr *addr)
{
	unsigned family = 0, room = addr_is4(addr) ? LIM_OWN4 : LIM_OWN6;
	struct own_entry *gone = NULL;

	for (unsigned i = 0; i < o->count; i++) {
		struct own_entry *x = &o->entry[i];

		if (addr_is4(&x->addr) != addr_is4(addr))
			continue;
		family++;
		if (!x->present && !gone)
			gone = x;
	}
	if (family < room)
		return add(o, addr, 0);
	if (gone)
		*gone = (struct own_entry){.addr = *addr};
	return gone;
}

static int pay(struct own *o, struct own_entry *x, lim_u64 now)
{
	now += LIM_EPOCH;
	if (!o->free && !lim_can(o->refill, &new_address, now, 1))
		return 0;
	if (!o->free)
		lim_take(&o->refill, &new_address, now, 1);
	x->accepted = 1;
	return 1;
}

void own_seen(struct own *o, const struct lim_addr *addr, unsigned prefix_len, lim_u64 now)
{
	struct own_entry *x = find(o, addr);
	int fresh = !x;

	if (fresh)
		x = place(o, addr);
	if (x) {
		x->prefix_len = (lim_u8)own_on_link(addr, prefix_len);
		x->present = x->seen = 1;
		if (!fresh || pay(o, x, now))
			return;
	}
	o->refused++;
	o->last_refused = *addr;
}

void own_end(struct own *o)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < o->count; i++) {
		struct own_entry *x = &o->entry[i];

		x->present = x->seen;
		if (x->present || x->accepted)
			o->entry[kept++] = *x;
	}
	o->count = kept;
	o->free = 0;
}

unsigned own_tick(struct own *o, lim_u64 now)
{
	unsigned n = 0;

	for (unsigned i = 0; i < o->count; i++)
		if (!o->entry[i].accepted)
			n += (unsigned)pay(o, &o->entry[i], now);
	return n;
}

int own_fill(const struct own *o, struct lim_config *c)
{
	struct lim_config next = *c;

	next.own4_count = next.own6_count = 0;
	memset(next.own4, 0, sizeof next.own4);
	memset(next.own6, 0, sizeof next.own6);
	for (unsigned i = 0; i < o->count; i++)
		if (o->entry[i].accepted && o->entry[i].present)
			lim_config_own(&next, &o->entry[i].addr, o->entry[i].prefix_len);
	if (!memcmp(&next, c, sizeof next))
		return 0;
	*c = next;
	return 1;
}
