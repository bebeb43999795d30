/* SPDX-License-Identifier: MIT
 *
 * Link, network and transport headers for the traffic generator.
 */
#ifndef TESTS_HEADERS_H
#define TESTS_HEADERS_H

#include "build.h"

#define TH_FIN 0x01u
#define TH_SYN 0x02u
#define TH_RST 0x04u
#define TH_PSH 0x08u
#define TH_ACK 0x10u

/* The network layer of a packet to write. Addresses in network order, IPv4 in four bytes. */
struct shape {
	const uint8_t *src, *dst;
	uint8_t v6, egress, raw, proto;
	uint8_t vlans;	    /* 0 to 2 tags */
	uint8_t ext;	    /* IPv6: number of extension headers before the transport */
	uint8_t options;    /* IPv4: words of options */
	uint8_t hop_limit;  /* 0 means 64 */
	uint16_t frag_off;  /* in units of 8 bytes */
	uint8_t more_frags; /* with frag_off: this packet is a fragment */
};

/* Writes link and network header; the length is left for net_close(). Returns where the network
 * header begins. */
uint32_t net_open(struct out *o, const struct shape *s);

/* Fills in the length of the network packet that began at at. */
void net_close(struct out *o, uint32_t at);

/* Ethernet header alone: cast 0 to a host, 1 multicast, 2 broadcast. */
void link_header(struct out *o, int egress, int cast, unsigned vlans, unsigned type);

struct tcp_fields {
	uint32_t seq, ack;
	uint16_t sport, dport;
	uint8_t flags, options; /* options in words */
};
void tcp_header(struct out *o, const struct tcp_fields *f);
void udp_header(struct out *o, unsigned sport, unsigned dport, unsigned payload);

#endif
