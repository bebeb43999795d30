/* SPDX-License-Identifier: MIT
 *
 * A chart of lines as SVG that needs nothing else and can be read on light and dark.
 */
#ifndef FLEET_CHART_H
#define FLEET_CHART_H

#include <stdbool.h>
#include <stdio.h>

#define CHART_LINES  16
#define CHART_COLOUR 10

struct chart_line {
	const char *name;
	const double *x, *y; /* n points, x rising; a y that is not finite breaks the line */
	unsigned n;
	unsigned colour; /* 0 is the bad one, 1 the good one */
	bool dashed, dots;
};

struct chart {
	const char *title;  /* for whoever cannot see it */
	const char *x_name; /* below */
	const char *y_unit; /* "bit/s" */
	bool log_y;
	bool log_x;	/* of time */
	bool x_is_time; /* seconds, written as s, min, h or days; otherwise as they are */
	double y_least; /* log_y: nothing below is drawn */
	double mark;	/* a vertical line there, unless it is not finite */
	const char *mark_name;
	unsigned width, height; /* without the legend */
	unsigned lines;
	struct chart_line line[CHART_LINES];
};

void chart_svg(FILE *to, const struct chart *c);

#endif
