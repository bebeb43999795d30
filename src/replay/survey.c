// SPDX-License-Identifier: MIT
#include "replay/survey.h"

#include "replay/scope.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024
#define HINTS_MAX  65536

static const struct lim_addr no_addr;

void survey_start(struct survey *s)
{
	*s = (struct survey){0};
}

void survey_free(struct survey *s)
{
	free(s->pair);
	set_free(&s->talks);
	free(s->hint);
	*s = (struct survey){0};
}

static uint64_t hash_addr(uint64_t h, const struct lim_addr *a)
{
	h = set_mix(h, (uint64_t)a->w[0] << 32 | a->w[1]);
	return set_mix(h, (uint64_t)a->w[2] << 32 | a->w[3]);
}

static struct pair *slot(struct pair *table, size_t room, const uint8_t mac[6],
			 const struct lim_addr *addr)
{
	uint64_t m = 0;
	size_t i;

	memcpy(&m, mac, 6);
	for (i = hash_addr(set_mix(0, m), addr);; i++) {
		struct pair *p = &table[i & (room - 1)];

		if (!p->used || (addr_same(&p->addr, addr) && !memcmp(p->mac, mac, 6)))
			return p;
	}
}

static bool grow_pairs(struct survey *s)
{
	size_t room = s->room ? 2 * s->room : FIRST_ROOM;
	struct pair *table = calloc(room, sizeof *table);

	if (!table) {
		s->no_memory = true;
		return false;
	}
	for (size_t i = 0; i < s->room; i++)
		if (s->pair[i].used)
			*slot(table, room, s->pair[i].mac, &s->pair[i].addr) = s->pair[i];
	free(s->pair);
	s->pair = table;
	s->room = room;
	return true;
}

/* Finds or adds. A pair that there is no room for is counted in a spare one that nobody reads. */
static struct pair *touch(struct survey *s, const uint8_t mac[6], const struct lim_addr *addr)
{
	static _Thread_local struct pair spare;
	struct pair *p;

	if (4 * s->pairs >= 3 * s->room && s->pairs < SURVEY_PAIRS && !grow_pairs(s) && !s->room)
		return &spare;
	p = slot(s->pair, s->room, mac, addr);
	if (p->used)
		return p;
	if (s->pairs >= SURVEY_PAIRS || s->pairs + 1 >= s->room) {
		s->full = true;
		return &spare;
	}
	s->pairs++;
	p->used = true;
	p->addr = *addr;
	p->order = s->frames;
	memcpy(p->mac, mac, 6);
	return p;
}

const struct pair *survey_find(const struct survey *s, const uint8_t mac[6],
			       const struct lim_addr *addr)
{
	struct pair *p = s->room ? slot(s->pair, s->room, mac, addr) : NULL;

	return p && p->used ? p : NULL;
}

/* Whether this is the first packet between two addresses (either way) with these ports. */
static bool new_talk(struct survey *s, const struct lim_packet *p)
{
	uint64_t a = hash_addr(p->sport, &p->src), b = hash_addr(p->dport, &p->dst);

	return set_add(&s->talks, set_mix(a + b, p->proto), SURVEY_TALKS);
}

static void hint(struct survey *s, const struct lim_addr *addr, const struct lim_addr *other)
{
	struct link_hint h = {addr->w[3], other->w[3]};

	if (!addr_is4(addr) || !addr_is4(other) || addr_unspecified(addr) ||
	    addr_unspecified(other) || addr_multicast(other))
		return;
	for (size_t i = s->hints; i-- > 0 && s->hints - i <= 16;)
		if (s->hint[i].addr == h.addr && s->hint[i].other == h.other)
			return;
	if (s->hints == s->hint_room) {
		size_t room = s->hint_room ? 2 * s->hint_room : 64;
		void *grown = room > HINTS_MAX ? NULL : realloc(s->hint, room * sizeof h);

		if (!grown)
			return;
		s->hint = grown;
		s->hint_room = room;
	}
	s->hint[s->hints++] = h;
}

/* Cooked captures know senders' MACs only: of no use for telling whose an address is. */
static const uint8_t no_mac[6];

static const uint8_t *src_mac(const struct frame *f)
{
	return f->has_mac ? f->src : no_mac;
}

static const uint8_t *dst_mac(const struct frame *f)
{
	return f->has_mac ? f->dst : no_mac;
}

/* The MAC, or the capture that has none, is told to have an address. */
static void claim(struct survey *s, const struct frame *f, const struct lim_addr *addr)
{
	struct pair *p = touch(s, src_mac(f), addr);

	p->claims++;
	p->outgoing += f->dir == DIR_OUT;
	touch(s, src_mac(f), &no_addr)->claims++;
}

static void survey_arp(struct survey *s, const struct frame *f, const struct lim_packet *p)
{
	if (addr_unspecified(&p->src)) {
		touch(s, src_mac(f), &no_addr)->tx++;
		return;
	}
	claim(s, f, &p->src);
	if (!addr_same(&p->src, &p->dst))
		hint(s, &p->src, &p->dst);
}

static uint32_t be32(const uint8_t *d)
{
	return (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 | (uint32_t)d[2] << 8 | d[3];
}

/* Offset of the IPv4 payload, 0 if this is not IPv4 in full view. */
static uint32_t ipv4_payload(const struct frame *f)
{
	uint32_t at = f->link == LIM_ETHERNET ? LINK_HEADER : 0;

	while (at && at <= LINK_HEADER + 4 && at + 4 <= f->len && f->data[at - 2] == 0x81 &&
	       f->data[at - 1] == 0)
		at += 4;
	if (at + 20 > f->len || f->data[at] >> 4 != 4)
		return 0;
	return at + 4u * (f->data[at] & 15);
}

/* A DHCP reply (RFC 2131): chaddr was given yiaddr. Options: 1 is the subnet mask. */
static void dhcp_reply(struct survey *s, const struct frame *f, const uint8_t *d, uint32_t len)
{
	struct lim_addr given;
	uint32_t at = 240;

	if (len < 34 || d[0] != 2 || d[2] != 6 || !be32(d + 16))
		return;
	given = addr_v4(be32(d + 16));
	touch(s, f->has_mac ? d + 28 : no_mac, &given)->leases++;
	touch(s, f->has_mac ? d + 28 : no_mac, &no_addr)->claims++;
	if (len < 240 || be32(d + 236) != 0x63825363)
		return;
	while (at + 2 <= len && d[at] != 255) {
		if (d[at] == 1 && d[at + 1] == 4 && at + 6 <= len) {
			s->mask_addr = given.w[3];
			s->mask = be32(d + at + 2);
		}
		at += d[at] ? 2u + d[at + 1] : 1;
	}
}

static void survey_dhcp(struct survey *s, const struct frame *f, const struct lim_packet *p)
{
	uint32_t at = ipv4_payload(f);

	if (p->dport == 67)
		touch(s, src_mac(f), &no_addr)->dhcp_asks++;
	if (p->sport != 67 || !at)
		return;
	touch(s, src_mac(f), &p->src)->dhcp_answers++;
	if (at + 8 < f->len)
		dhcp_reply(s, f, f->data + at + 8, f->len - at - 8);
}

/* Hop limits that systems start with: 64 Linux, 128 Windows, 255 routers and link protocols. */
static bool initial_ttl(unsigned ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255 || ttl == 32 || ttl == 1;
}

/* Neighbour discovery is never routed: with a hop limit of 255 the sender is on the link and the
 * address its own (RFC 4861 6.1, 7.1). */
static bool neighbour_claim(const struct lim_packet *p)
{
	return p->proto == LIM_PROTO_ICMPV6 && p->hop_limit == 255 && p->icmp_type >= 133 &&
	       p->icmp_type <= 136 && !addr_unspecified(&p->src);
}

static void survey_ip(struct survey *s, const struct frame *f, const struct lim_packet *p)
{
	bool opens = (p->flags & LIM_F_PORTS) && new_talk(s, p);
	struct pair *from = touch(s, src_mac(f), &p->src);

	s->ip++;
	if (!addr_unspecified(&p->src) && !addr_link_local(&p->src))
		*(addr_is4(&p->src) ? &s->ip4 : &s->ip6) += 1;
	from->tx++;
	from->opened += opens;
	from->fresh_ttl += initial_ttl(p->hop_limit);
	from->stepped_ttl += p->hop_limit > 1 && initial_ttl(p->hop_limit + 1u);
	from->outgoing += f->dir == DIR_OUT;
	if (neighbour_claim(p))
		claim(s, f, &p->src);
	if (f->linkcast && !addr_multicast(&p->dst))
		hint(s, &p->src, &p->dst);
	if (!f->linkcast) {
		struct pair *to = touch(s, dst_mac(f), &p->dst);

		to->rx++;
		to->accepted += opens;
	}
	if (p->proto == LIM_PROTO_UDP && (p->flags & LIM_F_PORTS) && addr_is4(&p->src) &&
	    (p->sport == 67 || p->dport == 67))
		survey_dhcp(s, f, p);
}

static void survey_macs(struct survey *s, const struct frame *f)
{
	touch(s, src_mac(f), &no_addr)->frames++;
	if (!f->linkcast && memcmp(f->src, f->dst, 6))
		touch(s, dst_mac(f), &no_addr)->frames++;
}

static void survey_pause(struct survey *s, uint64_t ns)
{
	unsigned power = 63 - (unsigned)__builtin_clzll(ns);

	s->gap[power] += ns;
	s->gaps[power]++;
}

void survey_frame(struct survey *s, const struct frame *f, struct lim_packet *p, uint64_t now)
{
	if (s->frames++ && now > s->last)
		survey_pause(s, now - s->last);
	s->last = s->end = now;
	frame_parse(p, f);
	if (p->kind == LIM_KIND_IP)
		survey_ip(s, f, p);
	else if (p->kind == LIM_KIND_ARP)
		survey_arp(s, f, p);
	else if (f->has_mac)
		touch(s, src_mac(f), &no_addr)->tx++;
	if (f->has_mac)
		survey_macs(s, f);
}
