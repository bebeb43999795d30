/* SPDX-License-Identifier: MIT
 *
 * The two ways to hang a program on an interface. Both renew without a gap: a packet is judged by
 * the old program or by the new one, never by none.
 */
#ifndef GUARD_ATTACH_H
#define GUARD_ATTACH_H

#include "guard/guard.h"

struct attach {
	const char *name;
	/* Does this kernel have it? prog: any loaded program. -1 with e naming what is missing. */
	int (*probe)(int prog, struct err *e);
	int (*on)(struct guard *g, struct guard_iface *i, int prog_in, int prog_out, struct err *e);
	int (*off)(struct guard *g, const struct guard_iface *i, struct err *e);
	/* Whatever attaching left in the pin directory. */
	int (*clean)(struct guard *g, struct err *e);
};

/* Links of their own (Linux 6.6 and later), pinned in g->dir. */
extern const struct attach attach_tcx;
/* A filter of the clsact queueing discipline (Linux 4.5 and later). */
extern const struct attach attach_clsact;

#endif
