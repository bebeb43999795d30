/* SPDX-License-Identifier: MIT
 *
 * Builds a view (sandbox/view.h) in the mount namespace of the calling process and makes it the
 * root. Layer "mount".
 */
#ifndef SANDBOX_TREE_H
#define SANDBOX_TREE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "sandbox/view.h"

struct tree_use {
	const char *place; /* a folder outside to build it on */
	uint64_t tmp_size; /* bytes of each private tmpfs */
	uid_t uid;	   /* of the program */
	gid_t gid;
};

/* Ends with the new root as root and working directory, and nothing of the old one reachable.
 * Allocates nothing. Returns -1 with e naming the path. */
int tree_enter(const struct view *v, const struct tree_use *use, struct err *e);

#endif
