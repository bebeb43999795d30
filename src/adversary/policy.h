/* SPDX-License-Identifier: MIT
 *
 * One interface for every rule the adversary is let loose on: ours and those of others that it is
 * compared with. A policy is a block of memory and three functions; nothing is allocated inside.
 */
#ifndef ADVERSARY_POLICY_H
#define ADVERSARY_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "limiter/limiter.h"

#define POLICY_NEVER UINT64_MAX

struct policy {
	const char *key;  /* "holdfast" */
	const char *what; /* one line for people */
	size_t size;	  /* bytes of memory of one instance */
	/* Begins, with nothing known, at monotonic time now (ns). key: secret of the hash. Own
	 * addresses are those of actors.h. */
	void (*start)(void *mem, const lim_u64 key[2], uint64_t now);
	/* When the packet leaves: now, later (a delay queue), or POLICY_NEVER. */
	uint64_t (*egress)(void *mem, const struct lim_packet *p, uint64_t now);
	/* Whether an arriving packet is let in. */
	int (*ingress)(void *mem, const struct lim_packet *p, uint64_t now);
	/* Key of the reason of the latest verdict, for --explain. */
	const char *(*reason)(const void *mem);
};

extern const struct policy policy_holdfast, policy_throttle, policy_credit, policy_ratio,
    policy_rate;

/* All of them, ours first, ended by NULL. */
extern const struct policy *const policies[];

/* Whether a packet opens a conversation in the eyes of the older schemes, which only look at
 * IP and let everything else pass. */
static inline int policy_sees(const struct lim_packet *p)
{
	return p->kind == LIM_KIND_IP;
}

/* One word for an address, for tables without a secret. */
static inline uint32_t policy_host(const struct lim_addr *a)
{
	uint32_t h = a->w[0] * 0x9e3779b1u;

	h = (h ^ a->w[1]) * 0x85ebca6bu;
	h = (h ^ a->w[2]) * 0xc2b2ae35u;
	h = (h ^ a->w[3]) * 0x27d4eb2fu;
	h ^= h >> 15;
	return h ? h : 1;
}

#endif
