/* SPDX-License-Identifier: MIT
 *
 * A made-up moment of a guard, for tests of what people are shown: filled by driving the limiter,
 * never by poking its state.
 */
#ifndef TESTS_MOMENT_H
#define TESTS_MOMENT_H

#include "guard/guard.h"
#include "limiter/limiter.h"

struct moment {
	struct lim_state state;
	struct lim_config config;
	struct lim_report report;
	struct guard_meta meta;
	lim_u64 now;
};

#define MOMENT_FRIEND	 "198.51.100.7" /* answers */
#define MOMENT_SILENT	 "203.0.113.9"	/* sent too much, never answered */
#define MOMENT_REFUSER	 "192.0.2.66"	/* port unreachable */
#define MOMENT_STRANGER	 "198.18.5.5"	/* never heard of */
#define MOMENT_NEIGHBOUR "192.168.7.20"
#define MOMENT_OWN	 "192.168.7.2"

/* One hour after the start: eth0 with 192.168.7.2/24 and 2001:db8:7::2/64; the peers above. */
void moment_make(struct moment *m);

/* A UDP packet from us or to us at m->now; port: theirs. */
enum lim_reason moment_out(struct moment *m, const char *peer, unsigned port, lim_u32 len);
enum lim_reason moment_in(struct moment *m, const char *peer, unsigned port, lim_u32 len);

#endif
