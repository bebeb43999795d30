/* SPDX-License-Identifier: MIT
 *
 * What a program sees of the file system, as a list of steps that build it: pure, made from the
 * profile. sandbox/tree.h carries it out. Landlock's rules come from the same list.
 */
#ifndef SANDBOX_VIEW_H
#define SANDBOX_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sandbox/profile.h"

enum view_kind {
	VIEW_DIR,   /* a folder of the tree itself */
	VIEW_LINK,  /* a symbolic link to `from` */
	VIEW_NODE,  /* a device of the tree itself: major and minor in dev */
	VIEW_TMPFS, /* private and empty, writable */
	VIEW_PROC,
	VIEW_PTS,  /* terminals of its own, that nobody else can see or open */
	VIEW_BIND, /* `from`, outside */
	VIEW_SAME, /* `from` bound where it is a folder; where it is a link, the same link */
	VIEW_SEEN, /* shown already by what is bound above it; a row for Landlock alone */
};

enum {
	VIEW_WRITE = 1,	    /* writable */
	VIEW_EXEC = 2,	    /* may be mapped executable */
	VIEW_START = 4,	    /* may be executed */
	VIEW_DEVICE = 8,    /* a device node */
	VIEW_OPTIONAL = 16, /* left out where missing */
	VIEW_PROFILE = 32,  /* named by the profile: its source is opened with care */
	VIEW_INSIDE = 64,   /* its place is there already, in what is bound above it */
	VIEW_OWN = 128,	    /* a tmpfs that belongs to the program alone, 0755 */
};

struct view_entry {
	const char *at;	  /* place in the view, without the leading slash */
	const char *from; /* absolute; of the profile, of the caller or static */
	uint8_t kind;	  /* enum view_kind */
	uint8_t flags;
	uint8_t dev_major, dev_minor;
};

#define VIEW_MAX  (PROFILE_PATHS * 2 + 128)
#define VIEW_TEXT 8192 /* names of folders in between */

struct view {
	struct view_entry entry[VIEW_MAX]; /* in the order in which to make them */
	unsigned count;
	char text[VIEW_TEXT];
	unsigned text_used;
};

/* What everybody has in /dev, as rows of a view that has devices of its own. Whoever changes them
 * gives the folder (launch.c) another name: the one that is there stays until the machine restarts.
 */
#define VIEW_DEVICES 11
extern const struct view_entry view_devices[VIEW_DEVICES];

/* What the launcher found out for the view, besides the profile. */
struct view_extra {
	const char *etc;     /* folder outside with copies of what /etc shows; sandbox/etc.h */
	const char *dev;     /* folder outside with view_devices; sandbox/dev.h; NULL: none */
	const char *sockets; /* folder outside with the supervisor's sockets, or NULL */
	const char *const *interpreters; /* of the programs: NULL-ended, absolute */
};

/* Fails (WRONG_USE) where the profile has more paths than fit. */
int view_make(struct view *to, const struct profile *p, const struct view_extra *x, struct err *e);

/* The entry that says what is at path (absolute): the innermost at or above it; NULL: none. */
const struct view_entry *view_find(const struct view *v, const char *path);

#endif
