// SPDX-License-Identifier: MIT
#include "replay/scope.h"

#include <stdio.h>
#include <string.h>

bool addr_unspecified(const struct lim_addr *a)
{
	return !a->w[0] && !a->w[1] && (!a->w[2] || a->w[2] == 0xffff) && !a->w[3];
}

bool addr_multicast(const struct lim_addr *a)
{
	if (addr_is4(a))
		return a->w[3] >> 28 == 0xe || a->w[3] == 0xffffffff;
	return a->w[0] >> 24 == 0xff;
}

bool addr_link_local(const struct lim_addr *a)
{
	return addr_is4(a) ? a->w[3] >> 16 == 0xa9fe : a->w[0] >> 22 == 0xfe80 >> 6;
}

bool addr_loopback(const struct lim_addr *a)
{
	if (addr_is4(a))
		return a->w[3] >> 24 == 127;
	return !a->w[0] && !a->w[1] && !a->w[2] && a->w[3] == 1;
}

bool addr_private(const struct lim_addr *a)
{
	if (addr_link_local(a))
		return true;
	if (!addr_is4(a))
		return a->w[0] >> 25 == 0xfc >> 1;
	return a->w[3] >> 24 == 10 || a->w[3] >> 20 == 0xac1 || a->w[3] >> 16 == 0xc0a8 ||
	       a->w[3] >> 22 == (100u << 2 | 1);
}

bool addr_in(const struct lim_addr *a, const struct lim_addr *b, unsigned bits)
{
	struct lim_addr m = addr_mask(addr_is4(a), bits);

	return addr_is4(a) == addr_is4(b) &&
	       !(((a->w[0] ^ b->w[0]) & m.w[0]) | ((a->w[1] ^ b->w[1]) & m.w[1]) |
		 ((a->w[2] ^ b->w[2]) & m.w[2]) | ((a->w[3] ^ b->w[3]) & m.w[3]));
}

int mac_read(const char *text, uint8_t mac[6])
{
	unsigned v[6];
	int end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", v, v + 1, v + 2, v + 3, v + 4, v + 5, &end) !=
		6 ||
	    text[end])
		return -1;
	for (unsigned i = 0; i < 6; i++)
		mac[i] = (uint8_t)v[i];
	return 0;
}

char *mac_text(const uint8_t mac[6], char to[MAC_TEXT])
{
	snprintf(to, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return to;
}
