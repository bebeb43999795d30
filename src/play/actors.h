/* SPDX-License-Identifier: MIT
 *
 * Who there is in the world that schedules are played in, and at which addresses. Nothing here is
 * ever sent: the addresses only have to be distinct and to lie off-link or on-link as said.
 */
#ifndef PLAY_ACTORS_H
#define PLAY_ACTORS_H

#include <stdint.h>

#include "limiter/packet.h"

/* X(id, key, what) */
#define ACTORS(X)                                                                                  \
	X(VICTIM, "victim", "the target; never cooperates")                                        \
	X(NEIGHBOUR, "neighbour", "silent hosts of the victim's /24 or /48")                       \
	X(ALIAS, "alias", "the victim's IPv4 address behind NAT64, 6to4 and the like")             \
	X(STRANGER, "stranger", "silent hosts, each in a /24 or /48 of its own")                   \
	X(CROWD, "crowd", "silent hosts one beside the other")                                     \
	X(LIVE, "live", "innocent hosts that answer as any host must, port 80 open")               \
	X(COOP, "coop", "cooperating hosts far from the victim")                                   \
	X(COOP_NEAR, "coop-near", "cooperating hosts in the victim's /24 or /48")                  \
	X(RESOLVER, "resolver", "honest DNS resolvers")                                            \
	X(LINK, "link", "silent hosts on the device's own link")                                   \
	X(CAST, "cast", "multicast and broadcast addresses")                                       \
	X(SELF, "self", "the device's own addresses, in a frame to a neighbour")

#define X(id, key, what) ACTOR_##id,
enum actor { ACTORS(X) ACTOR_COUNT };
#undef X

struct target {
	uint8_t actor; /* enum actor */
	uint8_t v6;
	uint16_t index;
};

extern const char *const actor_key[ACTOR_COUNT];

void actor_addr(struct target t, struct lim_addr *out);

/* The device's own addresses: 0 IPv4, 1 IPv6 global, 2 IPv6 link-local. Returns the length of the
 * on-link prefix. */
#define ACTOR_OWN 3
unsigned actor_own(unsigned which, struct lim_addr *out);

/* An IPv6 address written as four words, and an IPv4 address as one. */
static inline struct lim_addr addr6(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return (struct lim_addr){{a, b, c, d}};
}
static inline struct lim_addr addr4(uint32_t a)
{
	return addr6(0, 0, 0xffff, a);
}
static inline int addr_is4(const struct lim_addr *a)
{
	return !a->w[0] && !a->w[1] && a->w[2] == 0xffff;
}

#endif
