// SPDX-License-Identifier: MIT
// What happens at the other end. Innocent hosts do what the standards ask of any host (RFC 1122,
// 792, 4443, 9293); cooperating hosts do what their stream says.
#include "play/world.h"

static void tcp_in(struct world *w, const struct gene *g, const struct talk *t,
		   const struct lim_packet *q, uint8_t flags, uint32_t ack)
{
	struct tcp *tcp = world_tcp(w, t);
	struct lim_packet p;

	packet_in(&p, KIND_IN_ACK, t, g, tcp);
	p.tcp_flags = flags;
	p.ack = ack;
	p.seq = flags & LIM_TCP_SYN ? 5000000 : tcp->peer_nxt;
	if (flags & LIM_TCP_SYN)
		tcp->peer_nxt = p.seq + 1;
	world_arrive(w, g, t, &p, flags & LIM_TCP_SYN ? KIND_SYNACK : KIND_IN_ACK);
}

static void error(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *q, uint8_t code4, uint8_t code6)
{
	struct lim_packet p;

	if (q->flags & LIM_F_FRAGMENT)
		return; /* RFC 1122 3.2.2: never about a later fragment */
	if ((q->proto == LIM_PROTO_ICMP || q->proto == LIM_PROTO_ICMPV6) && q->icmp_type != 8 &&
	    q->icmp_type != 128)
		return; /* nor about an error */
	packet_error(&p, t, q, 3, code4, 1, code6);
	world_arrive(w, g, t, &p, KIND_IN_ERROR);
}

static int is_echo(const struct lim_packet *q)
{
	return (q->proto == LIM_PROTO_ICMP && q->icmp_type == 8) ||
	       (q->proto == LIM_PROTO_ICMPV6 && q->icmp_type == 128);
}

static void echo_back(struct world *w, const struct gene *g, const struct talk *t)
{
	struct lim_packet p;

	packet_in(&p, KIND_IN_ECHO_REPLY, t, g, NULL);
	world_arrive(w, g, t, &p, KIND_IN_ECHO_REPLY);
}

/* open: whether the port takes connections. */
static void syn_at_host(struct world *w, const struct gene *g, const struct talk *t,
			const struct lim_packet *q, int open)
{
	struct tcp *tcp = world_tcp(w, t);

	if (q->tcp_flags & LIM_TCP_ACK) {
		tcp_in(w, g, t, q, LIM_TCP_RST, 0);
	} else if (!open) {
		tcp_in(w, g, t, q, LIM_TCP_RST | LIM_TCP_ACK, q->seq + 1 + q->payload);
	} else if (tcp->held == 2) { /* challenge ACK, RFC 5961 4.2 */
		tcp_in(w, g, t, q, LIM_TCP_ACK, tcp->theirs_expects);
	} else {
		tcp->held = 1;
		tcp->theirs_expects = q->seq + 1;
		tcp_in(w, g, t, q, LIM_TCP_SYN | LIM_TCP_ACK, q->seq + 1);
	}
}

static void tcp_host(struct world *w, const struct gene *g, const struct talk *t,
		     const struct lim_packet *q, int open)
{
	struct tcp *tcp = world_tcp(w, t);
	uint32_t fin = !!(q->tcp_flags & LIM_TCP_FIN);

	if (q->tcp_flags & LIM_TCP_RST) {
		tcp->held = 0;
		return;
	}
	if (q->tcp_flags & LIM_TCP_SYN) {
		syn_at_host(w, g, t, q, open);
		return;
	}
	if (tcp->state != TCP_SHOOK || !tcp->held) {
		tcp_in(w, g, t, q, LIM_TCP_RST, q->ack);
		return;
	}
	if (tcp->held == 1)
		world_confirmed(w, tcp->mark);
	tcp->held = fin ? 0 : 2;
	if (q->seq == tcp->theirs_expects)
		tcp->theirs_expects += q->payload + fin;
	if (q->payload || fin)
		tcp_in(w, g, t, q, LIM_TCP_ACK, tcp->theirs_expects);
}

static void as_any_host_must(struct world *w, const struct gene *g, const struct talk *t,
			     const struct lim_packet *q)
{
	if (q->flags & LIM_F_FRAGMENT)
		return;
	if (q->proto == LIM_PROTO_TCP)
		tcp_host(w, g, t, q, t->theirs == 80);
	else if (q->proto == LIM_PROTO_UDP)
		error(w, g, t, q, 3, 4); /* port unreachable */
	else if (is_echo(q))
		echo_back(w, g, t);
	else
		error(w, g, t, q, 2, 4); /* protocol unreachable */
}

static void properly(struct world *w, const struct gene *g, const struct talk *t,
		     const struct lim_packet *q, unsigned kind)
{
	struct lim_packet p;

	if (q->proto == LIM_PROTO_TCP) {
		tcp_host(w, g, t, q, 1);
	} else if (is_echo(q)) {
		echo_back(w, g, t);
	} else {
		packet_in(&p, KIND_IN_UDP, t, g, NULL);
		p.proto = q->proto;
		if (!(q->flags & LIM_F_PORTS)) {
			p.flags = 0;
			p.sport = p.dport = 0;
		}
		world_arrive(w, g, t, &p, KIND_IN_UDP);
	}
}

static void forge_error(struct world *w, const struct gene *g, const struct talk *t)
{
	struct lim_packet p;

	packet_in(&p, KIND_IN_ERROR, t, g, NULL);
	world_arrive(w, g, t, &p, KIND_IN_ERROR);
}

static void cooperate(struct world *w, const struct gene *g, const struct talk *t,
		      const struct lim_packet *q, unsigned kind)
{
	struct talk other = *t;

	switch (g->answer) {
	case ANSWER_NONE:
		break;
	case ANSWER_MUST:
		as_any_host_must(w, g, t, q);
		break;
	case ANSWER_RESET:
		tcp_in(w, g, t, q, LIM_TCP_RST | LIM_TCP_ACK, q->seq + 1);
		break;
	case ANSWER_UNREACHABLE:
		error(w, g, t, q, 3, 4);
		break;
	case ANSWER_PROHIBITED:
		error(w, g, t, q, 13, 1);
		break;
	case ANSWER_FORGE:
		forge_error(w, g, t);
		break;
	case ANSWER_OTHER_PORT:
		other.theirs++;
		properly(w, g, &other, q, kind);
		break;
	case ANSWER_GREEDY:
		if (q->proto == LIM_PROTO_TCP)
			tcp_in(w, g, t, q, LIM_TCP_ACK, q->seq + 1000000);
		else
			properly(w, g, t, q, kind);
		break;
	default:
		properly(w, g, t, q, kind);
	}
}

static void resolve(struct world *w, const struct gene *g, const struct talk *t,
		    const struct lim_packet *q, unsigned kind)
{
	struct lim_packet p;

	if (kind != KIND_DNS_GOOD && kind != KIND_DNS_BAD) {
		if (kind != KIND_DNS_DEAD)
			as_any_host_must(w, g, t, q);
		return;
	}
	packet_in(&p, KIND_IN_UDP, t, g, NULL);
	p.flags |= LIM_F_DNS;
	p.dns_flags = kind == KIND_DNS_GOOD ? 0x8180 : 0x8183;
	world_arrive(w, g, t, &p, KIND_IN_UDP);
}

static void victim(struct world *w, const struct gene *g, const struct talk *t,
		   const struct lim_packet *q, unsigned kind)
{
	switch (w->set.victim) {
	case VICTIM_MUST:
		as_any_host_must(w, g, t, q);
		break;
	case VICTIM_VETO:
		error(w, g, t, q, 13, 1);
		break;
	case VICTIM_FORGED:
		properly(w, g, t, q, kind);
		break;
	case VICTIM_FADES:
		if (w->now < (w->set.fades ? w->set.fades : w->begin + WORLD_FADE * LIM_S))
			properly(w, g, t, q, kind);
		break;
	default:
		break;
	}
}

void world_answer(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *q, unsigned kind)
{
	if (q->kind != LIM_KIND_IP)
		return;
	switch (t->peer.actor) {
	case ACTOR_COOP:
	case ACTOR_COOP_NEAR: /* they know what was sent even when it did not arrive */
		cooperate(w, g, t, q, kind);
		return;
	default:
		break;
	}
	if (q->hop_limit <= 1)
		return;
	if (t->peer.actor == ACTOR_VICTIM)
		victim(w, g, t, q, kind);
	else if (t->peer.actor == ACTOR_LIVE)
		as_any_host_must(w, g, t, q);
	else if (t->peer.actor == ACTOR_RESOLVER)
		resolve(w, g, t, q, kind);
}
