/* SPDX-License-Identifier: MIT
 *
 * The device's own addresses. Whoever may add addresses could otherwise spoof a neighbour or call
 * half the internet on-link, so a new one costs: a burst of OWN_BURST, then one a minute; and a
 * prefix that is too wide counts for the address alone. Pure: no system call.
 */
#ifndef GUARD_OWN_H
#define GUARD_OWN_H

#include "base/err.h"
#include "limiter/packet.h"
#include "limiter/state.h"

#define OWN_BURST  16
#define OWN_PERIOD (60 * LIM_S)
#define OWN_ROOM   (LIM_OWN4 + LIM_OWN6)

struct own_entry {
	struct lim_addr addr;
	lim_u8 prefix_len;
	lim_u8 accepted; /* it has been paid for, and need not be again */
	lim_u8 present;	 /* an interface has it now */
	lim_u8 seen;	 /* since own_begin() */
};

struct own {
	struct own_entry entry[OWN_ROOM];
	unsigned count;
	lim_u64 refill;	 /* when the budget is full again, as kept in guard_meta */
	lim_u64 refused; /* had to wait, or found no place */
	struct lim_addr last_refused;
	int free; /* the first look at a system: what is there is accepted */
};

/* Begins with the addresses of a configuration in force (accepted, not present). */
void own_start(struct own *o, const struct lim_config *c);

/* A full look: own_begin(), own_seen() for each address, own_end(). A single new address: just
 * own_seen(). now: monotonic ns. */
void own_begin(struct own *o);
void own_seen(struct own *o, const struct lim_addr *addr, unsigned prefix_len, lim_u64 now);
void own_end(struct own *o);

/* Accepts those that wait, as far as the budget has come back. Returns how many. */
unsigned own_tick(struct own *o, lim_u64 now);

/* Puts those present and accepted into c. Returns whether that changed c. */
int own_fill(const struct own *o, struct lim_config *c);

/* The prefix length that counts as on-link for an address whose interface says prefix_len. */
unsigned own_on_link(const struct lim_addr *addr, unsigned prefix_len);

#endif
