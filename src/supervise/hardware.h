/* SPDX-License-Identifier: MIT
 *
 * The hardware watchdog (Documentation/watchdog/watchdog-api.rst): a device that resets the machine
 * when it is not fed.
 */
#ifndef SUPERVISE_HARDWARE_H
#define SUPERVISE_HARDWARE_H

#include <stdint.h>

#include "base/err.h"

#define HARDWARE_TIMEOUT 60 /* s, asked for */

struct hardware {
	int fd;		/* -1: none */
	uint64_t every; /* ns between two feedings: a quarter of the device's time */
};

/* Opening starts it. A device that cannot set its time is taken with the time it has. */
int hardware_open(struct hardware *h, const char *device, struct err *e);
void hardware_feed(struct hardware *h);

/* stop: it is told that this is on purpose (the magic 'V'); else it bites if nobody comes back. */
void hardware_close(struct hardware *h, int stop);

#endif
