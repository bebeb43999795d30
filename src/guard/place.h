/* SPDX-License-Identifier: MIT
 *
 * The pin directory: where it is, its file system, its locks. One lock on the directory itself
 * tells that a daemon lives, one on its subdirectory "change" serialises changes; both vanish with
 * their holder, however it ends.
 */
#ifndef GUARD_PLACE_H
#define GUARD_PLACE_H

#include "guard/guard.h"

/* Fills g->dir from pin, the environment or the default. */
int place_name(struct guard *g, const char *pin, struct err *e);

/* Opens it; EXIT_NO when it is not there. */
int place_open(struct guard *g, struct err *e);

/* Makes it if missing, with a BPF file system under it, and opens it. */
int place_make(struct guard *g, struct err *e);

/* Locks it for this process, waiting up to 5 s for a daemon that was told to end. */
int place_lock(struct guard *g, struct err *e);
int place_locked(const struct guard *g);

/* A descriptor that holds the lock for changes until it is closed, or -1. */
int place_lock_changes(const struct guard *g, struct err *e);

/* Is anything in it? */
int place_used(const struct guard *g);
int place_remove(struct guard *g, struct err *e);

#endif
