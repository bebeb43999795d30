// SPDX-License-Identifier: MIT
#include "show/programs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "supervise/state.h"

/* One line of the table. */
struct line {
	const struct show_program *program;
	double cpu; /* of one processor; < 0: not known */
};

/* The very process: one that was started since has a time that begins anew. */
static const struct show_program *same(const struct show_programs *p, const struct show_program *g)
{
	for (unsigned i = 0; p && i < p->count; i++)
		if (!strcmp(p->program[i].l.name, g->l.name))
			return p->program[i].l.pid == g->l.pid ? &p->program[i] : NULL;
	return NULL;
}

static double share(const struct show_programs *p, const struct show_programs *before,
		    const struct show_program *g)
{
	const struct show_program *was = same(before, g);

	if (!was || !was->has_cpu || !g->has_cpu || before->now >= p->now)
		return -1;
	return g->cpu > was->cpu ? (double)(g->cpu - was->cpu) / (double)(p->now - before->now) : 0;
}

/* What does not run comes first, then what is busy. */
static int by_need(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	bool x_runs = x->program->l.state == SUP_RUNNING,
	     y_runs = y->program->l.state == SUP_RUNNING;

	if (x_runs != y_runs)
		return x_runs - y_runs;
	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? 1 : -1;
	return strcmp(x->program->l.name, y->program->l.name);
}

static const char *cpu_text(double cpu, char to[static SHOW_TEXT])
{
	if (cpu < 0)
		return "-";
	snprintf(to, SHOW_TEXT, cpu < 0.0995 ? "%.1f%%" : "%.0f%%", cpu * 100);
	return to;
}

static void one_line(FILE *out, const struct show_programs *p, const struct line *l,
		     const struct show_style *style)
{
	const struct show_program *g = l->program;
	char cpu[SHOW_TEXT], memory[2 * SHOW_TEXT], denied[SHOW_TEXT];

	fprintf(out, "%-20.20s ", g->l.name);
	show_color(out, style, show_program_color(p, g));
	fprintf(out, "%-8s", show_program_state(p, g));
	show_color(out, style, SHOW_PLAIN);
	fprintf(out, " %6s %16s %8" PRIu32 " %7" PRIu32 " %7s\n", cpu_text(l->cpu, cpu),
		show_program_memory(g, memory), g->l.starts ? g->l.starts - 1 : 0,
		g->l.crashes + g->l.child_crashes,
		g->has_denied ? show_count(g->denied, denied) : "-");
}

/* A low window is the guard's first: a quarter of it, and two programs at least. */
static unsigned room(const struct show_style *style, unsigned count)
{
	unsigned most = style->height / 4 > 4 ? style->height / 4 - 2 : 2;

	return style->height && count > most ? most : count;
}

unsigned show_programs_top(FILE *out, const struct show_programs *p,
			   const struct show_programs *before, const struct show_style *style)
{
	struct line lines[LEDGER_MOST];
	unsigned shown;

	if (!p || !p->supervisor || !p->count)
		return 0;
	for (unsigned i = 0; i < p->count; i++)
		lines[i] = (struct line){&p->program[i], share(p, before, &p->program[i])};
	qsort(lines, p->count, sizeof *lines, by_need);
	shown = room(style, p->count);
	show_color(out, style, SHOW_BOLD);
	fprintf(out, "%-20s %-8s %6s %16s %8s %7s %7s\n", "program", "state", "cpu", "memory",
		"restarts", "crashes", "denied");
	show_color(out, style, SHOW_PLAIN);
	for (unsigned i = 0; i < shown; i++)
		one_line(out, p, &lines[i], style);
	if (shown == p->count)
		return shown + 1;
	fprintf(out, "  and %u more: holdfast status\n", p->count - shown);
	return shown + 2;
}
