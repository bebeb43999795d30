// SPDX-License-Identifier: MIT
// holdfast-kit replay: captures through the limiter.
#include "cli/kit_replay.h"

#include "guard/config_file.h"
#include "replay/guess.h"
#include "replay/replay.h"
#include "replay/report_html.h"
#include "replay/report_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 2.0 /* seconds before progress is shown; a tenth of it between two looks */

struct args {
	const char *device, *manifest, *html, *config;
	uint64_t drops;
	bool json, expect_clean, explain_guess, bench, fresh;
};

static const struct opt options[] = {
    {"device", 'd', OPT_TEXT, offsetof(struct args, device), "ADDR|MAC",
     "the device; guessed for each capture when not given"},
    {"manifest", 'm', OPT_TEXT, offsetof(struct args, manifest), "FILE",
     "replay the captures this table lists, and judge them by group"},
    {"config", 'c', OPT_TEXT, offsetof(struct args, config), "FILE",
     "a configuration of the guard, whose budgets to replay with"},
    {"drops", 'n', OPT_NUMBER, offsetof(struct args, drops), "N",
     "show the first N packets held back of each capture", .max = 1000000},
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL, "print JSON"},
    {"html", 0, OPT_TEXT, offsetof(struct args, html), "FILE", "write a page with pictures"},
    {"fresh", 0, OPT_FLAG, offsetof(struct args, fresh), NULL,
     "as if each recording began with the device's start"},
    {"expect-clean", 0, OPT_FLAG, offsetof(struct args, expect_clean), NULL,
     "exit with 1 if anything was held back"},
    {"explain-guess", 0, OPT_FLAG, offsetof(struct args, explain_guess), NULL,
     "only guess the device of each capture, and show why"},
    {"bench", 0, OPT_FLAG, offsetof(struct args, bench), NULL,
     "say how many packets a second were replayed"},
    {0},
};

const struct opt_use kit_replay_use = {
    "[FILE...]",
    "run captures through the limiter in virtual time",
    options,
    0,
    -1,
    "Reads pcap and pcapng: Ethernet, raw IP, Linux cooked, BSD loopback.\n"
    "Exit status: 0 done, 1 something was held back (--expect-clean),\n"
    "2 wrong use or a broken capture, 3 a file that cannot be opened.\n"};

struct session {
	struct args args;
	struct manifest list;
	struct result *result;
	struct report_total total;
	struct verdict verdict[GROUPS];
	struct lim_config config;
	bool colour, tty, drawn;
	size_t at; /* the capture that is being replayed */
	double start, shown;
	int code;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wipe(struct session *s)
{
	if (s->drawn)
		fputs("\r\033[K", stderr);
	s->drawn = false;
}

static void progress(void *arg, uint64_t records)
{
	struct session *s = arg;
	double now = seconds();

	if (now - s->start < PATIENCE || now - s->shown < PATIENCE / 10)
		return;
	s->shown = now;
	fprintf(stderr, "\r\033[K%zu of %zu captures, %.1f million packets read", s->at + 1,
		s->list.rows, (double)records / 1e6);
	fflush(stderr);
	s->drawn = true;
}

/* The operands as a list without groups. */
static int list_files(struct session *s, int n, char **files, struct err *e)
{
	struct device_hint hint = {0};

	if (s->args.device && device_hint_read(&hint, s->args.device, e))
		return -1;
	if (s->args.manifest) {
		if (n || s->args.device)
			return err_set(e, EXIT_WRONG_USE,
				       "--manifest names captures and devices itself");
		return manifest_read(&s->list, s->args.manifest, e);
	}
	if (!n)
		return err_set(e, EXIT_WRONG_USE, "FILE is missing");
	s->list.row = calloc((size_t)n, sizeof *s->list.row);
	for (int i = 0; s->list.row && i < n; i++) {
		struct manifest_row row = {strdup(files[i]), GROUP_BENIGN, hint};

		if (!row.path)
			return err_sys(e, ENOMEM, "%s", files[i]);
		s->list.row[s->list.rows++] = row;
	}
	return s->list.row ? 0 : err_sys(e, ENOMEM, "%d captures", n);
}

/* Says so and goes on; the worst decides the exit code. */
static void fail(struct session *s, const struct err *e)
{
	int code = cli_fail(e);

	if (code > s->code)
		s->code = code;
}

static void replay_one(struct session *s, struct replay_ask *ask)
{
	struct result *r = &s->result[s->at];
	const struct manifest_row *row = &s->list.row[s->at];
	int rc;

	ask->device = row->device;
	rc = replay_file(r, row->path, ask);
	wipe(s);
	if (rc) {
		fflush(stdout);
		fail(s, &r->error);
	}
	report_add(&s->total, r);
	verdict_add(&s->verdict[row->group], r);
	if (s->args.json)
		return;
	report_row(stdout, r, s->colour);
	report_drops(stdout, r);
}

static void replay_all(struct session *s)
{
	struct replay_ask ask = {
	    .config = &s->config, .drops = s->args.drops, .fresh = s->args.fresh, .arg = s};

	if (s->tty)
		ask.progress = progress;
	if (!s->args.json)
		report_head(stdout, s->colour);
	for (s->at = 0; s->at < s->list.rows; s->at++)
		replay_one(s, &ask);
	if (s->args.expect_clean && s->total.dropped && !s->code)
		s->code = EXIT_NO;
}

static int write_html(const struct session *s, struct err *e)
{
	FILE *to = fopen(s->args.html, "w");
	int bad;

	if (!to)
		return err_sys(e, errno, "%s", s->args.html);
	report_html(to, &s->list, s->result, &s->total, s->verdict);
	bad = ferror(to);
	if (fclose(to) || bad)
		return err_sys(e, errno, "%s", s->args.html);
	return 0;
}

static void show(struct session *s)
{
	struct err e;

	if (s->args.json) {
		report_json(stdout, &s->list, s->result, &s->total, s->verdict);
	} else {
		report_sum(stdout, &s->total, s->colour);
		if (s->list.judged)
			verdict_show(stdout, &s->list, s->result, s->verdict);
	}
	fflush(stdout);
	if (s->args.html && write_html(s, &e))
		fail(s, &e);
}

static void explain_all(struct session *s)
{
	struct guess_tally tally = {0};
	struct err e;

	for (size_t i = 0; i < s->list.rows; i++)
		if (guess_explain(stdout, &s->list.row[i], &tally, &e))
			fail(s, &e);
	printf("%u guesses agree with what is known, %u differ, nothing is known of %u\n",
	       tally.right, tally.wrong, tally.unknown);
}

static void bench(const struct session *s)
{
	double took = seconds() - s->start;

	fprintf(stderr, "%" PRIu64 " packets in %.3f s, both passes: %.2f million a second\n",
		s->total.records, took, (double)s->total.records / took / 1e6);
}

/* The budgets and values of a guard's configuration; the hash key stays replay's own. */
static int configure(struct session *s, struct err *e)
{
	static struct guard_config guard;

	replay_config(&s->config);
	if (!s->args.config)
		return 0;
	config_default(&guard);
	if (config_read(&guard, s->args.config, 0, e))
		return -1;
	memcpy(s->config.budget, guard.limits.budget, sizeof s->config.budget);
	memcpy(s->config.value, guard.limits.value, sizeof s->config.value);
	return 0;
}

static int run(struct session *s)
{
	struct err e;

	s->result = calloc(s->list.rows + 1, sizeof *s->result);
	if (!s->result) {
		err_sys(&e, ENOMEM, "%zu captures", s->list.rows);
		return cli_fail(&e);
	}
	replay_all(s);
	if (s->args.bench)
		bench(s);
	show(s);
	for (size_t i = 0; i < s->list.rows; i++)
		replay_free(&s->result[i]);
	free(s->result);
	return s->code;
}

int kit_replay(int argc, char **argv)
{
	struct session s = {.start = seconds()};
	struct err e;
	int code, n = cli_options(&kit_replay_use, argc, argv, &s.args, &code);

	if (n < 0)
		return code;
	if (configure(&s, &e) || list_files(&s, n, argv + 1, &e))
		return cli_fail(&e);
	s.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	s.tty = isatty(STDERR_FILENO);
	if (s.args.explain_guess)
		explain_all(&s);
	else
		run(&s);
	manifest_free(&s.list);
	return s.code;
}
