/* SPDX-License-Identifier: MIT
 *
 * What a device does: a few streams of actions that run side by side, each with its own rhythm
 * (pulses of packets, gaps, pauses), target and way of being answered. A schedule is a plain value
 * that can be drawn at random, mutated, crossed and described in words.
 */
#ifndef PLAY_SCHEDULE_H
#define PLAY_SCHEDULE_H

#include <stdint.h>
#include <stdio.h>

#include "play/actors.h"
#include "play/rng.h"

/* X(id, key): what one action of a stream is. IN_*: what a cooperating host sends us unasked. */
#define KINDS(X)                                                                                   \
	X(UDP, "UDP")                                                                              \
	X(SYN, "TCP SYN")                                                                          \
	X(CONNECT, "TCP connect")                                                                  \
	X(CONNECT_DATA, "TCP connect and send")                                                    \
	X(CONNECT_RST, "TCP connect, then RST")                                                    \
	X(CONNECT_FIN, "TCP connect, send, FIN")                                                   \
	X(DATA, "TCP data")                                                                        \
	X(ACK, "TCP ACK")                                                                          \
	X(RST, "TCP RST")                                                                          \
	X(SYNACK, "TCP SYN-ACK")                                                                   \
	X(ECHO, "ICMP echo")                                                                       \
	X(ECHO_REPLY, "ICMP echo reply")                                                           \
	X(ICMP_ERROR, "ICMP error")                                                                \
	X(GRE, "GRE")                                                                              \
	X(IPIP, "IP in IP")                                                                        \
	X(FIRSTFRAG, "first fragment")                                                             \
	X(FRAGMENT, "later fragment")                                                              \
	X(DNS_GOOD, "DNS query that succeeds")                                                     \
	X(DNS_BAD, "DNS query for a name that is not there")                                       \
	X(DNS_DEAD, "DNS query that nobody answers")                                               \
	X(PROBE, "ARP request or neighbour solicitation")                                          \
	X(FRAME, "frame that is not IP")                                                           \
	X(LINKCAST, "UDP in a multicast frame")                                                    \
	X(SPOOF_LINK, "UDP from a neighbour's address")                                            \
	X(SPOOF_FAR, "UDP from a far address")                                                     \
	X(SPOOF_NONE, "UDP from the unspecified address")                                          \
	X(SPOOF_LOOP, "UDP from the loopback address")                                             \
	X(REBOOT, "reboot")                                                                        \
	X(IN_UDP, "incoming UDP")                                                                  \
	X(IN_SYN, "incoming TCP SYN")                                                              \
	X(IN_ACK, "incoming TCP ACK")                                                              \
	X(IN_ECHO, "incoming ICMP echo")                                                           \
	X(IN_ECHO_REPLY, "incoming ICMP echo reply")                                               \
	X(IN_ERROR, "incoming ICMP error that quotes us to the victim")

#define X(id, key) KIND_##id,
enum kind { KINDS(X) KIND_COUNT, KIND_FIRST_IN = KIND_IN_UDP };
#undef X
extern const char *const kind_name[KIND_COUNT];

/* How a cooperating host takes what reaches it. */
#define ANSWERS(X)                                                                                 \
	X(PROPER, "answers properly")                                                              \
	X(NONE, "stays silent")                                                                    \
	X(MUST, "answers as any host must")                                                        \
	X(RESET, "resets")                                                                         \
	X(UNREACHABLE, "port unreachable")                                                         \
	X(PROHIBITED, "administratively prohibited")                                               \
	X(FORGE, "forged error that quotes us to the victim")                                      \
	X(OTHER_PORT, "answers from another port")                                                 \
	X(GREEDY, "acknowledges more than was sent")

#define X(id, key) ANSWER_##id,
enum answer { ANSWERS(X) ANSWER_COUNT };
#undef X
extern const char *const answer_name[ANSWER_COUNT];

enum spread { SPREAD_ONE, SPREAD_PACKET, SPREAD_BURST, SPREAD_COUNT }; /* new target: never, each */

#define PORT_SPORT   0x01u /* a new source port for each packet */
#define PORT_DPORT   0x02u /* a new destination port for each packet */
#define PORT_SERVICE 0x04u /* from our service port to the peer's high port */
#define PORT_FLAGS   0x07u

struct gene {
	uint8_t kind, actor, v6, answer;
	uint8_t spread;
	uint8_t ports;	 /* PORT_* */
	uint8_t service; /* place in schedule_ports */
	uint8_t segs;	 /* segments of one buffer (GSO) */
	uint8_t hops;	 /* hop limit */
	uint8_t group;	 /* streams of one group address the same targets */
	uint16_t cycle;	 /* targets before the first comes again; 0: never */
	uint32_t size;	 /* bytes on the wire of one segment */
	uint32_t start, gap,
	    pause;	  /* microseconds: first action, between packets, between bursts */
	uint32_t backoff; /* after a drop wait so long instead; 0: do not notice drops */
	uint32_t rtt;	  /* microseconds until the answer */
	uint16_t burst;	  /* packets in a burst */
	uint16_t bursts;  /* 0: to the end */
	uint8_t
	    shakes;    /* connect, then RST: acknowledges the SYN-ACK before, as a TCP stack does */
	uint8_t again; /* how often the same packet is tried again after a drop, each backoff */
};

#define SCHEDULE_GENES 6
struct schedule {
	uint8_t genes;
	uint8_t v6;	    /* the victim is an IPv6 host */
	uint8_t from_boot;  /* starts at start-up instead of after a long rest */
	const char *origin; /* the strategy it descends from, "" for chance; static string */
	struct gene gene[SCHEDULE_GENES];
};

extern const uint16_t schedule_ports[];
#define SCHEDULE_PORTS 6

/* What a goal allows; schedule_legal() bends a schedule to it. */
#define MAY_COOP    0x01u /* cooperating hosts */
#define MAY_FORGE   0x02u /* an accomplice sends with the victim's address */
#define MAY_ALIAS   0x04u /* the victim has further addresses */
#define MAY_REBOOT  0x08u
#define MAY_CONNECT 0x10u /* established TCP connections to the victim and to live hosts */
#define MAY_LIVE    0x20u /* innocent hosts that answer */
#define MAY_CAST    0x40u /* the router forwards off-link what comes in a multicast frame */

void schedule_random(struct schedule *s, struct rng *r);
void schedule_mutate(struct schedule *s, struct rng *r);
void schedule_cross(struct schedule *s, const struct schedule *other, struct rng *r);
void schedule_legal(struct schedule *s, unsigned may);

/* One line a stream. */
void schedule_print(const struct schedule *s, FILE *out);

#endif
