/* SPDX-License-Identifier: MIT
 *
 * Layer "landlock": the view once more, as rules of the kernel's own that also hold for what is
 * reached in another way than by the tree, and ports and scopes. See landlock(7).
 */
#ifndef SANDBOX_LANDLOCK_H
#define SANDBOX_LANDLOCK_H

#include <stdint.h>

#include "base/err.h"
#include "sandbox/profile.h"
#include "sandbox/view.h"

struct landlock_path {
	const char *path; /* in the view */
	uint64_t access;  /* LANDLOCK_ACCESS_FS_* */
};

struct landlock_rules {
	uint64_t fs, net, scoped; /* what is handled, so refused where no rule allows it */
	struct landlock_path path[VIEW_MAX + 1];
	unsigned paths;
	uint16_t port[PROFILE_PORTS + 1]; /* that may be bound by TCP */
	unsigned ports;
};

/* The newest ABI that this kernel has; 0: none. */
int landlock_abi(void);

/* Pure. What an ABI does not know is left out. */
void landlock_make(struct landlock_rules *to, const struct profile *p, const struct view *v,
		   int abi);

/* Puts the calling thread, and what it starts, under the rules; needs no_new_privs. Paths are
 * looked up now. */
int landlock_enter(const struct landlock_rules *r, struct err *e);

#endif
