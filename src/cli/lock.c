// SPDX-License-Identifier: MIT
// holdfast lock: takes away, until the next start, whatever could undo the rest.
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/look.h"
#include "lockdown/files.h"
#include "lockdown/lock.h"
#include "lockdown/try.h"

struct lock_args {
	const char *pin;
	struct opt_list accept, keep, network;
	bool verify, check, json;
};

static const struct opt options[] = {
    {"verify", 0, OPT_FLAG, offsetof(struct lock_args, verify), NULL,
     "really try everything that the lock takes away, and change nothing"},
    {"check", 0, OPT_FLAG, offsetof(struct lock_args, check), NULL,
     "only say what would be locked here, and by what"},
    {"accept-missing", 0, OPT_LIST, offsetof(struct lock_args, accept), "ROW",
     "lock although this cannot be had here; may be given again"},
    {"keep", 0, OPT_LIST, offsetof(struct lock_args, keep), "PID",
     "this process keeps every power, as the guard does; may be given again"},
    {"network", 0, OPT_LIST, offsetof(struct lock_args, network), "PID",
     "this one may change links (a DHCP or Wi-Fi client); may be given again"},
    {"pin", 0, OPT_TEXT, offsetof(struct lock_args, pin), "DIR", "where the guard is"},
    {"json", 'j', OPT_FLAG, offsetof(struct lock_args, json), NULL, "print JSON"},
    {0},
};

const struct opt_use lock_use = {
    "",
    "takes away, until the next start, whatever could undo the rest",
    options,
    0,
    0,
    "There is no way back but a new start. `holdfast lock --check` tells beforehand what would be\n"
    "locked; `holdfast lock --verify` afterwards whether it is.\n"
    "Exit status: 0 locked, or everything refused; 1 something is missing or still works,\n"
    "2 wrong arguments, 3 the system refused.\n"};

static const char *guard_dir(const struct lock_args *a)
{
	const char *env = getenv(GUARD_PIN_ENV);

	return a->pin ? a->pin : env && *env ? env : GUARD_PIN_DEFAULT;
}

/* The first process whose command line is this program's with that subcommand, 0 for none. */
static pid_t process_of(const char *subcommand)
{
	DIR *d = opendir("/proc");
	struct dirent *f;
	pid_t pid = 0;

	while (d && !pid && (f = readdir(d))) {
		char path[300], line[512] = "";
		const char *name;

		snprintf(path, sizeof path, "/proc/%s/cmdline", f->d_name);
		if (!isdigit((unsigned char)f->d_name[0]) ||
		    files_read(path, line, sizeof line - 1))
			continue;
		name = strrchr(line, '/') ? strrchr(line, '/') + 1 : line;
		if (!strcmp(name, "holdfast") && !strcmp(line + strlen(line) + 1, subcommand))
			pid = atoi(f->d_name);
	}
	if (d)
		closedir(d);
	return pid;
}

/* Where nobody may open the pins, the daemon is still seen. */
static pid_t guard_pid(const struct lock_args *a)
{
	struct guard g;
	struct err e;
	pid_t pid;

	if (guard_open(&g, a->pin, &e))
		return a->verify ? process_of("guard") : 0;
	pid = guard_daemon(&g);
	guard_close(&g);
	return pid;
}

/* --- what would be locked --- */

static const char *const state_key[] = {[LOCK_HELD] = "held",
					[LOCK_FOR_GOOD] = "setting",
					[LOCK_ABSENT] = "absent",
					[LOCK_WEAK] = "weak",
					[LOCK_MISSING] = "missing"};
static const char *const state_text[] = {[LOCK_HELD] = "yes",
					 [LOCK_FOR_GOOD] = "yes, by a setting",
					 [LOCK_ABSENT] = "nothing there",
					 [LOCK_WEAK] = "NOT AGAINST ROOT",
					 [LOCK_MISSING] = "MISSING"};

static void plan_json(const struct lock_plan *p)
{
	struct json j;

	json_start(&j, stdout, true);
	json_object(&j, NULL);
	json_bool(&j, "complete", !p->missing);
	json_array(&j, "rows");
	for (int i = 0; i < LOCK_ROW_COUNT; i++) {
		json_object(&j, NULL);
		json_str(&j, "name", lock_rows[i].name);
		json_str(&j, "what", lock_rows[i].what);
		json_str(&j, "state", state_key[p->state[i]]);
		json_str(&j, "needs", lock_rows[i].option);
		json_str(&j, "why", *p->why[i] ? p->why[i] : NULL);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static void plan_text(const struct lock_plan *p)
{
	struct show_style style = look_style();

	for (int i = 0; i < LOCK_ROW_COUNT; i++) {
		bool bad = p->missing >> i & 1;

		printf("%-17s ", lock_rows[i].name);
		show_color(stdout, &style, bad ? SHOW_BAD : SHOW_GOOD);
		printf("%-18s", state_text[p->state[i]]);
		show_color(stdout, &style, SHOW_PLAIN);
		printf(" %s\n", lock_rows[i].what);
		if (bad)
			printf("%-17s %s; needs %s\n", "", p->why[i], lock_rows[i].option);
	}
	printf("\n%d rows, %d missing here\n", (int)LOCK_ROW_COUNT,
	       __builtin_popcountll(p->missing));
}

static int check(const struct lock_args *a)
{
	static struct lock_plan p;

	lock_look(&p, guard_pid(a) > 0);
	if (a->json)
		plan_json(&p);
	else
		plan_text(&p);
	lock_end(&p);
	return look_end(p.missing ? EXIT_NO : EXIT_DONE);
}

/* --- does it hold? --- */

struct tries {
	struct json *j;
	struct show_style style;
	unsigned count;
	int row; /* the last one printed */
};

static void tried(const struct attempt *a, int result, void *arg)
{
	struct tries *t = arg;
	char text[64];

	t->count++;
	if (t->j) {
		json_object(t->j, NULL);
		json_str(t->j, "row", lock_rows[a->row].name);
		json_str(t->j, "tried", a->what);
		json_bool(t->j, "open", try_is_open(result));
		json_str(t->j, "result", try_text(result, text));
		json_end(t->j);
		return;
	}
	printf("%-17s %-48s ", t->row == (int)a->row ? "" : lock_rows[a->row].name, a->what);
	show_color(stdout, &t->style, try_is_open(result) ? SHOW_BAD : SHOW_GOOD);
	printf("%s", try_text(result, text));
	show_color(stdout, &t->style, SHOW_PLAIN);
	printf("\n");
	fflush(stdout);
	t->row = (int)a->row;
}

static int verify(const struct lock_args *a)
{
	struct tries t = {.style = look_style(), .row = -1};
	struct json j;
	unsigned open;

	if (geteuid()) {
		const struct err e = {EXIT_SYSTEM, "lock --verify has to be tried as root"};

		return cli_fail(&e);
	}
	if (a->json) {
		t.j = &j;
		json_start(&j, stdout, true);
		json_object(&j, NULL);
		json_array(&j, "attempts");
	}
	fflush(stdout);
	open = try_all(guard_dir(a), guard_pid(a), tried, &t);
	if (a->json) {
		json_end(&j);
		json_u64(&j, "tried", t.count);
		json_u64(&j, "open", open);
		json_end(&j);
	} else {
		printf("\n%u tried, %u still work\n", t.count, open);
	}
	return look_end(open ? EXIT_NO : EXIT_DONE);
}

/* --- locking --- */

static int is_supervisor(const char *pid)
{
	char path[300], line[512];
	struct stat ours, theirs;
	size_t first;

	snprintf(path, sizeof path, "/proc/%s/exe", pid);
	if (stat("/proc/self/exe", &ours) || stat(path, &theirs) || ours.st_ino != theirs.st_ino ||
	    ours.st_dev != theirs.st_dev)
		return 0;
	snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
	memset(line, 0, sizeof line);
	if (files_read(path, line, sizeof line - 1))
		return 0;
	first = strlen(line);
	return first < sizeof line - 12 && !strcmp(line + first + 1, "supervise");
}

static int name_supervisors(struct lock_tasks *t, struct err *e)
{
	DIR *d = opendir("/proc");
	struct dirent *f;
	int bad = 0;

	while (d && !bad && (f = readdir(d)))
		if (isdigit((unsigned char)f->d_name[0]) && is_supervisor(f->d_name))
			bad = lock_name(t, atoi(f->d_name), LOCK_ALL, e);
	if (d)
		closedir(d);
	return bad;
}

static int name_list(struct lock_tasks *t, const struct opt_list *list, uint32_t what,
		     struct err *e)
{
	for (unsigned i = 0; i < list->count; i++)
		if (lock_name(t, atoi(list->item[i]), what, e))
			return err_set(e, EXIT_WRONG_USE, "no process '%.40s' to be named",
				       list->item[i]);
	return 0;
}

static int name_all(const struct lock_args *a, pid_t guard, struct lock_tasks *t, struct err *e)
{
	if (guard > 0 && lock_name(t, guard, LOCK_ALL, e))
		return -1;
	return name_supervisors(t, e) || name_list(t, &a->keep, LOCK_ALL, e) ||
		       name_list(t, &a->network, LOCK_NET, e)
		   ? -1
		   : 0;
}

static int accepted(const struct lock_args *a, lock_row_set *set, struct err *e)
{
	*set = 0;
	for (unsigned i = 0; i < a->accept.count; i++) {
		int row = lock_row_from_name(a->accept.item[i]);

		if (row < 0)
			return err_set(
			    e, EXIT_WRONG_USE,
			    "--accept-missing %.40s: no such row; lock --check lists them",
			    a->accept.item[i]);
		*set |= (lock_row_set)1 << row;
	}
	return 0;
}

static void report(const struct lock_plan *p, const struct lock_tasks *t)
{
	printf("locked until the next start; %u processes keep their powers\n", t->count);
	for (int i = 0; i < LOCK_ROW_COUNT; i++)
		if (p->missing >> i & 1)
			printf("NOT locked, as accepted: %s (%s)\n", lock_rows[i].name, p->why[i]);
}

static int lock(const struct lock_args *a)
{
	static struct lock_plan p;
	struct lock_tasks t = {0};
	pid_t guard = guard_pid(a);
	lock_row_set accept;
	struct err e;
	int bad;

	if (accepted(a, &accept, &e) || name_all(a, guard, &t, &e))
		return cli_fail(&e);
	lock_look(&p, guard > 0);
	bad = lock_apply(&p, &t, accept, &e);
	lock_end(&p);
	if (bad)
		return cli_fail(&e);
	if (a->json)
		plan_json(&p);
	else
		report(&p, &t);
	return look_end(EXIT_DONE);
}

int lock_run(int argc, char **argv)
{
	struct lock_args args = {0};
	int code;

	if (cli_options(&lock_use, argc, argv, &args, &code) < 0)
		return code;
	if (args.verify && args.check) {
		const struct err e = {EXIT_WRONG_USE, "lock: either --verify or --check"};

		return cli_fail(&e);
	}
	return args.verify ? verify(&args) : args.check ? check(&args) : lock(&args);
}
