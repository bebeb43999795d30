/* SPDX-License-Identifier: MIT
 *
 * Counts frames by selections such as "flood:dst=198.18.2.0/24,udp,out".
 */
#ifndef LAB_TALLY_H
#define LAB_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "frame.h"

#define TALLY_PREFIXES 8   /* dst= and src= of one selection, each */
#define TALLY_OWN      16  /* own addresses of the host at the other end */
#define TALLY_SECONDS  256 /* bins of one second */

struct prefix {
	struct lim_addr addr, mask;
};

struct prefixes {
	struct prefix at[TALLY_PREFIXES];
	unsigned count; /* 0: any address */
};

struct tally; /* one selection and its counts */

/* Reads "NAME[:WORD,...]". Words, all of which must hold: dst=PREFIX, src=PREFIX (given several
 * times: any of them), proto=N, tcp, udp, icmp (either family), ip, data (IP but neighbour
 * discovery and multicast upkeep), arp, other (neither), v4, v6, dport=N, sport=N, syn (a SYN
 * without ACK), synack, fragment, echo (request), probe (ARP request or neighbour solicitation),
 * unicast (MAC address), spoofed, dnsfail (a DNS answer with an error), in (the interface receives
 * it; the default), out (the interface sends it). The caller frees it with tally_free(). Returns
 * NULL with e filled. */
struct tally *tally_new(const char *text, struct err *e);
void tally_free(struct tally *t);

/* Addresses of the host at the other end of the cable, which decide what is spoofed; with none,
 * nothing is. */
struct own {
	struct lim_addr at[TALLY_OWN];
	unsigned count;
};

/* Counts frame f of wire_len bytes that stands for segs frames on the wire, at ns after the
 * counting started. sent: by the interface, else received. */
void tally_add(struct tally *t, const struct own *own, const struct frame *f, bool sent,
	       uint32_t wire_len, uint32_t segs, uint64_t ns);

/* Writes the counts as a member of the object that is open. */
void tally_json(const struct tally *t, struct json *j);

#endif
