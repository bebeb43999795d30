// SPDX-License-Identifier: MIT
#include "fleet/report.h"

#include "base/json.h"

static void bins(struct json *j, const char *key, const uint64_t *bin, unsigned n, unsigned times)
{
	json_array(j, key);
	for (unsigned i = 0; i < n; i++)
		json_u64(j, NULL, bin[i] * times);
	json_end(j);
}

static void flows(struct json *j, const char *key, const uint64_t *n)
{
	json_object(j, key);
	json_u64(j, "flows", n[FLOW_ALL]);
	json_u64(j, "delayed", n[FLOW_DELAYED]);
	json_u64(j, "refused", n[FLOW_REFUSED]);
	json_u64(j, "packets_passed", n[FLOW_PACKETS]);
	json_u64(j, "packets_held", n[FLOW_HELD]);
	json_end(j);
}

static void flood(struct json *j, const struct fleet_row *r)
{
	const struct flood *f = &r->flood;
	unsigned end = f->last + 4 < FLOOD_BINS ? f->last + 4 : FLOOD_BINS;
	uint64_t bytes = 0, packets = 0;

	for (unsigned i = 0; i < FLOOD_BINS; i++) {
		bytes += f->sum.bytes[i];
		packets += f->sum.packets[i];
	}
	json_u64(j, "devices", f->sum.weight[0] + f->sum.weight[1]);
	json_u64(j, "devices_protected", f->sum.weight[1]);
	json_u64(j, "classes", f->sum.devices[0] + f->sum.devices[1]);
	json_u64(j, "bytes", bytes);
	json_u64(j, "packets", packets);
	json_num(j, "sustained_bits", f->sustained_bits);
	json_num(j, "mean_bits", f->mean_bits);
	json_num(j, "peak_bits", f->peak_bits);
	json_num(j, "mean_packets", f->mean_packets);
	json_num(j, "peak_packets", f->peak_packets);
	json_num(j, "mean_connections", f->mean_conns);
	json_num(j, "mean_queries", f->mean_queries);
	json_num(j, "burst_bytes", f->burst_bytes);
	json_num(j, "error", f->error);
	json_u64(j, "decisions", f->sum.decisions);
	flows(j, "ordinary_before", f->sum.flow[0]);
	flows(j, "ordinary_during", f->sum.flow[1]);
	json_u64(j, "attack_from", f->first);
	json_u64(j, "attack_to", f->last);
	bins(j, "bits", f->sum.bytes, end, 8);
	bins(j, "packets_each_second", f->sum.packets, end, 1);
	bins(j, "connections", f->sum.conns, end, 1);
	bins(j, "queries", f->sum.queries, end, 1);
}

static void epidemic(struct json *j, const struct fleet_row *r)
{
	const struct epidemic *o = &r->epidemic;

	json_num(j, "doubling_seconds", o->doubling);
	json_u64(j, "most", o->most);
	json_u64(j, "final", o->final);
	json_num(j, "ever", o->ever);
	if (r->of->set.pub_age)
		json_num(j, "at_age", o->at_age);
	json_num(j, "free_probes", o->free_rate);
	json_num(j, "protected_probes", o->protected_rate);
	json_u64(j, "protected_first_minute", o->burst);
	json_num(j, "reproduction", o->reproduction);
	if (o->dies_at >= 0)
		json_num(j, "dies_at", o->dies_at);
	json_num(j, "every_seconds", o->every);
	bins(j, "low", o->low, o->points, 1);
	bins(j, "median", o->median, o->points, 1);
	bins(j, "high", o->high, o->points, 1);
	if (o->closed[0] > 0) {
		json_array(j, "closed_form");
		for (unsigned i = 0; i < o->points; i++)
			json_num(j, NULL, o->closed[i]);
		json_end(j);
	}
}

static void checks(struct json *j, const struct fleet_row *r)
{
	static const char *const kind[] = {"near", "at most", "at least"};

	json_array(j, "checks");
	for (unsigned k = 0; k < r->checks; k++) {
		const struct fleet_check *c = &r->check[k];

		json_object(j, NULL);
		json_str(j, "what", c->what);
		json_str(j, "unit", c->unit);
		json_num(j, "measured", c->measured);
		json_num(j, "wanted", c->wanted);
		json_str(j, "kind", kind[c->kind]);
		if (c->kind == CHECK_NEAR)
			json_num(j, "within", c->within);
		json_bool(j, "holds", c->holds);
		json_end(j);
	}
	json_end(j);
}

/* Nothing that depends on the clock, the threads or the ranks: equal runs give equal bytes. */
void fleet_json(FILE *to, const struct fleet *f)
{
	const struct scenario *s = f->scenario;
	struct json j;

	json_start(&j, to, true);
	json_object(&j, NULL);
	json_str(&j, "schema", "holdfast-fleet-1");
	json_str(&j, "scenario", s->name);
	json_str(&j, "title", s->title);
	json_str(&j, "source", s->source);
	json_str(&j, "kind", s->kind == SCENARIO_FLOOD ? "flood" : "epidemic");
	json_u64(&j, "seed", s->seed);
	json_bool(&j, "holds", fleet_holds(f));
	json_array(&j, "cases");
	for (unsigned i = 0; i < f->rows; i++) {
		json_object(&j, NULL);
		json_str(&j, "case", f->row[i].of->name);
		json_num(&j, "protected", (double)f->row[i].of->set.protect / MILLION);
		if (s->kind == SCENARIO_FLOOD)
			flood(&j, &f->row[i]);
		else
			epidemic(&j, &f->row[i]);
		checks(&j, &f->row[i]);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}
