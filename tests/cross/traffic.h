/* SPDX-License-Identifier: MIT
 *
 * A deterministic stream of raw packets for tests: conversations in which peers really answer,
 * floods, sprays, spoofed and broken packets, in virtual time. The same seed gives the same bytes
 * on every machine, whatever its byte order or word size. Not in the style of any real network:
 * it exists to reach every branch of the limiter.
 */
#ifndef TESTS_TRAFFIC_H
#define TESTS_TRAFFIC_H

#include <stdint.h>

#include "limiter/limiter.h"

#define TRAFFIC_MAX   2048 /* bytes of one packet */
#define TRAFFIC_TALKS 96

/* Only what a kernel can be handed through BPF_PROG_TEST_RUN: whole packets. */
#define TRAFFIC_WHOLE 1u

struct traffic_packet {
	uint64_t now;	   /* virtual time, ns, never runs backwards */
	uint32_t len;	   /* bytes in data */
	uint32_t wire_len; /* len, or more: a truncated capture, or a buffer of several segments */
	uint32_t gso_size; /* 0, or the payload bytes of a segment */
	uint8_t egress;	   /* leaves the device, else arrives */
	uint8_t link;	   /* enum lim_link */
	uint8_t data[TRAFFIC_MAX];
};

/* One conversation of the device with somebody. */
struct traffic_talk {
	uint8_t peer[16], own[16]; /* network order; IPv4 in the first four bytes */
	uint32_t nxt, una, peer_nxt;
	uint16_t sport, dport;
	uint8_t v6, proto, state, manners, inbound, dns;
};

struct traffic {
	uint64_t rng, now;
	uint32_t flags;
	struct traffic_talk talk[TRAFFIC_TALKS];
	uint32_t burst, burst_kind; /* packets left of a flood or spray, and which */
	uint8_t quote[64];	    /* head of the latest IP packet sent, for ICMP errors */
	uint32_t quote_len, quote_v6;
	struct traffic_packet packet;
};

/* Starts the stream at a virtual time of 1 s. flags: TRAFFIC_*. */
void traffic_start(struct traffic *t, uint64_t seed, uint32_t flags);

/* The next packet; valid until the next call. */
const struct traffic_packet *traffic_next(struct traffic *t);

/* Configuration of the device that the stream talks about: its own addresses, defaults else. */
void traffic_config(struct lim_config *c);

/* xorshift64*: the generator behind the stream, for tests that mutate further. */
uint64_t traffic_random(uint64_t *state);

#endif
