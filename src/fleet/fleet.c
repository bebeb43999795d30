// SPDX-License-Identifier: MIT
#include "fleet/fleet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE_SEARCHED (1ull << 12) /* its place in SHAPE_WORDS */

bool fleet_wants_searched(const struct scenario *s)
{
	for (unsigned i = 0; i < s->cases; i++)
		if (s->kind == SCENARIO_FLOOD && s->item[i].set.shapes & SHAPE_SEARCHED)
			return true;
	return false;
}

static void check(struct fleet_row *r, const char *what, const char *unit, double measured,
		  double wanted, int kind, double within)
{
	struct fleet_check *c = &r->check[r->checks++];

	*c = (struct fleet_check){
	    .what = what, .unit = unit, .measured = measured, .wanted = wanted, .within = within};
	c->kind = kind;
	if (kind == CHECK_NEAR)
		c->holds = fabs(measured - wanted) <= within * wanted;
	else
		c->holds = kind == CHECK_MOST ? measured <= wanted : measured >= wanted;
}

static void check_flood(struct fleet_row *r)
{
	const struct settings *s = &r->of->set;
	const struct flood *f = &r->flood;
	double within = (double)s->within / MILLION;

	if (s->pub_bits)
		check(r, "arrives", "bit/s", f->mean_bits, (double)s->pub_bits, CHECK_NEAR, within);
	if (s->pub_packets)
		check(r, "arrives", "packets/s", f->mean_packets, (double)s->pub_packets,
		      CHECK_NEAR, within);
	if (s->most_bits)
		check(r, "sustained", "bit/s", f->sustained_bits, (double)s->most_bits, CHECK_MOST,
		      0);
}

static void check_epidemic(struct fleet_row *r)
{
	const struct settings *s = &r->of->set;
	const struct epidemic *o = &r->epidemic;
	double within = (double)s->within / MILLION;

	if (s->pub_doubling)
		check(r, "doubles in", "s", o->doubling, (double)s->pub_doubling / 1e9, CHECK_NEAR,
		      within);
	if (s->least_doubling)
		check(r, "doubles in", "s", o->doubling, (double)s->least_doubling / 1e9,
		      CHECK_LEAST, 0);
	if (s->pub_size)
		check(r, "size", "bots", o->at_age, (double)s->pub_size, CHECK_NEAR, within);
}

int fleet_run(struct team *t, const struct scenario *s, const struct schedule *searched,
	      const struct fleet_progress *progress, struct fleet *out, struct err *e)
{
	memset(out, 0, sizeof *out);
	out->scenario = s;
	out->threads = t->threads;
	out->ranks = t->ranks;
	out->row = calloc(s->cases ? s->cases : 1, sizeof *out->row);
	if (!out->row)
		return err_set(e, EXIT_SYSTEM, "out of memory");
	for (unsigned i = 0; i < s->cases; i++) {
		struct fleet_row *r = &out->row[i];
		int rc;

		r->of = &s->item[i];
		if (progress)
			progress->begins(progress->arg, r->of->name, i, s->cases);
		if (s->kind == SCENARIO_FLOOD)
			rc = flood_run(t, &r->of->set, s->seed, searched, &r->flood, e);
		else
			rc = epidemic_run(t, &r->of->set, s->seed, &r->epidemic, e);
		if (rc) {
			fleet_free(out);
			return -1;
		}
		out->seconds += r->flood.seconds + r->epidemic.seconds;
		if (s->kind == SCENARIO_FLOOD)
			check_flood(r);
		else
			check_epidemic(r);
		out->rows++;
	}
	return 0;
}

void fleet_free(struct fleet *f)
{
	free(f->row);
	f->row = NULL;
	f->rows = 0;
}

bool fleet_holds(const struct fleet *f)
{
	for (unsigned i = 0; i < f->rows; i++)
		for (unsigned k = 0; k < f->row[i].checks; k++)
			if (!f->row[i].check[k].holds)
				return false;
	return true;
}
