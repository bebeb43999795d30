/* SPDX-License-Identifier: MIT
 *
 * What the adversary wants, in which world, and the bound that stands against it
 * (docs/limiter.md). Bounds are written here as published, not computed from the parameters, so
 * that a changed parameter shows.
 */
#ifndef ADVERSARY_GOALS_H
#define ADVERSARY_GOALS_H

#include <stdint.h>

#include "play/world.h"

enum measure {
	MEASURE_VICTIM_PACKETS, /* to the victim, most in any 60 s */
	MEASURE_VICTIM_BYTES,
	MEASURE_FADED_BYTES, /* to the victim after it fell silent, most in any 60 s */
	MEASURE_NET_PACKETS, /* to the victim and its silent neighbours, most in any 60 s */
	MEASURE_NET_BYTES,
	MEASURE_SILENT_PACKETS, /* to all that never answer, most in any 60 s */
	MEASURE_SILENT_BYTES,
	MEASURE_CONTACTS,  /* distinct off-link hosts (IPv6: /64) that do not cooperate, in all */
	MEASURE_NEW_CONN,  /* SYNs to the victim, most in any 60 s */
	MEASURE_HALF_OPEN, /* SYNs to the victim that are never confirmed, most in any 60 s */
	MEASURE_HALF_OPEN_ALL,
	MEASURE_DNS_FAIL,      /* queries that fail or get no answer, most in any 60 s */
	MEASURE_REFLECT,       /* bytes out to the victim over bytes in from it, in thousandths */
	MEASURE_REFLECT_KNOWN, /* the same, out of UDP ports below 1024 (443, QUIC, apart) */
	MEASURE_SPOOFED,       /* packets off-link with a source that is not ours */
	MEASURE_AFTER_VETO,    /* packets to the victim in the minute after its veto arrived */
	MEASURE_PROBES,	       /* ARP requests and neighbour solicitations, most in any 60 s */
	MEASURE_CAST,	       /* link-scope multicast and broadcast, most in any 60 s */
	MEASURE_LINK_BYTES,    /* to one on-link host, most in any 60 s */
	MEASURE_FRAMES,	       /* neither IP nor ARP, most in any 60 s */
	MEASURE_SELF_BYTES,    /* out of an interface with an own address, most in any 60 s */
	MEASURE_VISITORS,      /* SYNs let in from one off-link address, most in any 60 s */
};

struct goal {
	const char *key, *what, *unit;
	enum measure measure;
	enum victim victim;  /* how the victim takes what reaches it */
	unsigned may;	     /* MAY_* */
	unsigned seconds;    /* horizon */
	unsigned cap;	     /* packets of one schedule, both ways */
	unsigned weight;     /* share of the schedules */
	uint64_t bound;	     /* largest score that keeps the promise */
	unsigned scale;	     /* score units in one unit of the table */
	int apart;	     /* no bound is promised: shown openly, never a failure */
	uint64_t free_bytes; /* MEASURE_REFLECT: unanswered bytes that need no request */
};

/* Ended by a row without a key. */
extern const struct goal goals[];

#endif
