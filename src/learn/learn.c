// SPDX-License-Identifier: MIT
#include "learn/learn.h"

#include <pwd.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "learn/classes.h"
#include "learn/command.h"
#include "learn/libs.h"
#include "learn/paths.h"
#include "learn/room.h"
#include "learn/trace.h"

#define DETAILS 100 /* bytes of arguments in the comment of a call */
#define MB	1048576.0

/* Needed by every program, seen or not: the return from a signal, and from one that interrupts. */
static const char *const always[] = {"rt_sigreturn", "restart_syscall", "exit", "exit_group", NULL};
/* The sandbox answers this one as if the kernel had none, and libc then uses the other. */
static const char *const instead[][2] = {{"clone3", "clone"}};

/* The command as a profile has it, to be freed; NULL with e when no profile can hold it. */
static char *command_text(const struct command_line *c, struct err *e)
{
	char *text = room_or_end(calloc(c->words, LINES_WORD + 1)), *to = text;

	for (unsigned i = 0; i < c->words; i++) {
		char word[LINES_WORD + 1];

		if (lines_word(c->word[i], word)) {
			err_set(
			    e, EXIT_WRONG_USE,
			    "a profile cannot hold the word '%.60s': it has a line break, or more "
			    "than %d bytes; put it in a file",
			    c->word[i], LINES_WORD);
			free(text);
			return NULL;
		}
		to += sprintf(to, "%s%s", i ? " " : "", word);
	}
	return text;
}

static void environment_lines(const char *const *names, struct lines *to)
{
	for (; names && *names; names++) {
		const char *value = getenv(*names);
		char *text, word[LINES_WORD + 1], unheld[160];

		if (!value)
			continue;
		text = room_or_end(malloc(strlen(*names) + strlen(value) + 2));
		sprintf(text, "%s=%s", *names, value);
		if (!lines_word(text, word)) {
			lines_add(to, "program", "environment", word, LINE_SET, 0, "");
		} else {
			snprintf(unheld, sizeof unheld,
				 "Not kept, since a profile cannot hold its value: %.80s", *names);
			lines_remark(to, unheld);
		}
		free(text);
	}
}

static void program_lines(const struct learn_ask *ask, const char *command, struct learned *l)
{
	struct lines *to = &l->lines;
	char cwd[PATH_MAX];

	lines_add(to, "program", "exec", command, LINE_SET, 0, "");
	if (l->facts.relative && getcwd(cwd, sizeof cwd) && strcmp(cwd, "/"))
		lines_add(to, "program", "directory", cwd, LINE_SET, 0,
			  "it looks for files from where it is started");
	environment_lines(ask->keep_env, to);
}

/* A program that leaves root for one other user is started as that user; one that starts programs
 * as several (a login service) has to stay root in a user namespace. */
static void user_lines(const struct facts *f, struct lines *to)
{
	const char *uid = NULL;
	struct passwd *p;

	for (size_t i = 0; i < f->count; i++)
		if (f->fact[i].kind == FACT_USER)
			uid = f->fact[i].text;
	if (facts_find(f, FACT_POWER, "switch-user")) {
		lines_add(to, "program", "user", "root", LINE_SET, 0,
			  "without root's powers: it starts programs under other users");
		return;
	}
	if (!uid)
		return;
	p = getpwuid((uid_t)strtoul(uid, NULL, 10));
	lines_add(to, "program", "user", p ? p->pw_name : uid, LINE_SET, 0,
		  "what it became; it is started so, and never root");
}

static void power_lines(const struct facts *f, struct lines *to)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct fact *x = &f->fact[i];
		char note[64];

		snprintf(note, sizeof note, "first at %.1f s", x->first);
		if (x->kind == FACT_LISTEN)
			lines_add(to, "allow", "listen", x->text, LINE_SEEN, 1, note);
		else if (x->kind == FACT_POWER)
			lines_add(to, "allow", "power", x->text, LINE_SEEN, 1, note);
		else if (x->kind == FACT_NOTE)
			lines_remark(to, x->text);
	}
	if (!f->network)
		lines_add(to, "allow", "network", "none", LINE_SEEN, 1,
			  "no socket but local ones was made");
}

/* Generous: a limit is there against runaways, and a test run is not a year in the field. */
static void limit_lines(const struct facts *f, struct lines *to)
{
	unsigned megabytes = (unsigned)(f->memory_peak / MB * 4) + 16;
	char value[32], note[96];

	snprintf(value, sizeof value, "%uM", (megabytes + 7) / 8 * 8);
	snprintf(note, sizeof note, "seen: %.1f M", f->memory_peak / MB);
	lines_add(to, "limits", "memory", value, LINE_SET, 0, note);
	snprintf(value, sizeof value, "%u", f->processes_peak * 4 + 8);
	snprintf(note, sizeof note, "seen: %u at a time, threads included", f->processes_peak);
	lines_add(to, "limits", "processes", value, LINE_SET, 0, note);
	snprintf(value, sizeof value, "%u", f->files_peak < 64 ? 256 : f->files_peak * 4);
	snprintf(note, sizeof note, "seen: %u in one process", f->files_peak);
	lines_add(to, "limits", "files", value, LINE_SET, 0, note);
}

static const char *allowed_as(const char *call)
{
	for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
		if (!strcmp(instead[i][0], call))
			return instead[i][1];
	return call;
}

/* "socket inet stream" -> "inet stream, ...": what else is known about a call. */
static void details_of(const struct facts *f, const char *call, char to[DETAILS + 1])
{
	size_t n = strlen(call), used = 0;

	*to = 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct fact *x = &f->fact[i];

		if (x->kind != FACT_DETAIL || strncmp(x->text, call, n) || x->text[n] != ' ')
			continue;
		used += (size_t)snprintf(to + used, DETAILS - used, "%s%s", used ? ", " : "",
					 x->text + n + 1);
		if (used >= DETAILS)
			return;
	}
}

/* Several calls are allowed as one: it counts once a run. */
static bool is_first(const struct facts *f, size_t i, const char *call)
{
	if (facts_find(f, FACT_CALL, call))
		return false;
	while (i--)
		if (f->fact[i].kind == FACT_CALL && allowed_as(f->fact[i].text) == call)
			return false;
	return true;
}

/* Numbers and names of calls differ between architectures, and libc makes others: a list is for the
 * one that it was found on. What the others do is said, so that it is no silent matter. */
static void section_lines(struct learned *l, bool run)
{
	static const char *const names[] = {[ELF_X86_64] = "x86-64", [ELF_ARM64] = "arm64"};

	snprintf(l->calls, sizeof l->calls, "syscalls %s",
		 names[run ? names_native() : l->scan.machine]);
	lines_add(&l->lines, "syscalls", "list", "default", LINE_SET, 0,
		  "where no section below is for the machine; `holdfast status` says so");
	lines_add(&l->lines, l->calls, "list", "learned", LINE_SET, 0,
		  "nothing passes but what follows");
}

static void call_lines(const struct facts *f, const char *section, struct lines *to)
{
	for (size_t i = 0; i < f->count; i++) {
		char details[DETAILS + 1], note[DETAILS + 64];
		const struct fact *x = &f->fact[i];
		const char *call;

		if (x->kind != FACT_CALL)
			continue;
		call = allowed_as(x->text);
		if (call != x->text && !is_first(f, i, call))
			continue;
		details_of(f, call, details);
		snprintf(note, sizeof note, "%llu times%s%s%s%s", (unsigned long long)x->times,
			 *details ? ", " : "", details, call != x->text ? ", as " : "",
			 call != x->text ? x->text : "");
		lines_add(to, section, "allow", call, LINE_SEEN, 1, note);
	}
	for (const char *const *a = always; *a; a++)
		if (!lines_find(to, section, "allow", *a))
			lines_add(to, section, "allow", *a, LINE_SET, 0, "every program's");
}

/* The never-break rule: what can be reached and is harmless is allowed though it was not seen. What
 * earlier runs say is reachable stays: they may have started programs, or loaded libraries, that
 * this one did not. */
static void reachable_lines(const struct learn_ask *ask, struct learned *l)
{
	const struct lines *have = &l->lines;
	bool network = !ask->run || !lines_find(have, "allow", "network", "none");
	bool files = !ask->run || lines_find(have, "allow", "write", NULL);
	bool processes = !ask->run || lines_find(have, l->calls, "allow", "clone") ||
			 lines_find(have, l->calls, "allow", "fork") ||
			 lines_find(have, l->calls, "allow", "vfork");

	l->reachable = (unsigned)l->scan.calls;
	for (size_t i = 0; i < l->scan.calls; i++) {
		const char *call = allowed_as(l->scan.call[i].name), *why;
		enum call_class class = classes_of(call, &why);
		char note[200];

		if (lines_find(have, l->calls, "allow", call))
			continue;
		if (class == CLASS_HARMLESS || (class == CLASS_FILES && files) ||
		    (class == CLASS_NETWORK && network) || (class == CLASS_PROCESS && processes)) {
			lines_add(&l->lines, l->calls, "allow", call, LINE_REACHABLE, 0,
				  l->scan.call[i].via);
		} else {
			snprintf(note, sizeof note, "not seen (%.70s): %.60s", why,
				 l->scan.call[i].via);
			lines_add(&l->lines, l->calls, "allow", call, LINE_OFFERED, 0, note);
		}
	}
}

static void scan_remarks(const struct learned *l, struct lines *to)
{
	char text[256];

	snprintf(text, sizeof text,
		 "Calls: %u seen; %u reachable in %zu files, of which %u harmless ones are allowed "
		 "and %u are not.",
		 l->observed, l->reachable, l->scan.files, l->added, l->refused);
	lines_remark(to, text);
	if (l->scan.unknowns) {
		snprintf(text, sizeof text,
			 "Places with calls whose number was not found out: %zu (%.100s%s)",
			 l->scan.unknowns, l->scan.unknown[0], l->scan.unknowns > 1 ? ", ..." : "");
		lines_remark(to, text);
	}
	for (size_t i = 0; i < l->scan.missings && i < 4; i++) {
		snprintf(text, sizeof text, "Not analysed: %.200s", l->scan.missing[i]);
		lines_remark(to, text);
	}
}

/* The libraries that were seen in program, as the scan wants them. */
static const char **loaded_by(const struct facts *f, const char *program)
{
	const char **list = NULL;
	size_t n = strlen(program), count = 0, held = 0;

	for (size_t i = 0; i < f->count; i++) {
		const char *text = f->fact[i].text;

		if (f->fact[i].kind != FACT_LOAD || strncmp(text, program, n) || text[n] != '\t' ||
		    !strcmp(text + n + 1, program))
			continue;
		list = room_for_one(list, count, &held, sizeof *list);
		list[count++] = text + n + 1;
	}
	list = room_for_one(list, count, &held, sizeof *list);
	list[count] = NULL;
	return list;
}

static int scan_one(const struct learn_ask *ask, struct learned *l, const char *program,
		    struct err *e)
{
	const char **also = loaded_by(&l->facts, program);
	int result = scan_program(&l->scan, program, also, ask->sysroot, e);

	free(also);
	return result;
}

/* Every program that ran in the sandbox-to-be: they share one filter. */
static int scan_all(const struct learn_ask *ask, struct learned *l, const struct command_line *c,
		    struct err *e)
{
	char path[PATH_MAX];
	struct err other;

	l->scan.progress = ask->reading;
	l->scan.arg = ask->arg;
	if (libs_inside(ask->sysroot, c->program, path))
		return err_set(e, EXIT_WRONG_USE, "%s: not there", c->program);
	if (scan_one(ask, l, path, e))
		return -1;
	for (size_t i = 0; i < l->facts.count; i++) {
		const struct fact *x = &l->facts.fact[i];
		char real[PATH_MAX];

		if (x->kind == FACT_EXEC && realpath(x->text, real) && !strcmp(real, x->text) &&
		    strcmp(real, path) && scan_one(ask, l, real, &other))
			lines_remark(&l->lines, other.text);
	}
	return 0;
}

static void count_calls(struct learned *l)
{
	for (size_t i = 0; i < l->lines.count; i++) {
		const struct line *n = &l->lines.line[i];

		if (strcmp(n->section, l->calls) || strcmp(n->key, "allow"))
			continue;
		l->observed += n->origin == LINE_SEEN;
		l->added += n->origin == LINE_REACHABLE;
		l->refused += n->origin == LINE_OFFERED;
	}
}

static void run_remark(const struct learned *l, struct lines *to)
{
	const struct facts *f = &l->facts;
	char text[200];

	snprintf(text, sizeof text, "Last run: %.0f s unconfined, %u process%s, %llu calls, %s %d.",
		 f->seconds, f->processes, f->processes == 1 ? "" : "es",
		 (unsigned long long)f->calls,
		 WIFSIGNALED(f->status) ? "ended by signal" : "ended with",
		 WIFSIGNALED(f->status) ? WTERMSIG(f->status) : WEXITSTATUS(f->status));
	lines_remark(to, text);
	lines_remark(to, "The environment is not kept: only PATH is passed on (environment = "
			 "NAME=VALUE for more).");
}

static int merge_all(const struct learn_ask *ask, struct lines *to, struct err *e)
{
	for (const char *const *m = ask->merge; m && *m; m++)
		if (lines_read(to, *m, e))
			return -1;
	return 0;
}

int learn(const struct learn_ask *ask, struct learned *l, struct err *e)
{
	struct command_line c;
	char *command = NULL;
	int result = -1;

	memset(l, 0, sizeof *l);
	if (command_find(&c, ask->argv, ask->sysroot, e) || !(command = command_text(&c, e)) ||
	    merge_all(ask, &l->lines, e))
		goto out;
	if (ask->run) {
		struct trace_ask t = {c.word, ask->out, ask->limit, ask->running, ask->arg};

		if (trace_run(&t, &l->facts, e))
			goto out;
		l->lines.runs++;
	}
	program_lines(ask, command, l);
	if (ask->run) {
		user_lines(&l->facts, &l->lines);
		power_lines(&l->facts, &l->lines);
		paths_lines(&l->facts, c.program, &l->lines);
		limit_lines(&l->facts, &l->lines);
		run_remark(l, &l->lines);
	}
	lines_settle(&l->lines);
	if (ask->scan && scan_all(ask, l, &c, e))
		goto out;
	section_lines(l, ask->run);
	call_lines(&l->facts, l->calls, &l->lines);
	if (ask->scan)
		reachable_lines(ask, l);
	count_calls(l);
	if (ask->scan)
		scan_remarks(l, &l->lines);
	lines_fold(&l->lines);
	result = 0;
out:
	free(command);
	command_free(&c);
	if (result)
		learned_free(l);
	return result;
}

void learned_free(struct learned *l)
{
	lines_free(&l->lines);
	facts_free(&l->facts);
	scan_free(&l->scan);
}
