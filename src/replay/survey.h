/* SPDX-License-Identifier: MIT
 *
 * The first pass over a capture: who is there, and what speaks for being which kind of machine.
 */
#ifndef REPLAY_SURVEY_H
#define REPLAY_SURVEY_H

#include "replay/link.h"
#include "replay/set.h"

#include <stddef.h>

#define SURVEY_PAIRS (1u << 18) /* most (MAC, address) pairs remembered */
#define SURVEY_TALKS (1u << 20) /* most conversations */

/* One address seen with one MAC. MAC 00:00:00:00:00:00: the capture has none. Address ::, for the
 * MAC itself: frames without an address. */
struct pair {
	struct lim_addr addr;
	uint8_t mac[6];
	bool used;
	uint64_t tx, rx;       /* packets from it; unicast packets to it */
	uint64_t frames;       /* address ::: frames from or to the MAC, of any kind */
	uint32_t opened;       /* conversations whose first packet it sent */
	uint32_t accepted;     /* conversations whose first packet it received */
	uint32_t claims;       /* ARP or neighbour messages saying the MAC has the address;
				  address ::: these and leases, of any address */
	uint32_t leases;       /* DHCP replies giving it the address */
	uint32_t dhcp_asks;    /* DHCP requests from the MAC (address ::) */
	uint32_t dhcp_answers; /* DHCP replies from it */
	uint32_t fresh_ttl;    /* packets from it whose hop limit no router has touched */
	uint32_t stepped_ttl;  /* packets from it that have passed exactly one router */
	uint32_t outgoing;     /* packets from it that the capturing machine sent (cooked) */
	uint64_t order;	       /* record that showed it first */
};

/* What shows how far the link of an IPv4 address reaches. */
struct link_hint {
	uint32_t addr, other; /* our address, and one that is on the same link */
};

struct survey {
	struct pair *pair;
	size_t pairs, room; /* used, and slots (power of two) */
	struct set talks;   /* conversations: both addresses, both ports, protocol */
	struct link_hint *hint;
	size_t hints, hint_room;
	uint32_t mask_addr, mask; /* last DHCP lease with a subnet mask (option 1) */
	uint64_t frames, end;	  /* frames; virtual time of the last */
	uint64_t ip, ip4, ip6;	  /* IP packets; of these from a routable IPv4, IPv6 source */
	uint64_t gap[64],
	    gaps[64]; /* pauses between frames by power of two: their sum, their number */
	uint64_t last;
	bool full, no_memory;
};

/* Starts an empty survey; frees what it holds. */
void survey_start(struct survey *s);
void survey_free(struct survey *s);

/* Adds one frame. p is filled (lim_parse), for the caller's use too. */
void survey_frame(struct survey *s, const struct frame *f, struct lim_packet *p, uint64_t now);

/* The pair of mac and addr, or NULL. */
const struct pair *survey_find(const struct survey *s, const uint8_t mac[6],
			       const struct lim_addr *addr);

#endif
