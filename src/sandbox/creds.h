/* SPDX-License-Identifier: MIT
 *
 * Whose powers a program has: layers "capabilities" and "user".
 */
#ifndef SANDBOX_CREDS_H
#define SANDBOX_CREDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "sandbox/profile.h"

struct creds {
	uid_t uid; /* outside; with `user = root` what uid 0 stands for */
	gid_t gid;
	bool as_root;	/* uid 0 in a user namespace */
	bool is_named;	/* the profile's `user`, who could have been it without a sandbox */
	uint32_t range; /* ids mapped from uid and gid on; 1 but for the power to switch users */
	uint64_t keep;	/* capabilities that the profile's powers stand for */
};

/* Looks users up in the files of /etc (no other source: the device has no other, and those would
 * load code). Fails (WRONG_USE) naming a user that is not there, or is root under another name. */
int creds_make(struct creds *to, const struct profile *p, struct err *e);

/* The uid that is made from the profile's name, 0 where the profile has another. Two names may have
 * one (1 in 8,192): whoever starts several programs looks. */
uid_t creds_own_uid(const struct profile *p);

/* Once a process: takes everything from its bounding set, which its children inherit; that is a
 * call a capability. The process itself keeps what it has. */
int creds_prepare(struct err *e);

/* Sheds everything but c->keep, in the calling thread alone: groups, ids, bounding set, then the
 * sets; sets no_new_privs. With as_root the calling thread is in its user namespace already. */
int creds_enter(const struct creds *c, struct err *e);

/* For the sandbox's first process: no capability and no way to get one, but for CAP_KILL: its uid
 * stays, and the program, to which it passes signals on, has another. */
int creds_shed(struct err *e);

/* The calling process acts as this user, with no capability and no group, until it acts as 0 again,
 * which it still is. Not for 0 in between: that would be itself. */
int creds_act_as(uid_t uid, gid_t gid);

/* Moves the caller to a user namespace that maps nothing yet. */
int creds_unshare(const struct creds *c, struct err *e);
/* From outside: gives the namespace of pid its ids. */
int creds_map(const struct creds *c, pid_t pid, struct err *e);

#endif
