/* SPDX-License-Identifier: MIT
 *
 * Addresses as people write them: text to struct lim_addr and back. IPv4 is held mapped
 * (types.h) and always shown as a.b.c.d.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>

#include "base/err.h"
#include "limiter/types.h"

#define ADDR_TEXT 64 /* room for any address or prefix as text */

bool addr_is4(const struct lim_addr *a);

/* From the 4 or 16 bytes of a packet or a kernel message, network order. */
struct lim_addr addr_from4(const void *bytes);
struct lim_addr addr_from6(const void *bytes);

/* Writes a into buf (RFC 5952) and returns buf. */
const char *addr_text(const struct lim_addr *a, char buf[static ADDR_TEXT]);

/* Writes "address/length"; prefix_len counts as written: 0-32 for IPv4, 0-128 for IPv6. */
const char *addr_prefix_text(const struct lim_addr *a, unsigned prefix_len,
			     char buf[static ADDR_TEXT]);

/* Reads an address; no host name, no zone, no prefix. Returns 0, or -1 with e (may be NULL)
 * naming the text, EXIT_WRONG_USE, and *a untouched. */
int addr_parse(const char *text, struct lim_addr *a, struct err *e);

/* Reads "address" or "address/length". Without a length the whole address counts (32 or 128).
 * Bits behind the prefix are kept. Returns and fails as addr_parse() does. */
int addr_parse_prefix(const char *text, struct lim_addr *a, unsigned *prefix_len, struct err *e);

/* The mask of a prefix as written (0-32 for IPv4, 0-128 for IPv6) over the mapped form: an IPv4
 * mask also holds the 96 leading bits, so that it never matches an IPv6 address. */
struct lim_addr addr_mask(bool is4, unsigned prefix_len);

#endif
