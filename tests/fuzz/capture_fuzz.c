// SPDX-License-Identifier: MIT
//
// Captures of any content through replay and all its reports. The first byte chooses: the rest is
// a capture file as it is; or it is the records of a well-formed pcap file, which reaches deeper.
// Promises held against: every frame is counted once, every drop has a reason, what passed within
// 60 s is no more than what passed, and the same file gives the same verdicts.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "replay/replay.h"
#include "replay/report_html.h"
#include "replay/report_json.h"

#define FILE_MAX (1u << 20)
#define DROPS	 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	uint8_t file[FILE_MAX + 64];
	size_t size;
	FILE *null;
	struct lim_config config;
} w;

static void fail(const char *what)
{
	fprintf(stderr, "capture_fuzz: broken promise: %s\n", what);
	abort();
}

static void put(const void *bytes, size_t n)
{
	memcpy(w.file + w.size, bytes, n);
	w.size += n;
}

/* link type, then records: two bytes of time, one of length, the bytes. */
static void build(const uint8_t *data, size_t size)
{
	static const uint8_t links[] = {1, 1, 101, 113, 0, 108, 12, 228, 229, 1};
	uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, size ? links[*data % 10] : 1};
	uint32_t sec = 1000, n = 0;

	if (size && *data % 10 == 9)
		head[5] = 276;
	put(head, sizeof head);
	for (size_t at = 1; at + 3 <= size; at += 3 + n) {
		uint32_t record[4] = {sec, (uint32_t)data[at + 1] * 3906, 0, 0};

		n = data[at + 2] < size - at - 3 ? data[at + 2] : (uint32_t)(size - at - 3);
		if (w.size + 16 + n > FILE_MAX)
			return;
		sec += data[at] < 200 ? data[at] / 16 : data[at] < 210 ? 1u << 28 : (uint32_t)-40;
		record[2] = n;
		record[3] = data[at] & 1 ? n : n * 20;
		put(record, sizeof record);
		put(data + at + 3, n);
	}
}

static FILE *open_file(void *arg)
{
	(void)arg;
	return w.size ? fmemopen(w.file, w.size, "rb") : fopen("/dev/null", "rb");
}

static void check(const struct result *r)
{
	const uint64_t held = r->dropped + r->unjudged,
		       held_bytes = r->dropped_bytes + r->unjudged_bytes;
	uint64_t drops = 0, bins = 0;

	for (unsigned i = LIM_FIRST_DROP; i < LIM_REASONS; i++)
		drops += r->report.packets[i];
	/* What arrives may be dropped too: strangers' connections. */
	if (drops < held || drops > held + r->in)
		fail("a drop without a reason");
	for (unsigned i = 0; i < RESULT_BINS; i++)
		bins += r->bin_passed[i] + r->bin_dropped[i];
	if (bins != r->out)
		fail("the picture shows another number of packets");
	if (r->passed.packets != r->out - held || r->passed.bytes != r->out_bytes - held_bytes)
		fail("passed and dropped are not all");
	if (r->passed_60.packets > r->passed.packets || r->silent_60.bytes > r->silent.bytes ||
	    r->silent.packets > r->passed.packets)
		fail("more passed in 60 s than in all");
	if (r->unjudged && (r->dropped || r->in || !r->one_way))
		fail("left unjudged without its reason");
	if (r->drops > DROPS || (r->dropped && !r->drops))
		fail("drops not kept");
	if (r->unusable > r->records)
		fail("more unusable than records");
}

static void report(struct result *r)
{
	struct manifest_row row = {.group = GROUP_ATTACK};
	struct manifest m = {&row, 1, true};
	struct verdict v[GROUPS] = {0};
	struct report_total t = {0};

	report_add(&t, r);
	verdict_add(&v[GROUP_ATTACK], r);
	report_row(w.null, r, true);
	report_drops(w.null, r);
	verdict_show(w.null, &m, r, v);
	report_json(w.null, &m, r, &t, v);
	report_html(w.null, &m, r, &t, v);
}

static void hint(struct device_hint *h, const uint8_t *data, size_t size)
{
	if (size < 24 || data[1] & 3)
		return;
	h->has_mac = data[1] & 4;
	memcpy(h->mac, data + 12, 6);
	h->has_addr = data[1] & 8;
	h->addr = (struct lim_addr){{0, 0, 0xffff, 0xc0a8070a}};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct replay_ask ask = {.config = &w.config, .drops = DROPS};
	struct result r, again;

	if (!w.null) {
		w.null = fopen("/dev/null", "w");
		replay_config(&w.config);
	}
	w.size = 0;
	hint(&ask.device, data, size);
	if (size && *data >= 0xe0) /* no magic number of a capture begins so */
		build(data + 1, size - 1);
	else if (size <= FILE_MAX)
		put(data, size);
	if (replay_stream(&r, "a\xff<capture>", open_file, NULL, &ask) && !r.error.text[0])
		fail("failed without a word");
	if (r.usable)
		check(&r);
	if (w.null)
		report(&r);
	if (size % 8 == 0) {
		replay_stream(&again, r.file, open_file, NULL, &ask);
		if (memcmp(&r.report, &again.report, sizeof r.report) || r.out != again.out)
			fail("the same file, another verdict");
		replay_free(&again);
	}
	replay_free(&r);
	return 0;
}
