/* SPDX-License-Identifier: MIT
 *
 * One interface for every rule that schedules are played against: ours, none, and those of others
 * that ours is compared with. A policy is a block of memory and a few functions; nothing is
 * allocated inside.
 */
#ifndef PLAY_POLICY_H
#define PLAY_POLICY_H

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

/* The limiter itself, full size and with its defaults; and no limiter at all. */
extern const struct policy policy_holdfast, policy_free;

#endif
