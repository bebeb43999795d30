// SPDX-License-Identifier: MIT
#include "play/actors.h"

#define X(id, key, what) key,
const char *const actor_key[ACTOR_COUNT] = {ACTORS(X)};
#undef X

#define VICTIM4	   0xcb00710au /* 203.0.113.10 */
#define VICTIM_NET 0xcb007100u
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))

static struct lim_addr alias(unsigned index)
{
	switch (index % 3) {
	case 0:
		return addr6(0x0064ff9b, 0, 0, VICTIM4); /* NAT64, RFC 6052 */
	case 1:
		return addr6(0x20020000 | VICTIM4 >> 16, VICTIM4 << 16, 0, 1); /* 6to4, RFC 3056 */
	default:
		return addr6(0x20010000, 0x4136e378, 0x80000000, ~VICTIM4); /* Teredo, RFC 4380 */
	}
}

static struct lim_addr cast(unsigned index)
{
	const struct lim_addr table[] = {
	    addr4(0xffffffff),
	    addr4(0xc0a801ff),
	    addr4(0xe0000001),
	    addr4(0xe00000fb),
	    addr4(0xeffffffa),
	    addr4(0xe0000118),
	    addr6(0xff020000, 0, 0, 1),
	    addr6(0xff020000, 0, 0, 0xfb),
	    addr6(0xff050000, 0, 0, 0x02),
	    addr6(0xff0e0000, 0, 0, 0x0101),
	};

	return table[index % COUNT(table)];
}

static struct lim_addr v4(struct target t)
{
	uint32_t i = t.index;

	switch (t.actor) {
	case ACTOR_VICTIM:
		return addr4(VICTIM4);
	case ACTOR_NEIGHBOUR:
		return addr4(VICTIM_NET | (11 + i % 100));
	case ACTOR_COOP_NEAR:
		return addr4(VICTIM_NET | (120 + i % 100));
	case ACTOR_STRANGER:
		return addr4(0x14000000 | i << 8 | 7);
	case ACTOR_CROWD:
		return addr4(0x1e000000 | i);
	case ACTOR_LIVE:
		return addr4(0x28000000 | i << 8 | 7);
	case ACTOR_RESOLVER:
		return addr4(0x32000000 | i << 8 | 53);
	case ACTOR_LINK:
		return addr4(0xc0a80114 + i % 200);
	default:
		return addr4(0x3c000000 | i << 8 | 1);
	}
}

static struct lim_addr v6(struct target t)
{
	uint32_t i = t.index;

	switch (t.actor) {
	case ACTOR_VICTIM:
		return addr6(0x20010db8, 0x0bad0000, 0, 10);
	case ACTOR_NEIGHBOUR:
		return addr6(0x20010db8, 0x0bad0000 | (i & 0x7fff), 0, 11);
	case ACTOR_COOP_NEAR: /* every other one in the very /64 of the victim */
		return addr6(0x20010db8, 0x0bad0000 | (i & 1 ? 0 : 0x8000 | i), 0, 100 + i);
	case ACTOR_STRANGER:
		return addr6(0x24000000 | i, 0, 0, 7);
	case ACTOR_CROWD:
		return addr6(0x26000000, i, 0, 7);
	case ACTOR_LIVE:
		return addr6(0x28000000 | i, 0, 0, 7);
	case ACTOR_RESOLVER:
		return addr6(0x2a000000 | i, 0, 0, 53);
	case ACTOR_LINK:
		return i & 1 ? addr6(0xfe800000, 0, 0, 100 + i)
			     : addr6(0x20010db8, 0x00010000, 0, 100 + i);
	default:
		return addr6(0x2c000000 | i, 0, 0, 1);
	}
}

void actor_addr(struct target t, struct lim_addr *out)
{
	if (t.actor == ACTOR_ALIAS)
		*out = alias(t.index);
	else if (t.actor == ACTOR_CAST)
		*out = cast(t.index);
	else if (t.actor == ACTOR_SELF)
		*out = t.v6 ? addr6(0x20010db8, 0x00010000, 0, 0x10)
			    : addr4(t.index & 1 ? 0x7f000001 : 0xc0a8010a);
	else
		*out = t.v6 ? v6(t) : v4(t);
}

unsigned actor_own(unsigned which, struct lim_addr *out)
{
	switch (which) {
	case 0:
		*out = addr4(0xc0a8010a); /* 192.168.1.10 */
		return 24;
	case 1:
		*out = addr6(0x20010db8, 0x00010000, 0, 0x10);
		return 64;
	default:
		*out = addr6(0xfe800000, 0, 0, 0x10);
		return 64;
	}
}
