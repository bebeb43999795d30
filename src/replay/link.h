/* SPDX-License-Identifier: MIT
 *
 * From a captured record to what the limiter parses: an Ethernet frame or a bare IP packet.
 */
#ifndef REPLAY_LINK_H
#define REPLAY_LINK_H

#include "limiter/limiter.h"

#include <stdbool.h>
#include <stdint.h>

#define LINK_HEADER  14	 /* bytes every link header counts for, so that budgets count alike */
#define LINK_SCRATCH 256 /* longest rebuilt frame */

enum direction { DIR_UNKNOWN, DIR_OUT, DIR_IN };

struct frame {
	enum lim_link link;
	const uint8_t *data; /* into the capture's buffer or into scratch */
	uint32_t len;	     /* captured bytes at data */
	uint32_t wire_len;   /* bytes on the wire, with LINK_HEADER for the link */
	bool has_mac;	     /* src and dst are an Ethernet header's */
	bool linkcast;	     /* the link-layer destination is multicast or broadcast */
	uint8_t src[6], dst[6];
	enum direction dir; /* only Linux cooked captures say */
	uint8_t scratch[LINK_SCRATCH];
};

/* Whether link_strip() knows the libpcap link type (a DLT_ value); its name, or "?" if libpcap
 * has none. */
bool link_supported(int dlt);
const char *link_name(int dlt);

/* Fills f from a record of len captured bytes, wire_len on the wire. Nothing is read beyond len.
 * f->data stays valid while data and f do. Returns 0, or -1 when the record is too short for its
 * link header or the header's address family is not IP. */
int link_strip(struct frame *f, int dlt, const uint8_t *data, uint32_t len, uint32_t wire_len);

/* lim_parse() of a frame, with what only the link header of a cooked capture tells. */
void frame_parse(struct lim_packet *p, const struct frame *f);

#endif
