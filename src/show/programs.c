// SPDX-License-Identifier: MIT
#include "show/programs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sandbox/calls.h"
#include "sandbox/layers.h"
#include "supervise/state.h"

static lim_u64 ago(const struct show_programs *p, lim_u64 t)
{
	return p->now > t ? p->now - t : 0;
}

static lim_u64 ahead(const struct show_programs *p, lim_u64 t)
{
	return t > p->now ? t - p->now : 0;
}

/* A ledger without a supervisor tells of the past: of one that was killed, not what is. */
const char *show_program_state(const struct show_programs *p, const struct show_program *g)
{
	unsigned state = g->l.state;
	bool is_known = p->supervisor || state == SUP_STOPPED || state == SUP_FAILED;

	return is_known ? sup_state_name(state) : "unknown";
}

enum show_color show_program_color(const struct show_programs *p, const struct show_program *g)
{
	unsigned state = g->l.state;

	if (!p->supervisor || state == SUP_FAILED)
		return SHOW_BAD;
	return state == SUP_RUNNING ? SHOW_GOOD : state == SUP_WAITING ? SHOW_WARN : SHOW_DIM;
}

const char *show_program_memory(const struct show_program *g, char to[static 2 * SHOW_TEXT])
{
	char now[SHOW_TEXT], most[SHOW_TEXT];

	if (!g->has_memory)
		strcpy(to, "-");
	else if (!g->memory_most)
		snprintf(to, 2 * SHOW_TEXT, "%s", show_bytes(g->memory, now));
	else
		snprintf(to, 2 * SHOW_TEXT, "%s of %s", show_bytes(g->memory, now),
			 show_bytes(g->memory_most, most));
	return to;
}

static void one_line(FILE *out, const struct show_programs *p, const struct show_program *g,
		     const struct show_style *style)
{
	char since[SHOW_TEXT], pid[16] = "-", memory[2 * SHOW_TEXT];

	if (g->l.pid && p->supervisor)
		snprintf(pid, sizeof pid, "%d", g->l.pid);
	fprintf(out, "  %-16s ", g->l.name);
	show_color(out, style, show_program_color(p, g));
	fprintf(out, "%-8s", show_program_state(p, g));
	show_color(out, style, SHOW_PLAIN);
	fprintf(out, " %12s %8s %6" PRIu32 " %7" PRIu32 "  %s\n",
		g->l.since ? show_time(ago(p, g->l.since), since) : "-", pid, g->l.starts,
		g->l.crashes + g->l.child_crashes, show_program_memory(g, memory));
}

static void layers(FILE *out, const struct ledger *l)
{
	if (!l->missing)
		return;
	fprintf(out, "    runs without:");
	for (unsigned i = 0; i < LAYER_COUNT; i++)
		if (l->missing & LAYER_BIT(i))
			fprintf(out, " %s", layer_name(i));
	fputc('\n', out);
}

static void remarks(FILE *out, const struct show_programs *p, const struct ledger *l)
{
	char t[SHOW_TEXT];

	if (l->broken)
		fprintf(out, "    profile not right: %s\n", l->why);
	else if (*l->why && l->state != SUP_RUNNING)
		fprintf(out, "    %s\n", l->why);
	else if (*l->why)
		fprintf(out, "    last end: %s, %s ago\n", l->why, show_time(ago(p, l->ended), t));
	if (l->state == SUP_WAITING)
		fprintf(out, "    starts again in %s\n", show_time(ahead(p, l->next), t));
	layers(out, l);
	if (l->unlisted)
		fprintf(out, "    default level: its profile has no call list for %s\n",
			call_native.name);
	if (l->lines_left_out || l->lines_lost)
		fprintf(out,
			"    log: %" PRIu64 " lines left out (too many a second), %" PRIu64
			" could not be written\n",
			l->lines_left_out, l->lines_lost);
}

void show_programs(FILE *out, const struct show_programs *p, const struct show_style *style)
{
	if (!p->supervisor && !p->count)
		return;
	fputs("\nprograms: the supervisor ", out);
	show_color(out, style, p->supervisor ? SHOW_GOOD : SHOW_BAD);
	if (p->supervisor > 0)
		fprintf(out, "runs, process %d", p->supervisor);
	else
		fputs(p->supervisor ? "runs" : "is NOT running; this is what it left", out);
	show_color(out, style, SHOW_PLAIN);
	fputc('\n', out);
	if (p->count)
		fprintf(out, "  %-16s %-8s %12s %8s %6s %7s  %s\n", "", "state", "since", "process",
			"starts", "crashes", "memory");
	for (unsigned i = 0; i < p->count; i++) {
		one_line(out, p, &p->program[i], style);
		remarks(out, p, &p->program[i].l);
	}
}

/* --- JSON --- */

static double seconds(lim_u64 ns)
{
	return (double)(ns / LIM_MS) / 1000;
}

/* null where it is not known. */
static void json_maybe(struct json *j, const char *key, bool is_known, uint64_t n)
{
	if (is_known)
		json_u64(j, key, n);
	else
		json_str(j, key, NULL);
}

static void json_figures(struct json *j, const struct show_program *g)
{
	const struct ledger *l = &g->l;

	json_u64(j, "starts", l->starts);
	json_u64(j, "restarts", l->starts ? l->starts - 1 : 0);
	json_u64(j, "crashes", l->crashes);
	json_u64(j, "child_crashes", l->child_crashes);
	json_bool(j, "child_crashes_seen", l->sees_children);
	json_u64(j, "failures", l->failures);
	json_u64(j, "watchdog_bites", l->watchdogs);
	json_u64(j, "throttle_level", l->level);
	json_u64(j, "log_lines", l->lines);
	json_u64(j, "log_lines_left_out", l->lines_left_out);
	json_u64(j, "log_lines_lost", l->lines_lost);
	json_maybe(j, "denials", g->has_denied, g->denied);
	if (g->has_cpu)
		json_num(j, "cpu_seconds", seconds(g->cpu));
	else
		json_str(j, "cpu_seconds", NULL);
	json_maybe(j, "memory_bytes", g->has_memory, g->memory);
	json_u64(j, "memory_limit_bytes", g->has_memory ? g->memory_most : l->memory_limit);
}

static void json_last_end(struct json *j, const struct show_programs *p, const struct ledger *l)
{
	char text[LEDGER_END];

	if (!l->ended) {
		json_str(j, "last_end", NULL);
		return;
	}
	json_object(j, "last_end");
	json_num(j, "seconds_ago", seconds(ago(p, l->ended)));
	if (WIFSIGNALED(l->status))
		json_u64(j, "signal", (uint64_t)WTERMSIG(l->status));
	else
		json_u64(j, "status", (uint64_t)WEXITSTATUS(l->status));
	json_str(j, "text", ledger_end(l->status, text));
	json_end(j);
}

static void json_program(struct json *j, const struct show_programs *p,
			 const struct show_program *g)
{
	const struct ledger *l = &g->l;

	json_object(j, NULL);
	json_str(j, "name", l->name);
	json_str(j, "profile", l->file);
	json_bool(j, "profile_right", !l->broken);
	json_str(j, "state", show_program_state(p, g));
	json_num(j, "since_seconds_ago", seconds(ago(p, l->since)));
	json_u64(j, "pid", p->supervisor ? (uint64_t)l->pid : 0);
	json_bool(j, "ready", l->ready);
	if (l->next)
		json_num(j, "starts_in_seconds", seconds(ahead(p, l->next)));
	else
		json_str(j, "starts_in_seconds", NULL);
	json_figures(j, g);
	json_bool(j, "no_call_list_here", l->unlisted);
	json_array(j, "missing_layers");
	for (unsigned i = 0; i < LAYER_COUNT; i++)
		if (l->missing & LAYER_BIT(i))
			json_str(j, NULL, layer_name(i));
	json_end(j);
	json_last_end(j, p, l);
	json_str(j, "why", *l->why ? l->why : NULL);
	json_end(j);
}

void show_programs_json(struct json *j, const struct show_programs *p)
{
	json_u64(j, "supervisor_pid", p->supervisor > 0 ? (uint64_t)p->supervisor : 0);
	json_bool(j, "supervisor_running", p->supervisor != 0);
	json_array(j, "programs");
	for (unsigned i = 0; i < p->count; i++)
		json_program(j, p, &p->program[i]);
	json_end(j);
}
