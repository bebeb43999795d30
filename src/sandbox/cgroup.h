/* SPDX-License-Identifier: MIT
 *
 * Layers "memory", "pids" and "cpu": a control group for each running program, of version 2 where
 * the controllers are there, else of version 1.
 */
#ifndef SANDBOX_CGROUP_H
#define SANDBOX_CGROUP_H

#include "base/err.h"
#include "sandbox/layers.h"
#include "sandbox/resources.h"

#define CGROUP_PATH 256

/* One group, or with version 1 one in each of up to three hierarchies. */
struct cgroup {
	int version;		   /* 2, 1; 0: none */
	char path[3][CGROUP_PATH]; /* version 2: path[0] alone */
	unsigned paths;
	uint8_t layer[3]; /* version 1: whose each is */
	int join[3];   /* version 2: the folder, for clone3; version 1: `tasks`, open for writing */
	layer_set has; /* of MEMORY, PIDS, CPU */
};

/* Which of the three layers this machine has, found by making and removing a group; and of which
 * version they are, 0: none at all. */
layer_set cgroup_offered(int *version);

/* Makes the group and sets its limits. What the machine does not have is missing in to->has; what
 * it has but refuses is an error. */
int cgroup_make(struct cgroup *to, const char *name, const struct limits *l, struct err *e);

/* Version 1: puts the calling process into the groups. */
int cgroup_join(const struct cgroup *c, struct err *e);

/* SIGKILL to all that is in the group, until it is empty. -1: there is no group, or it does not get
 * empty. */
int cgroup_kill(const struct cgroup *c);

/* Removes the groups; they are empty, or about to be. */
void cgroup_remove(struct cgroup *c);

/* Version 2, where our group and all below it is ours to divide (delegation): goes to a group of
 * its own below it, since a group that has processes cannot hand controllers down, and puts all
 * groups that are made from now on beside that. Once a process, before any other. */
void cgroup_settle(void);

/* Removes the empty groups of launchers that were killed. */
void cgroup_sweep(void);

#endif
