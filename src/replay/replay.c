// SPDX-License-Identifier: MIT
#include "replay/replay.h"

#include "replay/load.h"
#include "replay/older.h"
#include "replay/scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONTACTS_MAX   (1u << 20)
#define ONE_WAY_MOST   2 /* contacts of a recording that may be taken for one-way */
#define PROGRESS_EVERY 65536

struct run {
	struct result *r;
	const struct replay_ask *ask;
	struct survey survey;
	struct older older;
	bool dtls; /* the device sends records that need a handshake before */
	struct lim_state *state;
	struct lim_config config;
	struct load passed, silent;
	struct set contacts, contacts_passed;
	uint64_t now, last, drawn; /* virtual time; of the latest frame; the same, pauses cut */
	uint64_t done;		   /* records of earlier passes */
	uint64_t record;
};

void replay_config(struct lim_config *c)
{
	static const lim_u64 key[2] = {0x486f6c6466617374, 0x7265706c6179};

	lim_config_default(c, key);
}

static void progress(struct run *run, const struct capture *c)
{
	uint64_t n = capture_records(c);

	if (run->ask->progress && n % PROGRESS_EVERY == 0)
		run->ask->progress(run->ask->arg, run->done + n);
}

/* Off-link unicast: what the contact budgets are about. */
static bool stranger(const struct run *run, const struct lim_packet *p)
{
	const struct device *d = &run->r->device;

	if (p->kind != LIM_KIND_IP || addr_multicast(&p->dst) || addr_link_local(&p->dst) ||
	    addr_loopback(&p->dst) || addr_unspecified(&p->dst))
		return false;
	for (unsigned i = 0; i < d->owns; i++)
		if (addr_in(&d->own[i].addr, &p->dst, d->own[i].prefix))
			return false;
	return true;
}

static uint64_t contact_hash(const struct lim_addr *a)
{
	uint64_t h = set_mix(1, (uint64_t)a->w[0] << 32 | a->w[1]);

	return addr_is4(a) ? set_mix(h, a->w[3]) : h;
}

static void keep_drop(struct run *run, const struct lim_packet *p, enum lim_reason why)
{
	struct result *r = run->r;

	if (r->drops < run->ask->drops && r->drop)
		r->drop[r->drops++] = (struct result_drop){.record = run->record,
							   .time = run->now - CAPTURE_START,
							   .packet = *p,
							   .reason = why};
}

/* Time as the picture shows it, with the long pauses cut out. */
static void advance(struct run *run)
{
	uint64_t gap = run->now - run->last;

	run->last = run->now;
	run->drawn += gap < run->r->pause ? gap : run->r->pause;
}

static size_t bin(const struct run *run)
{
	uint64_t step = run->drawn / run->r->bin_time;

	return step < RESULT_BINS ? step : RESULT_BINS - 1;
}

static void count_passed(struct run *run, const struct lim_packet *p, enum lim_reason why,
			 bool contact)
{
	struct result_load what = {p->segs, p->wire_len, contact};

	load_add(&run->passed, run->now, &what);
	run->r->passed.packets += what.packets;
	run->r->passed.bytes += what.bytes;
	if (why != LIM_PASS_TRICKLE && why != LIM_PASS_RESERVED)
		return;
	load_add(&run->silent, run->now, &what);
	run->r->silent.packets += what.packets;
	run->r->silent.bytes += what.bytes;
	run->r->silent.contacts += what.contacts;
}

/* Tells the limiter of a connection that is older than the recording. */
static void tell_older(struct run *run, const struct lim_packet *p)
{
	struct lim_report uncounted = {0};
	struct lim_packet word;

	if (run->ask->fresh || !older_begins(&run->older, p, &word))
		return;
	run->r->older++;
	lim_ingress(run->state, &run->config, &uncounted, &word, run->now);
}

static void out(struct run *run, const struct lim_packet *p)
{
	struct result *r = run->r;
	bool far = stranger(run, p), contact = false;
	uint64_t hash = far ? contact_hash(&p->dst) : 0;
	enum lim_reason why;

	tell_older(run, p);
	why = lim_egress(run->state, &run->config, &r->report, p, run->now);
	r->out += p->segs;
	r->out_bytes += p->wire_len;
	r->contacts += far && set_add(&run->contacts, hash, CONTACTS_MAX);
	if (lim_drops(why)) {
		r->dropped += p->segs;
		r->dropped_bytes += p->wire_len;
		r->bin_dropped[bin(run)] += p->segs;
		keep_drop(run, p, why);
		return;
	}
	contact = far && set_add(&run->contacts_passed, hash, CONTACTS_MAX);
	r->contacts_passed += contact;
	r->bin_passed[bin(run)] += p->segs;
	count_passed(run, p, why, contact);
}

/* What a device says to itself leaves it by no interface, so the guard never sees it. */
static bool loopback(const struct lim_addr *a)
{
	if (a->w[0] || a->w[1])
		return false;
	return a->w[2] == 0xffff ? a->w[3] >> 24 == 127 : !a->w[2] && a->w[3] == 1;
}

static void decide(struct run *run, const struct frame *f)
{
	struct lim_packet p;

	frame_parse(&p, f);
	advance(run);
	if (loopback(&p.src) && loopback(&p.dst)) {
		run->r->other += p.segs;
		return;
	}
	switch (device_way(&run->r->device, &run->survey, f, &p)) {
	case WAY_OUT:
		run->dtls |= older_dtls(f, &p);
		out(run, &p);
		break;
	case WAY_IN:
		run->r->in += p.segs;
		lim_ingress(run->state, &run->config, &run->r->report, &p, run->now);
		break;
	case WAY_FORWARDED:
		run->r->forwarded += p.segs;
		break;
	case WAY_OTHER:
		run->r->other += p.segs;
		break;
	}
}

/* Reads a whole pass. A broken file is one that ended early: what was before counts. */
static int pass(struct run *run, struct capture *c, bool survey)
{
	struct frame f;
	struct lim_packet p;
	int rc;

	while ((rc = capture_next(c, &f, &run->now, &run->r->error)) == 1) {
		run->record = capture_records(c);
		if (survey) {
			survey_frame(&run->survey, &f, &p, run->now);
			older_see(&run->older, &p);
		} else {
			decide(run, &f);
		}
		progress(run, c);
	}
	run->done += capture_records(c);
	run->r->records = capture_records(c);
	run->r->unusable = capture_unusable(c);
	run->r->broken = rc < 0;
	return rc;
}

/* How long the capture is when no pause counts for more than `cut`, a power of two. */
static uint64_t length_cut(const struct survey *s, unsigned power)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < 63; i++)
		total += i < power ? s->gap[i] : s->gaps[i] << power;
	return total;
}

/* Pauses are cut no more than it takes for none to fill a twentieth of the picture; not at all in
 * captures of so few packets that no cut does. */
static void plan_picture(struct run *run)
{
	unsigned power = 62;

	while (power && length_cut(&run->survey, power) / 20 < UINT64_C(1) << power)
		power--;
	if (!power)
		power = 62;
	run->r->pause = UINT64_C(1) << power;
	run->r->bin_time = length_cut(&run->survey, power) / RESULT_BINS + 1;
	run->r->duration = run->survey.frames ? run->survey.end - CAPTURE_START : 0;
}

/* A recording that does not show the device asking for an address begins in the middle of its life:
 * its budgets have rested, and it has been answered before. */
static void begin_in_use(struct run *run)
{
	static const struct lim_addr any;
	const struct pair *mac = survey_find(&run->survey, run->r->device.mac, &any);

	if (run->ask->fresh || (mac && mac->dhcp_asks))
		return;
	run->r->in_use = true;
	memset(run->state->device, 0, sizeof run->state->device);
	run->state->answers = (lim_u32)run->config.value[LIM_V_SENIORITY];
}

/* Of a recording of one direction nothing can be judged: what answers it cannot be seen. Only where
 * the packets themselves show that they were answered, and of few peers: a flood looks one-way,
 * too. */
static void end_one_way(struct run *run)
{
	struct result *r = run->r;

	if (run->ask->fresh || r->in || !run->dtls || r->contacts > ONE_WAY_MOST)
		return;
	r->one_way = true;
	r->unjudged = r->dropped;
	r->unjudged_bytes = r->dropped_bytes;
	r->dropped = r->dropped_bytes = 0;
}

static int prepare(struct run *run)
{
	struct result *r = run->r;

	if (!r->records)
		return err_set(&r->error, EXIT_WRONG_USE, "%s: holds no packets", r->file);
	if (run->survey.no_memory)
		return err_sys(&r->error, ENOMEM, "%s", r->file);
	if (device_find(&r->device, &run->survey, &run->ask->device, &r->error)) {
		char text[sizeof r->error.text];

		memcpy(text, r->error.text, sizeof text);
		return err_set(&r->error, r->error.code, "%s: %.200s", r->file, text);
	}
	run->config = *run->ask->config;
	device_configure(&r->device, &run->config);
	run->state = calloc(1, sizeof *run->state);
	if (run->ask->drops)
		r->drop = calloc(run->ask->drops, sizeof *r->drop);
	if (!run->state || (run->ask->drops && !r->drop))
		return err_sys(&r->error, ENOMEM, "%s", r->file);
	lim_start(run->state, &run->config, CAPTURE_START);
	begin_in_use(run);
	plan_picture(run);
	run->last = CAPTURE_START;
	r->usable = true;
	return 0;
}

static int both_passes(struct run *run, FILE *(*open)(void *arg), void *arg)
{
	struct result *r = run->r;
	int rc = 0;

	for (int i = 0; i < 2 && rc == 0; i++) {
		FILE *file = open(arg);
		struct capture *c;

		if (!file)
			return err_sys(&r->error, errno, "%s", r->file);
		c = capture_open_stream(file, r->file, &r->error);
		if (!c)
			return -1;
		pass(run, c, i == 0);
		capture_close(c);
		if (i == 0 && r->broken && !run->survey.frames)
			return -1;
		if (i == 0)
			rc = prepare(run);
	}
	return rc || r->broken ? -1 : 0;
}

int replay_stream(struct result *r, const char *name, FILE *(*open)(void *arg), void *arg,
		  const struct replay_ask *ask)
{
	struct run *run = calloc(1, sizeof *run);
	int rc;

	*r = (struct result){.file = name};
	if (!run)
		return err_sys(&r->error, ENOMEM, "%s", name);
	run->r = r;
	run->ask = ask;
	rc = both_passes(run, open, arg);
	end_one_way(run);
	r->passed.contacts = r->contacts_passed;
	r->passed_60 = run->passed.most;
	r->silent_60 = run->silent.most;
	survey_free(&run->survey);
	older_free(&run->older);
	set_free(&run->contacts);
	set_free(&run->contacts_passed);
	free(run->state);
	free(run);
	return rc;
}

static FILE *open_path(void *arg)
{
	return fopen(arg, "rb");
}

int replay_file(struct result *r, const char *path, const struct replay_ask *ask)
{
	char *name = (char *)(uintptr_t)path;

	return replay_stream(r, path, open_path, name, ask);
}

void replay_free(struct result *r)
{
	free(r->drop);
	r->drop = NULL;
	r->drops = 0;
}
