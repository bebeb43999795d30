/* SPDX-License-Identifier: MIT
 *
 * The part of the traffic generator that is not conversation. Each function writes one packet and
 * returns whether it leaves the device.
 */
#ifndef TESTS_ODDITIES_H
#define TESTS_ODDITIES_H

#include "headers.h"
#include "traffic.h"

/* A number below n. At most one call in an expression: C leaves the order of two open. */
uint32_t traffic_below(struct traffic *t, uint32_t n);

/* A peer's address, network order, 16 bytes written. */
void traffic_address(struct traffic *t, uint8_t *a, int v6, int on_link);

/* The device's own address, network order. */
const uint8_t *odd_own(int v6);

/* TCP SYN or UDP datagram between the two addresses of s. */
void odd_plain(struct traffic *t, struct out *o, struct shape *s, int tcp, uint32_t payload);

/* One packet of a burst (bursts.c); starts one if none is under way. */
int odd_burst(struct traffic *t, struct out *o);

/* Anything unusual: link chatter, spoofed sources, tunnels, fragments, errors, noise. */
int odd_packet(struct traffic *t, struct out *o);
int odd_arp(struct traffic *t, struct out *o);
int odd_cast(struct traffic *t, struct out *o);	 /* mDNS, SSDP, DHCP, the like in IPv6 */
int odd_frame(struct traffic *t, struct out *o); /* neither IP nor ARP */

/* An ICMP error from peer that quotes the latest packet sent, now and then not quite. */
void odd_quote(struct traffic *t, struct out *o, const uint8_t *peer, int v6);

#endif
