// SPDX-License-Identifier: MIT
// Islands: each search is cut into ISLANDS independent populations that meet only at the end, so
// that any number of threads gives the same result. Within an island: the hand-written strategies,
// then chance, then mutation and crossing of the best.
#include "adversary/adversary.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "adversary/stage.h"
#include "adversary/strategies.h"

#define ISLANDS 8
#define ELITE	24
#define SECRETS 8 /* further secrets under which the best is played again */

struct member {
	uint64_t score, events, packets;
	struct schedule s;
};

struct island {
	const struct search *search;
	unsigned number;
	struct rng rng;
	lim_u64 key[2];
	uint64_t played;
	unsigned members;
	struct member elite[ELITE]; /* best first */
};

static int better(const struct member *a, const struct member *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->s.genes != b->s.genes)
		return a->s.genes < b->s.genes;
	return a->events < b->events;
}

static int same(const struct member *a, const struct member *b)
{
	return a->score == b->score && a->events == b->events && a->s.genes == b->s.genes;
}

/* Keeps m if it is among the best; of those that cannot be told apart by outcome, one. */
static void keep(struct island *i, const struct member *m)
{
	unsigned at = i->members;

	for (unsigned k = 0; k < i->members; k++)
		if (same(&i->elite[k], m))
			return;
	if (at == ELITE) {
		if (!better(m, &i->elite[ELITE - 1]))
			return;
		at--;
	} else {
		i->members++;
	}
	for (; at && better(m, &i->elite[at - 1]); at--)
		i->elite[at] = i->elite[at - 1];
	i->elite[at] = *m;
}

static void play(struct island *i, struct stage *w, struct member *m)
{
	const struct search *s = i->search;

	schedule_legal(&m->s, s->goal->may);
	m->score = stage_play(w, s->policy, s->goal, &m->s, i->key);
	m->events = w->world->events;
	i->played++;
	keep(i, m);
}

static unsigned pick(struct island *i)
{
	unsigned a = rng_below(&i->rng, i->members), b = rng_below(&i->rng, i->members);

	return a < b ? a : b;
}

static void breed(struct island *i, struct member *m)
{
	if (rng_once_in(&i->rng, 10)) {
		schedule_random(&m->s, &i->rng);
		return;
	}
	m->s = i->elite[pick(i)].s;
	if (rng_once_in(&i->rng, 5))
		schedule_cross(&m->s, &i->elite[pick(i)].s, &i->rng);
	schedule_mutate(&m->s, &i->rng);
}

static void seed_island(struct island *i, struct stage *w, uint64_t budget)
{
	uint64_t chance = budget / 10 + 1;
	struct member m;

	for (unsigned k = 0; k < strategy_count && i->played < budget && !i->search->from_scratch;
	     k++) {
		unsigned which = (k + i->number * strategy_count / ISLANDS) % strategy_count;

		m.s = strategies[which];
		play(i, w, &m);
		m.s = strategies[which]; /* and to an IPv6 victim */
		m.s.v6 = 1;
		if (i->played < budget)
			play(i, w, &m);
	}
	while (chance-- && i->played < budget) {
		schedule_random(&m.s, &i->rng);
		play(i, w, &m);
	}
}

static void secret(lim_u64 key[2], uint64_t seed, unsigned number)
{
	struct rng r = {seed ^ 0x5ec2e7ull << 20 ^ number};

	key[0] = rng_next(&r);
	key[1] = rng_next(&r);
}

static void start_island(struct island *i, const struct search *s, unsigned number)
{
	memset(i, 0, sizeof(*i));
	i->search = s;
	i->number = number;
	i->rng.s = s->seed * 0x9e3779b97f4a7c15ull + number * 0x85ebca6bull + 1;
	for (const char *c = s->goal->key; *c; c++)
		i->rng.s = i->rng.s * 31 + (unsigned char)*c;
	secret(i->key, s->seed, number);
}

struct pool {
	const struct search *list;
	unsigned count, jobs;
	struct island *island; /* count * ISLANDS */
	atomic_uint next;
	atomic_int refused;
	pthread_mutex_t lock;
	uint64_t played, total;
	const struct progress *progress;
};

static void report(struct pool *p, uint64_t n)
{
	if (!p->progress)
		return;
	pthread_mutex_lock(&p->lock);
	p->played += n;
	p->progress->tick(p->progress->arg, p->played, p->total);
	pthread_mutex_unlock(&p->lock);
}

static uint64_t share(const struct search *s, unsigned number)
{
	return s->schedules / ISLANDS + (number < s->schedules % ISLANDS);
}

static void run_island(struct pool *p, struct island *i, struct stage *w)
{
	uint64_t budget = share(i->search, i->number), told = 0;
	struct member m;

	if (!budget)
		return;
	seed_island(i, w, budget);
	while (i->played < budget) {
		breed(i, &m);
		play(i, w, &m);
		if (i->played - told >= 256) {
			report(p, i->played - told);
			told = i->played;
		}
	}
	report(p, i->played - told);
}

static void *worker(void *arg)
{
	struct pool *p = arg;
	struct stage *w = stage_new();
	unsigned job;

	if (!w) {
		atomic_store(&p->refused, 1);
		return NULL;
	}
	while ((job = atomic_fetch_add(&p->next, 1)) < p->jobs) {
		struct island *i = &p->island[job];

		start_island(i, &p->list[job / ISLANDS], job % ISLANDS);
		run_island(p, i, w);
	}
	stage_free(w);
	return NULL;
}

static int plays_to(struct stage *w, const struct search *s, const struct found *f,
		    const struct schedule *x, uint64_t enough)
{
	return stage_play(w, s->policy, s->goal, x, f->key) >= enough;
}

/* Drops streams and repetitions that the score, or beating the bound, does not need. */
static void shorten(struct stage *w, const struct search *s, struct found *f)
{
	uint64_t enough = f->beaten ? s->goal->bound + 1 : f->score;
	struct schedule *best = &f->shortest;

	*best = f->best;
	for (unsigned at = 0; at < best->genes && best->genes > 1;) {
		struct schedule less = *best;

		less.gene[at] = less.gene[--less.genes];
		if (plays_to(w, s, f, &less, enough)) {
			*best = less;
			at = 0;
		} else {
			at++;
		}
	}
	for (unsigned at = 0; at < best->genes; at++) {
		struct schedule less = *best;
		uint16_t *bursts = &less.gene[at].bursts, all = best->gene[at].bursts;

		for (*bursts = 1; *bursts < 4096 && (!all || *bursts < all);
		     *bursts = (uint16_t)(*bursts * 2))
			if (plays_to(w, s, f, &less, enough)) {
				*best = less;
				break;
			}
	}
	f->shortest_score = stage_play(w, s->policy, s->goal, best, f->key);
	f->events = w->world->events;
}

/* The best of all islands, played again under secrets that no island has seen. */
static void conclude(struct stage *w, const struct search *s, const struct island *island,
		     struct found *f)
{
	const struct member *best = NULL;

	memset(f, 0, sizeof(*f));
	for (unsigned i = 0; i < ISLANDS; i++) {
		f->played += island[i].played;
		if (island[i].members && (!best || better(&island[i].elite[0], best))) {
			best = &island[i].elite[0];
			memcpy(f->key, island[i].key, sizeof(f->key));
		}
	}
	if (!best)
		return;
	f->best = best->s;
	f->score = best->score;
	f->capped = best->events >= s->goal->cap;
	for (unsigned i = 0; i < SECRETS; i++) {
		lim_u64 key[2];
		uint64_t score;

		secret(key, ~s->seed, ISLANDS + i);
		score = stage_play(w, s->policy, s->goal, &f->best, key);
		if (score > f->score) {
			f->score = score;
			memcpy(f->key, key, sizeof(key));
		}
	}
	f->beaten = s->policy == &policy_holdfast && !s->goal->apart && f->score > s->goal->bound;
}

static int run_pool(struct pool *p, unsigned threads, struct err *e)
{
	pthread_t thread[64];
	unsigned started = 0;

	if (threads > 64)
		threads = 64;
	for (; started < threads; started++)
		if (pthread_create(&thread[started], NULL, worker, p))
			break;
	if (!started)
		return err_set(e, EXIT_SYSTEM, "no thread can be started");
	for (unsigned i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	if (atomic_load(&p->refused))
		return err_set(e, EXIT_SYSTEM, "out of memory");
	return 0;
}

int adversary_search(const struct search *list, unsigned count, unsigned threads,
		     const struct progress *progress, struct found *out, struct err *e)
{
	struct pool p = {
	    .list = list, .count = count, .jobs = count * ISLANDS, .progress = progress};
	struct stage *w = stage_new();
	int rc = -1;

	p.island = calloc(p.jobs ? p.jobs : 1, sizeof(*p.island));
	pthread_mutex_init(&p.lock, NULL);
	for (unsigned i = 0; i < count; i++)
		p.total += list[i].schedules;
	if (!w || !p.island)
		err_set(e, EXIT_SYSTEM, "out of memory");
	else
		rc = run_pool(&p, threads ? threads : 1, e);
	for (unsigned i = 0; i < count && !rc; i++) {
		conclude(w, &list[i], p.island + i * ISLANDS, &out[i]);
		if (out[i].best.genes)
			shorten(w, &list[i], &out[i]);
	}
	pthread_mutex_destroy(&p.lock);
	free(p.island);
	stage_free(w);
	return rc;
}

int adversary_explain(const struct search *s, const struct found *f, FILE *out, struct err *e)
{
	struct stage *w = stage_new();

	if (!w)
		return err_set(e, EXIT_SYSTEM, "out of memory");
	w->world->trace = out;
	stage_play(w, s->policy, s->goal, &f->shortest, f->key);
	stage_free(w);
	return 0;
}
