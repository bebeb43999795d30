/* SPDX-License-Identifier: MIT
 *
 * For what a process had better not do itself: to take a descriptor that somebody else has made, of
 * which the last one may be closed here. That can last: a connection with SO_LINGER waits for its
 * peer, a serial line until all is sent. The end of a process does not wait for any of it.
 */
#ifndef HOLDFAST_BASE_ASIDE_H
#define HOLDFAST_BASE_ASIDE_H

#include <stdint.h>

/* Calls fn(arg) in a process that has our memory, but descriptors, ids and folders of its own, and
 * waits until that has ended: fn leaves open what it opens, and need not turn back what it changes.
 * Signals wait meanwhile. Adds to *spent the ns of processor that it took (NULL: not wanted).
 * Returns -1 with errno where there can be no such process. One thread. */
int aside(void (*fn)(void *), void *arg, uint64_t *spent);

#endif
