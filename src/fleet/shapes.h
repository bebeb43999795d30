/* SPDX-License-Identifier: MIT
 *
 * What a hijacked device is told to send, as streams of src/play. The shapes are those of the lab.
 */
#ifndef FLEET_SHAPES_H
#define FLEET_SHAPES_H

#include "fleet/settings.h"
#include "play/schedule.h"

#define SHAPE_GENES 16

/* One device's orders. */
struct orders {
	const struct settings *set;
	const struct schedule *searched; /* for the shape of that name; may be NULL otherwise */
	uint64_t bits;			 /* bit/s that are left of its uplink */
	uint64_t start;			 /* us of virtual time after the beginning */
	int limited;			 /* packets may be held back, so each is decided on */
	uint32_t rtt;			 /* us */
};

/* Fills gene[0..SHAPE_GENES-1] and returns how many they are. *times: how many equal packets one
 * packet of these streams stands for; 1 where the device is limited. */
unsigned shapes_genes(const struct orders *o, struct gene *gene, unsigned *times);

#endif
