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

#endif
