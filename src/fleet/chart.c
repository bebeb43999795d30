// SPDX-License-Identifier: MIT
#include "fleet/chart.h"

#include <math.h>
#include <string.h>

#include "base/xml.h"
#include "fleet/report.h"

#define LEFT   78
#define RIGHT  22
#define TOP    12
#define BOTTOM 40
#define ROW    17

static const char style[] =
    "<style>.fc{--paper:#fdfdfb;--ink:#1d2327;--dim:#667077;--line:#d9dde0;--c0:#c2372e;"
    "--c1:#1f7a4d;--c2:#2763b0;--c3:#9a5b00;--c4:#7b3fa0;--c5:#00767d;--c6:#b03a78;--c7:#5b6b00;"
    "--c8:#444c55;--c9:#8a4b2f}\n"
    "@media(prefers-color-scheme:dark){.fc{--paper:#14181b;--ink:#e4e7e9;--dim:#97a1a8;"
    "--line:#333b41;--c0:#ff7d70;--c1:#5ad196;--c2:#7fb2f5;--c3:#f0b45a;--c4:#cf9bf0;--c5:#58d3d9;"
    "--c6:#f59ac6;--c7:#c3d15a;--c8:#b8c0c8;--c9:#e0a184}}\n"
    ".fc text{font:12px system-ui,sans-serif;fill:var(--ink)}.fc text.d{fill:var(--dim)}"
    ".fc .g{stroke:var(--line);fill:none}.fc .l{fill:none;stroke-width:2;stroke-linejoin:round}"
    "</style>";

struct axes {
	const struct chart *c;
	double x0, x1, y0, y1; /* of the data; logarithms where log_y */
};

static double px(const struct axes *a, double x)
{
	double v = a->c->log_x ? log10(x) : x;

	return LEFT + (v - a->x0) / (a->x1 - a->x0) * (a->c->width - LEFT - RIGHT);
}

static double py(const struct axes *a, double y)
{
	double v = a->c->log_y ? log10(y) : y;

	return a->c->height - BOTTOM -
	       (v - a->y0) / (a->y1 - a->y0) * (a->c->height - TOP - BOTTOM);
}

static bool shown(const struct chart *c, double y)
{
	return isfinite(y) && (!c->log_y || y >= c->y_least);
}

static void find_axes(struct axes *a, const struct chart *c)
{
	double low = INFINITY, high = -INFINITY;

	a->c = c;
	a->x0 = INFINITY;
	a->x1 = -INFINITY;
	for (unsigned i = 0; i < c->lines; i++)
		for (unsigned k = 0; k < c->line[i].n; k++) {
			double x = c->line[i].x[k], y = c->line[i].y[k];

			if (c->log_x)
				x = log10(x);
			a->x0 = fmin(a->x0, x);
			a->x1 = fmax(a->x1, x);
			if (!shown(c, y))
				continue;
			low = fmin(low, y);
			high = fmax(high, y);
		}
	if (!(a->x1 > a->x0)) {
		a->x0 = isfinite(a->x0) ? a->x0 : 0;
		a->x1 = a->x0 + 1;
	}
	if (!(high > 0)) {
		low = 1;
		high = 10;
	}
	a->y0 = c->log_y ? floor(log10(low)) : 0;
	a->y1 = c->log_y ? ceil(log10(high) + 0.02) : high * 1.05;
	if (!(a->y1 > a->y0))
		a->y1 = a->y0 + 1;
}

static void y_ticks(FILE *to, const struct axes *a)
{
	const struct chart *c = a->c;
	double from = c->log_y ? a->y0 : 0, step = c->log_y ? 1 : a->y1 / 5;
	char text[UNITS_TEXT];

	if (c->log_y && a->y1 - a->y0 > 7)
		step = 2;
	for (double v = from; v <= a->y1 + 1e-9; v += step) {
		double value = c->log_y ? pow(10, v) : v, y = py(a, value);

		fprintf(to, "<path class=\"g\" d=\"M%d %.1fH%u\"/>", LEFT, y, c->width - RIGHT);
		fprintf(to, "<text class=\"d\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6,
			y + 4);
		if (!strcmp(c->y_unit, "bots"))
			fprintf(to, "%.0f", value);
		else
			xml_text(to, fleet_units(value, c->y_unit, text));
		fputs("</text>", to);
	}
}

/* The largest of 1, 2, 5 times a power of ten (of time: also minutes, hours, days) that gives at
 * least four ticks. */
static double x_step(const struct axes *a)
{
	static const double times[] = {1,      2,      5,      10,	20,	 30,
				       60,     120,    300,    600,	1200,	 1800,
				       3600,   7200,   14400,  21600,	43200,	 86400,
				       172800, 432000, 864000, 1728000, 4320000, 8640000};
	double span = a->x1 - a->x0, step = pow(10, floor(log10(span / 4)));

	if (a->c->x_is_time) {
		for (int i = (int)(sizeof times / sizeof *times) - 1; i >= 0; i--)
			if (span / times[i] >= 4)
				return times[i];
		return span / 4;
	}
	if (span / (5 * step) >= 4)
		return 5 * step;
	return span / (2 * step) >= 4 ? 2 * step : step;
}

static void time_text(double x, double last, char text[static 16])
{
	x = x == 0 ? 0 : x; /* no minus zero */
	if (last > 200000)
		snprintf(text, 16, "%.3g d", x / 86400);
	else if (last > 7200)
		snprintf(text, 16, "%.3g h", x / 3600);
	else if (last > 240)
		snprintf(text, 16, "%.3g min", x / 60);
	else
		snprintf(text, 16, "%.3g s", x);
}

static void x_tick(FILE *to, const struct axes *a, double x, const char *text)
{
	fprintf(to, "<text class=\"d\" x=\"%.1f\" y=\"%u\" text-anchor=\"middle\">%s</text>",
		px(a, x), a->c->height - BOTTOM + 16, text);
}

static void log_ticks(FILE *to, const struct axes *a)
{
	static const struct {
		double at;
		const char *text;
	} ticks[] = {{1, "1 s"},	{10, "10 s"},	    {60, "1 min"},     {600, "10 min"},
		     {3600, "1 h"},	{21600, "6 h"},	    {86400, "1 d"},    {432000, "5 d"},
		     {2592000, "30 d"}, {8640000, "100 d"}, {31536000, "1 y"}, {315360000, "10 y"}};

	for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++)
		if (log10(ticks[i].at) >= a->x0 - 0.01 && log10(ticks[i].at) <= a->x1 + 0.01)
			x_tick(to, a, ticks[i].at, ticks[i].text);
}

static void x_ticks(FILE *to, const struct axes *a)
{
	const struct chart *c = a->c;
	double step = x_step(a);
	char text[16];

	for (double x = ceil(a->x0 / step - 1e-9) * step; x <= a->x1 + step / 1e6 && !c->log_x;
	     x += step) {
		if (c->x_is_time)
			time_text(x, a->x1, text);
		else
			snprintf(text, sizeof text, "%.6g", x);
		x_tick(to, a, x, text);
	}
	if (c->log_x)
		log_ticks(to, a);
	fprintf(to, "<text class=\"d\" x=\"%u\" y=\"%u\" text-anchor=\"end\">", c->width - RIGHT,
		c->height - 6);
	xml_text(to, c->x_name);
	fputs("</text>", to);
}

static void draw_line(FILE *to, const struct axes *a, const struct chart_line *l)
{
	bool open = false;

	fprintf(to, "<path class=\"l\" style=\"stroke:var(--c%u)\"%s d=\"",
		l->colour % CHART_COLOUR, l->dashed ? " stroke-dasharray=\"5 4\"" : "");
	for (unsigned k = 0; k < l->n; k++) {
		if (!shown(a->c, l->y[k])) {
			open = false;
			continue;
		}
		fprintf(to, "%c%.1f %.1f", open ? 'L' : 'M', px(a, l->x[k]), py(a, l->y[k]));
		open = true;
	}
	fputs("\"/>", to);
	for (unsigned k = 0; k < l->n && l->dots; k++)
		if (shown(a->c, l->y[k]))
			fprintf(
			    to,
			    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" style=\"fill:var(--c%u)\"/>",
			    px(a, l->x[k]), py(a, l->y[k]), l->colour % CHART_COLOUR);
}

static void legend(FILE *to, const struct chart *c)
{
	for (unsigned i = 0; i < c->lines; i++) {
		double x = 14 + (i % 2) * ((c->width - 14) / 2.0);
		double y = c->height + (i / 2) * ROW + 8;

		fprintf(to,
			"<path class=\"l\" style=\"stroke:var(--c%u)\"%s d=\"M%.1f %.1fh18\"/>"
			"<text x=\"%.1f\" y=\"%.1f\">",
			c->line[i].colour % CHART_COLOUR,
			c->line[i].dashed ? " stroke-dasharray=\"5 4\"" : "", x, y, x + 24, y + 4);
		xml_text(to, c->line[i].name);
		fputs("</text>", to);
	}
}

static void mark(FILE *to, const struct axes *a)
{
	const struct chart *c = a->c;
	double x;

	if (!isfinite(c->mark) || c->mark < a->x0 || c->mark > a->x1)
		return;
	x = px(a, c->mark);
	fprintf(to,
		"<path class=\"l\" style=\"stroke:var(--dim)\" stroke-dasharray=\"2 3\" d=\"M%.1f "
		"%dV%u\"/><text class=\"d\" x=\"%.1f\" y=\"%d\" text-anchor=\"end\">",
		x, TOP, c->height - BOTTOM, x - 5, TOP + 12);
	xml_text(to, c->mark_name);
	fputs("</text>", to);
}

void chart_svg(FILE *to, const struct chart *c)
{
	unsigned height = c->height + (c->lines + 1) / 2 * ROW + 6;
	struct axes a;

	find_axes(&a, c);
	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fc\" viewBox=\"0 0 %u %u\" "
		"role=\"img\" aria-label=\"",
		c->width, height);
	xml_text(to, c->title);
	fprintf(to, "\">%s<rect width=\"100%%\" height=\"100%%\" style=\"fill:var(--paper)\"/>",
		style);
	y_ticks(to, &a);
	x_ticks(to, &a);
	mark(to, &a);
	for (unsigned i = 0; i < c->lines; i++)
		draw_line(to, &a, &c->line[i]);
	legend(to, c);
	fputs("</svg>\n", to);
}
