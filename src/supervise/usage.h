/* SPDX-License-Identifier: MIT
 *
 * What a program takes now, as its control group counts it.
 */
#ifndef SUPERVISE_USAGE_H
#define SUPERVISE_USAGE_H

#include <stdint.h>
#include <sys/types.h>

/* Bytes in use by the memory group of process pid, and the most it may have (0: no bound). Version
 * 2 at /sys/fs/cgroup, or version 1 at /sys/fs/cgroup/memory. Returns 0, or -1: it has no group of
 * its own, or it cannot be read. */
int usage_memory(pid_t pid, uint64_t *now, uint64_t *most);

/* Time that processors spent on the group of process pid, ns. Of version 1, which need not have an
 * accounting group of its own, the sum over the processes that are there and the children that they
 * have waited for, in ticks of 10 ms. Returns 0 or -1 as above. */
int usage_cpu(pid_t pid, uint64_t *ns);

#endif
