/* SPDX-License-Identifier: MIT
 *
 * The rules that the adversary is let loose on: the limiter and, beside it, four older schemes.
 */
#ifndef ADVERSARY_POLICIES_H
#define ADVERSARY_POLICIES_H

#include "play/policy.h"

extern const struct policy policy_throttle, policy_credit, policy_ratio, policy_rate;

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
