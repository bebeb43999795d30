// SPDX-License-Identifier: MIT
#include "fleet/flood.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "fleet/device.h"

#define NS_PER_S 1000000000ull
#define BURST	 10 /* seconds */

static double mean(const uint64_t *bin, unsigned from, unsigned to)
{
	uint64_t sum = 0;

	for (unsigned i = from; i < to; i++)
		sum += bin[i];
	return to > from ? (double)sum / (to - from) : 0;
}

static double peak(const uint64_t *bin)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < FLOOD_BINS; i++)
		if (bin[i] > most)
			most = bin[i];
	return (double)most;
}

/* All that arrived, as if in the seconds of the attack. */
static double over_attack(const uint64_t *bin, const struct flood *f)
{
	return mean(bin, 0, FLOOD_BINS) * FLOOD_BINS / (f->last - f->first);
}

/* Half the width of the 95 % interval of the mean, as a share of it: classes are a random sample in
 * each of the two strata, free and protected. */
static double sampling_error(const struct flood_sum *s)
{
	double variance = 0, whole = 0;

	for (int k = 0; k < 2; k++) {
		double n = (double)s->devices[k], weight = (double)s->weight[k], m, var;

		if (n < 2)
			continue;
		m = (double)s->total[k] / n;
		var = ((double)s->square_high[k] * 4294967296.0 + (double)s->square_low[k]) / n -
		      m * m;
		variance += weight * weight * (var > 0 ? var : 0) / (n - 1) * (1 - n / weight);
		whole += m * weight;
	}
	return whole > 0 ? 1.96 * sqrt(variance) / whole : 0;
}

static void conclude(const struct settings *set, struct flood *f)
{
	const struct flood_sum *s = &f->sum;
	unsigned length, half, settled;

	f->first = (unsigned)(set->before / NS_PER_S);
	length = (unsigned)((set->seconds + NS_PER_S - 1) / NS_PER_S);
	f->last = f->first + length;
	settled = f->first + length / 2;
	half = f->last;
	f->mean_bits = 8 * over_attack(s->bytes, f);
	f->mean_packets = over_attack(s->packets, f);
	f->mean_conns = over_attack(s->conns, f);
	f->mean_queries = over_attack(s->queries, f);
	f->sustained_bits = 8 * mean(s->bytes, settled, half);
	f->sustained_packets = mean(s->packets, settled, half);
	f->peak_bits = 8 * peak(s->bytes);
	f->peak_packets = peak(s->packets);
	f->peak_conns = peak(s->conns);
	f->burst_bytes =
	    (mean(s->bytes, f->first, f->first + BURST) - f->sustained_bits / 8) * BURST;
	if (f->burst_bytes < 0)
		f->burst_bytes = 0;
	f->error = set->sample ? sampling_error(s) : 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int flood_run(struct team *t, const struct settings *set, uint64_t seed,
	      const struct schedule *searched, struct flood *out, struct err *e)
{
	struct device_plan plan;
	struct work work = {.chunk = 16,
			    .words = sizeof out->sum / sizeof(uint64_t),
			    .open = device_open,
			    .job = device_play,
			    .close = device_close,
			    .arg = &plan};
	double began = now();

	memset(out, 0, sizeof *out);
	device_plan(&plan, set, seed, searched);
	work.jobs = plan.classes;
	if (team_do(t, &work, (uint64_t *)(void *)&out->sum, e))
		return -1;
	conclude(set, out);
	out->seconds = now() - began;
	return 0;
}
