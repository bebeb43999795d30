/* SPDX-License-Identifier: MIT
 *
 * What the lockdown takes away, one row each: how it is taken, and what of the kernel gives it.
 * What `lock --verify` tries for each row is in try.h.
 */
#ifndef LOCKDOWN_ROWS_H
#define LOCKDOWN_ROWS_H

#include "lockdown/lsm.h"

/* A file under /proc/sys ("kernel/sysrq"), or of the security file system ("security:lockdown"),
 * and what it is to hold. "max": the largest number that the kernel takes, at most 40. */
struct lock_setting {
	const char *path, *value;
};

enum lock_row_id {
	ROW_GUARD,
	ROW_LOCKDOWN,
	ROW_MODULES,
	ROW_KEXEC,
	ROW_BPF,
	ROW_PINS,
	ROW_TRAFFIC_CONTROL,
	ROW_PACKET,
	ROW_XDP,
	ROW_RAW,
	ROW_LINKS,
	ROW_NAMESPACES,
	ROW_USER_NAMESPACES,
	ROW_MOUNT,
	ROW_MEMORY,
	ROW_DISKS,
	ROW_PTRACE,
	ROW_PERF,
	ROW_IO_URING,
	ROW_SETTINGS,
	ROW_DEVICES,
	ROW_DEBUG,
	ROW_MAKERS,
	ROW_KILL,
	ROW_CGROUPS,
	ROW_SYSRQ,
	ROW_CORES,
	ROW_SWAP,
	ROW_ASLR,
	ROW_ADDRESSES,
	LOCK_ROW_COUNT
};

#define LOCK_SETTINGS 6
struct lock_row {
	const char *name;
	const char *what;   /* taken away: "loading and removing kernel modules" */
	const char *option; /* of the kernel, or what else gives it */
	lock_hook_set hooks;
	struct lock_setting setting[LOCK_SETTINGS]; /* those that a kernel has are set */
	/* The first setting, once set, binds root too until the next start: without hooks it is
	 * enough. */
	unsigned char for_good;
};

extern const struct lock_row lock_rows[LOCK_ROW_COUNT];

/* The row of that name, or -1. */
int lock_row_from_name(const char *name);

#endif
