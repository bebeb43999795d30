// SPDX-License-Identifier: MIT
#include "fleet/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"
#include "fleet/chart.h"
#include "fleet/ordinary.h"

#define MOST_POINTS (FLOOD_BINS > EPIDEMIC_POINTS ? FLOOD_BINS : EPIDEMIC_POINTS)
#define KEEP	    3 /* seconds of a flood that are drawn before it begins and after it ends */

/* Numbers of the lines of one chart. */
struct canvas {
	struct chart chart;
	double x[CHART_LINES][MOST_POINTS], y[CHART_LINES][MOST_POINTS];
};

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Holdfast: a "
    "fleet</title>\n<style>\n"
    ":root{--bg:#fdfdfb;--fg:#1d2327;--soft:#5b6570;--rule:#d8dee4;--no:#c2372e;--yes:#1f7a4d}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#14181b;--fg:#e4e7e9;--soft:#9aa5b1;"
    "--rule:#333b41;--no:#ff7d70;--yes:#5ad196}}\n"
    "body{background:var(--bg);color:var(--fg);font:15px/1.45 system-ui,sans-serif;max-width:70rem;"
    "margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\n"
    ".soft{color:var(--soft)}.no{color:var(--no);font-weight:600}.yes{color:var(--yes)}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid var(--rule);"
    "white-space:nowrap}th{color:var(--soft)}td.t,th.t{text-align:left}"
    ".fc{width:100%;max-width:56rem;height:auto}\n</style>\n";

static bool sweeps(const struct fleet *f)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->rows; i++)
		n += (unsigned)f->row[i].of->swept;
	return n > 2;
}

static struct chart_line *add_line(struct canvas *v, const char *name, unsigned n)
{
	struct chart_line *l = &v->chart.line[v->chart.lines];

	*l = (struct chart_line){
	    .name = name, .n = n, .x = v->x[v->chart.lines], .y = v->y[v->chart.lines]};
	v->chart.lines++;
	return l;
}

/* Red without, green for the first with, then whatever is left. */
static unsigned colour_of(const struct canvas *v, const struct fleet_row *r)
{
	unsigned at = v->chart.lines - 1;

	for (unsigned i = 0; i < at; i++)
		if (v->chart.line[i].colour == 1)
			return 2 + at % (CHART_COLOUR - 2);
	return r->of->set.protect ? 1 : 0;
}

static void flood_line(struct canvas *v, const struct fleet_row *r)
{
	struct chart_line *l;
	const struct flood *f = &r->flood;
	unsigned from = f->first > KEEP ? f->first - KEEP : 0, at = v->chart.lines;
	unsigned to = f->last + KEEP < FLOOD_BINS ? f->last + KEEP : FLOOD_BINS;

	for (unsigned s = from; s < to; s++) {
		v->x[at][s - from] = (double)s - f->first;
		v->y[at][s - from] = 8 * (double)f->sum.bytes[s];
	}
	l = add_line(v, r->of->name, to - from);
	l->colour = colour_of(v, r);
	l->dashed = l->colour > 1; /* those two are seen where others lie on them */
}

static void epidemic_line(struct canvas *v, const struct fleet_row *r)
{
	struct chart_line *l;
	const struct epidemic *o = &r->epidemic;
	unsigned at = v->chart.lines;

	for (unsigned k = 0; k < o->points; k++) {
		v->x[at][k] = fmax((double)r->of->set.begin / 1e9 + k * o->every, o->every / 2);
		v->y[at][k] = (double)o->median[k];
	}
	l = add_line(v, r->of->name, o->points);
	l->colour = colour_of(v, r);
	if (!(o->closed[0] > 0) || v->chart.lines == CHART_LINES)
		return;
	at = v->chart.lines;
	for (unsigned k = 0; k < o->points; k++) {
		v->x[at][k] = v->x[at - 1][k];
		v->y[at][k] = o->closed[k];
	}
	add_line(v, "closed form (SI)", o->points)->dashed = true;
	v->chart.line[at].colour = 8;
}

static void start_chart(struct canvas *v, const struct fleet *f)
{
	memset(&v->chart, 0, sizeof v->chart);
	v->chart.title = f->scenario->title;
	v->chart.width = 720;
	v->chart.height = 330;
	v->chart.mark = NAN;
	v->chart.log_y = true;
	v->chart.y_least = 1;
}

/* Curves of horizons that differ much need a logarithm of time to be seen beside each other. */
static bool far_apart(const struct fleet *f)
{
	uint64_t least = UINT64_MAX, most = 0;

	if (f->scenario->kind == SCENARIO_FLOOD)
		return false;
	for (unsigned i = 0; i < f->rows; i++) {
		const struct settings *s = &f->row[i].of->set;

		if (!s->drawn || f->row[i].of->swept)
			continue;
		least = s->horizon < least ? s->horizon : least;
		most = s->horizon > most ? s->horizon : most;
	}
	return most / 8 > least;
}

/* swept: the cases that differ in the share protected only, or the others. */
static void over_time(struct canvas *v, const struct fleet *f, bool swept)
{
	bool flood = f->scenario->kind == SCENARIO_FLOOD;

	start_chart(v, f);
	v->chart.x_is_time = true;
	v->chart.log_x = !swept && far_apart(f);
	v->chart.x_name = flood ? "since the attack began" : "age of the epidemic";
	v->chart.y_unit = flood ? "bit/s" : "bots";
	for (unsigned i = 0; i < f->rows && v->chart.lines < CHART_LINES - 1; i++) {
		if (!f->row[i].of->set.drawn || f->row[i].of->swept != swept)
			continue;
		if (flood)
			flood_line(v, &f->row[i]);
		else
			epidemic_line(v, &f->row[i]);
	}
}

/* The swept cases over the share protected. */
static void over_share(struct canvas *v, const struct fleet *f)
{
	bool flood = f->scenario->kind == SCENARIO_FLOOD;
	unsigned n = 0;

	start_chart(v, f);
	v->chart.x_name = "% of the devices protected";
	v->chart.y_unit = flood ? "bit/s" : "bots";
	for (unsigned i = 0; i < f->rows && n < MOST_POINTS; i++) {
		const struct fleet_row *r = &f->row[i];

		if (!r->of->swept)
			continue;
		v->x[0][n] = v->x[1][n] = (double)r->of->set.protect / 10000;
		v->y[0][n] = flood ? r->flood.sustained_bits : (double)r->epidemic.most;
		v->y[1][n] = flood ? r->flood.peak_bits : (double)r->epidemic.final;
		if (!flood && r->epidemic.dies_at >= 0) {
			v->chart.mark = 100 * r->epidemic.dies_at;
			v->chart.mark_name = "beyond this it dies out";
		}
		n++;
	}
	add_line(v, flood ? "sustained" : "most bots at once", n)->colour = 2;
	add_line(v, flood ? "worst second" : "bots at the end", n)->colour = 3;
	v->chart.line[0].dots = v->chart.line[1].dots = true;
	v->chart.line[1].dashed = true;
}

static void check_cells(FILE *to, const struct fleet_row *r)
{
	char text[160];

	fputs("<td class=\"t\">", to);
	for (unsigned k = 0; k < r->checks; k++) {
		fprintf(to, "%s<span class=\"%s\">", k ? "<br>" : "",
			r->check[k].holds ? "yes" : "no");
		xml_text(to, fleet_check_text(&r->check[k], text));
		fputs("</span>", to);
	}
	fputs("\n", to);
}

static void cell(FILE *to, double value, const char *unit)
{
	char text[UNITS_TEXT];

	fputs("<td>", to);
	xml_text(to, fleet_units(value, unit, text));
}

static void begin_row(FILE *to, const struct fleet_row *r)
{
	fputs("<tr><td class=\"t\">", to);
	xml_text(to, r->of->name);
	fprintf(to, "<td>%.4g %%", (double)r->of->set.protect / 10000);
}

static void flood_table(FILE *to, const struct fleet *f)
{
	fputs("<tr><th class=\"t\">case<th>protected<th>sustained<th>mean<th>worst "
	      "second<th>packets, "
	      "mean<th>connections, mean<th>queries, mean<th>sampling<th class=\"t\">holds\n",
	      to);
	for (unsigned i = 0; i < f->rows; i++) {
		const struct flood *o = &f->row[i].flood;

		begin_row(to, &f->row[i]);
		cell(to, o->sustained_bits, "bit/s");
		cell(to, o->mean_bits, "bit/s");
		cell(to, o->peak_bits, "bit/s");
		cell(to, o->mean_packets, "/s");
		cell(to, o->mean_conns, "/s");
		cell(to, o->mean_queries, "/s");
		fprintf(to, o->error > 0 ? "<td>&#177; %.2g %%" : "<td>", 100 * o->error);
		check_cells(to, &f->row[i]);
	}
}

static void epidemic_table(FILE *to, const struct fleet *f)
{
	fputs("<tr><th class=\"t\">case<th>protected<th>doubling<th>most<th>at the "
	      "end<th>ever<th>one "
	      "makes<th class=\"t\">holds\n",
	      to);
	for (unsigned i = 0; i < f->rows; i++) {
		const struct epidemic *o = &f->row[i].epidemic;

		begin_row(to, &f->row[i]);
		cell(to, o->doubling, "s");
		fprintf(to, "<td>%" PRIu64 "<td>%" PRIu64 "<td>%.0f", o->most, o->final, o->ever);
		fprintf(to, isfinite(o->reproduction) ? "<td>%.3g" : "<td>", o->reproduction);
		check_cells(to, &f->row[i]);
	}
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100 * (double)part / (double)whole : 0;
}

static void everyday(FILE *to, const struct fleet *f)
{
	unsigned share;
	double every;
	const char *what;

	fputs("<h2>Ordinary traffic of the protected devices</h2>\n<div class=\"wide\"><table>"
	      "<tr><th class=\"t\">case<th "
	      "class=\"t\">when<th>flows<th>delayed<th>refused<th>packets "
	      "held back\n",
	      to);
	for (unsigned i = 0; i < f->rows; i++)
		for (unsigned k = 0; k < 2; k++) {
			const uint64_t *n = f->row[i].flood.sum.flow[k];

			if (!n[FLOW_ALL])
				continue;
			fputs("<tr><td class=\"t\">", to);
			xml_text(to, f->row[i].of->name);
			fprintf(to,
				"<td class=\"t\">%s the attack<td>%" PRIu64
				"<td>%.4f %%<td>%.4f %%<td>%.4f %%\n",
				k ? "during" : "before", n[FLOW_ALL],
				percent(n[FLOW_DELAYED], n[FLOW_ALL]),
				percent(n[FLOW_REFUSED], n[FLOW_ALL]),
				percent(n[FLOW_HELD], n[FLOW_HELD] + n[FLOW_PACKETS]));
		}
	fputs("</table></div>\n<p class=\"soft\">What a device does:", to);
	for (unsigned i = 0; (what = ordinary_what(i, &share, &every)); i++)
		fprintf(to, "%s %s, each %.3g s (%u %%)", i ? ";" : "", what, every, share);
	fputs(".</p>\n", to);
}

static void limits(FILE *to, const struct epidemic *o)
{
	fprintf(
	    to,
	    "<p>A free bot probes %.6g addresses a second; the limiter lets a protected one reach "
	    "%" PRIu64 " in its first minute, then %.3g a second.",
	    o->free_rate, o->burst, o->protected_rate);
	if (o->dies_at >= 0)
		fprintf(to,
			" The epidemic dies where more than %.3g %% of the hosts are protected.",
			100 * o->dies_at);
	fputs("</p>\n", to);
}

void fleet_html(FILE *to, const struct fleet *f)
{
	const struct scenario *s = f->scenario;
	struct canvas *v = malloc(sizeof *v);

	fputs(head, to);
	fputs("<h1>", to);
	xml_text(to, *s->title ? s->title : s->name);
	fputs("</h1>\n<p class=\"soft\">Holdfast " HOLDFAST_VERSION ", scenario ", to);
	xml_text(to, s->name);
	fprintf(to, ", seed %" PRIu64 ". ", s->seed);
	xml_text(to, s->source);
	fputs("</p>\n", to);
	if (v) {
		over_time(v, f, false);
		if (v->chart.lines)
			chart_svg(to, &v->chart);
		if (sweeps(f)) {
			over_time(v, f, true);
			chart_svg(to, &v->chart);
			over_share(v, f);
			chart_svg(to, &v->chart);
		}
	}
	free(v);
	fputs("<h2>Cases</h2>\n<div class=\"wide\"><table>", to);
	if (s->kind == SCENARIO_FLOOD)
		flood_table(to, f);
	else
		epidemic_table(to, f);
	fputs("</table></div>\n", to);
	if (s->kind == SCENARIO_FLOOD)
		everyday(to, f);
	else
		limits(to, &f->row[0].epidemic);
	fputs("</html>\n", to);
}

void fleet_svg(FILE *to, const struct fleet *f)
{
	struct canvas *v = malloc(sizeof *v);

	if (!v)
		return;
	over_time(v, f, false);
	if (!v->chart.lines)
		over_share(v, f);
	chart_svg(to, &v->chart);
	free(v);
}
