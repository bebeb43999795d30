// SPDX-License-Identifier: MIT
// holdfast denials: what was refused to which program, and the line that would allow it.
#include "cli/denials.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/look.h"
#include "sandbox/calls.h"
#include "sandbox/denial_log.h"

#define WHAT	  (4 * DENIAL_DETAIL + 64)
#define WHAT_WIDE 44

struct args {
	bool follow, json;
};

static const struct opt options[] = {
    {"follow", 'f', OPT_FLAG, offsetof(struct args, follow), NULL, "go on and show what comes"},
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL,
     "print JSON; while following, an object a line"},
    {0},
};

const struct opt_use cli_denials_use = {
    "[PROGRAM]",
    "what was refused to sandboxed programs, and the line that would allow it",
    options,
    0,
    1,
    "The lines can be pasted into the profile as they are; whether they should be is for\n"
    "people to decide. Exit status: 0 done, 2 wrong use, 3 the log cannot be read.\n"};

static const char *const kinds[DENIAL_KINDS] = {
    [DENIAL_CALL] = "call",    [DENIAL_READ] = "read",	   [DENIAL_WRITE] = "write",
    [DENIAL_EXEC] = "execute", [DENIAL_LISTEN] = "listen", [DENIAL_NET] = "socket"};

/* Text of a hijacked program must not drive the terminal that shows it. */
static size_t escape(const char *s, char *to, size_t max)
{
	size_t n = 0;

	for (; *s && n + 5 < max; s++)
		if (*s == '\\')
			n += (size_t)snprintf(to + n, max - n, "\\\\");
		else if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			n += (size_t)snprintf(to + n, max - n, "\\x%02x", (unsigned char)*s);
		else
			to[n++] = *s;
	to[n] = 0;
	return n;
}

static const char *call_of(const struct denial *d)
{
	int i = call_index(d->call);

	return d->kind == DENIAL_CALL && i >= 0 ? call_name((unsigned)i) : NULL;
}

/* "read /etc/shadow", "call ptrace" */
static void what(const struct denial *d, char to[static WHAT])
{
	size_t n = (size_t)snprintf(to, WHAT, "%s ", kinds[d->kind]);
	const char *call = call_of(d);

	if (call)
		n += (size_t)snprintf(to + n, WHAT - n, "%s%s", call, *d->detail ? " " : "");
	else if (d->kind == DENIAL_CALL)
		n += (size_t)snprintf(to + n, WHAT - n, "%" PRId32 " ", d->call);
	escape(d->detail, to + n, WHAT - n);
}

/* A file that is not there cannot be shown in the sandbox; whether its folder should be, which is
 * more, nobody but its maker can say. */
static void line(const struct denial *d, char to[static DENIAL_LINE])
{
	struct stat st;
	size_t n;

	denial_line(d, to, DENIAL_LINE);
	n = strlen(to);
	if (d->kind == DENIAL_WRITE && !strncmp(to, "[allow] write", 13) && lstat(d->detail, &st) &&
	    errno == ENOENT)
		snprintf(to + n, DENIAL_LINE - n,
			 " ; not there: make it first, or name its folder");
}

static void when(const struct denial *d, char to[static 24])
{
	time_t t = (time_t)(d->time / 1000000000);
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(to, 24, "%F %T", &tm))
		strcpy(to, "?");
}

static void show_row(const struct denial *d)
{
	char at[24], refused[WHAT], allow[DENIAL_LINE], program[4 * PROFILE_NAME];

	when(d, at);
	what(d, refused);
	line(d, allow);
	escape(d->program, program, sizeof program);
	printf("%7" PRIu64 "  %s  %-14s  %-*s  %s\n", d->count, at, program, WHAT_WIDE, refused,
	       allow);
}

static void show_head(void)
{
	printf("%7s  %-19s  %-14s  %-*s  %s\n", "TIMES", "LAST", "PROGRAM", WHAT_WIDE, "REFUSED",
	       "THE LINE THAT WOULD ALLOW IT");
}

static void show_json(struct json *j, const struct denial *d)
{
	char allow[DENIAL_LINE];
	bool never;

	line(d, allow);
	never = !strncmp(allow, "never: ", 7);
	json_object(j, NULL);
	json_str(j, "program", d->program);
	json_str(j, "comm", d->comm);
	json_i64(j, "pid", d->pid);
	json_str(j, "kind", kinds[d->kind]);
	json_str(j, "call", call_of(d));
	json_str(j, "detail", d->detail);
	json_u64(j, "times", d->count);
	json_num(j, "last", (double)d->time / 1e9);
	json_str(j, "line", never ? NULL : allow);
	json_str(j, "never", never ? allow + 7 : NULL);
	json_end(j);
}

static bool wanted(const struct denial *d, const char *program)
{
	return !program || !strcmp(d->program, program);
}

static void show_all(const struct denial_view *v, const char *program)
{
	unsigned shown = 0;

	for (unsigned i = 0; i < v->count; i++) {
		if (!wanted(&v->d[i], program))
			continue;
		if (!shown++)
			show_head();
		show_row(&v->d[i]);
	}
	if (!shown)
		printf("Nothing was refused%s%s.\n", program ? " to " : "", program ? program : "");
	if (v->unwritten)
		printf("%" PRIu64 " more came too fast to be noted one by one.\n", v->unwritten);
}

static void show_all_json(const struct denial_view *v, const char *program)
{
	struct json j;

	json_start(&j, stdout, true);
	json_object(&j, NULL);
	json_array(&j, "denials");
	for (unsigned i = 0; i < v->count; i++)
		if (wanted(&v->d[i], program))
			show_json(&j, &v->d[i]);
	json_end(&j);
	json_u64(&j, "unwritten", v->unwritten);
	json_end(&j);
}

/* Shows what was written behind *seen, and moves it. */
static void show_new(const struct denial_view *v, const char *program, bool as_json, uint64_t *seen)
{
	struct json j;

	for (unsigned i = 0; i < v->count; i++) {
		if (v->at[i] <= *seen)
			continue;
		*seen = v->at[i];
		if (!wanted(&v->d[i], program))
			continue;
		if (as_json) {
			json_start(&j, stdout, false);
			show_json(&j, &v->d[i]);
		} else {
			show_row(&v->d[i]);
		}
	}
}

static int follow(struct denial_view *v, const char *program, bool as_json)
{
	const struct timespec a_while = {0, 200000000};
	uint64_t seen = 0;
	struct err e;

	if (!as_json)
		show_head();
	for (;;) {
		/* Made anew, as after a restart with an empty /run: begin again. */
		if (v->count && v->at[v->count - 1] < seen)
			seen = 0;
		show_new(v, program, as_json, &seen);
		if (fflush(stdout) || ferror(stdout))
			return look_end(EXIT_DONE);
		nanosleep(&a_while, NULL);
		if (denial_log_read(v, denial_run_dir(), &e))
			return cli_fail(&e);
	}
}

int cli_denials(int argc, char **argv)
{
	static struct denial_view view;
	struct args args = {0};
	const char *program;
	struct err e;
	int code, n = cli_options(&cli_denials_use, argc, argv, &args, &code);

	if (n < 0)
		return code;
	program = n ? argv[1] : NULL;
	if (denial_log_read(&view, denial_run_dir(), &e))
		return cli_fail(&e);
	if (args.follow)
		return follow(&view, program, args.json);
	if (args.json)
		show_all_json(&view, program);
	else
		show_all(&view, program);
	return look_end(EXIT_DONE);
}
