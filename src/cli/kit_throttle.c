// SPDX-License-Identifier: MIT
// holdfast-kit throttle: how long does a crash loop take under the supervisor?
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/opt.h"
#include "cli/cli.h"
#include "cli/kit_throttle.h"
#include "supervise/state.h"
#include "supervise/throttle.h"

struct args {
	uint64_t attempts, schedules, seed, burst;
	bool json;
};

static const struct opt options[] = {
    {"attempts", 'a', OPT_NUMBER, offsetof(struct args, attempts), "N",
     "crashes and failures to get through (1000)", .min = 1, .max = 1000000},
    {"burst", 'b', OPT_NUMBER, offsetof(struct args, burst), "N",
     "children that a chance schedule crashes at once, at most (64)", .min = 1, .max = 255},
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL, "print JSON"},
    {"schedules", 'n', OPT_NUMBER, offsetof(struct args, schedules), "N",
     "how many chance schedules to try besides the named ones (20000)", .max = 100000000},
    {"seed", 's', OPT_NUMBER, offsetof(struct args, seed), "N", "for the chance ones (1)"},
    {0},
};

const struct opt_use kit_throttle_use = {
    "",
    "how long an attacker needs for a loop of crashes under the supervisor",
    options,
    0,
    0,
    "Plays schedules against the supervisor's own table of states, in virtual time.\n"
    "Exit status: 0 the quickest takes more than 24 hours, 1 it does not, 2 wrong use.\n"};

#define DAY (24 * 3600 * SUP_S)

static void row(struct json *j, const char *name, uint64_t ns)
{
	double hours = (double)ns / (3600.0 * (double)SUP_S);

	if (!j) {
		printf("%-50s %10.1f h\n", name, hours);
		return;
	}
	json_object(j, NULL);
	json_str(j, "schedule", name);
	json_num(j, "hours", hours);
	json_end(j);
}

static uint64_t by_chance(const struct args *a)
{
	uint64_t seed = a->seed + 1, best = UINT64_MAX;
	struct throttle_schedule s;

	for (uint64_t i = 0; i < a->schedules; i++) {
		uint64_t t;

		throttle_chance(&s, &seed, (unsigned)a->burst);
		t = throttle_play(&s, (unsigned)a->attempts);
		if (t < best)
			best = t;
	}
	return best;
}

static uint64_t play(const struct args *a, struct json *j)
{
	uint64_t best = UINT64_MAX, t;
	unsigned n;
	const struct throttle_schedule *s = throttle_schedules(&n);

	for (unsigned i = 0; i < n; i++) {
		t = throttle_play(&s[i], (unsigned)a->attempts);
		row(j, s[i].name, t);
		if (t < best)
			best = t;
	}
	t = by_chance(a);
	if (a->schedules)
		row(j, "the quickest of the chance ones", t);
	return t < best ? t : best;
}

int kit_throttle(int argc, char **argv)
{
	struct args a = {.attempts = 1000, .schedules = 20000, .seed = 1, .burst = 64};
	uint64_t best;
	struct json j;
	int code;

	if (cli_options(&kit_throttle_use, argc, argv, &a, &code) < 0)
		return code;
	if (a.json) {
		json_start(&j, stdout, true);
		json_object(&j, NULL);
		json_u64(&j, "attempts", a.attempts);
		json_array(&j, "schedules");
	} else {
		printf("%" PRIu64 " attempts to crash a program take\n", a.attempts);
	}
	best = play(&a, a.json ? &j : NULL);
	if (a.json) {
		json_end(&j);
		json_num(&j, "quickest_hours", (double)best / (3600.0 * (double)SUP_S));
		json_end(&j);
	} else {
		row(NULL, "quickest of all", best);
	}
	return best > DAY ? EXIT_DONE : EXIT_NO;
}
