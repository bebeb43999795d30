// SPDX-License-Identifier: MIT
#include "replay/svg.h"

#include "base/xml.h"

static double height_of(uint64_t value, uint64_t most, unsigned height)
{
	double h = (double)value / (double)most * height;

	return value && h < 1 ? 1 : h; /* a single packet is still seen */
}

/* One path of columns from `base` upwards. */
static void columns(FILE *to, const char *class, const uint64_t *value, const uint64_t *base,
		    size_t n, uint64_t most, unsigned width, unsigned height)
{
	double step = (double)width / (double)n;

	fprintf(to, "<path class=\"%s\" d=\"", class);
	for (size_t i = 0; i < n; i++) {
		double low = base ? height_of(base[i], most, height) : 0;
		double high = height_of(value[i], most, height);

		if (low + high > height)
			low = height - high;
		if (value[i])
			fprintf(to, "M%.1f %.1fv-%.1fh%.1fv%.1fz", (double)i * step, height - low,
				high, step, high);
	}
	fputs("\"/>", to);
}

void svg_steps(FILE *to, const uint64_t *passed, const uint64_t *dropped, size_t n, unsigned width,
	       unsigned height, const char *title)
{
	uint64_t most = 1;

	for (size_t i = 0; i < n; i++)
		if (passed[i] + dropped[i] > most)
			most = passed[i] + dropped[i];
	fprintf(to, "<svg viewBox=\"0 0 %u %u\" width=\"%u\" height=\"%u\" role=\"img\"><title>",
		width, height + 1, width, height + 1);
	xml_text(to, title);
	fputs("</title>", to);
	columns(to, "passed", passed, NULL, n, most, width, height);
	columns(to, "dropped", dropped, passed, n, most, width, height);
	fprintf(to, "<path class=\"axis\" d=\"M0 %u.5h%u\"/></svg>", height, width);
}

void svg_bar(FILE *to, uint64_t part, uint64_t whole, unsigned width)
{
	double w = whole ? (double)part / (double)whole * width : 0;

	if (part && w < 1)
		w = 1;
	fprintf(to,
		"<svg viewBox=\"0 0 %u 10\" width=\"%u\" height=\"10\" aria-hidden=\"true\">"
		"<path class=\"axis\" d=\"M0 9.5h%u\"/><path class=\"dropped\" d=\"M0 "
		"1h%.1fv8H0z\"/></svg>",
		width, width, width, w);
}
