/* SPDX-License-Identifier: MIT
 *
 * A case of a flood: each device with its uplink, distance, ordinary traffic and orders, played
 * against the limiter or against none; what arrives is added up by the second.
 *
 * Devices are played one after the other in the memory of a thread, so that a million take no more
 * memory than one. Each is seeded by its number: threads and ranks do not change a bit.
 */
#ifndef FLEET_FLOOD_H
#define FLEET_FLOOD_H

#include "fleet/settings.h"
#include "fleet/team.h"
#include "play/schedule.h"

#define FLOOD_BINS 620 /* seconds */

/* Ordinary flows of protected devices, before the attack and during it. */
enum flow { FLOW_ALL, FLOW_DELAYED, FLOW_REFUSED, FLOW_PACKETS, FLOW_HELD, FLOW_KINDS };

/* All whole numbers, so that sums do not depend on the order. Bytes are those on the wire with the
 * Ethernet header, as the limiter counts them. */
struct flood_sum {
	uint64_t bytes[FLOOD_BINS], packets[FLOOD_BINS]; /* attack, at the victim or victims */
	uint64_t conns[FLOOD_BINS];			 /* new TCP connections tried there */
	uint64_t queries[FLOOD_BINS];			 /* through resolvers */
	uint64_t devices[2];				 /* classes played: free, protected */
	uint64_t weight[2];				 /* devices they stand for */
	uint64_t total[2];				 /* bytes of one device of each class */
	uint64_t square_low[2], square_high[2];		 /* their squares, low and high 32 bits */
	uint64_t flow[2][FLOW_KINDS];			 /* before, during */
	uint64_t decisions;				 /* of the limiter */
};

struct flood {
	struct flood_sum sum;
	unsigned first, last;			     /* seconds of the attack: first to last - 1 */
	double mean_bits, sustained_bits, peak_bits; /* sustained: second half of the attack */
	double mean_packets, sustained_packets, peak_packets;
	double mean_conns, peak_conns, mean_queries;
	double burst_bytes; /* what came in the first ten seconds beyond the sustained rate */
	double error;	/* 95 % of samples are within +- this share of mean_bits; 0: all played */
	double seconds; /* it took, on the clock */
};

/* searched: the schedule for the shape of that name, or NULL. Returns 0, or -1 with e. */
int flood_run(struct team *t, const struct settings *set, uint64_t seed,
	      const struct schedule *searched, struct flood *out, struct err *e);

#endif
