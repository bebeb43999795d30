/* SPDX-License-Identifier: MIT
 *
 * What would happen to a packet? Asked of the limiter itself, on a copy of its state.
 */
#ifndef SHOW_OUTLOOK_H
#define SHOW_OUTLOOK_H

#include "show/show.h"

#define OUTLOOK_PACKET 1414u  /* bytes of each packet tried, link header included */
#define OUTLOOK_MOST   12000u /* packets tried: about 17 MB, beyond any window */

struct outlook {
	bool has_source;	    /* the device has an address of that family */
	enum lim_reason datagram;   /* a small UDP packet, now */
	enum lim_reason connection; /* a TCP SYN, now */
	lim_u32 packets;	    /* of OUTLOOK_PACKET bytes that would pass at once */
	enum lim_reason then;	    /* what holds back the next, when packets < OUTLOOK_MOST */
	bool free;		    /* passes without any unanswered budget */
};

/* Takes a copy of the moment's state (static: not for two threads at once). */
void outlook(const struct show *s, const struct lim_addr *addr, struct outlook *o);

#endif
