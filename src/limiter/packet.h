/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What the limiter knows of a packet. Filled by lim_parse() (parse.h) or by a simulator.
 */
#ifndef LIM_PACKET_H
#define LIM_PACKET_H

#include "types.h"

enum lim_link { LIM_ETHERNET, LIM_RAW_IP };

enum lim_kind {
	LIM_KIND_OTHER,	 /* neither IP nor ARP */
	LIM_KIND_ARP,	 /* src, dst: sender and target protocol address */
	LIM_KIND_IP,	 /* IPv4 or IPv6, told apart by the mapped address */
	LIM_KIND_BROKEN, /* claims to be IP or ARP and is not */
};

#define LIM_F_FRAGMENT	0x01u /* not the first fragment: no ports */
#define LIM_F_PORTS	0x02u /* sport and dport are valid (ICMP echo: the identifier in both) */
#define LIM_F_QUOTE	0x04u /* q_* are valid: an ICMP error that quotes a packet */
#define LIM_F_LINKCAST	0x08u /* link-layer destination is multicast or broadcast */
#define LIM_F_FIRSTFRAG 0x10u /* first fragment */
#define LIM_F_DNS	0x20u /* dns_flags is valid */
#define LIM_F_FORWARDED 0x40u /* on its way out: it has come in, the system only passes it on */

#define LIM_TCP_FIN 0x01u
#define LIM_TCP_SYN 0x02u
#define LIM_TCP_RST 0x04u
#define LIM_TCP_ACK 0x10u

#define LIM_PROTO_ICMP	 1
#define LIM_PROTO_TCP	 6
#define LIM_PROTO_UDP	 17
#define LIM_PROTO_ICMPV6 58

struct lim_packet {
	struct lim_addr src, dst;
	lim_u32 wire_len; /* bytes on the wire of all segments, link header included */
	lim_u32 seq, ack; /* TCP */
	lim_u32 payload;  /* TCP bytes of all segments together */
	lim_u16 sport, dport;
	lim_u16 segs; /* packets this buffer becomes on the wire, at least 1 (GSO) */
	lim_u16 dns_flags;
	lim_u32 question; /* DNS query: hash of it; 0 when there is none or it is too long */
	lim_u8 kind;	  /* enum lim_kind */
	lim_u8 proto;	  /* upper-layer protocol, past extension headers; ARP: operation */
	lim_u8 flags;	  /* LIM_F_* */
	lim_u8 tcp_flags;
	lim_u8 icmp_type, icmp_code;
	lim_u8 hop_limit;
	/* The packet an ICMP error quotes: one of ours, if it is true. What is above is zero if it
	 * is not there; this is not even that. */
	lim_u8 q_proto;
	lim_u16 q_sport, q_dport;
	lim_u32 q_seq;
	struct lim_addr q_src, q_dst;
} __attribute__((aligned(8)));

#endif
