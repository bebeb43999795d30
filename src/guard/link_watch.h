/* SPDX-License-Identifier: MIT
 *
 * Interfaces and addresses as they come and go, from route netlink.
 */
#ifndef GUARD_LINK_WATCH_H
#define GUARD_LINK_WATCH_H

#include "guard/guard.h"

struct seen_link {
	lim_u32 index;
	char name[16];
	char kind[16];	     /* IFLA_INFO_KIND, empty for hardware */
	unsigned short type; /* ARPHRD_* */
	lim_u8 hw_addr_len;
	lim_u8 loopback;
};

enum watch_look { WATCH_BEGINS, WATCH_DONE, WATCH_GIVEN_UP };

/* What the owner of a watch is told; arg is its own. */
struct watch_to {
	void (*link)(void *arg, const struct seen_link *l); /* there, new, or changed */
	void (*link_gone)(void *arg, lim_u32 index);
	void (*addr)(void *arg, const struct lim_addr *a, unsigned prefix_len); /* there, or new */
	void (*addr_gone)(void *arg); /* some address: look again */
	/* A full look begins, is done, or was given up: then what it left out may well be there,
	 * and another look is due. */
	void (*addrs)(void *arg, enum watch_look look);
	void (*links)(void *arg, enum watch_look look);
};

struct watch {
	int fd;	    /* to poll for reading */
	int ask_fd; /* for dumps */
	const struct watch_to *to;
	void *arg;
};

int watch_open(struct watch *w, const struct watch_to *to, void *arg, struct err *e);

/* Looks at everything there is: addresses, or links. Gives up (and returns 0) when they change
 * faster than they can be listed. Not to be called from within a look of either kind. */
int watch_addrs(struct watch *w, struct err *e);
int watch_links(struct watch *w, struct err *e);

/* Takes what has come; never blocks. When the kernel had to leave something out, looks at
 * everything again. */
int watch_read(struct watch *w, struct err *e);

/* Does the guard belong on this interface, and what does it carry? Not on loopback, not on what
 * carries no IP, and not on an upper device whose packets pass a lower one. */
int link_wanted(const struct seen_link *l, enum lim_link *carries);

#endif
