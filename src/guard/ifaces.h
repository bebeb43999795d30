/* SPDX-License-Identifier: MIT
 *
 * The daemon's interfaces: which there are, what is attached, what is to be tried again. What
 * happens to one is logged here.
 */
#ifndef GUARD_IFACES_H
#define GUARD_IFACES_H

#include "guard/guard.h"
#include "guard/link_watch.h"

/* What only this process needs to know of an interface. */
struct iface_place {
	lim_u8 renewed; /* the program there is of this process */
	lim_u8 seen;	/* since the last full look began */
	lim_u8 tries;	/* to attach, in vain */
};

struct ifaces {
	struct guard_meta meta; /* kept with the pins; meta_dirty: to be written there */
	struct iface_place place[GUARD_IFACES]; /* of meta.iface */
	int meta_dirty;
	int look_at_links; /* a full look is due */
	int starting;	   /* then a failure is not logged, but left in failed and why */
	int failed;
	struct err why;
};

/* The one of that index, or NULL. */
struct guard_iface *ifaces_find(struct ifaces *x, lim_u32 index);
struct iface_place *ifaces_place(struct ifaces *x, const struct guard_iface *i);

/* A new one, not yet attached and without its name; NULL when there is no room, which is logged
 * and kept in meta.left_out. */
struct guard_iface *ifaces_add(struct ifaces *x, const struct seen_link *l, enum lim_link carries);

/* Puts the limits in force on it, or renews them there. */
void ifaces_attach(struct ifaces *x, struct guard *g, struct guard_iface *i);

/* Tries again where it failed, after 1, 2, 4, ... seconds: to refuse may cost the kernel a second
 * of work. To be called every second with the seconds since the start. */
void ifaces_attach_again(struct ifaces *x, struct guard *g, unsigned seconds);

/* Forgets one that is gone; the last takes its place in the table. */
void ifaces_drop(struct ifaces *x, struct guard *g, struct guard_iface *i);

/* How many interfaces the limits are in force on. */
lim_u32 ifaces_protected(const struct ifaces *x);

/* At the start: tries those again where it failed and names them with the reason; from then on as
 * after the start. */
void ifaces_name_failed(struct ifaces *x, struct guard *g);

#endif
