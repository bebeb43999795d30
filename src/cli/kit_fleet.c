// SPDX-License-Identifier: MIT
// holdfast-kit fleet: what many devices could do at worst.
#include "cli/kit_fleet.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adversary/adversary.h"
#include "cli/cli.h"
#include "fleet/report.h"

#define QUIET_FOR 2	/* seconds before progress shows */
#define SEARCHES  20000 /* schedules that the adversary plays for the shape "searched" */

struct args {
	const char *csv, *html, *svg;
	uint64_t threads, seed, devices, sample;
	bool json, list, keys;
};

static const struct opt options[] = {
    {"threads", 'j', OPT_NUMBER, offsetof(struct args, threads), "N",
     "do not change the result (all processors)", .min = 1, .max = 256},
    {"seed", 's', OPT_NUMBER, offsetof(struct args, seed), "S",
     "start of the chance, instead of the scenario's"},
    {"devices", 'n', OPT_NUMBER, offsetof(struct args, devices), "N",
     "of a flood, instead of the scenario's; published totals are scaled", .min = 1,
     .max = 10000000000},
    {"sample", 0, OPT_NUMBER, offsetof(struct args, sample), "N",
     "classes of equal devices that are played, instead of the scenario's", .min = 1,
     .max = 100000000},
    {"json", 0, OPT_FLAG, offsetof(struct args, json), NULL, "print JSON instead of the table"},
    {"csv", 0, OPT_TEXT, offsetof(struct args, csv), "FILE", "write the curves as CSV"},
    {"html", 0, OPT_TEXT, offsetof(struct args, html), "FILE",
     "write a page with pictures that needs nothing else"},
    {"svg", 0, OPT_TEXT, offsetof(struct args, svg), "FILE", "write the first picture alone"},
    {"list", 'l', OPT_FLAG, offsetof(struct args, list), NULL,
     "list the scenarios that come along"},
    {"keys", 'k', OPT_FLAG, offsetof(struct args, keys), NULL,
     "list what a scenario can say, and stop"},
    {0},
};
const struct opt_use kit_fleet_use = {
    "SCENARIO",
    "what many devices could do at worst: floods and epidemics",
    options,
    0,
    1,
    "SCENARIO is a file, or the name of one that comes along (--list). Several machines, or\n"
    "processes: mpirun holdfast-kit fleet SCENARIO. Ends with 1 when a result is not what was\n"
    "published or promised.\n",
};

struct meter {
	struct team *team;
	const char *name;
	unsigned at, of;
	time_t started, shown;
};

static void show(void *arg, uint64_t done, uint64_t total)
{
	struct meter *m = arg;
	time_t now = time(NULL);

	if (m->team->rank || !isatty(STDERR_FILENO) || now - m->started < QUIET_FOR ||
	    now == m->shown)
		return;
	m->shown = now;
	fprintf(stderr, "\r\033[Kcase %u of %u, %s: %3.0f %%", m->at + 1, m->of, m->name,
		100 * (double)done / (double)(total ? total : 1));
}

static void begins(void *arg, const char *name, unsigned at, unsigned of)
{
	struct meter *m = arg;

	m->name = name;
	m->at = at;
	m->of = of;
	show(m, 0, 1);
}

/* Where scenarios that come along are: beside an installed program, or in the sources. */
static int folder(unsigned which, char path[static 2 * PATH_MAX])
{
	static const char *const places[] = {"../share/holdfast/scenarios",
					     "../../../src/fleet/scenarios"};
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0 || which >= sizeof places / sizeof *places)
		return -1;
	self[n] = 0;
	snprintf(path, 2 * PATH_MAX, "%s/%s", dirname(self), places[which]);
	return 0;
}

static int find(const char *name, char path[static 3 * PATH_MAX], struct err *e)
{
	char dir[2 * PATH_MAX];

	snprintf(path, 3 * PATH_MAX, "%s", name);
	if (strchr(name, '/') || !access(name, R_OK))
		return 0;
	for (unsigned i = 0; !folder(i, dir); i++) {
		snprintf(path, 3 * PATH_MAX, "%s/%s%s", dir, name,
			 strstr(name, ".ini") ? "" : ".ini");
		if (!access(path, R_OK))
			return 0;
	}
	return err_set(e, EXIT_WRONG_USE,
		       "no file '%.120s' and no scenario of that name (see --list)", name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_scenario(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && !strcmp(d->d_name + n - 4, ".ini");
}

static int list(struct err *e)
{
	static struct scenario s;
	char dir[2 * PATH_MAX], path[3 * PATH_MAX];
	struct dirent **entry;
	int n = -1;

	for (unsigned i = 0; n < 0 && !folder(i, dir); i++)
		n = scandir(dir, &entry, is_scenario, by_name);
	if (n < 0)
		return err_set(e, EXIT_SYSTEM, "no scenarios beside this program");
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, entry[i]->d_name);
		if (scenario_read(&s, path, e))
			return -1;
		printf("%-16s %s\n", s.name, s.title);
		free(entry[i]);
	}
	free(entry);
	return 0;
}

static void keys(void)
{
	const char *section = "";

	for (const struct key *k = settings_keys; k->name; k++) {
		if (strcmp(k->section, section))
			printf("%s[%s]\n", *section ? "\n" : "", k->section);
		section = k->section;
		printf("  %-16s %s\n  %-16s   (%s)\n", k->name, k->what, "", k->unit);
	}
}

static void change(struct scenario *s, const struct args *a)
{
	if (a->seed)
		s->seed = a->seed;
	for (unsigned i = 0; i < s->cases; i++) {
		struct settings *set = &s->item[i].set;

		if (a->devices) { /* so that what was published or promised still means something */
			double part = (double)a->devices / (double)set->devices;

			set->pub_bits = (uint64_t)((double)set->pub_bits * part);
			set->pub_packets = (uint64_t)((double)set->pub_packets * part);
			set->most_bits = (uint64_t)((double)set->most_bits * part);
			set->devices = a->devices;
		}
		if (a->sample)
			set->sample = a->sample;
		if (set->sample > set->devices)
			set->sample = 0;
	}
}

/* The schedule by which most bytes reach one silent target; the same on every rank. */
static int search(const struct args *a, uint64_t seed, struct found *f, struct err *e)
{
	struct search s = {.policy = &policy_holdfast, .schedules = SEARCHES, .seed = seed};

	s.goal = goals;
	while (s.goal->key && strcmp(s.goal->key, "target-bytes"))
		s.goal++;
	return adversary_search(&s, 1, (unsigned)a->threads, NULL, f, e);
}

static int write_file(const char *path, void (*report)(FILE *, const struct fleet *),
		      const struct fleet *f, struct err *e)
{
	FILE *to;

	if (!path)
		return 0;
	to = fopen(path, "we");
	if (!to)
		return err_sys(e, errno, "%s", path);
	report(to, f);
	if (ferror(to) | fclose(to))
		return err_set(e, EXIT_SYSTEM, "%s: cannot be written", path);
	return 0;
}

static int tell(const struct args *a, const struct fleet *f, struct err *e)
{
	if (a->json)
		fleet_json(stdout, f);
	else
		fleet_text(stdout, f, isatty(STDOUT_FILENO));
	if (write_file(a->csv, fleet_csv, f, e) || write_file(a->html, fleet_html, f, e) ||
	    write_file(a->svg, fleet_svg, f, e))
		return -1;
	return 0;
}

static int play(const struct args *a, struct team *t, const struct scenario *s, struct err *e)
{
	static struct found found;
	struct meter meter = {.team = t, .started = time(NULL)};
	struct fleet_progress progress = {begins, &meter};
	struct fleet f;
	int code;

	t->tick = show;
	t->arg = &meter;
	if (fleet_wants_searched(s) && search(a, s->seed, &found, e))
		return -1;
	if (fleet_run(t, s, found.best.genes ? &found.best : NULL, &progress, &f, e))
		return -1;
	if (meter.shown)
		fputs("\r\033[K", stderr);
	code = fleet_holds(&f) ? EXIT_DONE : EXIT_NO;
	if (!t->rank && tell(a, &f, e))
		code = -1;
	fleet_free(&f);
	return t->rank && code == EXIT_NO ? EXIT_DONE : code; /* one rank says it */
}

/* All processors; where mpirun has started several of us on this machine, our part of them. */
static uint64_t processors(void)
{
	const char *here = getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
	long n = sysconf(_SC_NPROCESSORS_ONLN), ranks = here ? atol(here) : 1;

	n = ranks > 1 ? n / ranks : n;
	return n < 1 ? 1 : n > 256 ? 256 : (uint64_t)n;
}

int kit_fleet(int argc, char **argv)
{
	static struct scenario s;
	struct args a = {.threads = processors()};
	char path[3 * PATH_MAX];
	struct team team = {0};
	struct err e;
	int code = EXIT_DONE, n = cli_options(&kit_fleet_use, argc, argv, &a, &code);

	if (n < 0)
		return code;
	if (a.keys) {
		keys();
		return EXIT_DONE;
	}
	if (a.list)
		return list(&e) ? cli_fail(&e) : EXIT_DONE;
	if (n != 1) {
		err_set(&e, EXIT_WRONG_USE, "name a scenario (--list shows those that come along)");
		return cli_fail(&e);
	}
	if (find(argv[1], path, &e) || scenario_read(&s, path, &e))
		return cli_fail(&e);
	change(&s, &a);
	if (team_begin(&team, (unsigned)a.threads, &e))
		return cli_fail(&e);
	code = play(&a, &team, &s, &e);
	if (code < 0)
		code = cli_fail(&e);
	team_end(&team, code == EXIT_DONE || code == EXIT_NO ? 0 : code);
	return code;
}
