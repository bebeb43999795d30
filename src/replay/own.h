/* SPDX-License-Identifier: MIT
 *
 * The own addresses of a device, and how far its links reach, from what a capture shows.
 */
#ifndef REPLAY_OWN_H
#define REPLAY_OWN_H

#include "replay/device.h"

/* Fills d->own: d->addr first, then every address of d->mac that is the device's own (only d->addr
 * when the device is not known by its MAC). */
void own_find(struct device *d, const struct survey *s);

#endif
