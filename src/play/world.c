// SPDX-License-Identifier: MIT
#include "play/world.h"

#include <stdlib.h>
#include <string.h>

#define US	 1000ull
#define REST	 (36000 * LIM_S)
#define BOOT	 (15 * LIM_S) /* a quick device is back after this */
#define REPEATED 1	      /* a question asked again and again */

struct world *world_new(size_t policy_size)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->memory = malloc(policy_size ? policy_size : 1);
	if (!w->memory) {
		world_free(w);
		return NULL;
	}
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	free(w->memory);
	free(w);
}

void world_confirmed(struct world *w, int32_t mark)
{
	if (w->witness.confirmed)
		w->witness.confirmed(w->witness.arg, mark);
}

static uint32_t talk_name(const struct talk *t)
{
	uint64_t h = (uint64_t)t->peer.actor << 56 | (uint64_t)t->peer.v6 << 48 |
		     (uint64_t)t->peer.index << 32 | (uint32_t)t->ours << 16 | t->theirs;

	h *= 0x9e3779b97f4a7c15ull;
	h ^= h >> 29;
	return (uint32_t)(h >> 16);
}

struct tcp *world_tcp(struct world *w, const struct talk *t)
{
	uint32_t name = talk_name(t);
	struct tcp *c = &w->tcp[name % WORLD_TCP];

	if (c->generation != w->generation || c->name != name)
		*c = (struct tcp){
		    .generation = w->generation, .name = name, .nxt = 1000, .mark = -1};
	return c;
}

static void trace(struct world *w, const struct lim_packet *p, const struct talk *t, unsigned kind,
		  int incoming, int passed)
{
	struct lim_addr a;

	actor_addr(t->peer, &a);
	fprintf(w->trace, "%12.6f %s %-5s %-38s %-10s #%-5u %5u>%-5u %6u bytes %3u pkt  %s\n",
		(double)(w->now - w->begin) / 1e9, incoming ? "in " : "out",
		passed ? "pass" : "DROP", kind_name[kind], actor_key[t->peer.actor], t->peer.index,
		t->ours, t->theirs, p->wire_len, p->segs, w->policy->reason(w->memory));
}

static int32_t count(struct world *w, const struct gene *g, const struct talk *t,
		     const struct lim_packet *p, unsigned kind, int spoofed, uint64_t at)
{
	struct sent s = {p, g, t->peer, kind, spoofed, world_tcp(w, t)->held};

	return w->witness.sent ? w->witness.sent(w->witness.arg, &s, at) : -1;
}

int world_emit(struct world *w, const struct gene *g, const struct talk *t, unsigned kind)
{
	struct tcp *tcp = world_tcp(w, t);
	struct tcp before = *tcp;
	struct lim_packet p;
	uint64_t leaves;
	int32_t mark;
	int spoofed;

	if (w->events++ >= w->set.cap)
		return 0;
	spoofed = packet_out(&p, kind, t, g, tcp);
	if (kind >= KIND_DNS_GOOD && kind <= KIND_DNS_DEAD)
		p.question = g->ports & PORT_DPORT ? REPEATED : REPEATED + w->events;
	leaves = w->policy->egress(w->memory, &p, w->now);
	if (w->trace)
		trace(w, &p, t, kind, 0, leaves != POLICY_NEVER);
	if (leaves == POLICY_NEVER) {
		*tcp = before;
		w->dropped++;
		if (w->witness.held)
			w->witness.held(w->witness.arg, g, &p, w->now);
		return 0;
	}
	w->passed++;
	mark = leaves < w->end ? count(w, g, t, &p, kind, spoofed, leaves) : -1;
	if (p.proto == LIM_PROTO_TCP && kind == KIND_SYN && !tcp->held)
		tcp->mark = mark;
	if (p.proto == LIM_PROTO_TCP)
		tcp->nxt += p.payload + !!(p.tcp_flags & (LIM_TCP_SYN | LIM_TCP_FIN));
	world_answer(w, g, t, &p, kind);
	return 1;
}

/* After the SYN-ACK the connection goes on as its kind says. */
static void go_on(struct world *w, const struct gene *g, const struct talk *t)
{
	struct tcp *tcp = world_tcp(w, t);

	tcp->state = TCP_SHOOK;
	tcp->nxt = tcp->theirs_expects; /* nobody takes the data of a SYN */
	if (tcp->then == KIND_SYN)
		return;
	if (tcp->then == KIND_CONNECT_RST) {
		if (g->shakes)
			world_emit(w, g, t, KIND_ACK);
		world_emit(w, g, t, KIND_RST);
		return;
	}
	world_emit(w, g, t, KIND_ACK);
	if (tcp->then == KIND_CONNECT_DATA || tcp->then == KIND_CONNECT_FIN)
		world_emit(w, g, t, KIND_DATA);
	if (tcp->then == KIND_CONNECT_FIN)
		world_emit(w, g, t, KIND_CONNECT_FIN);
}

static void arrived(struct world *w, const struct coming *c)
{
	int let_in;

	if (w->events++ >= w->set.cap)
		return;
	let_in = w->policy->ingress(w->memory, &c->p, w->now);
	if (w->trace)
		trace(w, &c->p, &c->talk, c->kind, 1, let_in);
	if (w->witness.arrived)
		w->witness.arrived(w->witness.arg, &c->p, c->talk.peer, c->kind, let_in, w->now);
	if (let_in && c->p.proto == LIM_PROTO_TCP && c->kind == KIND_SYNACK &&
	    world_tcp(w, &c->talk)->state == TCP_SYN_SENT)
		go_on(w, c->gene, &c->talk);
}

static void push(struct world *w, const struct coming *c)
{
	uint32_t i = w->coming_count++;

	for (; i && w->coming[(i - 1) / 2].time > c->time; i = (i - 1) / 2)
		w->coming[i] = w->coming[(i - 1) / 2];
	w->coming[i] = *c;
}

static struct coming pop(struct world *w)
{
	struct coming top = w->coming[0], last = w->coming[--w->coming_count];
	uint32_t i = 0, n = w->coming_count;

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && w->coming[child + 1].time < w->coming[child].time)
			child++;
		if (w->coming[child].time >= last.time)
			break;
		w->coming[i] = w->coming[child];
		i = child;
	}
	w->coming[i] = last;
	return top;
}

/* Innocent hosts answer at once: the shortest way there is. */
static int chooses_delay(const struct world *w, uint8_t actor)
{
	return actor == ACTOR_COOP || actor == ACTOR_COOP_NEAR ||
	       (actor == ACTOR_VICTIM && w->set.victim == VICTIM_FORGED);
}

void world_arrive(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *p, unsigned kind)
{
	uint64_t rtt = chooses_delay(w, t->peer.actor) ? g->rtt * US : w->set.delay;
	struct coming c = {.gene = g, .talk = *t, .p = *p, .kind = kind};

	if (w->set.victim == VICTIM_VETO && t->peer.actor == ACTOR_VICTIM)
		rtt = 50 * LIM_MS;
	c.time = w->now + rtt;
	if (!rtt)
		arrived(w, &c);
	else if (w->coming_count < WORLD_COMING)
		push(w, &c);
}

/* Addresses that are the same have the same index, so that one connection is one. */
static uint16_t peer_index(const struct gene *g, uint32_t n)
{
	static const uint16_t few[ACTOR_COUNT] = {
	    [ACTOR_VICTIM] = 1, [ACTOR_ALIAS] = 3, [ACTOR_NEIGHBOUR] = 100, [ACTOR_COOP_NEAR] = 100,
	    [ACTOR_LINK] = 200, [ACTOR_CAST] = 10, [ACTOR_SELF] = 2,
	};

	if (few[g->actor] &&
	    !(g->v6 && (g->actor == ACTOR_NEIGHBOUR || g->actor == ACTOR_COOP_NEAR)))
		return (uint16_t)(n % few[g->actor]);
	return (uint16_t)(n + g->group * 16384u);
}

static struct talk talk_of(const struct gene *g, const struct stream *s)
{
	uint32_t n = g->spread == SPREAD_ONE ? 0 : g->spread == SPREAD_PACKET ? s->sent : s->bursts;
	uint16_t moving = (uint16_t)(s->sent % 20000), port = schedule_ports[g->service];
	struct talk t = {.peer = {g->actor, g->v6, 0}};

	if (g->cycle)
		n %= g->cycle;
	t.peer.index = peer_index(g, n);
	t.ours = 40000;
	t.theirs = port;
	if (g->ports & PORT_SPORT)
		t.ours = (uint16_t)(t.ours + moving);
	if (g->kind >= KIND_DNS_GOOD && g->kind <= KIND_DNS_DEAD) {
		t.theirs = 53;
		return t;
	}
	if (g->ports & PORT_DPORT)
		t.theirs = (uint16_t)(1024 + (port + moving) % 60000);
	if (g->ports & PORT_SERVICE) {
		uint16_t swap = t.ours;

		t.ours = t.theirs;
		t.theirs = swap;
	}
	return t;
}

static void reboot(struct world *w)
{
	uint64_t back = w->now + BOOT;

	w->policy->start(w->memory, w->key, back);
	for (unsigned i = 0; i < w->genes; i++)
		if (w->stream[i].next < back)
			w->stream[i].next = back;
	w->events++;
	w->coming_count = 0;
}

static int act(struct world *w, const struct gene *g, const struct stream *s)
{
	struct talk t = talk_of(g, s);
	struct lim_packet p;

	if (g->kind == KIND_REBOOT) {
		reboot(w);
		return 1;
	}
	if (g->kind >= KIND_FIRST_IN) {
		struct coming c = {.gene = g, .talk = t, .kind = g->kind};

		packet_in(&p, g->kind, &t, g, world_tcp(w, &t));
		c.p = p;
		arrived(w, &c);
		return 1;
	}
	if (g->kind >= KIND_SYN && g->kind <= KIND_CONNECT_FIN) {
		world_tcp(w, &t)->then = g->kind;
		return world_emit(w, g, &t, KIND_SYN);
	}
	return world_emit(w, g, &t, g->kind);
}

static void tell(struct world *w, const struct gene *g, unsigned tries, int passed)
{
	if (w->witness.acted)
		w->witness.acted(w->witness.arg, g, tries, passed, w->now);
}

/* When the stream acts next. */
static void advance(struct world *w, const struct gene *g, struct stream *s, int passed)
{
	s->tries++;
	if (!passed && s->tries <= g->again) {
		s->next += g->backoff * US;
		return;
	}
	tell(w, g, s->tries, passed);
	s->tries = 0;
	s->sent++;
	if (++s->in_burst < g->burst) {
		s->next += (passed || !g->backoff ? g->gap : g->backoff) * US;
		return;
	}
	s->in_burst = 0;
	s->bursts++;
	if (g->bursts && s->bursts >= g->bursts)
		s->next = UINT64_MAX;
	else
		s->next += (passed || !g->backoff ? (uint64_t)g->gap + g->pause : g->backoff) * US;
}

static void begin(struct world *w)
{
	w->generation++;
	w->events = w->passed = w->dropped = w->coming_count = 0;
	w->begin = w->now = WORLD_BEGIN;
	w->end = w->set.seconds ? WORLD_BEGIN + w->set.seconds * LIM_S : w->set.stop;
	w->policy->start(w->memory, w->key, w->from_boot ? WORLD_BEGIN : WORLD_BEGIN - REST);
	memset(w->stream, 0, sizeof(w->stream));
	for (unsigned i = 0; i < w->genes; i++)
		w->stream[i].next = WORLD_BEGIN + w->gene[i].start * US;
}

static unsigned soonest(const struct world *w)
{
	unsigned at = 0;

	for (unsigned i = 1; i < w->genes; i++)
		if (w->stream[i].next < w->stream[at].next)
			at = i;
	return at;
}

void world_play(struct world *w, const struct policy *policy, const struct setting *set,
		const struct gene *gene, unsigned genes, int from_boot, const lim_u64 key[2])
{
	w->policy = policy;
	w->set = *set;
	w->gene = gene;
	w->genes = genes;
	w->from_boot = from_boot;
	w->key[0] = key[0];
	w->key[1] = key[1];
	begin(w);
	while (w->events < set->cap) {
		unsigned i = soonest(w);
		uint64_t next = w->stream[i].next;
		int answer = w->coming_count && w->coming[0].time <= next;

		if (answer)
			next = w->coming[0].time;
		if (next >= w->end)
			break;
		w->now = next;
		if (answer) {
			struct coming c = pop(w);

			arrived(w, &c);
		} else {
			advance(w, &gene[i], &w->stream[i], act(w, &gene[i], &w->stream[i]));
		}
	}
}
