// SPDX-License-Identifier: MIT
#include "adversary/stage.h"

#include <stdlib.h>

#include "adversary/policies.h"

#define MARKS 32768 /* more than any cap */

static int32_t sent(void *arg, const struct sent *s, uint64_t at)
{
	return tally_sent(arg, s, at);
}

static void arrived(void *arg, const struct lim_packet *p, struct target from, unsigned kind,
		    int let_in, uint64_t now)
{
	tally_arrived(arg, p, from, kind, let_in, now);
}

static void confirmed(void *arg, int32_t mark)
{
	tally_take_back(arg, mark);
}

struct stage *stage_new(void)
{
	struct stage *g = calloc(1, sizeof(*g));
	size_t most = 0;

	if (!g)
		return NULL;
	for (unsigned i = 0; policies[i]; i++)
		if (policies[i]->size > most)
			most = policies[i]->size;
	g->world = world_new(most);
	g->tally.mark = malloc(MARKS * sizeof(g->tally.mark[0]));
	g->tally.room = MARKS;
	if (!g->world || !g->tally.mark) {
		stage_free(g);
		return NULL;
	}
	g->world->witness = (struct witness){&g->tally, sent, arrived, confirmed, NULL};
	return g;
}

void stage_free(struct stage *g)
{
	if (!g)
		return;
	world_free(g->world);
	free(g->tally.mark);
	free(g);
}

uint64_t stage_play(struct stage *g, const struct policy *policy, const struct goal *goal,
		    const struct schedule *s, const lim_u64 key[2])
{
	struct setting set = {
	    .victim = goal->victim, .seconds = goal->seconds, .cap = goal->cap, .delay = 0};

	tally_begin(&g->tally, goal, WORLD_BEGIN);
	world_play(g->world, policy, &set, s->gene, s->genes, s->from_boot, key);
	return tally_score(&g->tally);
}
