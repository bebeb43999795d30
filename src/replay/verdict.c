// SPDX-License-Identifier: MIT
#include "replay/verdict.h"

#include "replay/report.h"

#include <inttypes.h>

#define WINDOW 60.0 /* s */

static void raise(uint64_t *most, uint64_t value)
{
	if (value > *most)
		*most = value;
}

static void raise_load(struct result_load *most, const struct result_load *l)
{
	raise(&most->packets, l->packets);
	raise(&most->bytes, l->bytes);
	raise(&most->contacts, l->contacts);
}

void verdict_add(struct verdict *v, const struct result *r)
{
	v->files++;
	v->unusable += !r->usable;
	v->touched += r->dropped > 0;
	v->out += r->out;
	v->dropped += r->dropped;
	raise_load(&v->passed_60, &r->passed_60);
	raise_load(&v->silent_60, &r->silent_60);
}

static void load(FILE *to, const struct result_load *l)
{
	fprintf(to, "%9.2f %10.0f %8.2f", (double)l->packets / WINDOW, (double)l->bytes / WINDOW,
		(double)l->contacts / WINDOW);
}

static void honest(FILE *to, const struct manifest *m, const struct result *results,
		   const struct verdict *v, enum manifest_group group)
{
	char why[256];

	fprintf(to, "\n%s: %u captures, %u touched, %" PRIu64 " of %" PRIu64 " packets dropped%s\n",
		manifest_group_name(group), v->files, v->touched, v->dropped, v->out,
		v->touched ? "" : ": clean");
	for (size_t i = 0; i < m->rows; i++) {
		const struct result *r = &results[i];

		if (m->row[i].group == group && r->dropped)
			fprintf(to, "  %s: %" PRIu64 " of %" PRIu64 " (%s)\n", report_name(r->file),
				r->dropped, r->out,
				report_reasons(r->report.packets, why, sizeof why));
	}
}

static void attacks(FILE *to, const struct manifest *m, const struct result *results,
		    const struct verdict *v)
{
	fprintf(to, "\n%s: %u captures, %u cut, %" PRIu64 " of %" PRIu64 " packets dropped\n",
		manifest_group_name(GROUP_ATTACK), v->files, v->touched, v->dropped, v->out);
	fprintf(to, "  what still passed, most in any 60 s, a second:\n");
	fprintf(to, "  %-44s %9s %9s | %9s %10s %8s | %9s %10s %8s\n", "", "out", "passed",
		"packets/s", "bytes/s", "new/s", "silent p/s", "bytes/s", "new/s");
	for (size_t i = 0; i < m->rows; i++) {
		const struct result *r = &results[i];
		const char *name = report_name(r->file);

		if (m->row[i].group != GROUP_ATTACK || !r->usable)
			continue;
		fprintf(to, "  %-44.44s %9" PRIu64 " %9" PRIu64 " | ", name, r->out,
			r->out - r->dropped);
		load(to, &r->passed_60);
		fputs(" |  ", to);
		load(to, &r->silent_60);
		putc('\n', to);
	}
	fprintf(to, "  %-44s %9s %9s | ", "most", "", "");
	load(to, &v->passed_60);
	fputs(" |  ", to);
	load(to, &v->silent_60);
	putc('\n', to);
}

void verdict_show(FILE *to, const struct manifest *m, const struct result *results,
		  const struct verdict v[GROUPS])
{
	honest(to, m, results, &v[GROUP_IOT], GROUP_IOT);
	honest(to, m, results, &v[GROUP_BENIGN], GROUP_BENIGN);
	attacks(to, m, results, &v[GROUP_ATTACK]);
}
