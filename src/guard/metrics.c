// SPDX-License-Identifier: MIT
#include "guard/metrics.h"

#include <inttypes.h>

#include "guard/budgets.h"
#include "limiter/limiter.h"

static void head(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void by_reason(FILE *to, const char *name, const char *help, const lim_u64 *count)
{
	head(to, name, "counter", help);
	for (unsigned r = 0; r < LIM_REASONS; r++)
		fprintf(to, "%s{verdict=\"%s\",reason=\"%s\"} %" PRIu64 "\n", name,
			lim_drops(r) ? "held" : "passed", lim_reason_key(r), (uint64_t)count[r]);
}

static void budget_row(FILE *to, const char *name, enum lim_budget_id id, lim_u64 value)
{
	fprintf(to, "%s{budget=\"%s\",unit=\"%s\"} %" PRIu64 "\n", name, budget_rows[id].key,
		budget_rows[id].unit, (uint64_t)value);
}

static void budgets(FILE *to, const struct lim_state *s, const struct lim_config *c, lim_u64 now)
{
	head(to, "holdfast_budget_left", "gauge", "What is left of a device-wide budget.");
	for (unsigned id = 0; id < LIM_B_COUNT; id++)
		if (budget_rows[id].device_wide)
			budget_row(to, "holdfast_budget_left", id, lim_left(s, c, id, now));
	head(to, "holdfast_budget_depth", "gauge", "What a device-wide budget holds when full.");
	for (unsigned id = 0; id < LIM_B_COUNT; id++)
		if (budget_rows[id].device_wide)
			budget_row(to, "holdfast_budget_depth", id, budget_depth(c, id));
}

static void peers(FILE *to, const struct lim_state *s, const struct lim_config *c, lim_u64 now)
{
	unsigned fresh = 0, paused = 0, other = 0;
	struct lim_view v;

	for (unsigned i = 0; i < LIM_PEER_SETS * LIM_WAYS; i++) {
		const struct lim_peer_set *set = &s->peer[i / LIM_WAYS];

		if (!set->tag[i % LIM_WAYS])
			continue;
		lim_look(s, c, &set->way[i % LIM_WAYS].addr, now, &v);
		if (v.paused)
			paused++;
		else if (v.fresh)
			fresh++;
		else
			other++;
	}
	head(to, "holdfast_peers", "gauge", "Peers in the table, by what they last said.");
	fprintf(to,
		"holdfast_peers{consent=\"fresh\"} %u\nholdfast_peers{consent=\"none\"} %u\n"
		"holdfast_peers{consent=\"refused\"} %u\n",
		fresh, other, paused);
}

int metrics_write(FILE *to, const struct lim_state *s, const struct lim_config *c,
		  const struct lim_report *r, lim_u64 now)
{
	lim_u64 left = c->override_until > now ? c->override_until - now : 0;

	head(to, "holdfast_info", "gauge", "Version of the program that wrote this.");
	fprintf(to, "holdfast_info{version=\"%s\"} 1\n", HOLDFAST_VERSION);
	by_reason(to, "holdfast_packets_total", "Packets by verdict and reason.", r->packets);
	by_reason(to, "holdfast_bytes_total", "Bytes by verdict and reason.", r->bytes);
	head(to, "holdfast_events_total", "counter", "Events recorded.");
	fprintf(to, "holdfast_events_total %" PRIu64 "\n", (uint64_t)r->events);
	budgets(to, s, c, now);
	peers(to, s, c, now);
	head(to, "holdfast_own_addresses", "gauge", "Addresses that packets may leave from.");
	fprintf(to, "holdfast_own_addresses{family=\"ipv4\"} %" PRIu32 "\n", c->own4_count);
	fprintf(to, "holdfast_own_addresses{family=\"ipv6\"} %" PRIu32 "\n", c->own6_count);
	head(to, "holdfast_override_seconds", "gauge", "Time left of the owner's override.");
	fprintf(to, "holdfast_override_seconds %.3f\n", (double)(left / LIM_MS) / 1000);
	return ferror(to) ? -1 : 0;
}
