// SPDX-License-Identifier: MIT
#include "show/show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "show/programs.h"

#define PEERS_MAX (LIM_PEER_SETS * LIM_WAYS)

/* One line of the table of peers. */
struct line {
	const struct lim_peer *peer;
	double out, in, held; /* a second */
};

/* What a second is between the two moments; 0 when there is no earlier one. */
static double elapsed(const struct show *s, const struct show *before)
{
	if (!before || before->now >= s->now)
		return 0;
	return (double)(s->now - before->now) / LIM_S;
}

/* Counters that began anew (the guard was restarted, the peer forgotten) count from zero. */
static double rate(lim_u64 now, lim_u64 then, double dt)
{
	if (dt <= 0)
		return 0;
	return (double)(now >= then ? now - then : now) / dt;
}

static const struct lim_peer *same_peer(const struct lim_state *s, unsigned set,
					const struct lim_peer *p)
{
	for (unsigned w = 0; w < LIM_WAYS; w++)
		if (s->peer[set].tag[w] &&
		    !memcmp(&s->peer[set].way[w].addr, &p->addr, sizeof(p->addr)))
			return &s->peer[set].way[w];
	return NULL;
}

static struct line rated(const struct show *s, const struct show *before, unsigned set,
			 const struct lim_peer *p)
{
	const struct lim_peer *was = before ? same_peer(before->state, set, p) : NULL;
	double dt = elapsed(s, before);

	return (struct line){
	    .peer = p,
	    .out = rate(lim_out_bytes(p), was ? lim_out_bytes(was) : 0, dt),
	    .in = rate(p->in_bytes, was ? was->in_bytes : 0, dt),
	    .held = rate(p->held, was ? was->held : 0, dt),
	};
}

static int descending(double a, double b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int latest(const struct line *a, const struct line *b)
{
	return descending((double)a->peer->touched, (double)b->peer->touched);
}

static int by_out(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int d = descending(x->out, y->out);

	return d ? d : latest(x, y);
}

static int by_in(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int d = descending(x->in, y->in);

	return d ? d : latest(x, y);
}

static int by_held(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int d = descending(x->held, y->held);

	d = d ? d : descending(x->peer->held, y->peer->held);
	return d ? d : latest(x, y);
}

/* Sorted peers; lines has room for PEERS_MAX. */
static unsigned peers(const struct show *s, const struct show *before, enum show_order order,
		      struct line *lines)
{
	static int (*const compare[SHOW_ORDERS])(const void *, const void *) = {
	    [SHOW_BY_OUT] = by_out, [SHOW_BY_IN] = by_in, [SHOW_BY_HELD] = by_held};
	unsigned n = 0;

	for (unsigned set = 0; set < LIM_PEER_SETS; set++)
		for (unsigned w = 0; w < LIM_WAYS; w++)
			if (s->state->peer[set].tag[w])
				lines[n++] = rated(s, before, set, &s->state->peer[set].way[w]);
	qsort(lines, n, sizeof(*lines), compare[order]);
	return n;
}

static void totals(const struct lim_report *r, lim_u64 *out, lim_u64 *in, lim_u64 *held)
{
	*out = *held = 0;
	*in = r->bytes[LIM_PASS_INBOUND];
	for (unsigned i = 0; i < LIM_REASONS; i++) {
		if (lim_drops(i))
			*held += r->packets[i];
		else if (i != LIM_PASS_INBOUND)
			*out += r->bytes[i];
	}
}

static void head(FILE *out, const struct show *s, const struct show *before,
		 const struct show_style *style)
{
	lim_u64 o, i, h, o0 = 0, i0 = 0, h0 = 0;
	char t[SHOW_TEXT], u[SHOW_TEXT], v[SHOW_TEXT], why[256];
	double dt = elapsed(s, before);
	bool on = show_protected(s, why, sizeof(why));
	lim_u64 left = show_override_left(s);

	totals(s->report, &o, &i, &h);
	if (before)
		totals(before->report, &o0, &i0, &h0);
	show_color(out, style, on ? SHOW_GOOD : SHOW_BAD);
	fputs(on ? "protected" : "NOT PROTECTED", out);
	show_color(out, style, SHOW_PLAIN);
	fprintf(out, " for %s", show_time(show_since(s, s->meta->started + LIM_EPOCH), t));
	fprintf(out, "   out %s   in %s   held back %.1f packets/s, %s in all",
		show_rate(rate(o, o0, dt), t), show_rate(rate(i, i0, dt), u), rate(h, h0, dt),
		show_count(h, v));
	if (left)
		fprintf(out, "   OVERRIDE %s", show_time(left, t));
	fputc('\n', out);
}

/* Two columns; returns how many lines. */
static unsigned levels(FILE *out, const struct show *s, const struct show_style *style)
{
	unsigned shown = 0;

	for (unsigned id = 0; id < LIM_B_COUNT; id++) {
		lim_u64 left, depth = budget_depth(s->config, id);
		char of[SHOW_TEXT], l[SHOW_TEXT], d[SHOW_TEXT];

		if (!show_is_device_wide(s, id))
			continue;
		left = lim_left(s->state, s->config, id, s->now);
		snprintf(of, sizeof(of), "%.12s/%.12s", show_count(left, l), show_count(depth, d));
		fprintf(out, "  %-16s ", budget_rows[id].key);
		show_bar(out, style, left, depth, 10);
		fprintf(out, shown % 2 ? " %s\n" : " %-10s", of);
		shown++;
	}
	if (shown % 2)
		fputc('\n', out);
	return (shown + 1) / 2;
}

static void consent(FILE *out, const struct show *s, const struct show_style *style,
		    const struct lim_peer *p)
{
	lim_u64 pause = show_until(s, p->pause_until), left = show_consent_left(s, p);
	char text[48], t[SHOW_TEXT];
	enum show_color color = SHOW_WARN;

	if (pause) {
		snprintf(text, sizeof(text), "said no, %s", show_time(pause, t));
		color = SHOW_BAD;
	} else if (left) {
		snprintf(text, sizeof(text), "fresh, %s", show_time(left, t));
		color = SHOW_GOOD;
	} else if (p->flags & LIM_PEER_STRONG) {
		snprintf(text, sizeof(text), "%s ago", show_time(show_since(s, p->answered), t));
	} else {
		snprintf(text, sizeof(text), "%s",
			 p->flags & LIM_PEER_WEAK      ? "only weakly"
			 : p->flags & LIM_PEER_VISITOR ? "came to us"
						       : "never answered");
	}
	show_color(out, style, color);
	fprintf(out, "%-19.19s", text);
	show_color(out, style, SHOW_PLAIN);
}

static void peer_line(FILE *out, const struct show *s, const struct show_style *style,
		      const struct line *l)
{
	const struct lim_peer *p = l->peer;
	char a[ADDR_TEXT], t[SHOW_TEXT], u[SHOW_TEXT], h[SHOW_TEXT];
	lim_u64 room = lim_window(p) > lim_since(p) ? lim_window(p) - lim_since(p) : 0;

	fprintf(out, "%-24s ", addr_text(&p->addr, a));
	consent(out, s, style, p);
	fputc(' ', out);
	show_bar(out, style, room, lim_window(p), 8);
	fprintf(out, " %7s %11s %11s %7s", show_bytes(lim_window(p), t), show_rate(l->out, u),
		show_rate(l->in, a), show_count(p->held, h));
	if (p->held)
		fprintf(out, "  %s", lim_reason_key(p->last_reason));
	fputc('\n', out);
}

static unsigned held(FILE *out, const struct show *s, const struct show *before)
{
	double dt = elapsed(s, before);
	unsigned n = 0;
	char t[SHOW_TEXT];

	for (unsigned r = LIM_FIRST_DROP; r < LIM_REASONS; r++) {
		lim_u64 was = before ? before->report->packets[r] : 0;

		if (!s->report->packets[r])
			continue;
		fprintf(out, "  %7s packets %7.1f/s  %s\n", show_count(s->report->packets[r], t),
			rate(s->report->packets[r], was, dt), lim_reason_text(r));
		n++;
	}
	if (!n)
		fprintf(out, "  nothing\n");
	return n ? n : 1;
}

void show_top(FILE *out, const struct show *s, const struct show *before,
	      const struct show_style *style, enum show_order order)
{
	static const char *const word[SHOW_ORDERS] = {"out", "in", "held back"};
	static struct line lines[PEERS_MAX]; /* 32 kB: not for the stack of a device */
	unsigned n = peers(s, before, order, lines), used = 5, room;

	head(out, s, before, style);
	fputc('\n', out);
	show_color(out, style, SHOW_BOLD);
	fprintf(out, "budgets left\n");
	show_color(out, style, SHOW_PLAIN);
	used += levels(out, s, style);
	show_color(out, style, SHOW_BOLD);
	fprintf(out, "held back\n");
	show_color(out, style, SHOW_PLAIN);
	used += held(out, s, before);
	used += show_programs_top(out, s->programs, before ? before->programs : NULL, style);
	show_color(out, style, SHOW_BOLD);
	fprintf(out, "%-24s %-19s %-16s %11s %11s %7s  (%u peers, most %s first)\n", "peer",
		"consent", "window left of", "out", "in", "held", n, word[order]);
	show_color(out, style, SHOW_PLAIN);
	room = style->height > used ? style->height - used : 1;
	if (!style->height || room > n)
		room = n;
	for (unsigned i = 0; i < room; i++)
		peer_line(out, s, style, &lines[i]);
}
