// SPDX-License-Identifier: MIT
#include "play/schedule.h"

#define X(id, key) key,
const char *const kind_name[KIND_COUNT] = {KINDS(X)};
const char *const answer_name[ANSWER_COUNT] = {ANSWERS(X)};
#undef X

static void print_time(uint32_t us, FILE *out)
{
	if (us >= 1000000)
		fprintf(out, "%.6g s", us / 1e6);
	else if (us >= 1000)
		fprintf(out, "%.6g ms", us / 1e3);
	else
		fprintf(out, "%u us", us);
}

static void print_rhythm(const struct gene *g, FILE *out)
{
	fprintf(out, ", from ");
	print_time(g->start, out);
	if (g->bursts)
		fprintf(out, ", %u times %u packets", g->bursts, g->burst);
	else
		fprintf(out, ", bursts of %u for ever", g->burst);
	fprintf(out, ", every ");
	print_time(g->gap, out);
	fprintf(out, ", pause ");
	print_time(g->pause, out);
	if (g->backoff) {
		fprintf(out, ", after a drop ");
		print_time(g->backoff, out);
	}
}

static void print_target(const struct gene *g, FILE *out)
{
	static const char *const spread[SPREAD_COUNT] = {"one", "new each packet",
							 "new each burst"};

	fprintf(out, " %s %s (%s", kind_name[g->kind], g->kind >= KIND_FIRST_IN ? "from" : "to",
		spread[g->spread]);
	if (g->spread != SPREAD_ONE && g->cycle)
		fprintf(out, ", %u in turn", g->cycle);
	fprintf(out, ", group %u) %s %s", g->group, actor_key[g->actor], g->v6 ? "v6" : "v4");
	fprintf(out, " port %u%s%s%s", schedule_ports[g->service],
		g->ports & PORT_SPORT ? ", new source port" : "",
		g->ports & PORT_DPORT ? ", new destination port" : "",
		g->ports & PORT_SERVICE ? ", as service" : "");
}

void schedule_print(const struct schedule *s, FILE *out)
{
	fprintf(out, "  starts %s, victim %s%s%s\n",
		s->from_boot ? "at start-up" : "after a long rest", s->v6 ? "IPv6" : "IPv4",
		s->origin[0] ? ", descends from: " : "", s->origin);
	for (unsigned i = 0; i < s->genes; i++) {
		const struct gene *g = &s->gene[i];

		fprintf(out, "  %u.", i + 1);
		print_target(g, out);
		fprintf(out, ", %u bytes", g->size);
		if (g->segs > 1)
			fprintf(out, " x %u segments", g->segs);
		if (g->hops != 64)
			fprintf(out, ", hop limit %u", g->hops);
		print_rhythm(g, out);
		if (g->actor == ACTOR_COOP || g->actor == ACTOR_COOP_NEAR) {
			fprintf(out, "; the host %s after ", answer_name[g->answer]);
			print_time(g->rtt, out);
		}
		fprintf(out, "\n");
	}
}
