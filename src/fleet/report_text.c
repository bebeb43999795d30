// SPDX-License-Identifier: MIT
#include "fleet/report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define NORMAL "\033[0m"

static const char *duration(double s, char *buf)
{
	if (!isfinite(s))
		snprintf(buf, UNITS_TEXT, "never");
	else if (s < 120)
		snprintf(buf, UNITS_TEXT, "%.3g s", s);
	else if (s < 7200)
		snprintf(buf, UNITS_TEXT, "%.3g min", s / 60);
	else if (s < 172800)
		snprintf(buf, UNITS_TEXT, "%.3g h", s / 3600);
	else
		snprintf(buf, UNITS_TEXT, "%.3g days", s / 86400);
	return buf;
}

const char *fleet_units(double value, const char *unit, char buf[static UNITS_TEXT])
{
	static const char *const prefix[] = {"", "k", "M", "G", "T", "P"};
	unsigned i = 0;

	if (!strcmp(unit, "s"))
		return duration(value, buf);
	if (!strcmp(unit, "bots") || !strcmp(unit, "hosts")) {
		snprintf(buf, UNITS_TEXT, "%.0f %s", value, unit);
		return buf;
	}
	while (value >= 999.5 && i < 5) {
		value /= 1000;
		i++;
	}
	snprintf(buf, UNITS_TEXT, "%.3g %s%s", value, prefix[i], unit);
	return buf;
}

const char *fleet_check_text(const struct fleet_check *c, char buf[static 160])
{
	char a[UNITS_TEXT], b[UNITS_TEXT];

	fleet_units(c->measured, c->unit, a);
	fleet_units(c->wanted, c->unit, b);
	if (c->kind == CHECK_NEAR)
		snprintf(buf, 160, "%s %s, published %s (%+.1f %%, may be %.3g %% off)", c->what, a,
			 b, 100 * (c->measured - c->wanted) / c->wanted, 100 * c->within);
	else
		snprintf(buf, 160, "%s %s, promised %s %s", c->what, a,
			 c->kind == CHECK_MOST ? "at most" : "at least", b);
	return buf;
}

static void checks(FILE *to, const struct fleet *f, bool colour)
{
	char text[160];

	for (unsigned i = 0; i < f->rows; i++)
		for (unsigned k = 0; k < f->row[i].checks; k++) {
			const struct fleet_check *c = &f->row[i].check[k];

			fprintf(to, "%s%s%s  %s: %s\n", colour ? c->holds ? GREEN : RED : "",
				c->holds ? "holds" : "FAILS", colour ? NORMAL : "",
				f->row[i].of->name, fleet_check_text(c, text));
		}
}

static void flood_row(FILE *to, const struct fleet_row *r)
{
	const struct flood *f = &r->flood;
	char a[UNITS_TEXT], b[UNITS_TEXT], c[UNITS_TEXT], d[UNITS_TEXT], e[UNITS_TEXT];

	fprintf(to, "%-38s %7.4g %%  %13s %13s %13s %16s %12s", r->of->name,
		(double)r->of->set.protect / 10000, fleet_units(f->sustained_bits, "bit/s", a),
		fleet_units(f->mean_bits, "bit/s", b), fleet_units(f->peak_bits, "bit/s", c),
		fleet_units(f->mean_packets, "packets/s", d),
		fleet_units(f->mean_conns, "conn/s", e));
	if (f->mean_queries > 0)
		fprintf(to, "  %s", fleet_units(f->mean_queries, "queries/s", a));
	if (f->error > 0)
		fprintf(to, "  +- %.2g %%", 100 * f->error);
	putc('\n', to);
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100 * (double)part / (double)whole : 0;
}

static void everyday(FILE *to, const struct fleet *f)
{
	static const char *const when[] = {"before", "during"};
	bool head = false;

	for (unsigned i = 0; i < f->rows; i++)
		for (unsigned k = 0; k < 2; k++) {
			const uint64_t *n = f->row[i].flood.sum.flow[k];

			if (!n[FLOW_ALL])
				continue;
			if (!head)
				fprintf(to,
					"\nordinary flows of the protected devices, before the "
					"attack and during it\n%-38s %-7s %14s %10s %10s %10s\n",
					"", "", "flows", "delayed", "refused", "packets held");
			head = true;
			fprintf(to, "%-38s %-7s %14" PRIu64 " %8.4f %% %8.4f %% %8.4f %%\n",
				k ? "" : f->row[i].of->name, when[k], n[FLOW_ALL],
				percent(n[FLOW_DELAYED], n[FLOW_ALL]),
				percent(n[FLOW_REFUSED], n[FLOW_ALL]),
				percent(n[FLOW_HELD], n[FLOW_HELD] + n[FLOW_PACKETS]));
		}
}

static void floods(FILE *to, const struct fleet *f)
{
	fprintf(to, "%-38s %9s  %13s %13s %13s %16s %12s\n", "what arrives at the victim",
		"protected", "sustained", "mean", "worst second", "mean", "mean");
	for (unsigned i = 0; i < f->rows; i++)
		flood_row(to, &f->row[i]);
	everyday(to, f);
}

static void epidemic_row(FILE *to, const struct fleet_row *r)
{
	const struct epidemic *o = &r->epidemic;
	char a[UNITS_TEXT], b[UNITS_TEXT];

	fprintf(to, "%-38s %7.4g %% %12s %12" PRIu64 " %12" PRIu64 " %12.0f", r->of->name,
		(double)r->of->set.protect / 10000, duration(o->doubling, a), o->most, o->final,
		o->ever);
	if (r->of->set.pub_age)
		fprintf(to, "  %.0f after %s", o->at_age,
			duration((double)r->of->set.pub_age / 1e9, b));
	if (isfinite(o->reproduction))
		fprintf(to, "  makes %.3g", o->reproduction);
	putc('\n', to);
}

static void epidemics(FILE *to, const struct fleet *f)
{
	const struct epidemic *o = &f->row[0].epidemic;

	fprintf(to, "%-38s %9s %12s %12s %12s %12s\n", "bots (median of the runs)", "protected",
		"doubling", "most", "at the end", "ever");
	for (unsigned i = 0; i < f->rows; i++)
		epidemic_row(to, &f->row[i]);
	fprintf(
	    to,
	    "\na free bot probes %.6g addresses a second; the limiter lets a protected one reach "
	    "%" PRIu64 " in its first minute, then %.3g a second\n",
	    o->free_rate, o->burst, o->protected_rate);
	if (o->dies_at >= 0)
		fprintf(to,
			"the epidemic dies where more than %.3g %% of the hosts are protected\n",
			100 * o->dies_at);
}

void fleet_text(FILE *to, const struct fleet *f, bool colour)
{
	const struct scenario *s = f->scenario;
	uint64_t decisions = 0;

	if (*s->title)
		fprintf(to, "%s\n\n", s->title);
	if (s->kind == SCENARIO_FLOOD)
		floods(to, f);
	else
		epidemics(to, f);
	putc('\n', to);
	checks(to, f, colour);
	for (unsigned i = 0; i < f->rows; i++)
		decisions += f->row[i].flood.sum.decisions;
	fprintf(to, "%u cases in %.1f s, %u thread%s", f->rows, f->seconds, f->threads,
		f->threads == 1 ? "" : "s");
	if (f->ranks > 1)
		fprintf(to, " on each of %u ranks", f->ranks);
	if (decisions)
		fprintf(to, ", %" PRIu64 " decisions of the limiter", decisions);
	putc('\n', to);
}
