// SPDX-License-Identifier: MIT
#include "replay/report_json.h"

#include "base/json.h"
#include "replay/report.h"
#include "replay/scope.h"

static void load(struct json *j, const char *key, const struct result_load *l)
{
	json_object(j, key);
	json_u64(j, "packets", l->packets);
	json_u64(j, "bytes", l->bytes);
	json_u64(j, "contacts", l->contacts);
	json_end(j);
}

static void reasons(struct json *j, const char *key, const uint64_t packets[LIM_REASONS],
		    unsigned from, unsigned to)
{
	json_object(j, key);
	for (unsigned i = from; i < to; i++)
		if (packets[i])
			json_u64(j, lim_reason_key(i), packets[i]);
	json_end(j);
}

static void device(struct json *j, const struct device *d)
{
	char text[ADDR_TEXT], mac[MAC_TEXT];

	json_object(j, "device");
	json_str(j, "address", d->has_addr ? addr_text(&d->addr, text) : NULL);
	json_str(j, "mac", d->by_mac ? mac_text(d->mac, mac) : NULL);
	json_bool(j, "guessed", d->guessed);
	json_array(j, "own");
	for (unsigned i = 0; i < d->owns; i++)
		json_str(j, NULL, addr_prefix_text(&d->own[i].addr, d->own[i].prefix, text));
	json_end(j);
	json_end(j);
}

static void drops(struct json *j, const struct result *r)
{
	char text[ADDR_TEXT];

	json_array(j, "drops");
	for (size_t i = 0; i < r->drops; i++) {
		const struct result_drop *d = &r->drop[i];
		const struct lim_packet *p = &d->packet;

		json_object(j, NULL);
		json_u64(j, "packet", d->record);
		json_num(j, "time", (double)d->time / 1e9);
		json_str(j, "reason", lim_reason_key(d->reason));
		json_str(j, "src", addr_text(&p->src, text));
		json_str(j, "dst", addr_text(&p->dst, text));
		json_u64(j, "proto", p->proto);
		if (p->flags & LIM_F_PORTS) {
			json_u64(j, "sport", p->sport);
			json_u64(j, "dport", p->dport);
		}
		if (p->proto == LIM_PROTO_TCP)
			json_u64(j, "tcp_flags", p->tcp_flags);
		json_u64(j, "bytes", p->wire_len);
		json_u64(j, "segments", p->segs);
		json_end(j);
	}
	json_end(j);
}

static void counts(struct json *j, const struct result *r)
{
	json_u64(j, "unusable", r->unusable);
	json_u64(j, "other", r->other);
	json_u64(j, "forwarded", r->forwarded);
	json_u64(j, "in", r->in);
	json_u64(j, "out", r->out);
	json_u64(j, "dropped", r->dropped);
	json_u64(j, "out_bytes", r->out_bytes);
	json_u64(j, "dropped_bytes", r->dropped_bytes);
	json_bool(j, "in_use", r->in_use);
	json_u64(j, "older_connections", r->older);
	json_bool(j, "one_way", r->one_way);
	json_u64(j, "unjudged", r->unjudged);
	json_u64(j, "contacts", r->contacts);
	json_num(j, "seconds", (double)r->duration / 1e9);
	reasons(j, "drop_reasons", r->report.packets, LIM_FIRST_DROP, LIM_REASONS);
	reasons(j, "pass_reasons", r->report.packets, 0, LIM_FIRST_DROP);
	load(j, "passed", &r->passed);
	load(j, "passed_60s", &r->passed_60);
	load(j, "unanswered", &r->silent);
	load(j, "unanswered_60s", &r->silent_60);
	if (r->drops)
		drops(j, r);
}

static void capture(struct json *j, const struct manifest *m, size_t i, const struct result *r)
{
	json_object(j, NULL);
	json_str(j, "file", r->file);
	if (m->judged)
		json_str(j, "group", manifest_group_name(m->row[i].group));
	json_bool(j, "usable", r->usable);
	json_str(j, "error", r->error.code ? r->error.text : NULL);
	json_u64(j, "packets", r->records);
	if (r->usable) {
		device(j, &r->device);
		counts(j, r);
	}
	json_end(j);
}

static void groups(struct json *j, const struct verdict v[GROUPS])
{
	json_object(j, "groups");
	for (unsigned g = 0; g < GROUPS; g++) {
		json_object(j, manifest_group_name(g));
		json_u64(j, "captures", v[g].files);
		json_u64(j, "touched", v[g].touched);
		json_u64(j, "out", v[g].out);
		json_u64(j, "dropped", v[g].dropped);
		load(j, "passed_60s", &v[g].passed_60);
		load(j, "unanswered_60s", &v[g].silent_60);
		json_end(j);
	}
	json_end(j);
}

void report_json(FILE *to, const struct manifest *m, const struct result *results,
		 const struct report_total *t, const struct verdict v[GROUPS])
{
	struct json j;

	json_start(&j, to, true);
	json_object(&j, NULL);
	json_str(&j, "holdfast", HOLDFAST_VERSION);
	json_array(&j, "captures");
	for (size_t i = 0; i < m->rows; i++)
		capture(&j, m, i, &results[i]);
	json_end(&j);
	json_object(&j, "total");
	json_u64(&j, "captures", t->files);
	json_u64(&j, "touched", t->touched);
	json_u64(&j, "broken", t->broken);
	json_u64(&j, "unusable", t->unusable);
	json_u64(&j, "packets", t->records);
	json_u64(&j, "in", t->in);
	json_u64(&j, "out", t->out);
	json_u64(&j, "dropped", t->dropped);
	json_u64(&j, "forwarded", t->forwarded);
	reasons(&j, "drop_reasons", t->reason, LIM_FIRST_DROP, LIM_REASONS);
	json_end(&j);
	if (m->judged)
		groups(&j, v);
	json_end(&j);
}
