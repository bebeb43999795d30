// SPDX-License-Identifier: MIT
#include "replay/device.h"

#include "replay/own.h"
#include "replay/scope.h"

#include <string.h>

static const uint8_t no_mac[6];

int device_hint_read(struct device_hint *h, const char *text, struct err *e)
{
	if (!*text || !strcmp(text, "-") || !strcmp(text, "None"))
		return 0;
	if (mac_read(text, h->mac) == 0) {
		h->has_mac = memcmp(h->mac, no_mac, 6) != 0;
		return 0;
	}
	if (addr_parse(text, &h->addr, NULL) == 0) {
		h->has_addr = true;
		return 0;
	}
	return err_set(e, EXIT_WRONG_USE, "'%s' is neither an address nor a MAC", text);
}

static bool machine(const struct pair *p)
{
	return p->used && !addr_unspecified(&p->addr) && !addr_multicast(&p->addr);
}

/* What a MAC sends: of its own, and of others. */
struct mac_use {
	uint64_t own, own_fresh, foreign, foreign_fresh;
	unsigned sources;
	bool claims; /* it says that it has addr */
};

static struct mac_use mac_use(const struct survey *s, const uint8_t mac[6],
			      const struct lim_addr *addr)
{
	struct mac_use u = {0};

	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];
		bool self = addr_same(&p->addr, addr);

		if (!machine(p) || memcmp(p->mac, mac, 6))
			continue;
		u.claims |= self && (p->claims || p->leases);
		if (self || p->claims || p->leases || addr_link_local(&p->addr)) {
			u.own += p->tx;
			u.own_fresh += p->fresh_ttl;
		} else {
			u.sources += p->tx > 0;
			u.foreign += p->tx;
			u.foreign_fresh += p->fresh_ttl;
		}
	}
	return u;
}

/* A router stands between: most of what comes from the MAC is other machines' and has been through
 * routers; or there is any such, and addr itself has been. */
static bool router(const struct survey *s, const uint8_t mac[6], const struct lim_addr *addr)
{
	struct mac_use u = mac_use(s, mac, addr);

	if (u.claims || !u.sources || 2 * u.foreign_fresh >= u.foreign)
		return false;
	return 2 * u.own_fresh < u.own || (u.sources >= 3 && u.foreign > u.own);
}

static bool received_elsewhere(const struct survey *s, const uint8_t mac[6],
			       const struct lim_addr *addr)
{
	bool elsewhere = false;

	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];

		if (!p->used || !p->rx || !addr_same(&p->addr, addr))
			continue;
		if (!memcmp(p->mac, mac, 6))
			return false;
		elsewhere = true;
	}
	return elsewhere;
}

bool device_mac_speaks(const struct survey *s, const uint8_t mac[6], const struct lim_addr *addr)
{
	return memcmp(mac, no_mac, 6) && !router(s, mac, addr) && !received_elsewhere(s, mac, addr);
}

double device_score(const struct survey *s, const struct pair *p)
{
	const struct pair *m = survey_find(s, p->mac, &(struct lim_addr){{0}});
	double talks = s->talks.used ? (double)s->talks.used : 1, ip = s->ip ? (double)s->ip : 1;
	double score = 1;

	if (!machine(p) || !(p->tx || p->claims))
		return -1;
	score += 3 * p->opened / talks + 2 * (double)(p->tx + p->rx) / ip;
	score += m && 1000 * m->frames >= 995 * s->frames ? 3 : 0; /* the middle of the star */
	score += addr_private(&p->addr) ? 0.5 : 0;
	score += p->outgoing ? 2 : 0;
	score += p->leases || (m && m->dhcp_asks) ? 0.7 : 0;
	score -= p->dhcp_answers ? 1 : 0;
	score -= p->tx && 2 * p->fresh_ttl < p->tx ? 2 : 0;
	score += p->claims ? 0.5 : 0;
	/* Its machine declares other addresses: this one is a guest's. */
	score -= m && m->claims && !p->claims && !p->leases ? 2 : 0;
	score -= addr_link_local(&p->addr) ? 0.5 : 0;
	return score > 0 ? score : 0;
}

static bool matches(const struct pair *p, const struct device_hint *h)
{
	if (h->has_mac && memcmp(p->mac, h->mac, 6))
		return false;
	return !h->has_addr || addr_same(&p->addr, &h->addr);
}

/* The best pair that fits the hint. The order of records decides between equals. */
static const struct pair *best(const struct survey *s, const struct device_hint *h)
{
	const struct pair *found = NULL;
	double most = -1;

	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];
		double score;

		if (!p->used || !matches(p, h))
			continue;
		score = device_score(s, p);
		if (score < 0 && h->has_addr && machine(p))
			score = 0; /* only ever spoken to, but named */
		if (score < 0)
			continue;
		if (score > most || (score == most && p->order < found->order)) {
			most = score;
			found = p;
		}
	}
	return found;
}

/* A machine that never showed an address. */
static const struct pair *best_mac(const struct survey *s, const struct device_hint *h)
{
	const struct pair *found = NULL;

	if (h->has_addr)
		return NULL;
	for (size_t i = 0; i < s->room; i++) {
		const struct pair *p = &s->pair[i];

		if (!p->used || !matches(p, h) || !memcmp(p->mac, no_mac, 6))
			continue;
		if (!found || p->tx > found->tx || (p->tx == found->tx && p->order < found->order))
			found = p;
	}
	return found;
}

static int nobody(const struct device_hint *h, struct err *e)
{
	char a[ADDR_TEXT], m[MAC_TEXT];

	if (!h->has_addr && !h->has_mac)
		return err_set(e, EXIT_WRONG_USE, "no machine in it speaks IP or ARP");
	return err_set(e, EXIT_WRONG_USE, "device %s%s%s is not in it",
		       h->has_addr ? addr_text(&h->addr, a) : "",
		       h->has_addr && h->has_mac ? " at " : "",
		       h->has_mac ? mac_text(h->mac, m) : "");
}

int device_find(struct device *d, const struct survey *s, const struct device_hint *h,
		struct err *e)
{
	struct device_hint only_mac = {.has_mac = h->has_mac},
			   only_addr = {.has_addr = h->has_addr};
	const struct pair *p = best(s, h);

	memcpy(only_mac.mac, h->mac, 6);
	only_addr.addr = h->addr;
	if (!p && h->has_mac && h->has_addr)
		p = best(s, &only_mac);
	if (!p && h->has_mac)
		p = best_mac(s, &only_mac);
	if (!p && h->has_addr)
		p = best(s, &only_addr);
	if (!p && !h->has_mac && !h->has_addr)
		p = best_mac(s, h);
	if (!p)
		return nobody(h, e);
	*d = (struct device){.has_addr = machine(p), .addr = p->addr};
	d->guessed = !h->has_addr && !h->has_mac;
	memcpy(d->mac, p->mac, 6);
	d->captures =
	    !memcmp(d->mac, no_mac, 6) && p->outgoing && 10 * (uint64_t)p->outgoing >= 9 * p->tx;
	d->relayed = p->outgoing && !d->captures;
	d->by_mac = h->has_mac && !h->has_addr ? !received_elsewhere(s, d->mac, &d->addr)
					       : device_mac_speaks(s, d->mac, &d->addr);
	own_find(d, s);
	return 0;
}

static bool is_own(const struct device *d, const struct lim_addr *a)
{
	for (unsigned i = 0; i < d->owns; i++)
		if (addr_same(&d->own[i].addr, a))
			return true;
	return false;
}

/* Whether the device is on the way to or from an address: its MAC is sent packets for it, or the
 * home machine that has it is always exactly one router away. */
static bool passes_through(const struct device *d, const struct survey *s, const struct lim_addr *a)
{
	const struct pair *p = survey_find(s, d->mac, a);

	return p && (p->rx || (p->stepped_ttl == p->tx && addr_private(a)));
}

static enum device_way way_by_mac(const struct device *d, const struct survey *s,
				  const struct frame *f, const struct lim_packet *p)
{
	bool ip = p->kind == LIM_KIND_IP;

	if (!memcmp(f->src, d->mac, 6)) {
		if (!ip || is_own(d, &p->src) || addr_unspecified(&p->src))
			return WAY_OUT;
		return passes_through(d, s, &p->src) ? WAY_FORWARDED : WAY_OUT;
	}
	if (f->linkcast)
		return WAY_IN;
	if (memcmp(f->dst, d->mac, 6))
		return WAY_OTHER;
	if (!ip || is_own(d, &p->dst) || addr_multicast(&p->dst) || !d->owns)
		return WAY_IN;
	return WAY_FORWARDED;
}

/* The capturing machine is the device: the record says which way it went. */
static enum device_way way_by_record(const struct device *d, const struct survey *s,
				     const struct frame *f, const struct lim_packet *p)
{
	bool ip = p->kind == LIM_KIND_IP;

	if (f->dir == DIR_UNKNOWN)
		return WAY_OTHER;
	if (f->dir == DIR_IN)
		return !ip || is_own(d, &p->dst) || addr_multicast(&p->dst) || f->linkcast
			   ? WAY_IN
			   : WAY_FORWARDED;
	if (!ip || is_own(d, &p->src) || addr_unspecified(&p->src))
		return WAY_OUT;
	return passes_through(d, s, &p->src) ? WAY_FORWARDED : WAY_OUT;
}

enum device_way device_way(const struct device *d, const struct survey *s, const struct frame *f,
			   const struct lim_packet *p)
{
	if (d->by_mac)
		return way_by_mac(d, s, f, p);
	if (d->captures)
		return way_by_record(d, s, f, p);
	if (p->kind != LIM_KIND_IP && p->kind != LIM_KIND_ARP)
		return WAY_OTHER;
	if (is_own(d, &p->src))
		return d->relayed && f->dir == DIR_OUT ? WAY_OTHER : WAY_OUT;
	if (d->relayed && f->dir == DIR_IN)
		return WAY_OTHER;
	if (is_own(d, &p->dst) || addr_multicast(&p->dst) || f->linkcast)
		return WAY_IN;
	return WAY_OTHER;
}

void device_configure(const struct device *d, struct lim_config *c)
{
	for (unsigned i = 0; i < d->owns; i++)
		lim_config_own(c, &d->own[i].addr, d->own[i].prefix);
}
