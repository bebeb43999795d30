// SPDX-License-Identifier: MIT
// holdfast-kit profile: checks, packs, compares and explains what programs may do.
#include "cli/kit_profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/look.h"
#include "profile/against.h"
#include "profile/arch.h"
#include "sandbox/profile_keys.h"
#include "sandbox/record.h"

struct args {
	const char *arch, *root, *output;
	bool no_files, json;
};

static const struct opt options[] = {
    {"arch", 'a', OPT_TEXT, offsetof(struct args, arch), "ARCH",
     "whose system calls the names mean: x86-64, arm64, arm, mipsel (this machine's)"},
    {"root", 'r', OPT_TEXT, offsetof(struct args, root), "DIR",
     "check: the top of the image that the profile is for (/)"},
    {"no-files", 0, OPT_FLAG, offsetof(struct args, no_files), NULL,
     "check: the profile alone, not the files that it names"},
    {"output", 'o', OPT_TEXT, offsetof(struct args, output), "FILE",
     "compile: where the record goes (beside the profile, ending .hfp)"},
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL, "print JSON (check, diff, explain)"},
    {0},
};

const struct opt_use kit_profile_use = {
    "check|compile|diff|explain FILE...",
    "checks, packs, compares and explains what programs may do",
    options,
    2,
    -1,
    "  check FILE...     tell every fault, in the profile and against the files it names\n"
    "  compile FILE...   write the packed record that the device reads\n"
    "  diff OLD NEW      what NEW allows more or less than OLD\n"
    "  explain FILE...   in plain words: what is open, what stays shut, what to think about\n"
    "A FILE may be a profile or a record.\n"
    "Exit status: 0 done, 1 the answer is no (check: there are faults; diff: NEW is wider),\n"
    "2 wrong use or a broken profile, 3 a file that cannot be read or written.\n"};

struct session {
	struct args args;
	const struct call_arch *arch;
	int files;
	char **file;
};

/* Two at most are looked at at a time; 10 kB each. */
static struct source first, second;

static void print_fault(void *arg, const struct err *e)
{
	int *code = arg, c = cli_fail(e);

	*code = c > *code ? c : *code;
}

/* Reads one; all its faults are printed. */
static int load(const struct session *s, struct source *to, const char *path)
{
	int code = EXIT_DONE;

	return source_read(to, path, s->arch, print_fault, &code) ? code : EXIT_DONE;
}

/* --- check --- */

struct checking {
	const char *path;
	struct json *json; /* NULL: text */
	int faults, code;
};

static void check_fault(void *arg, const struct err *e)
{
	struct checking *c = arg;

	c->faults++;
	if ((int)e->code > c->code)
		c->code = (int)e->code;
	if (c->json)
		json_str(c->json, NULL, e->text);
	else
		printf("%s\n", e->text);
}

static void file_fault(void *arg, int key, const char *value, const char *why)
{
	struct checking *c = arg;
	struct err e;

	err_set(&e, EXIT_WRONG_USE, "%.80s: %s = %.60s: %.100s", c->path, profile_keys[key].key,
		value, why);
	check_fault(c, &e);
}

static int check_one(const struct session *s, const char *path, struct json *json)
{
	struct checking c = {path, json, 0, EXIT_DONE};
	struct err e;

	if (json) {
		json_object(json, NULL);
		json_str(json, "file", path);
		json_array(json, "faults");
	}
	if (!source_read(&first, path, s->arch, check_fault, &c) && !s->args.no_files &&
	    against_files(&first, s->args.root ? s->args.root : "/", file_fault, &c, &e) < 0)
		check_fault(&c, &e);
	if (json) {
		json_end(json);
		json_bool(json, "right", !c.faults);
		json_bool(json, "no_call_list_here", !c.faults && first.p.unlisted);
		json_end(json);
	} else if (!c.faults) {
		printf("%s: right%s%s\n", path,
		       first.p.unlisted ? "; at the default level, it has no call list for " : "",
		       first.p.unlisted ? first.arch->name : "");
	}
	return c.code == EXIT_WRONG_USE ? EXIT_NO : c.code;
}

static int check(struct session *s)
{
	struct json j;
	int worst = EXIT_DONE;

	if (s->args.json) {
		json_start(&j, stdout, true);
		json_array(&j, NULL);
	}
	for (int i = 0; i < s->files; i++) {
		int code = check_one(s, s->file[i], s->args.json ? &j : NULL);

		worst = code > worst ? code : worst;
	}
	if (s->args.json)
		json_end(&j);
	return worst;
}

/* --- compile --- */

/* Beside, complete, then in its place: nobody ever reads half a record. */
static int write_record(const char *path, const uint8_t *bytes, size_t n, struct err *e)
{
	char aside[512];
	int fd, bad;

	if (snprintf(aside, sizeof aside, "%s.new", path) >= (int)sizeof aside)
		return err_set(e, EXIT_WRONG_USE, "%.100s...: the name is too long", path);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, errno, "%.200s", aside);
	bad = write(fd, bytes, n) != (ssize_t)n || fsync(fd);
	bad |= close(fd);
	if (bad || rename(aside, path)) {
		err_sys(e, errno, "%.200s", path);
		unlink(aside);
		return -1;
	}
	return 0;
}

static void record_path(const char *path, char *to, size_t n)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t stem = dot && dot > (slash ? slash + 1 : path) ? (size_t)(dot - path) : strlen(path);

	snprintf(to, n, "%.*s.hfp", (int)stem, path);
}

static int compile_one(struct session *s, const char *path)
{
	uint8_t bytes[RECORD_MAX];
	char beside[512];
	const char *to = s->args.output;
	struct err e;
	size_t n;
	int code = load(s, &first, path);

	if (code)
		return code;
	n = record_encode(&first.p, first.arch->audit, bytes);
	if (to && !strcmp(to, "-"))
		return fwrite(bytes, 1, n, stdout) == n ? EXIT_DONE : EXIT_SYSTEM;
	if (!to) {
		record_path(path, beside, sizeof beside);
		to = beside;
	}
	if (write_record(to, bytes, n, &e))
		return cli_fail(&e);
	printf("%s: %zu bytes\n", to, n);
	return EXIT_DONE;
}

static int compile(struct session *s)
{
	int worst = EXIT_DONE;

	if (s->args.output && s->files > 1) {
		struct err e;

		err_set(&e, EXIT_WRONG_USE, "--output: one file for %d profiles", s->files);
		return cli_fail(&e);
	}
	for (int i = 0; i < s->files; i++) {
		int code = compile_one(s, s->file[i]);

		worst = code > worst ? code : worst;
	}
	return worst;
}

/* --- diff, explain --- */

static int diff(struct session *s)
{
	int code;

	code = load(s, &first, s->file[0]);
	if (!code)
		code = load(s, &second, s->file[1]);
	if (code)
		return code;
	return s->args.json ? kit_profile_diff_json(&first, &second)
			    : kit_profile_diff(&first, &second);
}

static int explain(struct session *s)
{
	int worst = EXIT_DONE;

	for (int i = 0; i < s->files; i++) {
		int code = load(s, &first, s->file[i]);

		worst = code > worst ? code : worst;
		if (code)
			continue;
		if (s->args.json) {
			kit_profile_explain_json(&first, s->file[i]);
			continue;
		}
		if (i)
			putchar('\n');
		kit_profile_explain(&first, s->file[i]);
	}
	return worst;
}

/* --- which --- */

static const struct what {
	const char *name;
	int (*run)(struct session *s);
	int max; /* files, 0: any number */
	bool root, output, json;
} whats[] = {
    {"check", check, 0, true, false, true},
    {"compile", compile, 0, false, true, false},
    {"diff", diff, 2, false, false, true},
    {"explain", explain, 0, false, false, true},
};

static int fits(const struct what *w, const struct session *s, struct err *e)
{
	const struct args *a = &s->args;

	if (w->max && s->files != w->max)
		return err_set(e, EXIT_WRONG_USE, "profile %s: takes %d files, not %d", w->name,
			       w->max, s->files);
	if ((a->root || a->no_files) && !w->root)
		return err_set(e, EXIT_WRONG_USE, "profile %s: --root and --no-files are for check",
			       w->name);
	if (a->output && !w->output)
		return err_set(e, EXIT_WRONG_USE, "profile %s: --output is for compile", w->name);
	if (a->json && !w->json)
		return err_set(e, EXIT_WRONG_USE, "profile %s: it has nothing to print as JSON",
			       w->name);
	return 0;
}

int kit_profile(int argc, char **argv)
{
	struct session s = {0};
	struct err e;
	int code, n = cli_options(&kit_profile_use, argc, argv, &s.args, &code);

	if (n < 0)
		return code;
	s.files = n - 1;
	s.file = argv + 2;
	s.arch = arch_named(s.args.arch, &e);
	if (!s.arch)
		return cli_fail(&e);
	for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
		if (strcmp(whats[i].name, argv[1]))
			continue;
		return fits(&whats[i], &s, &e) ? cli_fail(&e) : look_end(whats[i].run(&s));
	}
	err_set(&e, EXIT_WRONG_USE, "profile: '%.30s' is none of check, compile, diff, explain",
		argv[1]);
	return cli_fail(&e);
}
