// SPDX-License-Identifier: MIT
// holdfast-kit replay: captures through the limiter.
#include "cli/kit_replay.h"

#include "replay/guess.h"
#include "replay/manifest.h"
#include "replay/replay.h"
#include "replay/report.h"
#include "replay/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct args {
	const char *device, *manifest;
	uint64_t drops;
	bool expect_clean, bench, explain_guess;
};

static const struct opt options[] = {
    {"device", 'd', OPT_TEXT, offsetof(struct args, device), "ADDR|MAC",
     "the device; guessed for each capture when not given"},
    {"manifest", 'm', OPT_TEXT, offsetof(struct args, manifest), "FILE",
     "replay the captures this table lists, and judge them by group"},
    {"drops", 'n', OPT_NUMBER, offsetof(struct args, drops), "N",
     "show the first N packets held back of each capture", .max = 1000000},
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
	struct lim_config config;
	bool colour;
	int code;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
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
	for (int i = 0; s->list.row && i < n; i++)
		s->list.row[s->list.rows++] =
		    (struct manifest_row){strdup(files[i]), GROUP_BENIGN, hint};
	return 0;
}

static void replay_all(struct session *s)
{
	struct replay_ask ask = {.config = &s->config, .drops = s->args.drops};
	struct report_total total = {0};
	struct verdict verdict[GROUPS] = {0};

	report_head(stdout, s->colour);
	for (size_t i = 0; i < s->list.rows; i++) {
		struct result *r = &s->result[i];

		ask.device = s->list.row[i].device;
		if (replay_file(r, s->list.row[i].path, &ask)) {
			fflush(stdout);
			s->code = cli_fail(&r->error);
		}
		report_row(stdout, r, s->colour);
		report_drops(stdout, r);
		report_add(&total, r);
		verdict_add(&verdict[s->list.row[i].group], r);
	}
	report_sum(stdout, &total, s->colour);
	if (s->args.manifest)
		verdict_show(stdout, &s->list, s->result, verdict);
	if (s->args.expect_clean && total.dropped && !s->code)
		s->code = EXIT_NO;
}

static void explain_all(struct session *s)
{
	struct guess_tally tally = {0};
	struct err e;

	for (size_t i = 0; i < s->list.rows; i++)
		if (guess_explain(stdout, &s->list.row[i], &tally, &e))
			s->code = cli_fail(&e);
	printf("%u guesses agree with what is known, %u differ, nothing is known of %u\n",
	       tally.right, tally.wrong, tally.unknown);
}

static void free_session(struct session *s)
{
	for (size_t i = 0; s->result && i < s->list.rows; i++)
		replay_free(&s->result[i]);
	free(s->result);
	manifest_free(&s->list);
}

static void bench(const struct session *s, double took)
{
	uint64_t records = 0;

	for (size_t i = 0; i < s->list.rows; i++)
		records += s->result[i].records;
	fprintf(stderr, "%" PRIu64 " packets in %.3f s, both passes: %.2f million a second\n",
		records, took, (double)records / took / 1e6);
}

int kit_replay(int argc, char **argv)
{
	struct session s = {0};
	struct err e;
	double start;
	int code, n = cli_options(&kit_replay_use, argc, argv, &s.args, &code);

	if (n < 0)
		return code;
	if (list_files(&s, n, argv + 1, &e))
		return cli_fail(&e);
	replay_config(&s.config);
	s.colour = isatty(STDOUT_FILENO);
	s.result = calloc(s.list.rows + 1, sizeof *s.result);
	start = seconds();
	if (s.args.explain_guess)
		explain_all(&s);
	else if (s.result)
		replay_all(&s);
	if (s.args.bench)
		bench(&s, seconds() - start);
	free_session(&s);
	return s.code;
}
