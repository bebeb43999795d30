// SPDX-License-Identifier: MIT
//
// Packets of any content in any order at any time, against the promises of limiter.h. The input is
// either a list of raw packets, or a seed of the traffic generator with a list of changes to its
// packets, which reaches deeper. Each packet lies in a buffer of exactly its size, so that the
// sanitizer sees every byte read too many.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic.h"

#define CANARY 0xa5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t left;
};

static struct {
	struct lim_config config;
	uint8_t before[64];
	struct lim_state state;
	uint8_t between[64];
	struct lim_report report;
	uint8_t after[64];
	struct lim_config config_before;
	uint64_t packets[LIM_REASONS], bytes[LIM_REASONS];
	uint64_t start, now;
	uint64_t fed, answered; /* over all inputs */
} w;

static void fail(const char *what, unsigned n)
{
	fprintf(stderr, "packet_fuzz: broken promise: %s (%u)\n", what, n);
	abort();
}

static uint64_t take(struct input *in, int bytes)
{
	uint64_t v = 0;

	while (bytes-- && in->left) {
		v = v << 8 | *in->data++;
		in->left--;
	}
	return v;
}

static int all(const uint8_t *p, size_t n, uint8_t v)
{
	while (n--)
		if (*p++ != v)
			return 0;
	return 1;
}

static void begin(void)
{
	memset(&w.state, 0, sizeof w.state);
	memset(&w.report, 0, sizeof w.report);
	memset(w.packets, 0, sizeof w.packets);
	memset(w.bytes, 0, sizeof w.bytes);
	memset(w.before, CANARY, sizeof w.before);
	memset(w.between, CANARY, sizeof w.between);
	memset(w.after, CANARY, sizeof w.after);
	traffic_config(&w.config);
	w.config_before = w.config;
	w.start = w.now = LIM_S;
	lim_start(&w.state, &w.config, w.now);
}

/* A second opinion, as simple as can be, on plain IPv4 and IPv6 over Ethernet. */
static int foreign_source(const struct traffic_packet *p)
{
	static const uint8_t own6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0,
					 0,    0,    0,	   0,	 0, 0, 0, 0x10};
	static const uint8_t ll[16] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
	static const uint8_t own4[4] = {192, 0, 2, 10};
	const uint8_t *d = p->data;

	if (p->link != LIM_ETHERNET || p->len < 14 + 40)
		return 0;
	if (d[12] == 0x08 && d[13] == 0 && d[14] >> 4 == 4)
		return memcmp(d + 26, own4, 4) && !all(d + 26, 4, 0);
	if (d[12] == 0x86 && d[13] == 0xdd && d[14] >> 4 == 6)
		return memcmp(d + 22, own6, 16) && memcmp(d + 22, ll, 16) && !all(d + 22, 16, 0);
	return 0;
}

static void check_packet(const struct traffic_packet *t, const struct lim_packet *p,
			 enum lim_reason why)
{
	if ((unsigned)why >= LIM_REASONS)
		fail("a verdict out of range", why);
	if (!p->segs)
		fail("a packet of no segments", 0);
	if (p->kind > LIM_KIND_BROKEN)
		fail("a kind out of range", p->kind);
	if (p->wire_len < t->wire_len)
		fail("bytes on the wire lost", p->wire_len);
	if (t->egress && foreign_source(t) && !lim_drops(why))
		fail("a foreign source address passed", why);
	if (!strcmp(lim_reason_key(why), "?"))
		fail("a verdict without a name", why);
}

static void feed(const struct traffic_packet *t)
{
	uint8_t *exact = malloc(t->len ? t->len : 1);
	struct lim_packet p;
	enum lim_reason why;

	if (!exact)
		abort();
	memcpy(exact, t->data, t->len);
	memset(&p, CANARY, sizeof p);
	lim_parse(&p, t->link, exact, t->len, t->wire_len);
	free(exact);
	if (t->egress)
		why = lim_egress(&w.state, &w.config, &w.report, &p, w.now);
	else
		why = lim_ingress(&w.state, &w.config, &w.report, &p, w.now);
	check_packet(t, &p, why);
	w.packets[why] += p.segs;
	w.bytes[why] += p.wire_len;
	w.fed++;
	w.answered += why == LIM_PASS_CONSENT;
}

/* What may pass of a budget in the time that went by. */
static uint64_t allowance(enum lim_budget_id id)
{
	const struct lim_budget *b = &w.config.budget[id];

	return (b->span + (w.now - w.start)) / b->period;
}

static void check_totals(void)
{
	if (!all(w.before, sizeof w.before, CANARY) || !all(w.between, sizeof w.between, CANARY) ||
	    !all(w.after, sizeof w.after, CANARY))
		fail("memory beside the state written", 0);
	if (memcmp(&w.config, &w.config_before, sizeof w.config))
		fail("configuration written", 0);
	for (unsigned i = 0; i < LIM_REASONS; i++)
		if (w.report.packets[i] != w.packets[i] || w.report.bytes[i] != w.bytes[i])
			fail("report and verdicts differ", i);
	if (w.packets[LIM_PASS_TRICKLE] > allowance(LIM_B_DEVICE_PKTS))
		fail("unanswered packets beyond the device's budget", 0);
	if (w.bytes[LIM_PASS_TRICKLE] > allowance(LIM_B_DEVICE_BYTES))
		fail("unanswered bytes beyond the device's budget", 0);
	if (w.packets[LIM_PASS_OVERRIDE] > allowance(LIM_B_OVERRIDE_PKTS) ||
	    w.bytes[LIM_PASS_OVERRIDE] > allowance(LIM_B_OVERRIDE_BYTES))
		fail("beyond the override's ceiling", 0);
}

static void raw_packets(struct input *in)
{
	static struct traffic_packet t;

	while (in->left > 4) {
		unsigned ctl = (unsigned)take(in, 1), pace = (unsigned)take(in, 1);

		t.len = (uint32_t)take(in, 1) | (ctl & 7u) << 8;
		if (t.len > in->left)
			t.len = (uint32_t)in->left;
		t.egress = ctl >> 7 & 1;
		t.link = ctl >> 6 & 1;
		t.wire_len = t.len + (ctl & 0x20 ? (uint32_t)take(in, 2) : 0);
		if (t.len > in->left)
			t.len = (uint32_t)in->left;
		memcpy(t.data, in->data, t.len);
		in->data += t.len;
		in->left -= t.len;
		w.now += 1ull << (pace % 48);
		feed(&t);
	}
}

static void generated_packets(struct input *in)
{
	static struct traffic g;
	uint32_t n = 16 + (uint32_t)take(in, 1);

	if (n == 16 + 255)
		n = 4096;
	traffic_start(&g, take(in, 8), 0);
	while (n--) {
		const struct traffic_packet *next = traffic_next(&g);
		static struct traffic_packet t;

		t = *next;
		w.now = t.now;
		if (in->left >= 4 && !(n % 4)) {
			uint32_t at = (uint32_t)take(in, 2);

			if (t.len)
				t.data[at % t.len] ^= (uint8_t)take(in, 1);
			if (at & 0x8000 && t.len)
				t.len = 1 + (uint32_t)take(in, 1) % t.len;
		}
		feed(&t);
	}
}

static void tell(void)
{
	printf("# %" PRIu64 " packets, %" PRIu64 " of them to peers that answer\n", w.fed,
	       w.answered);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};

	static int told;

	if (!told++)
		atexit(tell);
	begin();
	if (take(&in, 1) & 1)
		raw_packets(&in);
	else
		generated_packets(&in);
	check_totals();
	return 0;
}
