/* SPDX-License-Identifier: MIT
 *
 * What a person is shown of a guard: one moment in, text or JSON out. Nothing here reads a guard,
 * a clock or a terminal, so every picture can be drawn from a made-up moment.
 *
 * Streams are the caller's; write errors stay in them (ferror).
 */
#ifndef SHOW_SHOW_H
#define SHOW_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "guard/budgets.h"
#include "guard/guard.h"
#include "limiter/limiter.h"

struct show_programs;

/* Can what protects this machine be taken off? */
enum show_lock { SHOW_LOCK_OFF, SHOW_LOCK_PART, SHOW_LOCK_ON };

/* One moment of a guard. The pointers are the caller's and not kept. */
struct show {
	const struct lim_state *state;
	const struct lim_config *config;
	const struct lim_report *report;
	const struct guard_meta *meta;
	lim_u64 now;	/* monotonic ns, as guard_now() */
	lim_u64 memory; /* bytes of kernel memory */
	int daemon;	/* its process id, 0 for none */
	enum show_lock lock;
	const struct show_programs
	    *programs; /* supervised ones (show/programs.h); NULL: not asked */
};

struct show_style {
	bool color;		/* ANSI colours */
	bool utf8;		/* block characters in bars */
	unsigned width, height; /* of the terminal, in characters; 0: as much as it takes */
};

/* --- format.c: figures as text; each returns buf --- */

#define SHOW_TEXT 32
const char *show_count(lim_u64 n, char buf[static SHOW_TEXT]);	    /* "12 k" */
const char *show_bytes(lim_u64 bytes, char buf[static SHOW_TEXT]);  /* "1.2 kB" */
const char *show_rate(double byte_s, char buf[static SHOW_TEXT]);   /* "1.2 Mbit/s" */
const char *show_time(lim_u64 ns, char buf[static SHOW_TEXT]);	    /* "2 min 5 s" */
const char *show_proto(unsigned proto, char buf[static SHOW_TEXT]); /* "tcp", "47" */

/* Draws part of whole as a bar of `width` characters. */
void show_bar(FILE *out, const struct show_style *style, lim_u64 part, lim_u64 whole,
	      unsigned width);

/* Switches colour on and off; nothing without style->color. */
enum show_color { SHOW_PLAIN, SHOW_GOOD, SHOW_WARN, SHOW_BAD, SHOW_DIM, SHOW_BOLD };
void show_color(FILE *out, const struct show_style *style, enum show_color color);

/* --- facts.c: what several pictures need --- */

/* Is this bucket one for the whole device (lim_state.device) and in use now? */
bool show_is_device_wide(const struct show *s, enum lim_budget_id id);

/* Nanoseconds between a time in the state and now; 0 if it lies ahead. */
lim_u64 show_since(const struct show *s, lim_u64 state_time);
/* Nanoseconds from now to a time in the state; 0 if it has passed. */
lim_u64 show_until(const struct show *s, lim_u64 state_time);

/* Nanoseconds left of the owner's override, 0 when it is off. */
lim_u64 show_override_left(const struct show *s);
/* Its network as text, "203.0.113.0/24". Returns buf. */
const char *show_override_net(const struct show *s, char *buf, size_t size);

/* How long a peer's answer lasts, ns; how long its consent will still last, 0 when it has none. */
lim_u64 show_consent_left(const struct show *s, const struct lim_peer *p);

/* The event i places back from the latest (0), or NULL when there is none or it is gone. */
const struct lim_event *show_event(const struct lim_report *r, lim_u64 i);

/* Does the guard hold everything that leaves? Otherwise *why is a sentence that says what is open
 * and what to do about it, in the caller's buffer. */
bool show_protected(const struct show *s, char *why, size_t size);

/* --- the pictures --- */

void show_status(FILE *out, const struct show *s, const struct show_style *style);
void show_status_json(FILE *out, const struct show *s);

/* What would happen to a packet to addr, in sentences. true: it would pass freely. */
bool show_why(FILE *out, const struct show *s, const struct lim_addr *addr);
bool show_why_json(FILE *out, const struct show *s, const struct lim_addr *addr);

/* A frame of the live picture; before: an earlier moment to take rates from, or NULL. */
enum show_order { SHOW_BY_OUT, SHOW_BY_IN, SHOW_BY_HELD, SHOW_ORDERS };
void show_top(FILE *out, const struct show *s, const struct show *before,
	      const struct show_style *style, enum show_order order);

#endif
