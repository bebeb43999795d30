// SPDX-License-Identifier: MIT
// holdfast-kit adversary: looks for the schedule that gets most past the limiter.
#include "cli/kit_adversary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adversary/adversary.h"
#include "base/json.h"
#include "cli/cli.h"

#define MAX_SEARCHES 256
#define OTHERS_SHARE 10 /* a policy we compare with gets one schedule for so many of ours */
#define QUIET_FOR    2	/* seconds before progress shows */

struct args {
	uint64_t schedules, seed, threads;
	struct opt_list goals, policies;
	bool json, explain, trace, scratch;
};

static const struct opt options[] = {
    {"schedules", 'n', OPT_NUMBER, offsetof(struct args, schedules), "N",
     "how many to play against the limiter (20000)", .min = 1, .max = 1000000000},
    {"seed", 's', OPT_NUMBER, offsetof(struct args, seed), "S",
     "start of the chance; the same seed finds the same (1)"},
    {"threads", 't', OPT_NUMBER, offsetof(struct args, threads), "T",
     "do not change the result (all processors)", .min = 1, .max = 64},
    {"goal", 'g', OPT_LIST, offsetof(struct args, goals), "GOAL",
     "only this goal; may be repeated"},
    {"policy", 'p', OPT_LIST, offsetof(struct args, policies), "POLICY",
     "only this policy: holdfast, throttle, credit, ratio, rate; may be repeated"},
    {"explain", 'x', OPT_FLAG, offsetof(struct args, explain), NULL,
     "say in words how each score is made, as shortly as possible"},
    {"trace", 0, OPT_FLAG, offsetof(struct args, trace), NULL, "write every packet of those"},
    {"from-scratch", 0, OPT_FLAG, offsetof(struct args, scratch), NULL,
     "without the hand-written strategies"},
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL, "print JSON"},
    {0},
};
const struct opt_use kit_adversary_use = {
    "",	     "look for the schedule that gets most past the limiter",
    options, 0,
    0,	     "Ends with 1 when a bound is exceeded.\n"};

struct plan {
	struct search search[MAX_SEARCHES];
	struct found found[MAX_SEARCHES];
	unsigned count;
};

static bool wanted(const struct opt_list *l, const char *key)
{
	for (unsigned i = 0; i < l->count; i++)
		if (!strcmp(l->item[i], key))
			return true;
	return l->count == 0;
}

static int check_goals(const struct opt_list *l, struct err *e)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct goal *g = goals;

		while (g->key && strcmp(g->key, l->item[i]))
			g++;
		if (!g->key)
			return err_set(e, EXIT_WRONG_USE, "no goal '%s'", l->item[i]);
	}
	return 0;
}

static int check_policies(const struct opt_list *l, struct err *e)
{
	for (unsigned i = 0; i < l->count; i++) {
		unsigned k = 0;

		while (policies[k] && strcmp(policies[k]->key, l->item[i]))
			k++;
		if (!policies[k])
			return err_set(e, EXIT_WRONG_USE, "no policy '%s'", l->item[i]);
	}
	return 0;
}

static void make_plan(struct plan *p, const struct args *a)
{
	uint64_t weights = 0;

	for (const struct goal *g = goals; g->key; g++)
		weights += wanted(&a->goals, g->key) ? g->weight : 0;
	for (const struct goal *g = goals; g->key; g++)
		for (unsigned k = 0; policies[k]; k++) {
			uint64_t n = a->schedules * g->weight / (weights ? weights : 1);

			if (!wanted(&a->goals, g->key) || !wanted(&a->policies, policies[k]->key) ||
			    p->count == MAX_SEARCHES)
				continue;
			if (k)
				n /= OTHERS_SHARE;
			p->search[p->count++] =
			    (struct search){policies[k], g, n ? n : 1, a->seed, a->scratch};
		}
}

struct meter {
	time_t started, shown;
};

static void show_progress(void *arg, uint64_t played, uint64_t total)
{
	struct meter *m = arg;
	time_t now = time(NULL);

	if (!isatty(STDERR_FILENO) || now - m->started < QUIET_FOR || now == m->shown)
		return;
	m->shown = now;
	fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " schedules ", played, total);
}

static const char *verdict(const struct search *s, const struct found *f)
{
	if (s->goal->apart)
		return "open";
	return f->beaten ? "EXCEEDED" : "holds";
}

static void print_score(const struct search *s, const struct found *f)
{
	char text[32];

	if (s->goal->scale > 1)
		snprintf(text, sizeof(text), "%s%.2f", f->capped ? ">=" : "",
			 (double)f->score / s->goal->scale);
	else
		snprintf(text, sizeof(text), "%s%" PRIu64, f->capped ? ">=" : "", f->score);
	printf(" %12s", text);
}

static void print_head(const struct args *a)
{
	printf("%-58s %9s", "most in any 60 s, or as said", "bound");
	for (unsigned k = 0; policies[k]; k++)
		if (wanted(&a->policies, policies[k]->key))
			printf(" %12s", policies[k]->key);
	printf("\n");
}

static void print_bound(const struct goal *g)
{
	if (g->apart)
		printf("%-58s %9s", g->what, "-");
	else
		printf("%-58s %9" PRIu64, g->what, g->bound / g->scale);
}

static void print_table(const struct plan *p, const struct args *a)
{
	print_head(a);
	for (unsigned i = 0; i < p->count; i++) {
		const struct search *s = &p->search[i];
		bool first = i == 0 || p->search[i - 1].goal != s->goal;
		bool last = i + 1 == p->count || p->search[i + 1].goal != s->goal;
		static const char *word;

		if (first) {
			print_bound(s->goal);
			word = "";
		}
		print_score(s, &p->found[i]);
		if (s->policy == &policy_holdfast)
			word = verdict(s, &p->found[i]);
		if (last)
			printf("  %s\n", word);
	}
}

static void print_json(const struct plan *p, const struct args *a)
{
	struct json j;

	json_start(&j, stdout, true);
	json_object(&j, NULL);
	json_str(&j, "schema", "holdfast-adversary-1");
	json_u64(&j, "schedules", a->schedules);
	json_u64(&j, "seed", a->seed);
	json_array(&j, "results");
	for (unsigned i = 0; i < p->count; i++) {
		const struct search *s = &p->search[i];
		const struct found *f = &p->found[i];

		json_object(&j, NULL);
		json_str(&j, "goal", s->goal->key);
		json_str(&j, "what", s->goal->what);
		json_str(&j, "unit", s->goal->unit);
		json_str(&j, "policy", s->policy->key);
		json_num(&j, "score", (double)f->score / s->goal->scale);
		if (!s->goal->apart)
			json_num(&j, "bound", (double)s->goal->bound / s->goal->scale);
		json_bool(&j, "at_least", f->capped);
		json_bool(&j, "exceeded", f->beaten);
		json_u64(&j, "schedules", f->played);
		json_str(&j, "descends_from", f->best.origin);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static int explain(const struct plan *p, const struct args *a, struct err *e)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct search *s = &p->search[i];
		const struct found *f = &p->found[i];

		printf("\n%s, %s: %.6g %s; shortest: %.6g with %" PRIu64 " packets both ways\n",
		       s->goal->key, s->policy->key, (double)f->score / s->goal->scale,
		       s->goal->unit, (double)f->shortest_score / s->goal->scale, f->events);
		schedule_print(&f->shortest, stdout);
		if (a->trace && adversary_explain(s, f, stdout, e))
			return -1;
	}
	return 0;
}

int kit_adversary(int argc, char **argv)
{
	struct args a = {.schedules = 20000, .seed = 1};
	struct meter meter = {.started = time(NULL)};
	struct progress progress = {show_progress, &meter};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	static struct plan p;
	struct err e;
	int code = EXIT_DONE;

	a.threads = processors > 0 && processors < 64 ? (uint64_t)processors : 1;
	if (cli_options(&kit_adversary_use, argc, argv, &a, &code) < 0)
		return code;
	if (check_goals(&a.goals, &e) || check_policies(&a.policies, &e))
		return cli_fail(&e);
	make_plan(&p, &a);
	if (adversary_search(p.search, p.count, (unsigned)a.threads, &progress, p.found, &e))
		return cli_fail(&e);
	if (meter.shown)
		fprintf(stderr, "\r%40s\r", "");
	if (a.json)
		print_json(&p, &a);
	else
		print_table(&p, &a);
	if (!a.json && (a.explain || a.trace) && explain(&p, &a, &e))
		return cli_fail(&e);
	for (unsigned i = 0; i < p.count; i++)
		if (p.found[i].beaten)
			code = EXIT_NO;
	return code;
}
