/* SPDX-License-Identifier: MIT
 *
 * Everything an interface receives and sends, through a memory-mapped packet ring (packet(7)).
 */
#ifndef LAB_RING_H
#define LAB_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ring {
	int fd;
	uint8_t *map;
	size_t size;
	uint32_t frames, next;
};

struct captured {
	const uint8_t
	    *data; /* Ethernet header first; at most RING_SNAP bytes, valid until release */
	size_t len;
	uint32_t wire_len; /* of all segments together, each with its headers */
	uint32_t segs;	   /* frames it is on the wire: more than 1 for a buffer of an offload */
	uint64_t ns;	   /* CLOCK_REALTIME */
	bool sent;
};

#define RING_SNAP 160

/* Opens interface name of this network namespace. Returns 0, or -1 with e filled. */
int ring_open(struct ring *r, const char *name, struct err *e);
void ring_close(struct ring *r);

/* The next frame, waiting up to timeout_ms. Returns true and fills c, to be given back with
 * ring_release() before the next call; false when there was none. */
bool ring_next(struct ring *r, struct captured *c, int timeout_ms);
void ring_release(struct ring *r);

/* Frames that did not fit into the ring since the last call. */
uint64_t ring_lost(struct ring *r);

#endif
