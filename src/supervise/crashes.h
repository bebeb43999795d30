/* SPDX-License-Identifier: MIT
 *
 * Which processes of this machine have just ended by which signal: the only way to see the crash of
 * a child that is not ours to wait for. By taskstats (Documentation/accounting/taskstats.rst),
 * which takes CAP_NET_ADMIN, CONFIG_TASKSTATS and the first pid and user namespaces. Seen is every
 * process of every program, its workers included; not seen is one that catches its own signal.
 */
#ifndef SUPERVISE_CRASHES_H
#define SUPERVISE_CRASHES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct crashes {
	int fd; /* readable when there is something; -1: not to be had */
	unsigned short family;
};

/* Returns 0, or -1 with e saying what is missing (EXIT_SYSTEM). */
int crashes_open(struct crashes *c, struct err *e);
void crashes_close(struct crashes *c);

/* Calls ended(arg, uid, signal) for each process that has ended, signal 0 for those that exited;
 * uid as seen from here. Reads at most CRASHES_READ messages. Returns how many; -1 when the kernel
 * had to drop some, because they came faster than they were read. */
#define CRASHES_READ 256
typedef void crashes_ended(void *arg, uid_t uid, int signal);
int crashes_read(struct crashes *c, crashes_ended *ended, void *arg);

/* One message of n bytes: true with *uid and *signal when it tells of the end of a whole process.
 * Pure. */
bool crashes_parse(const void *message, size_t n, uid_t *uid, int *signal);

#endif
