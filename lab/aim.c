// SPDX-License-Identifier: MIT
#include "aim.h"

#include "base/addr.h"

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t aim_number(const struct aim *a, enum aim_use use, uint64_t i)
{
	return mix(mix(a->seed ^ (uint64_t)use << 56) + i);
}

struct lim_addr aim_addr(const struct aim *a, enum aim_use use, const struct area *area, unsigned n,
			 uint64_t i)
{
	const struct area *in = &area[i % n];
	uint64_t low = a->sweep ? i / n : aim_number(a, use, i), high = a->sweep ? 0 : mix(low);
	struct lim_addr x = in->addr;
	bool v4 = addr_is4(&x);

	x.w[3] |= (uint32_t)low & ~in->mask.w[3];
	if (v4) { /* .0 and .255 may mean the network itself */
		uint32_t host = x.w[3] & 0xff & ~in->mask.w[3];

		if (!(in->mask.w[3] & 0xff) && (host == 0 || host == 0xff))
			x.w[3] ^= 0x0a;
		return x;
	}
	x.w[2] |= (uint32_t)(low >> 32) & ~in->mask.w[2];
	x.w[1] |= (uint32_t)high & ~in->mask.w[1];
	return x;
}

uint16_t aim_port(const struct aim *a, enum aim_use use, uint16_t low, uint16_t high, uint64_t i)
{
	uint64_t span = (uint64_t)high - low + 1;

	return (uint16_t)(low + (a->sweep ? i : aim_number(a, use, i)) % span);
}
