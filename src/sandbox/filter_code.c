// SPDX-License-Identifier: MIT
#include "sandbox/filter_code.h"

/* A conditional jump skips 255 instructions; the other branch may still need one for itself. */
#define REACH 254u

static place put(struct filter_code *c, uint16_t code, uint8_t yes, uint8_t no, uint32_t k)
{
	c->f->len++;
	if (c->f->len <= FILTER_MAX)
		*filter_start(c->f) = (struct sock_filter){code, yes, no, k};
	return c->f->len;
}

/* Instructions that the next one has to skip. */
static unsigned skipped(const struct filter_code *c, place to)
{
	return c->f->len - to;
}

place filter_return(struct filter_code *c, uint32_t k)
{
	unsigned i = 0;

	while (i < FILTER_RETURNS - 1 && c->returns[i].at && c->returns[i].k != k)
		i++;
	if (!c->returns[i].at || c->returns[i].k != k || skipped(c, c->returns[i].at) > REACH) {
		c->returns[i].k = k;
		c->returns[i].at = put(c, BPF_RET | BPF_K, 0, 0, k);
	}
	return c->returns[i].at;
}

place filter_near(struct filter_code *c, place to)
{
	return skipped(c, to) > REACH ? put(c, BPF_JMP | BPF_JA, 0, 0, skipped(c, to)) : to;
}

place filter_if(struct filter_code *c, uint16_t test, uint32_t k, place yes, place no)
{
	yes = filter_near(c, yes);
	no = filter_near(c, no);
	return put(c, BPF_JMP | test | BPF_K, (uint8_t)skipped(c, yes), (uint8_t)skipped(c, no), k);
}

/* These have no jump of their own. */
static void go_on(struct filter_code *c, place next)
{
	if (skipped(c, next))
		put(c, BPF_JMP | BPF_JA, 0, 0, skipped(c, next));
}

place filter_load(struct filter_code *c, uint32_t at, place next)
{
	go_on(c, next);
	return put(c, BPF_LD | BPF_W | BPF_ABS, 0, 0, at);
}

place filter_mask(struct filter_code *c, uint32_t bits, place next)
{
	go_on(c, next);
	return put(c, BPF_ALU | BPF_AND | BPF_K, 0, 0, bits);
}
