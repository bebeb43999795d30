/* SPDX-License-Identifier: MIT
 *
 * Where an attack shape may go: only the ranges set aside for testing, only from a host that
 * lab/net made, only for a short while.
 */
#ifndef LAB_FENCE_H
#define LAB_FENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "limiter/types.h"

#define FENCE_SECONDS 120u
#define FENCE_PACKETS 20000000u
#define FENCE_RATE    200000u /* packets a second */

/* A set of addresses: those equal to addr where mask has ones. */
struct area {
	struct lim_addr addr, mask;
};

/* Reads "ADDRESS[/LENGTH]". Returns 0, or -1 with e filled. */
int area_parse(const char *text, struct area *a, struct err *e);
bool area_holds(const struct area *outer, const struct area *inner);

/* Whether all of a may be sent to: within 198.18.0.0/15 or 2001:2::/48, or within lan, a private
 * network that the caller named (NULL for none). Returns 0, or -1 with e naming text. */
int fence_check(const struct area *a, const struct area *lan, const char *text, struct err *e);

/* Whether lan is a private network (RFC 1918, RFC 4193), so that it may be named at all. */
int fence_lan(const struct area *lan, const char *text, struct err *e);

/* The lab host this process runs on. Returns 0 with gateway filled (MAC address of its gateway),
 * or -1 with e when its network namespace is not one that lab/net made. */
int fence_host(uint8_t gateway[6], struct err *e);

#endif
