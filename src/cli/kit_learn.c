// SPDX-License-Identifier: MIT
// holdfast-kit learn: writes the profile of a program.
#include "cli/kit_learn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "learn/learn.h"

struct args {
	const char *output, *name, *sysroot;
	struct opt_list merge, env;
	bool static_only, no_static, json;
	uint64_t limit;
};

static const struct opt options[] = {
    {"output", 'o', OPT_TEXT, offsetof(struct args, output), "FILE",
     "write the profile there (standard output; the program's own then goes to standard error)"},
    {"merge", 'm', OPT_LIST, offsetof(struct args, merge), "FILE",
     "add to what this profile holds; may be repeated"},
    {"name", 'n', OPT_TEXT, offsetof(struct args, name), "NAME",
     "of the profile (the program's file name)"},
    {"for", 'f', OPT_TIME, offsetof(struct args, limit), "TIME",
     "ask the program to end after so long"},
    {"env", 'e', OPT_LIST, offsetof(struct args, env), "NAME",
     "let the profile set this variable as it is now; may be repeated"},
    {"static-only", 's', OPT_FLAG, offsetof(struct args, static_only), NULL,
     "do not run it, only read its files"},
    {"no-static", 0, OPT_FLAG, offsetof(struct args, no_static), NULL,
     "only run it: the list is what was seen, and a rare path may break"},
    {"sysroot", 0, OPT_TEXT, offsetof(struct args, sysroot), "DIR",
     "where the program's root is, when it is not run"},
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL,
     "print what was found as JSON instead of the profile"},
    {0},
};
const struct opt_use kit_learn_use = {
    "-- PROGRAM ARGUMENT...",
    "write the profile of a program from watching it and its files",
    options,
    1,
    -1,
    "The program runs unconfined, as an ordinary child of this one, until it ends or Ctrl-C.\n"};

/* One line on the terminal, rewritten; nothing elsewhere. */
struct meter {
	time_t started, shown;
	bool any;
};

static bool due(struct meter *m)
{
	time_t now = time(NULL);

	if (!isatty(STDERR_FILENO) || now == m->shown)
		return false;
	m->shown = now;
	m->any = true;
	return true;
}

static void running(void *arg, const struct facts *f, double seconds)
{
	if (due(arg))
		fprintf(stderr,
			"\r%.0f s, %u processes, %llu calls, %zu things seen; Ctrl-C ends it ",
			seconds, f->processes, (unsigned long long)f->calls, f->count);
}

static void reading(void *arg, const char *path, size_t done, size_t all)
{
	const char *base = strrchr(path, '/');

	if (due(arg))
		fprintf(stderr, "\r%-30.30s %3zu %% read%30s", base ? base + 1 : path,
			all ? done * 100 / all : 0, "");
}

static const char *const origins[] = {"seen", "reachable", "kept", "set", "offered"};

static void print_json(const struct learned *l, const char *name)
{
	struct json j;

	json_start(&j, stdout, true);
	json_object(&j, NULL);
	json_str(&j, "schema", "holdfast-learn-1");
	json_str(&j, "name", name);
	json_u64(&j, "runs", l->lines.runs);
	json_u64(&j, "seconds", (uint64_t)l->facts.seconds);
	json_u64(&j, "observed", l->observed);
	json_u64(&j, "reachable", l->reachable);
	json_u64(&j, "added", l->added);
	json_u64(&j, "not_allowed", l->refused);
	json_u64(&j, "files", l->scan.files);
	json_u64(&j, "functions", l->scan.functions);
	json_u64(&j, "functions_reached", l->scan.reached);
	json_array(&j, "lines");
	for (size_t i = 0; i < l->lines.count; i++) {
		const struct line *n = &l->lines.line[i];

		json_object(&j, NULL);
		json_str(&j, "section", n->section);
		json_str(&j, "key", n->key);
		json_str(&j, "value", n->value);
		json_str(&j, "origin", origins[n->origin]);
		json_u64(&j, "seen", n->seen);
		json_str(&j, "note", n->note);
		json_end(&j);
	}
	json_end(&j);
	json_array(&j, "unknown");
	for (size_t i = 0; i < l->scan.unknowns; i++)
		json_str(&j, NULL, l->scan.unknown[i]);
	json_end(&j);
	json_array(&j, "missing");
	for (size_t i = 0; i < l->scan.missings; i++)
		json_str(&j, NULL, l->scan.missing[i]);
	json_end(&j);
	json_end(&j);
}

/* The profile is written beside its place and then moved there, so that it is whole or the old one.
 * It is opened before the program runs: a run may take hours, and should not be for nothing. */
struct output {
	const char *path;
	char beside[4096];
	FILE *f;
};

static int output_open(struct output *o, const char *path, struct err *e)
{
	o->path = path;
	if (snprintf(o->beside, sizeof o->beside, "%s.new", path) >= (int)sizeof o->beside)
		return err_set(e, EXIT_WRONG_USE, "--output: the path is too long");
	o->f = fopen(o->beside, "we");
	return o->f ? 0 : err_sys(e, errno, "%s", o->beside);
}

static void output_drop(struct output *o)
{
	if (o->f)
		fclose(o->f);
	if (o->path)
		unlink(o->beside);
}

static int output_write(struct output *o, const struct learned *l, const char *name, struct err *e)
{
	int result = lines_write(&l->lines, name, o->f, e);

	if (!result && fsync(fileno(o->f)))
		result = err_sys(e, errno, "%s", o->beside);
	if (fclose(o->f) && !result)
		result = err_sys(e, errno, "%s", o->beside);
	o->f = NULL;
	if (!result && rename(o->beside, o->path))
		result = err_sys(e, errno, "%s", o->path);
	if (result)
		output_drop(o);
	return result;
}

/* A profile's name: small letters, digits, '-', '_' and '.'. */
static void default_name(const char *program, char to[32])
{
	const char *base = strrchr(program, '/');
	size_t n = 0;

	for (base = base ? base + 1 : program; *base && n < 31; base++) {
		char c = *base >= 'A' && *base <= 'Z' ? (char)(*base + 32) : *base;
		bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-_.", c);

		if (fits && (n || (c != '-' && c != '.')))
			to[n++] = c;
	}
	to[n] = 0;
}

static void tell(const struct learned *l, const char *path)
{
	fprintf(stderr, "%s: %u calls seen, %u more are reachable and harmless; ", path,
		l->observed, l->added);
	fprintf(stderr, "read it, then: holdfast-kit profile check %s\n", path);
}

static int check(const struct args *a, struct err *e)
{
	if (a->static_only && a->no_static)
		return err_set(e, EXIT_WRONG_USE, "--static-only and --no-static leave nothing");
	if (*a->sysroot && !a->static_only)
		return err_set(e, EXIT_WRONG_USE, "--sysroot needs --static-only");
	return 0;
}

int kit_learn(int argc, char **argv)
{
	struct args a = {.sysroot = ""};
	struct meter meter = {.started = time(NULL), .shown = time(NULL) + 2};
	struct learn_ask ask = {.running = running, .reading = reading, .arg = &meter};
	struct output output = {0};
	struct learned l;
	struct err e;
	char name[32];
	int code = EXIT_DONE, n = cli_options(&kit_learn_use, argc, argv, &a, &code);

	if (n < 0)
		return code;
	if (check(&a, &e))
		return cli_fail(&e);
	argv[n + 1] = NULL; /* where an option's word was, or the end */
	default_name(a.name ? a.name : argv[1], name);
	ask.argv = argv + 1;
	ask.name = name;
	ask.sysroot = a.sysroot;
	ask.merge = a.merge.item;
	ask.keep_env = a.env.item;
	ask.run = !a.static_only;
	ask.scan = !a.no_static;
	ask.limit = (double)a.limit / 1e9;
	ask.out = a.output ? -1 : STDERR_FILENO;
	if (a.output && output_open(&output, a.output, &e))
		return cli_fail(&e);
	code = learn(&ask, &l, &e);
	if (meter.any)
		fprintf(stderr, "\r%78s\r", "");
	if (code) {
		output_drop(&output);
		return cli_fail(&e);
	}
	if (a.json)
		print_json(&l, name);
	if (a.output)
		code = output_write(&output, &l, name, &e);
	else if (!a.json)
		code = lines_write(&l.lines, name, stdout, &e);
	if (!code && a.output && isatty(STDERR_FILENO))
		tell(&l, a.output);
	learned_free(&l);
	return code ? cli_fail(&e) : EXIT_DONE;
}
