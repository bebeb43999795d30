/* SPDX-License-Identifier: MIT
 *
 * Writes packet headers byte by byte, in network order, into a fixed buffer; what does not fit is
 * cut off. Private to the traffic generator.
 */
#ifndef TESTS_BUILD_H
#define TESTS_BUILD_H

#include <stdint.h>
#include <string.h>

struct out {
	uint8_t *data;
	uint32_t len, max;
};

static inline void put8(struct out *o, unsigned v)
{
	if (o->len < o->max)
		o->data[o->len++] = (uint8_t)v;
}

static inline void put16(struct out *o, unsigned v)
{
	put8(o, v >> 8);
	put8(o, v);
}

static inline void put32(struct out *o, uint32_t v)
{
	put16(o, v >> 16);
	put16(o, v & 0xffff);
}

static inline void put_bytes(struct out *o, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put8(o, p[i]);
}

static inline void put_fill(struct out *o, unsigned v, uint32_t n)
{
	while (n--)
		put8(o, v);
}

static inline void set16(struct out *o, uint32_t at, unsigned v)
{
	if (at + 2 <= o->len) {
		o->data[at] = (uint8_t)(v >> 8);
		o->data[at + 1] = (uint8_t)v;
	}
}

#endif
