/* SPDX-License-Identifier: MIT
 *
 * May this packet leave? The pure decision of Holdfast, for programs in user space.
 * (BPF includes decide.h directly: the same code, inlined.)
 *
 * No function here allocates, prints, calls the system or keeps anything outside its arguments.
 * Callers serialise: one lim_state is for one thread at a time.
 */
#ifndef LIMITER_H
#define LIMITER_H

#include "packet.h"
#include "state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills c with the defaults of params.h, no own address and the hash key given.
 * key: 16 bytes of secret; equal keys give equal verdicts. */
void lim_config_default(struct lim_config *c, const lim_u64 key[2]);

/* Adds an own address (host order words, IPv4 mapped) with its on-link prefix length: 0-32 for
 * IPv4, 0-128 for IPv6. Adding one that is there changes its prefix length.
 * Returns 0, or -1 when the table is full (LIM_OWN4, LIM_OWN6). */
int lim_config_own(struct lim_config *c, const struct lim_addr *addr, unsigned prefix_len);

/* Sets a budget or a value by its key in params.h, within its ceilings. Budgets: unit_count as
 * depth and period in ns, 0 keeps that one. Returns 0; -1 unknown key; -2 beyond the ceiling. */
int lim_config_budget(struct lim_config *c, const char *key, lim_u64 depth, lim_u64 period);
int lim_config_value(struct lim_config *c, const char *key, lim_u64 value);

/* Starts an empty (zero-filled) state at monotonic time now (ns). */
void lim_start(struct lim_state *s, const struct lim_config *c, lim_u64 now);

/* Parses len captured bytes of a packet that was wire_len bytes long. wire_len also counts the
 * link header. Never reads beyond len; what it cannot parse becomes LIM_KIND_BROKEN or _OTHER.
 * A wire_len beyond 1514 is taken for several segments (offloads). */
void lim_parse(struct lim_packet *p, enum lim_link link, const lim_u8 *data, lim_u32 len,
	       lim_u32 wire_len);

/* Decide. now: monotonic ns; must not run backwards (a smaller value counts as the largest yet
 * seen in each budget). report may not be NULL. lim_drops() tells verdict from reason. */
enum lim_reason lim_egress(struct lim_state *s, const struct lim_config *c, struct lim_report *r,
			   const struct lim_packet *p, lim_u64 now);
enum lim_reason lim_ingress(struct lim_state *s, const struct lim_config *c, struct lim_report *r,
			    const struct lim_packet *p, lim_u64 now);

static inline int lim_drops(enum lim_reason r)
{
	return r >= LIM_FIRST_DROP;
}

/* Short stable key ("spoof") and sentence for people. Static strings; "?" when out of range. */
const char *lim_reason_key(unsigned reason);
const char *lim_reason_text(unsigned reason);

/* What is known of an address at time now, without changing anything. */
struct lim_view {
	const struct lim_peer *peer; /* NULL: never heard of; points into s */
	int own, on_link, contact_known, fresh, paused;
	int doubted;			   /* paused, but a few packets may still try (LIM_DOUBT) */
	lim_u64 silent_pkts, silent_bytes; /* left of its network's unanswered budget */
};
void lim_look(const struct lim_state *s, const struct lim_config *c, const struct lim_addr *addr,
	      lim_u64 now, struct lim_view *out);

/* Units left in a device-wide bucket at time now. */
lim_u64 lim_left(const struct lim_state *s, const struct lim_config *c, enum lim_budget_id id,
		 lim_u64 now);

#ifdef __cplusplus
}
#endif
#endif
