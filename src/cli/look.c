// SPDX-License-Identifier: MIT
#include "cli/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "sandbox/denial_log.h"
#include "supervise/usage.h"

int look_take(struct guard *g, struct look *l, struct show *s, struct err *e)
{
	if (guard_snapshot(g, &l->state, &l->config, &l->report, &l->meta, e))
		return -1;
	*s = (struct show){.state = &l->state,
			   .config = &l->config,
			   .report = &l->report,
			   .meta = &l->meta,
			   .now = guard_now(),
			   .memory = guard_memory(g),
			   .daemon = guard_daemon(g)};
	return 0;
}

int look_once(const char *pin, struct look *l, struct show *s, struct err *e)
{
	struct guard g;
	int rc;

	if (guard_open(&g, pin, e))
		return -1;
	rc = look_take(&g, l, s, e);
	guard_close(&g);
	return rc;
}

/* Of a log that cannot be read nothing is known; where there is none yet, nothing was refused. */
static void count_denied(struct show_programs *p)
{
	static struct denial_view log;
	struct err e;

	if (denial_log_read(&log, denial_run_dir(), &e))
		return;
	for (unsigned i = 0; i < p->count; i++) {
		struct show_program *g = &p->program[i];

		g->has_denied = true;
		for (unsigned k = 0; k < log.count; k++)
			if (!strcmp(log.d[k].program, g->l.name))
				g->denied += log.d[k].count;
	}
}

void look_programs(struct show_programs *p)
{
	static struct ledger all[LEDGER_MOST];
	const char *run = ledger_run();
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	p->now = (lim_u64)t.tv_sec * LIM_S + (lim_u64)t.tv_nsec;
	p->supervisor = ledger_holder(run);
	p->count = ledger_read_all(run, all);
	for (unsigned i = 0; i < p->count; i++) {
		struct show_program *g = &p->program[i];
		bool is_there = p->supervisor && all[i].pid;

		*g = (struct show_program){.l = all[i]};
		g->has_memory = is_there && !usage_memory(g->l.pid, &g->memory, &g->memory_most);
		g->has_cpu = is_there && !usage_cpu(g->l.pid, &g->cpu);
	}
	count_denied(p);
}

static bool is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strcasestr(v, "utf-8") || strcasestr(v, "utf8");
	}
	return false;
}

struct show_style look_style(void)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	struct show_style style = {0};
	struct winsize w;

	if (!isatty(STDOUT_FILENO))
		return style;
	style.utf8 = is_utf8();
	style.color = term && strcmp(term, "dumb") && !(no_color && *no_color);
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w)) {
		style.width = w.ws_col;
		style.height = w.ws_row;
	}
	return style;
}

int look_end(int code)
{
	struct err e;

	if (!fflush(stdout) && !ferror(stdout))
		return code;
	err_sys(&e, errno, "standard output");
	e.code = EXIT_SYSTEM;
	return cli_fail(&e);
}
