/* SPDX-License-Identifier: MIT
 *
 * Builds the packets of the attack shapes. Pure: a request in, bytes out.
 */
#ifndef LAB_CRAFT_H
#define LAB_CRAFT_H

#include <stddef.h>
#include <stdint.h>

#include "limiter/types.h"

/* X(id, word, families: 4, 6 or 46, what) */
#define CRAFT_KINDS(X)                                                                             \
	X(UDP, "udp", 46, "datagrams")                                                             \
	X(DNS, "dns", 46, "queries for random names below lab.test")                               \
	X(SYN, "syn", 46, "TCP SYN")                                                               \
	X(SYNACK, "synack", 46, "TCP SYN and ACK, as the answer to shape number N's SYN")          \
	X(ACK, "ack", 46, "TCP segments with ACK and payload")                                     \
	X(RST, "rst", 46, "TCP RST")                                                               \
	X(ECHO, "echo", 46, "ICMP echo requests")                                                  \
	X(GRE, "gre", 46, "GRE around a datagram to the same address")                             \
	X(IPIP, "ipip", 46, "IPv4 in IP (protocol 4)")                                             \
	X(SIT, "6in4", 46, "IPv6 in IP (protocol 41)")                                             \
	X(ODD, "odd", 46, "the unassigned protocol 253")                                           \
	X(FIRST, "first", 46, "first fragments of datagrams that never end")                       \
	X(LATER, "later", 46, "later fragments of datagrams that never began")                     \
	X(OPTIONS, "options", 46, "IPv4 options; IPv6: hop-by-hop header")                         \
	X(ROUTING, "routing", 6, "IPv6 routing header")                                            \
	X(DSTOPTS, "dstopts", 6, "IPv6 destination options")                                       \
	X(CHAIN, "chain", 6, "hop-by-hop, destination, routing and fragment header in one")        \
	X(PROBE, "probe", 46, "ARP requests; IPv6: neighbour solicitations")                       \
	X(FRAME, "frame", 46, "Ethernet frames of an experimental type (0x88b5)")

#define CRAFT_X(id, word, families, what) CRAFT_##id,
enum craft_kind { CRAFT_KINDS(CRAFT_X) CRAFT_KIND_COUNT };
#undef CRAFT_X

#define CRAFT_MAX 65536 /* room a caller gives */

struct craft {
	enum craft_kind kind;
	struct lim_addr src, dst; /* of one family */
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint16_t ident;	  /* IP identification, ICMP sequence, name of a DNS query */
	uint32_t payload; /* bytes behind the transport header, at most 65000 */
	uint8_t hops;	  /* hop limit */
	uint8_t mac[6];	  /* sender's, for probes */
};

/* buf has room for CRAFT_MAX bytes.
 *
 * Writes the packet from its IP header on (PROBE over IPv4: from the ARP header on; FRAME: the
 * payload) and returns its length. */
size_t craft_packet(const struct craft *c, uint8_t *buf);

/* Writes only what a plain datagram socket sends: the payload. Returns its length. */
size_t craft_payload(const struct craft *c, uint8_t *buf);

/* The Ethernet type of such a packet. */
uint16_t craft_ethertype(const struct craft *c);

#endif
