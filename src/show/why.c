// SPDX-License-Identifier: MIT
#include "show/show.h"

#include <inttypes.h>
#include <string.h>

#include "base/addr.h"
#include "base/json.h"
#include "show/outlook.h"

#define EVENTS_SHOWN 5

/* The network that shares an unanswered budget with the address. */
static const char *network(const struct lim_addr *addr, char buf[static ADDR_TEXT])
{
	unsigned len = addr_is4(addr) ? 24 : 48;
	struct lim_addr mask = addr_mask(addr_is4(addr), len), net = *addr;

	for (int i = 0; i < 4; i++)
		net.w[i] &= mask.w[i];
	if (addr_is4(addr))
		net.w[2] = 0xffff;
	return addr_prefix_text(&net, len, buf);
}

static const char *place(const struct lim_view *v)
{
	return v->own ? "own" : v->on_link ? "on-link" : "off-link";
}

static void where(FILE *out, const struct lim_view *v)
{
	if (v->own)
		fprintf(out, "It is this device.\n");
	else if (v->on_link)
		fprintf(out, "It is on the device's own network, whose budgets are wide.\n");
}

static void history(FILE *out, const struct show *s, const struct lim_peer *p)
{
	char t[SHOW_TEXT], u[SHOW_TEXT];
	lim_u64 left = show_consent_left(s, p);

	if (left)
		fprintf(out,
			"It answered %s ago, which counts for another %s: traffic to it is free "
			"within its window.\n",
			show_time(show_since(s, p->answered), t), show_time(left, u));
	else if (p->flags & LIM_PEER_STRONG)
		fprintf(out,
			"It answered last %s ago, which no longer counts: its window has fallen "
			"back until it answers again.\n",
			show_time(show_since(s, p->answered), t));
	else if (p->flags & LIM_PEER_WEAK)
		fprintf(out, "It has answered only as any host must (a handshake, an echo reply), "
			     "which shows no consent.\n");
	else if (p->flags & LIM_PEER_VISITOR)
		fprintf(out,
			"It came to us; %s more may go back to it before it answers in turn.\n",
			show_bytes(p->credit, t));
	else
		fprintf(out, "It has never answered.\n");
	if (p->flags & LIM_PEER_STRONG)
		fprintf(out, "Since its last answer it was sent %s of a window of %s.\n",
			show_bytes(lim_since(p), t), show_bytes(lim_window(p), u));
}

static void veto(FILE *out, const struct show *s, const struct lim_peer *p, bool doubted)
{
	lim_u64 pause = show_until(s, p->pause_until);
	char t[SHOW_TEXT];

	if (pause)
		fprintf(out,
			"It, or its provider, has said no (%u time%s): %s may go to it for another "
			"%s.\n",
			p->vetoes, p->vetoes == 1 ? "" : "s",
			doubted ? "no more than a few tries" : "nothing", show_time(pause, t));
	else if (p->vetoes)
		fprintf(out, "It, or its provider, has said no %u time%s; that pause is over.\n",
			p->vetoes, p->vetoes == 1 ? "" : "s");
}

static void traffic(FILE *out, const struct lim_peer *p)
{
	char t[SHOW_TEXT], u[SHOW_TEXT], h[SHOW_TEXT];

	fprintf(out, "So far %s went to it and %s came from it; %s packets were held back.\n",
		show_bytes(lim_out_bytes(p), t), show_bytes(p->in_bytes, u),
		show_count(p->held, h));
}

/* Unanswered traffic to it: whose budgets, and how much is left of them. */
static void trickle(FILE *out, const struct show *s, const struct lim_addr *addr,
		    const struct lim_view *v)
{
	char a[ADDR_TEXT], t[SHOW_TEXT], u[SHOW_TEXT];
	const struct lim_config *c = s->config;

	fprintf(out,
		"Unanswered traffic to all of %s has %" PRIu64 " of %" PRIu64
		" packets and %s left; a packet comes back every %s.\n",
		network(addr, a), (uint64_t)v->silent_pkts,
		(uint64_t)budget_depth(c, LIM_B_SILENT_PKTS), show_bytes(v->silent_bytes, t),
		show_time(c->budget[LIM_B_SILENT_PKTS].period, u));
	if (!v->contact_known)
		fprintf(out,
			"It would be a new contact; the device has %" PRIu64 " of %" PRIu64
			" left, and one more every %s.\n",
			(uint64_t)lim_left(s->state, c, LIM_B_CONTACT, s->now),
			(uint64_t)budget_depth(c, LIM_B_CONTACT),
			show_time(c->budget[LIM_B_CONTACT].period, u));
}

static void verdict(FILE *out, const struct outlook *o)
{
	char t[SHOW_TEXT];
	bool drops = lim_drops(o->datagram);

	fprintf(out, "A datagram to it would %s now: %s.\n", drops ? "be held back" : "pass",
		lim_reason_text(o->datagram));
	fprintf(out, "A new TCP connection to it would %s now: %s.\n",
		lim_drops(o->connection) ? "be held back" : "pass", lim_reason_text(o->connection));
	if (!drops && !o->packets)
		fprintf(out, "A full packet of %u bytes would not: %s.\n", OUTLOOK_PACKET,
			lim_reason_text(o->then));
	else if (!drops && o->packets < OUTLOOK_MOST)
		fprintf(
		    out, "At most %" PRIu32 " full packet%s (%s) would pass at once; then: %s.\n",
		    o->packets, o->packets == 1 ? "" : "s",
		    show_bytes((lim_u64)o->packets * OUTLOOK_PACKET, t), lim_reason_text(o->then));
}

static void recent(FILE *out, const struct show *s, const struct lim_addr *addr)
{
	const struct lim_event *e;
	char t[SHOW_TEXT], proto[SHOW_TEXT];
	unsigned shown = 0;

	for (unsigned i = 0; shown < EVENTS_SHOWN && (e = show_event(s->report, i)); i++) {
		if (memcmp(&e->peer, addr, sizeof(*addr)))
			continue;
		if (!shown++)
			fprintf(out, "\nrecently held back\n");
		fprintf(out, "  %9s ago  %s port %u: %s\n",
			show_time(show_since(s, e->time + LIM_EPOCH), t),
			show_proto(e->proto, proto), e->port, lim_reason_text(e->reason));
	}
}

static const char *summary(const struct outlook *o)
{
	if (o->free)
		return "passes freely";
	if (lim_drops(o->datagram))
		return "is held back";
	return lim_drops(o->connection) ? "passes in part" : "is held to a trickle";
}

bool show_why(FILE *out, const struct show *s, const struct lim_addr *addr)
{
	char a[ADDR_TEXT];
	struct lim_view v;
	struct outlook o;

	lim_look(s->state, s->config, addr, s->now, &v);
	outlook(s, addr, &o);
	fprintf(out, "%s %s\n\n", addr_text(addr, a), summary(&o));
	if (!o.has_source)
		fprintf(out, "The device has no %s address that a packet could come from.\n",
			addr_is4(addr) ? "IPv4" : "IPv6");
	where(out, &v);
	if (v.peer) {
		history(out, s, v.peer);
		veto(out, s, v.peer, v.doubted);
	} else if (!v.own && !v.on_link) {
		fprintf(out, "Nothing is known of it.\n");
	}
	if (!v.own && !v.on_link && !v.fresh)
		trickle(out, s, addr, &v);
	verdict(out, &o);
	if (v.peer)
		traffic(out, v.peer);
	recent(out, s, addr);
	return o.free;
}

static double seconds(lim_u64 ns)
{
	return (double)(ns / LIM_MS) / 1000;
}

static void json_peer(struct json *j, const struct show *s, const struct lim_peer *p)
{
	if (!p) {
		json_str(j, "peer", NULL);
		return;
	}
	json_object(j, "peer");
	json_bool(j, "answers", p->flags & LIM_PEER_STRONG);
	json_bool(j, "answers_weakly", p->flags & LIM_PEER_WEAK);
	json_bool(j, "came_to_us", p->flags & LIM_PEER_VISITOR);
	if (p->flags & LIM_PEER_STRONG)
		json_num(j, "answered_seconds_ago", seconds(show_since(s, p->answered)));
	json_num(j, "consent_seconds_left", seconds(show_consent_left(s, p)));
	json_num(j, "pause_seconds_left", seconds(show_until(s, p->pause_until)));
	json_u64(j, "vetoes", p->vetoes);
	json_u64(j, "window_bytes", lim_window(p));
	json_u64(j, "sent_since_answer_bytes", lim_since(p));
	json_u64(j, "visitor_credit_bytes", p->credit);
	json_u64(j, "out_bytes", lim_out_bytes(p));
	json_u64(j, "in_bytes", p->in_bytes);
	json_u64(j, "held_packets", p->held);
	json_str(j, "last_reason", lim_reason_key(p->last_reason));
	json_end(j);
}

static void json_try(struct json *j, const char *key, enum lim_reason r)
{
	json_object(j, key);
	json_bool(j, "passes", !lim_drops(r));
	json_str(j, "reason", lim_reason_key(r));
	json_str(j, "what", lim_reason_text(r));
	json_end(j);
}

bool show_why_json(FILE *out, const struct show *s, const struct lim_addr *addr)
{
	char a[ADDR_TEXT];
	struct lim_view v;
	struct outlook o;
	struct json j;

	lim_look(s->state, s->config, addr, s->now, &v);
	outlook(s, addr, &o);
	json_start(&j, out, true);
	json_object(&j, NULL);
	json_str(&j, "address", addr_text(addr, a));
	json_str(&j, "where", place(&v));
	json_bool(&j, "free", o.free);
	json_bool(&j, "has_source", o.has_source);
	json_try(&j, "datagram", o.datagram);
	json_try(&j, "connection", o.connection);
	json_u64(&j, "full_packets_at_once", o.packets);
	json_str(&j, "then", o.packets < OUTLOOK_MOST ? lim_reason_key(o.then) : NULL);
	json_str(&j, "network", network(addr, a));
	json_u64(&j, "network_packets_left", v.silent_pkts);
	json_u64(&j, "network_bytes_left", v.silent_bytes);
	json_bool(&j, "contact_known", v.contact_known);
	json_peer(&j, s, v.peer);
	json_end(&j);
	return o.free;
}
