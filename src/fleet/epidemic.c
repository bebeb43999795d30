// SPDX-License-Identifier: MIT
#include "fleet/epidemic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fleet/chance.h"
#include "play/rng.h"

#define AGES 64 /* steps for which the age of a protected bot is kept; later it probes steadily */
#define FREE 0
#define PROT 1

/* One network, or all addresses where there is one. */
struct net {
	uint64_t open[2]; /* can be taken */
	uint64_t bots[2];
	uint64_t young[AGES]; /* protected bots by steps since they were taken */
	uint64_t old;
	uint64_t hidden[2]; /* behind address translation, not yet taken */
	uint64_t coming[2]; /* of those, on the link of a bot: next step */
};

struct model {
	const struct settings *set;
	const struct scan_curve *curve;
	uint64_t seed, steps, points;
	double dt, take, cure; /* step in s; chance of a probe that hits; of a reboot in a step */
	double young[AGES];    /* probes of a protected bot in the step of that age */
	unsigned nets;
};

struct run {
	const struct model *m;
	struct rng rng;
	uint64_t ever;
	struct net *net;
};

double epidemic_closed(double n, double i0, double beta, double time)
{
	double e = beta * time;

	return e > 700 ? n : n / (1 + (n / i0 - 1) * exp(-e));
}

/* Spreads n over the networks, exactly. */
static uint64_t part(uint64_t n, unsigned i, unsigned nets)
{
	return n / nets + (i < n % nets);
}

static void seed_bots(struct run *r)
{
	const struct settings *set = r->m->set;

	for (uint64_t left = set->seeds, turn = 0; left && turn < 100 * set->seeds + 1000; turn++) {
		struct net *n = &r->net[turn % r->m->nets];
		/* the seeds are the fleet in small */
		unsigned k = (turn + 1) * set->protect / MILLION > turn * set->protect / MILLION;

		if (!n->open[k])
			k = !k;
		if (!n->open[k])
			continue;
		n->open[k]--;
		n->bots[k]++;
		if (k == PROT)
			n->young[0]++;
		r->ever++;
		left--;
	}
}

static void begin(struct run *r)
{
	const struct settings *set = r->m->set;

	memset(r->net, 0, r->m->nets * sizeof *r->net);
	r->ever = 0;
	for (unsigned i = 0; i < r->m->nets; i++) {
		uint64_t all = part(set->vulnerable, i, r->m->nets);
		uint64_t hidden = all * set->hidden / MILLION, seen = all - hidden;

		r->net[i].open[PROT] = seen * set->protect / MILLION;
		r->net[i].open[FREE] = seen - r->net[i].open[PROT];
		r->net[i].hidden[PROT] = hidden * set->protect / MILLION;
		r->net[i].hidden[FREE] = hidden - r->net[i].hidden[PROT];
	}
	seed_bots(r);
}

/* Probes that the bots of one network send in this step; the free ones are cut to what the net
 * carries of all. */
static double probes_of(const struct model *m, const struct net *n, double cut)
{
	double sum = (double)n->bots[FREE] * (double)m->set->probes * m->dt * cut;

	for (unsigned a = 0; a < AGES; a++)
		sum += (double)n->young[a] * m->young[a];
	return sum + (double)n->old * m->curve->steady * m->dt;
}

static double cut_of(const struct run *r)
{
	uint64_t bots = 0;
	double wanted;

	if (!r->m->set->probes_all)
		return 1;
	for (unsigned i = 0; i < r->m->nets; i++)
		bots += r->net[i].bots[FREE];
	wanted = (double)bots * (double)r->m->set->probes;
	return wanted > (double)r->m->set->probes_all ? (double)r->m->set->probes_all / wanted : 1;
}

static uint64_t take_from(struct run *r, uint64_t *pool, uint64_t n)
{
	if (n > *pool)
		n = *pool;
	*pool -= n;
	r->ever += n;
	return n;
}

/* Hosts behind address translation are taken from within, in the step after their neighbour: the
 * link is swept in minutes, by a protected bot too (256 probes, then 2 a second). */
static void find_hidden(struct run *r, struct net *n, uint64_t taken, uint64_t seen_before)
{
	for (unsigned k = 0; k < 2; k++)
		if (n->hidden[k] && seen_before) {
			uint64_t x = chance_binomial(&r->rng, n->hidden[k],
						     (double)taken / (double)seen_before);

			n->hidden[k] -= x;
			n->coming[k] += x;
		}
}

/* Reboots clean bots, whichever their age. */
static void reboot(struct run *r, struct net *n)
{
	double p = r->m->cure;
	uint64_t gone[2] = {0, 0};

	if (p <= 0)
		return;
	gone[FREE] = chance_binomial(&r->rng, n->bots[FREE], p);
	for (unsigned a = 0; a < AGES; a++) {
		uint64_t x = chance_binomial(&r->rng, n->young[a], p);

		n->young[a] -= x;
		gone[PROT] += x;
	}
	if (n->old) {
		uint64_t x = chance_binomial(&r->rng, n->old, p);

		n->old -= x;
		gone[PROT] += x;
	}
	for (unsigned k = 0; k < 2; k++) {
		n->bots[k] -= gone[k];
		if (!r->m->set->immune)
			n->open[k] += gone[k];
	}
}

static void step_net(struct run *r, struct net *n, double per_host)
{
	uint64_t came[2], seen = n->open[FREE] + n->open[PROT];

	for (unsigned k = 0; k < 2; k++) {
		came[k] = take_from(r, &n->open[k],
				    chance_binomial(&r->rng, n->open[k], -expm1(-per_host)));
	}
	reboot(r, n);
	n->old += n->young[AGES - 1];
	memmove(n->young + 1, n->young, (AGES - 1) * sizeof *n->young);
	n->young[0] = came[PROT] + n->coming[PROT];
	n->bots[FREE] += came[FREE] + n->coming[FREE];
	n->bots[PROT] += came[PROT] + n->coming[PROT];
	r->ever += n->coming[FREE] + n->coming[PROT];
	n->coming[FREE] = n->coming[PROT] = 0;
	if (n->hidden[FREE] + n->hidden[PROT])
		find_hidden(r, n, came[FREE] + came[PROT], seen);
}

static void step(struct run *r)
{
	const struct model *m = r->m;
	double local = (double)m->set->local / MILLION, cut = cut_of(r), all = 0;

	for (unsigned i = 0; i < m->nets; i++)
		all += probes_of(m, &r->net[i], cut);
	all *= (1 - local) * m->take / (double)m->set->addresses;
	for (unsigned i = 0; i < m->nets; i++) {
		double here = local > 0 ? probes_of(m, &r->net[i], cut) * local * m->take /
					      (double)m->set->network_size
					: 0;

		step_net(r, &r->net[i], all + here);
	}
}

static uint64_t bots(const struct run *r)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < r->m->nets; i++)
		n += r->net[i].bots[FREE] + r->net[i].bots[PROT];
	return n;
}

static void *open_run(void *model)
{
	const struct model *m = model;
	struct run *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->m = m;
	r->net = calloc(m->nets, sizeof *r->net);
	if (!r->net) {
		free(r);
		return NULL;
	}
	return r;
}

static void close_run(void *own)
{
	struct run *r = own;

	free(r->net);
	free(r);
}

/* Run i writes into places of its own, so that a sum over threads and ranks gathers them. */
static void play_run(void *model, uint64_t i, uint64_t *sum, void *own)
{
	const struct model *m = model;
	struct run *r = own;
	uint64_t *to = sum + i * (m->points + 1);
	uint64_t point = 0;

	r->rng.s = m->seed * 0x9e3779b97f4a7c15ull ^ (i + 1) * 0xd1342543de82ef95ull;
	begin(r);
	for (uint64_t s = 0; s <= m->steps; s++) {
		while (point < m->points && s * (m->points - 1) >= point * m->steps)
			to[point++] = bots(r);
		if (s < m->steps)
			step(r);
	}
	to[m->points] = r->ever;
}

static int smaller(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void quantiles(const uint64_t *all, const struct model *m, struct epidemic *out)
{
	uint64_t runs = m->set->runs, column[1000];

	for (uint64_t p = 0; p <= m->points; p++) {
		for (uint64_t i = 0; i < runs; i++)
			column[i] = all[i * (m->points + 1) + p];
		qsort(column, runs, sizeof *column, smaller);
		if (p == m->points) {
			out->ever = (double)column[runs / 2];
			break;
		}
		out->low[p] = column[runs / 20];
		out->median[p] = column[runs / 2];
		out->high[p] = column[runs - 1 - runs / 20];
	}
}

/* Time at which the curve first reaches a level, or INFINITY. */
static double reaches(const struct epidemic *o, double level)
{
	for (unsigned i = 1; i < o->points; i++) {
		double a = (double)o->median[i - 1], b = (double)o->median[i];

		if (b >= level && a < level)
			return (i - 1 + (level - a) / (b - a)) * o->every;
	}
	return (double)o->median[0] >= level ? 0 : INFINITY;
}

/* While the epidemic is young: from twice the seeds to a tenth of the vulnerable, as far as it
 * gets; where it does not get to twice the seeds, how long its growth would take to double it. */
static double doubling(const struct settings *set, const struct epidemic *o)
{
	double from = 2 * (double)set->seeds, to = (double)set->vulnerable / 10, a, b, last, start;

	last = (double)o->median[o->points - 1];
	start = (double)o->median[0];
	if (to < 2 * from)
		to = 2 * from;
	a = reaches(o, from);
	b = reaches(o, to);
	if (isfinite(a) && isfinite(b))
		return (b - a) / log2(to / from);
	if (isfinite(a) && last > from * 1.2)
		return ((o->points - 1) * o->every - a) / log2(last / from);
	return last > start ? (o->points - 1) * o->every / log2(last / start) : INFINITY;
}

/* Probes of a bot over its life of exponential length: a protected one's burst counts at once. */
static double probes_of_life(const struct model *m, unsigned kind, double life)
{
	double burst = scan_reached(m->curve, 60);

	return kind == FREE ? (double)m->set->probes * life
			    : fmin(burst, (double)m->set->probes * life) + m->curve->steady * life;
}

static void thresholds(const struct model *m, struct epidemic *o)
{
	const struct settings *set = m->set;
	double life = (double)set->reboot / 1e9, p = (double)set->protect / MILLION, a, b;
	double per_probe = m->take * (double)set->vulnerable * (1 - (double)set->hidden / MILLION) /
			   (double)set->addresses;

	o->dies_at = -1;
	o->reproduction = INFINITY;
	if (!set->reboot || set->local)
		return;
	per_probe *= 1 + (double)set->hidden / (double)(MILLION - set->hidden);
	a = probes_of_life(m, FREE, life) * per_probe;
	b = probes_of_life(m, PROT, life) * per_probe;
	o->reproduction = (1 - p) * a + p * b;
	if (a > 1 && b < 1)
		o->dies_at = (a - 1) / (a - b);
}

/* Applies where everybody is alike and nothing limits or cleans. */
static void closed_form(const struct model *m, struct epidemic *o)
{
	const struct settings *set = m->set;
	double beta =
	    (double)set->probes * m->take * (double)set->vulnerable / (double)set->addresses;

	if (set->protect || set->hidden || set->local || set->reboot || set->probes_all)
		return;
	for (unsigned i = 0; i < o->points; i++)
		o->closed[i] = epidemic_closed((double)set->vulnerable, (double)set->seeds, beta,
					       i * o->every);
}

static void conclude(const struct model *m, const uint64_t *all, struct epidemic *o)
{
	const struct settings *set = m->set;
	double age = ((double)set->pub_age - (double)set->begin) / 1e9;

	quantiles(all, m, o);
	o->final = o->median[o->points - 1];
	for (unsigned i = 0; i < o->points; i++)
		if (o->median[i] > o->most)
			o->most = o->median[i];
	o->doubling = doubling(set, o);
	o->free_rate = (double)set->probes;
	o->protected_rate = m->curve->steady;
	o->burst = m->curve->reached[60];
	if (set->pub_age && age >= 0 && age <= (o->points - 1) * o->every) {
		unsigned at = (unsigned)(age / o->every);
		double rest = age / o->every - at;

		o->at_age = (double)o->median[at];
		if (at + 1 < o->points)
			o->at_age += rest * ((double)o->median[at + 1] - (double)o->median[at]);
	}
	thresholds(m, o);
	closed_form(m, o);
}

static void prepare(struct model *m, const struct settings *set, const struct scan_curve *curve,
		    uint64_t seed)
{
	m->set = set;
	m->curve = curve;
	m->seed = seed;
	m->steps = set->horizon / set->step;
	if (!m->steps)
		m->steps = 1;
	m->points = m->steps + 1 < EPIDEMIC_POINTS ? m->steps + 1 : EPIDEMIC_POINTS;
	m->dt = (double)set->step / 1e9;
	m->take = (double)set->take / MILLION;
	m->cure = set->reboot ? -expm1(-(double)set->step / (double)set->reboot) : 0;
	m->nets = set->networks ? (unsigned)set->networks : 1;
	for (unsigned a = 0; a < AGES; a++)
		m->young[a] = scan_reached(curve, (a + 1) * m->dt) - scan_reached(curve, a * m->dt);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int epidemic_run(struct team *t, const struct settings *set, uint64_t seed, struct epidemic *out,
		 struct err *e)
{
	struct scan_curve *curve = malloc(sizeof *curve);
	struct model m = {0};
	struct work work = {
	    .chunk = 1, .open = open_run, .job = play_run, .close = close_run, .arg = &m};
	double began = now();
	uint64_t *all = NULL;
	int rc = -1;

	memset(out, 0, sizeof *out);
	if (!curve) {
		err_set(e, EXIT_SYSTEM, "out of memory");
		return -1;
	}
	if (scan_measure(set, curve, e))
		goto out;
	prepare(&m, set, curve, seed);
	out->points = (unsigned)m.points;
	out->every = m.dt * (double)m.steps / (double)(m.points - 1 ? m.points - 1 : 1);
	work.jobs = set->runs;
	work.words = set->runs * (m.points + 1);
	all = calloc(work.words, sizeof *all);
	if (!all) {
		err_set(e, EXIT_SYSTEM, "out of memory");
		goto out;
	}
	rc = team_do(t, &work, all, e);
	if (!rc)
		conclude(&m, all, out);
	out->seconds = now() - began;
out:
	free(all);
	free(curve);
	return rc;
}
