// SPDX-License-Identifier: MIT
#include "fleet/chance.h"

#include <math.h>

#define EXACT_BELOW 60

double chance_unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) / 9007199254740992.0;
}

static uint64_t inversion(struct rng *r, uint64_t n, double p)
{
	double q = 1 - p, s = p / q, a = (double)(n + 1) * s, u = chance_unit(r);
	double f = exp((double)n * log1p(-p));
	uint64_t x = 0;

	while (u > f && x < n) {
		u -= f;
		x++;
		f *= a / (double)x - s;
		if (f <= 0)
			break; /* beyond the last digit */
	}
	return x;
}

/* Box and Muller 1958. */
static double normal(struct rng *r)
{
	double u = 1 - chance_unit(r), v = chance_unit(r);

	return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

uint64_t chance_binomial(struct rng *r, uint64_t n, double p)
{
	double mean, x;

	if (!n || p <= 0)
		return 0;
	if (p >= 1)
		return n;
	if (p > 0.5)
		return n - chance_binomial(r, n, 1 - p);
	mean = (double)n * p;
	if (mean < EXACT_BELOW)
		return inversion(r, n, p);
	x = floor(mean + sqrt(mean * (1 - p)) * normal(r) + 0.5);
	return x < 0 ? 0 : x > (double)n ? n : (uint64_t)x;
}
