/* SPDX-License-Identifier: MIT
 *
 * What the programs have counted: the report, and what each processor keeps for itself.
 */
#ifndef GUARD_COUNTS_H
#define GUARD_COUNTS_H

#include "limiter/limiter.h"

#define COUNTS_CPUS 1024 /* more processors than this are refused */

/* Processors there may ever be (/sys/devices/system/cpu/possible): a map with a value for each has
 * so many. Returns the number, or -errno: -E2BIG beyond COUNTS_CPUS. */
int counts_cpus(void);

/* Reads the report, with what each processor (lim_own_cpu in the map cpu) has decided the short way
 * added. Not for two threads at once. Returns 0 or -errno. */
int counts_read(int report, int cpu, struct lim_report *r);

#endif
