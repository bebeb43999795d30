/* SPDX-License-Identifier: MIT
 *
 * What kind of address this is; MACs as text.
 */
#ifndef REPLAY_SCOPE_H
#define REPLAY_SCOPE_H

#include "base/addr.h"

#include <stdint.h>

#define MAC_TEXT 18

static inline bool addr_same(const struct lim_addr *a, const struct lim_addr *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1] && a->w[2] == b->w[2] && a->w[3] == b->w[3];
}

static inline struct lim_addr addr_v4(uint32_t host_order)
{
	return (struct lim_addr){{0, 0, 0xffff, host_order}};
}

/* 0.0.0.0 and ::. */
bool addr_unspecified(const struct lim_addr *a);
bool addr_multicast(const struct lim_addr *a); /* and 255.255.255.255 */
bool addr_link_local(const struct lim_addr *a);
bool addr_loopback(const struct lim_addr *a);
/* RFC 1918, 6598, 4193 and link-local: addresses of a home network. */
bool addr_private(const struct lim_addr *a);

/* Whether a and b agree in their first bits (0-32 for IPv4, 0-128 for IPv6) and family. */
bool addr_in(const struct lim_addr *a, const struct lim_addr *b, unsigned bits);

/* Reads and writes "00:17:88:24:76:ff". mac_read() returns 0 or -1, mac_text() returns to. */
int mac_read(const char *text, uint8_t mac[6]);
char *mac_text(const uint8_t mac[6], char to[MAC_TEXT]);

#endif
