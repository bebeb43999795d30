// SPDX-License-Identifier: MIT
#include "replay/older.h"

#include "replay/set.h"

#include <stdlib.h>

enum what { FREE, YOUNG, MAYBE, OLDER, TOLD };

struct older_talk {
	uint64_t both, from; /* hashes: of the connection, of the side that was seen first */
	uint32_t seq, end;   /* what that side has sent so far */
	enum what what;
};

#define ROOM (2u * OLDER_MOST)

static uint64_t side(const struct lim_addr *a, uint16_t port)
{
	uint64_t h = set_mix(port, (uint64_t)a->w[0] << 32 | a->w[1]);

	return set_mix(h, (uint64_t)a->w[2] << 32 | a->w[3]);
}

static bool is_tcp(const struct lim_packet *p)
{
	return p->kind == LIM_KIND_IP && p->proto == LIM_PROTO_TCP && (p->flags & LIM_F_PORTS);
}

/* The connection's place, or the free one where it would be; NULL when there is none. */
static struct older_talk *place(struct older *o, const struct lim_packet *p)
{
	uint64_t both = side(&p->src, p->sport) + side(&p->dst, p->dport);

	if (!o->talk)
		o->talk = calloc(ROOM, sizeof *o->talk);
	for (uint64_t i = set_mix(0, both); o->talk; i++) {
		struct older_talk *t = &o->talk[i & (ROOM - 1)];

		if (t->what == FREE)
			t->both = both;
		if (t->both == both)
			return t;
	}
	return NULL;
}

static void first_seen(struct older *o, struct older_talk *t, const struct lim_packet *p)
{
	bool amid = (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_RST | LIM_TCP_ACK)) == LIM_TCP_ACK;

	if (o->used == OLDER_MOST)
		return;
	o->used++;
	t->what = amid ? MAYBE : YOUNG;
	t->from = side(&p->src, p->sport);
	t->seq = p->seq;
	t->end = p->seq + p->payload;
}

void older_see(struct older *o, const struct lim_packet *p)
{
	struct older_talk *t = is_tcp(p) ? place(o, p) : NULL;
	uint32_t end = p->seq + p->payload;

	if (t && t->what == FREE) {
		first_seen(o, t, p);
	} else if (t && t->what == MAYBE) {
		if (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_RST))
			t->what = YOUNG;
		else if (side(&p->src, p->sport) == t->from)
			t->end = end - t->end < 1u << 30 ? end : t->end;
		else if ((p->tcp_flags & LIM_TCP_ACK) && p->ack != t->seq &&
			 p->ack - t->seq <= t->end - t->seq)
			t->what = OLDER;
	}
}

bool older_begins(struct older *o, const struct lim_packet *p, struct lim_packet *word)
{
	struct older_talk *t = is_tcp(p) ? place(o, p) : NULL;

	if (!t || t->what != OLDER || side(&p->src, p->sport) != t->from)
		return false;
	t->what = TOLD;
	*word = (struct lim_packet){.kind = LIM_KIND_IP,
				    .proto = LIM_PROTO_TCP,
				    .flags = LIM_F_PORTS,
				    .tcp_flags = LIM_TCP_ACK,
				    .src = p->dst,
				    .dst = p->src,
				    .sport = p->dport,
				    .dport = p->sport,
				    .seq = p->ack,
				    .ack = p->seq,
				    .segs = 1,
				    .hop_limit = 64,
				    .wire_len = 66};
	return true;
}

void older_free(struct older *o)
{
	free(o->talk);
	*o = (struct older){0};
}

bool older_dtls(const struct frame *f, const struct lim_packet *p)
{
	uint32_t at = f->link == LIM_ETHERNET ? LINK_HEADER : 0;
	const uint8_t *d;

	if (p->kind != LIM_KIND_IP || p->proto != LIM_PROTO_UDP || !(p->flags & LIM_F_PORTS) ||
	    at + 20 > f->len || f->data[at] >> 4 != 4)
		return false;
	at += 4u * (f->data[at] & 15) + 8;
	if (at + 13 > f->len)
		return false;
	d = f->data + at;
	return d[0] == 23 && d[1] == 0xfe && (d[2] == 0xfd || d[2] == 0xff) && (d[3] | d[4]);
}
