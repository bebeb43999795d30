/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The two questions, answered and counted. Includes no helper call and no loop without a bound,
 * so that BPF can run it whole under one spin lock.
 */
#ifndef LIM_DECIDE_H
#define LIM_DECIDE_H

#include "egress.h"
#include "quick.h"

#define LIM_EVENT_GAP (100 * LIM_MS) /* at most one event a reason in this time */

LIM_INLINE int lim_event_due(const struct lim_report *r, enum lim_reason why, lim_u64 now)
{
	return !r->event_time[why] || now - r->event_time[why] >= LIM_EVENT_GAP;
}

LIM_INLINE void lim_note_event(struct lim_report *r, const struct lim_packet *p,
			       const struct lim_addr *peer, enum lim_reason why, lim_u64 now)
{
	struct lim_event *e = &r->event[r->events & (LIM_EVENTS - 1)];

	if (!lim_event_due(r, why, now))
		return;
	r->event_time[why] = now;
	e->time = now - LIM_EPOCH;
	e->peer = *peer;
	e->len = p->wire_len;
	e->port = p->dport;
	e->proto = p->proto;
	e->reason = (lim_u8)why;
	r->events++;
}

LIM_INLINE void lim_count(struct lim_report *r, const struct lim_packet *p,
			  const struct lim_addr *peer, enum lim_reason why, lim_u64 now)
{
	LIM_FORGET(why, now, 31);
	if (why >= LIM_REASONS)
		return;
	r->packets[why] += p->segs;
	r->bytes[why] += p->wire_len;
	if (LIM_UNLIKELY(why >= LIM_FIRST_DROP))
		lim_note_event(r, p, peer, why, now);
}

/* After lim_out_begin(): whole, where nobody else has the state. */
LIM_INLINE enum lim_reason lim_out_decide(struct lim_out *o, struct lim_report *r)
{
	enum lim_reason why = LIM_PASS_CONSENT;

#if defined LIM_SHARED || defined LIM_LONG_WAY
	why = lim_out_packet(o); /* the short way was tried before the lock; or a test wants none */
#else
	if (!lim_out_quick(o))
		why = lim_out_packet(o);
#endif
	lim_count(r, o->p, &o->p->dst, why, o->now);
	return why;
}

LIM_INLINE enum lim_reason lim_decide_egress(struct lim_state *s, const struct lim_config *c,
					     struct lim_report *r, const struct lim_packet *p,
					     lim_u64 now)
{
	struct lim_out o;

	lim_out_begin(&o, s, c, p, now);
	return lim_out_decide(&o, r);
}

/* After lim_in_begin(): whole, where nobody else has the state. */
LIM_INLINE enum lim_reason lim_in_decide(const struct lim_in *i, struct lim_report *r)
{
	enum lim_reason why = LIM_PASS_INBOUND;

#if defined LIM_SHARED || defined LIM_LONG_WAY
	why = lim_in_packet(i);
#else
	if (!lim_in_quick(i))
		why = lim_in_packet(i);
#endif
	lim_count(r, i->p, &i->p->src, why, i->now);
	return why;
}

LIM_INLINE enum lim_reason lim_decide_ingress(struct lim_state *s, const struct lim_config *c,
					      struct lim_report *r, const struct lim_packet *p,
					      lim_u64 now)
{
	struct lim_in i;

	lim_in_begin(&i, s, c, p, now);
	return lim_in_decide(&i, r);
}

#endif
