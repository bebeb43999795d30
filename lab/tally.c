// SPDX-License-Identifier: MIT
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

#define SEEN_SLOTS (1u << 18) /* distinct addresses; at most three quarters are used */

enum word {
	W_TCP = 1u << 0,
	W_UDP = 1u << 1,
	W_ICMP = 1u << 2,
	W_ARP = 1u << 3,
	W_IP = 1u << 4,
	W_V4 = 1u << 5,
	W_V6 = 1u << 6,
	W_SYN = 1u << 7,
	W_FRAGMENT = 1u << 8,
	W_ECHO = 1u << 9,
	W_PROBE = 1u << 10,
	W_UNICAST = 1u << 11,
	W_SPOOFED = 1u << 12,
	W_DNSFAIL = 1u << 13,
	W_IN = 1u << 14,
	W_OUT = 1u << 15,
	W_SYNACK = 1u << 16,
	W_DATA = 1u << 18,
	W_OTHER = 1u << 17, /* neither IP nor ARP */
};

static const struct {
	const char *name;
	enum word word;
} words[] = {
    {"tcp", W_TCP},	    {"udp", W_UDP},	    {"icmp", W_ICMP},
    {"arp", W_ARP},	    {"ip", W_IP},	    {"v4", W_V4},
    {"v6", W_V6},	    {"syn", W_SYN},	    {"fragment", W_FRAGMENT},
    {"echo", W_ECHO},	    {"probe", W_PROBE},	    {"unicast", W_UNICAST},
    {"spoofed", W_SPOOFED}, {"dnsfail", W_DNSFAIL}, {"in", W_IN},
    {"out", W_OUT},	    {"synack", W_SYNACK},   {"other", W_OTHER},
    {"data", W_DATA},
};

struct seen {
	struct lim_addr *slot; /* all words 0: free */
	uint32_t count;
};

struct tally {
	char name[48];
	uint32_t want;		 /* enum word, together */
	int proto, sport, dport; /* -1: any */
	struct prefixes src, dst;

	uint64_t packets, bytes, syns, spoofed;
	uint64_t first, last;	     /* ns */
	struct seen addresses, nets; /* destinations, and their /24 and /48 */
	uint64_t bin_packets[TALLY_SECONDS], bin_bytes[TALLY_SECONDS];
};

static int add_prefix(struct prefixes *p, const char *text, struct err *e)
{
	struct prefix *x = &p->at[p->count];
	unsigned len;

	if (p->count == TALLY_PREFIXES)
		return err_set(e, EXIT_WRONG_USE, "more than %d prefixes: %s", TALLY_PREFIXES,
			       text);
	if (addr_parse_prefix(text, &x->addr, &len, e))
		return -1;
	x->mask = addr_mask(addr_is4(&x->addr), len);
	for (int i = 0; i < 4; i++)
		x->addr.w[i] &= x->mask.w[i];
	p->count++;
	return 0;
}

static int add_number(int *to, const char *text, struct err *e)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 0 || n > 65535)
		return err_set(e, EXIT_WRONG_USE, "'%s' is no number up to 65535", text);
	*to = (int)n;
	return 0;
}

static int add_word(struct tally *t, char *word, struct err *e)
{
	char *value = strchr(word, '=');

	if (value) {
		*value++ = 0;
		if (!strcmp(word, "dst"))
			return add_prefix(&t->dst, value, e);
		if (!strcmp(word, "src"))
			return add_prefix(&t->src, value, e);
		if (!strcmp(word, "proto"))
			return add_number(&t->proto, value, e);
		if (!strcmp(word, "sport"))
			return add_number(&t->sport, value, e);
		if (!strcmp(word, "dport"))
			return add_number(&t->dport, value, e);
	}
	for (size_t i = 0; !value && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(word, words[i].name)) {
			t->want |= words[i].word;
			return 0;
		}
	}
	return err_set(e, EXIT_WRONG_USE, "'%s' is no word of a selection", word);
}

static int read_words(struct tally *t, const char *text, struct err *e)
{
	char copy[512], *rest = copy, *word;
	size_t name = strcspn(text, ":");

	if (!name || name >= sizeof(t->name) || strlen(text) >= sizeof(copy))
		return err_set(e, EXIT_WRONG_USE, "'%s' is no selection: NAME[:WORD,...]", text);
	memcpy(t->name, text, name);
	strcpy(copy, text[name] ? text + name + 1 : "");
	while ((word = strsep(&rest, ",")))
		if (*word && add_word(t, word, e))
			return -1;
	if (!(t->want & (W_IN | W_OUT)))
		t->want |= W_IN;
	return 0;
}

struct tally *tally_new(const char *text, struct err *e)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t) {
		t->proto = t->sport = t->dport = -1;
		t->addresses.slot = calloc(SEEN_SLOTS, sizeof(struct lim_addr));
		t->nets.slot = calloc(SEEN_SLOTS, sizeof(struct lim_addr));
	}
	if (!t || !t->addresses.slot || !t->nets.slot)
		err_set(e, EXIT_SYSTEM, "no memory for the selection %s", text);
	else if (!read_words(t, text, e))
		return t;
	tally_free(t);
	return NULL;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	free(t->addresses.slot);
	free(t->nets.slot);
	free(t);
}

static bool equal(const struct lim_addr *a, const struct lim_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool within(const struct prefixes *p, const struct lim_addr *a)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct prefix *x = &p->at[i];
		uint32_t off = 0;

		for (int k = 0; k < 4; k++)
			off |= (a->w[k] & x->mask.w[k]) ^ x->addr.w[k];
		if (!off)
			return true;
	}
	return p->count == 0;
}

/* Unspecified and link-local sources are everybody's own, but only where they have a use. */
static bool excused(const struct frame *f)
{
	const struct lim_addr *s = &f->src, *d = &f->dst;
	bool link6 = d->w[0] == 0xff020000 || (d->w[0] & 0xffc00000) == 0xfe800000;

	if (addr_is4(s) && s->w[3] == 0)
		return f->ethertype == 0x0806 || d->w[3] == 0xffffffff;
	if (!(s->w[0] | s->w[1] | s->w[2] | s->w[3]))
		return link6 || !f->ip;
	return (s->w[0] & 0xffc00000) == 0xfe800000 && link6;
}

static bool is_spoofed(const struct own *own, const struct frame *f)
{
	if (!f->ip && f->ethertype != 0x0806)
		return false;
	for (unsigned i = 0; i < own->count; i++)
		if (equal(&own->at[i], &f->src))
			return false;
	return !excused(f);
}

static bool is_syn(const struct frame *f)
{
	return f->proto == 6 && (f->tcp_flags & 0x12) == 0x02;
}

/* All the words that hold for f, in the bits of enum word. */
static uint32_t words_of(const struct frame *f, bool sent, bool spoofed)
{
	bool v4 = addr_is4(&f->dst);
	bool probe = f->ethertype == 0x0806 || (f->proto == 58 && f->icmp_type == 135);
	bool upkeep = f->proto == 58 && f->icmp_type >= 130 && f->icmp_type <= 143;
	bool echo = (f->proto == 1 && f->icmp_type == 8) || (f->proto == 58 && f->icmp_type == 128);

	return (f->ip && !upkeep ? W_DATA : 0u) | (f->proto == 6 ? W_TCP : 0u) |
	       (f->proto == 17 ? W_UDP : 0u) | (f->proto == 1 || f->proto == 58 ? W_ICMP : 0u) |
	       (f->ethertype == 0x0806 ? W_ARP : 0u) | (f->ip ? W_IP : 0u) |
	       (f->ip && v4 ? W_V4 : 0u) | (f->ip && !v4 ? W_V6 : 0u) | (is_syn(f) ? W_SYN : 0u) |
	       (f->proto == 6 && (f->tcp_flags & 0x12) == 0x12 ? W_SYNACK : 0u) |
	       (f->fragment ? W_FRAGMENT : 0u) | (echo ? W_ECHO : 0u) | (probe ? W_PROBE : 0u) |
	       (!f->linkcast ? W_UNICAST : 0u) | (spoofed ? W_SPOOFED : 0u) |
	       (!f->ip && f->ethertype != 0x0806 ? W_OTHER : 0u) | (f->dns_rcode ? W_DNSFAIL : 0u) |
	       (sent ? W_OUT : W_IN);
}

static void see(struct seen *s, const struct lim_addr *a)
{
	uint32_t h = a->w[0] * 0x9e3779b1u ^ a->w[1] * 0x85ebca6bu ^ a->w[2] * 0xc2b2ae35u;

	h = (h ^ a->w[3]) * 0x9e3779b1u;
	for (uint32_t i = h ^ h >> 15;; i++) {
		struct lim_addr *x = &s->slot[i & (SEEN_SLOTS - 1)];

		if (equal(x, a))
			return;
		if (!(x->w[0] | x->w[1] | x->w[2] | x->w[3])) {
			if (s->count < SEEN_SLOTS / 4 * 3) {
				*x = *a;
				s->count++;
			}
			return;
		}
	}
}

static void see_destination(struct tally *t, const struct lim_addr *a)
{
	struct lim_addr net = *a;

	see(&t->addresses, a);
	if (addr_is4(a)) {
		net.w[3] &= 0xffffff00;
	} else {
		net.w[1] &= 0xffff0000;
		net.w[2] = net.w[3] = 0;
	}
	see(&t->nets, &net);
}

static bool matches(const struct tally *t, const struct frame *f, uint32_t have)
{
	return !(t->want & ~have) && (t->proto < 0 || (f->ip && f->proto == t->proto)) &&
	       (t->sport < 0 || f->sport == t->sport) && (t->dport < 0 || f->dport == t->dport) &&
	       within(&t->src, &f->src) && within(&t->dst, &f->dst);
}

void tally_add(struct tally *t, const struct own *own, const struct frame *f, bool sent,
	       uint32_t wire_len, uint32_t segs, uint64_t ns)
{
	bool spoofed = !sent && own->count && is_spoofed(own, f);
	uint64_t second = ns / 1000000000u;

	if (!matches(t, f, words_of(f, sent, spoofed)))
		return;
	if (second >= TALLY_SECONDS)
		second = TALLY_SECONDS - 1;
	if (!t->packets)
		t->first = ns;
	t->last = ns;
	t->packets += segs;
	t->bytes += wire_len;
	t->syns += is_syn(f) ? segs : 0;
	t->spoofed += spoofed ? segs : 0;
	t->bin_packets[second] += segs;
	t->bin_bytes[second] += wire_len;
	see_destination(t, &f->dst);
}

static void bins_json(struct json *j, const char *key, const uint64_t *bin, size_t n)
{
	json_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_u64(j, NULL, bin[i]);
	json_end(j);
}

void tally_json(const struct tally *t, struct json *j)
{
	size_t n = t->packets ? t->last / 1000000000u + 1 : 0;

	if (n > TALLY_SECONDS)
		n = TALLY_SECONDS;
	json_object(j, t->name);
	json_u64(j, "packets", t->packets);
	json_u64(j, "bytes", t->bytes);
	json_u64(j, "destinations", t->addresses.count);
	json_u64(j, "networks", t->nets.count);
	json_u64(j, "syns", t->syns);
	json_u64(j, "spoofed", t->spoofed);
	json_num(j, "first", t->packets ? (double)t->first / 1e9 : 0);
	json_num(j, "last", t->packets ? (double)t->last / 1e9 : 0);
	bins_json(j, "packets_per_second", t->bin_packets, n);
	bins_json(j, "bytes_per_second", t->bin_bytes, n);
	json_end(j);
}
