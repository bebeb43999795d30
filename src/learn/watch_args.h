/* SPDX-License-Identifier: MIT
 *
 * Arguments that matter, as words: families of sockets, groups of ioctl, flags of clone; and the
 * powers that a call takes.
 */
#ifndef LEARN_WATCH_ARGS_H
#define LEARN_WATCH_ARGS_H

#include "learn/tracee.h"

/* Notes what the arguments of a call that succeeded say. */
void watch_args(const struct tracee *t, struct facts *f, int64_t result, double now);

#endif
