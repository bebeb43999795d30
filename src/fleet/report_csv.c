// SPDX-License-Identifier: MIT
#include "fleet/report.h"

#include <inttypes.h>
#include <string.h>

/* RFC 4180: quotes are doubled. */
static void name(FILE *to, const char *text)
{
	putc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', to);
		putc(*text, to);
	}
	putc('"', to);
}

static void flood(FILE *to, const struct fleet_row *r)
{
	const struct flood_sum *s = &r->flood.sum;
	unsigned end = r->flood.last + 4 < FLOOD_BINS ? r->flood.last + 4 : FLOOD_BINS;

	for (unsigned i = 0; i < end; i++) {
		name(to, r->of->name);
		fprintf(to, ",%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\r\n", i,
			8 * s->bytes[i], s->packets[i], s->conns[i], s->queries[i]);
	}
}

static void epidemic(FILE *to, const struct fleet_row *r)
{
	const struct epidemic *o = &r->epidemic;

	for (unsigned i = 0; i < o->points; i++) {
		name(to, r->of->name);
		fprintf(to, ",%.6g,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", i * o->every, o->low[i],
			o->median[i], o->high[i]);
		if (o->closed[0] > 0)
			fprintf(to, "%.6g", o->closed[i]);
		fputs("\r\n", to);
	}
}

void fleet_csv(FILE *to, const struct fleet *f)
{
	int is_flood = f->scenario->kind == SCENARIO_FLOOD;

	fputs(is_flood ? "case,second,bits,packets,connections,queries\r\n"
		       : "case,seconds,low,median,high,closed_form\r\n",
	      to);
	for (unsigned i = 0; i < f->rows; i++)
		is_flood ? flood(to, &f->row[i]) : epidemic(to, &f->row[i]);
}
