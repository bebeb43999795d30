/* SPDX-License-Identifier: MIT
 *
 * What the first process of a machine or of a container has to do besides.
 */
#ifndef SUPERVISE_INIT_H
#define SUPERVISE_INIT_H

#include <stdbool.h>

#include "base/err.h"

/* Whether this is process 1, and whether of the machine itself: the first pid namespace. */
bool init_is_first(void);
bool init_is_machine(void);

/* On a machine: mounts /proc, /sys, /dev, /run and the control groups where nobody has, and lets
 * Ctrl-Alt-Del be SIGINT. In a container: /proc alone is looked after by who made it. */
void init_prepare(void);

/* On a machine, when there is nothing that could be run: says e, and restarts it after a minute, in
 * which somebody may read that. Does not return. */
_Noreturn void init_give_up(const struct err *e);

/* After an orderly stop that sig began. In a container the caller exits. On a machine: SIGTERM and
 * SIGINT restart it, SIGUSR1 halts it, SIGUSR2 switches it off; does not return then. */
void init_finish(int sig);

#endif
