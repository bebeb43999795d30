/* SPDX-License-Identifier: MIT
 *
 * What a counter needs to know of an Ethernet frame. Written apart from the limiter's parser on
 * purpose: a witness must not share the eyes of the one it watches.
 */
#ifndef LAB_FRAME_H
#define LAB_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limiter/types.h"

struct frame {
	struct lim_addr src, dst; /* ARP: sender and target protocol address */
	uint16_t ethertype;
	uint16_t sport, dport; /* 0 where there are none */
	uint8_t proto;	       /* past the extension headers of IPv6; 0 where it is not IP */
	uint8_t tcp_flags;
	uint8_t icmp_type;
	uint8_t dns_rcode; /* of a DNS answer over UDP, else 0 */
	bool ip;
	bool fragment; /* first or later */
	bool linkcast; /* to a multicast or broadcast MAC address */
};

/* Reads what is there of a frame of len captured bytes; fields it cannot reach stay 0. Never
 * fails and never reads beyond len. */
void frame_read(struct frame *f, const uint8_t *data, size_t len);

#endif
