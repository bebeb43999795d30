/* SPDX-License-Identifier: MIT
 *
 * A pair of descriptors, made in a process of its own while this one goes on. A process rather than
 * a thread: its memory goes when it ends, and two kernel calls are all that the two share.
 */
#ifndef GUARD_ASIDE_H
#define GUARD_ASIDE_H

#include "base/err.h"

/* Calls make(arg, fd, e) in a child of low priority, which ends when this process does. Returns a
 * descriptor that is readable when it is done, or -1 with e. */
int aside_start(int (*make)(void *arg, int fd[2], struct err *e), void *arg, struct err *e);

/* Takes what it made, waiting for it if need be, and closes aside. Returns 0, or -1 with e as
 * make() left it. */
int aside_take(int aside, int fd[2], struct err *e);

#endif
