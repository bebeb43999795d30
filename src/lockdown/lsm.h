/* SPDX-License-Identifier: MIT
 *
 * The lockdown's programs, from the code embedded at build time into the kernel's decisions.
 */
#ifndef LOCKDOWN_LSM_H
#define LOCKDOWN_LSM_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "lockdown/hooks.h"

#define LOCK_PIN "/sys/fs/bpf/holdfast-lock" /* where the programs are pinned */

#define HOOK_X(name, optional) LOCK_##name,
enum lock_hook { LOCK_HOOKS(HOOK_X) LOCK_HOOK_COUNT };
#undef HOOK_X
typedef uint64_t lock_hook_set; /* bit n: hook n */
#define LOCK_BIT(hook) ((lock_hook_set)1 << LOCK_##hook)

struct lsm {
	int named;		       /* the map of tasks that are named */
	int prog[LOCK_HOOK_COUNT];     /* -1: could not be loaded */
	lock_hook_set have;	       /* those that could, and optional ones not needed */
	char why[LOCK_HOOK_COUNT][96]; /* why not */
};

/* Is the kernel asking BPF programs at all? 0, or -1 with e saying what it needs. Changes
 * nothing; needs CAP_SYS_ADMIN. */
int lsm_active(struct err *e);

/* Loads every program that this kernel takes; nothing is in force yet. -1 with e when not even the
 * map or the kernel's types are to be had. Ends with lsm_close(). */
int lsm_load(struct lsm *l, struct err *e);
void lsm_close(struct lsm *l);

/* Names a task (the thread whose id is pid) for LOCK_ALL or LOCK_NET; 0 takes the name away. */
int lsm_name(struct lsm *l, pid_t pid, uint32_t what, struct err *e);

/* Puts all loaded programs in force for good: each is pinned in LOCK_PIN, and the calling process
 * must be named LOCK_ALL. On failure what was pinned is taken away again. */
int lsm_seal(struct lsm *l, struct err *e);

/* Are the pins there? (Says nothing of whether they hold: `lock --verify` does.) */
int lsm_sealed(void);

const char *lsm_hook_name(enum lock_hook h);

#endif
