// SPDX-License-Identifier: MIT
#include "supervise/program.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/calls.h"
#include "lockdown/inherit.h"
#include "lockdown/lock.h"
#include "sandbox/profile_ini.h"
#include "sandbox/profile_load.h"
#include "supervise/notify.h"
#include "supervise/say.h"

/* An end that follows a crash told by this much is that crash's. */
#define SAME_CRASH (2 * SUP_S)

_Static_assert(SUP_ALWAYS == (int)RESTART_ALWAYS && SUP_NEVER == (int)RESTART_NEVER,
	       "one order of policies");

void program_why(struct program *p, const char *text)
{
	snprintf(p->why, sizeof p->why, "%s", text);
	p->dirty = true;
}

/* --- what it has besides its process --- */

static int folder_at(const char *path, mode_t mode, struct err *e)
{
	if (mkdir(path, mode) && errno != EEXIST)
		return err_sys(e, errno, "%.150s", path);
	return 0;
}

static int socket_at(const struct program *p, const char *name, struct err *e)
{
	char path[PROGRAM_PATH + 16];

	snprintf(path, sizeof path, "%s/%s", p->sockets, name);
	return notify_listen(path, e);
}

/* Others of this machine cannot reach them: the folder above is root's alone. */
static int make_sockets(struct program *p, const char *run, struct err *e)
{
	char above[PROGRAM_PATH];

	p->notify = -1;
	*p->sockets = 0;
	if (!p->has_output && !p->profile.watchdog)
		return 0;
	snprintf(above, sizeof above, "%.*s/sockets", PROGRAM_RUN, run);
	snprintf(p->sockets, sizeof p->sockets, "%.*s/sockets/%s", PROGRAM_RUN, run,
		 p->profile.name);
	if (folder_at(above, 0700, e) || folder_at(p->sockets, 0755, e))
		return -1;
	if (p->has_output && (p->out.log = socket_at(p, "log", e)) < 0)
		return -1;
	return p->profile.watchdog && (p->notify = socket_at(p, "notify", e)) < 0 ? -1 : 0;
}

static int make_output(struct program *p, struct err *e)
{
	const struct profile *f = &p->profile;

	p->has_output = f->log == LOG_SYSLOG || f->log == LOG_FILE;
	if (!p->has_output)
		return 0;
	return output_open(&p->out, f->name,
			   f->log == LOG_FILE ? profile_str(f, f->log_file) : NULL, f->log_size, e);
}

static void drop_sockets(struct program *p)
{
	char path[PROGRAM_PATH + 16];

	if (p->notify >= 0)
		close(p->notify);
	p->notify = -1;
	if (!*p->sockets)
		return;
	snprintf(path, sizeof path, "%s/log", p->sockets);
	unlink(path);
	snprintf(path, sizeof path, "%s/notify", p->sockets);
	unlink(path);
	rmdir(p->sockets);
	*p->sockets = 0;
}

void program_drop(struct program *p)
{
	if (p->launch)
		launch_free(p->launch);
	p->launch = NULL;
	if (p->has_output)
		output_close(&p->out);
	p->has_output = false;
	drop_sockets(p);
	p->loaded = false;
}

/* --- life --- */

/* Nobody gets rid of the throttle by making the supervisor start again. */
static void take_over(struct program *p, const char *run)
{
	struct ledger l;

	if (p->sup.starts || ledger_read(run, p->profile.name, &l))
		return;
	p->sup.level = l.level;
	p->sup.calm = l.calm;
	p->sup.not_before = l.not_before;
	p->sup.crashes = l.crashes;
	p->sup.child_crashes = l.child_crashes;
	p->sup.failures = l.failures;
	p->sup.watchdogs = l.watchdogs;
	p->status = l.status;
	p->ended = l.ended;
}

int program_read(struct profile *to, const char *folder, const char *file, struct err *e)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
		return err_set(e, EXIT_WRONG_USE, "%.150s: too long a path", folder);
	return profile_load(to, path, e);
}

void program_broken(struct program *p, const char *why)
{
	p->broken = true;
	if (!p->loaded)
		profile_name_of(p->file, p->profile.name);
	program_why(p, why);
}

/* Two pages of a profile are room for text, most of it empty: what is not written to costs no
 * memory. Behind text_used there is nothing but zeroes, here as in what profile_load() makes. */
static void copy(struct profile *to, const struct profile *from)
{
	size_t rest = offsetof(struct profile, text_used);

	if (to->text_used > from->text_used)
		memset(to->text + from->text_used, 0, to->text_used - from->text_used);
	memcpy(to->name, from->name, sizeof to->name);
	memcpy(to->text, from->text, from->text_used);
	memcpy((char *)to + rest, (const char *)from + rest, sizeof *to - rest);
}

bool program_has(const struct program *p, const struct profile *profile)
{
	size_t rest = offsetof(struct profile, text_used);

	return !memcmp((const char *)&p->profile + rest, (const char *)profile + rest,
		       sizeof *profile - rest) &&
	       !memcmp(p->profile.name, profile->name, sizeof profile->name) &&
	       !memcmp(p->profile.text, profile->text, profile->text_used);
}

int program_load(struct program *p, const struct profile *profile, const char *run, struct err *e)
{
	program_drop(p);
	copy(&p->profile, profile);
	p->broken = p->reload = false;
	p->loaded = p->dirty = true;
	*p->why = 0;
	if (make_output(p, e) || make_sockets(p, run, e)) {
		program_drop(p);
		program_broken(p, e->text);
		return -1;
	}
	take_over(p, run);
	p->sup.restart = p->profile.restart;
	p->sup.stop_timeout = p->profile.stop_timeout * SUP_S;
	p->sup.watchdog = p->profile.watchdog * SUP_S;
	return 0;
}

void program_unload(struct program *p, const char *run)
{
	if (*p->profile.name)
		ledger_remove(run, p->profile.name);
	program_drop(p);
	memset(p, 0, sizeof *p);
}

/* What the kernel lacks today it may have tomorrow, and a device file may come late: a sandbox that
 * cannot be prepared is tried again as a failed start is. */
static int prepare(struct program *p, struct err *e)
{
	if (p->launch)
		return 0;
	if (launch_prepare(&p->launch, &p->profile, NULL, &p->missing, e)) {
		p->launch = NULL;
		return -1;
	}
	p->uid = launch_uid(p->launch, &p->uids);
	for (unsigned l = 0; l < LAYER_COUNT; l++)
		if (p->missing & LAYER_BIT(l))
			say(SAY_WARNING, "%s: runs without the layer '%s', as its profile accepts",
			    p->profile.name, layer_name(l));
	if (p->profile.unlisted)
		say(SAY_WARNING, "%s: no call list for %s: runs at the default level",
		    p->profile.name, call_native.name);
	return 0;
}

static int inherit(struct err *e)
{
	int landlock;

	return lock_inherit(0, 0, &landlock, e);
}

/* On a machine that is locked without programs in the kernel's decisions, nobody holds what a power
 * or a missing layer leaves open but the program's own process. For all others the sandbox is
 * closer than that already, and tells what it refuses. (The guard's daemon need not be spared: the
 * program has another uid.) */
static void heed_lock(const struct program *p, struct launch_io *io)
{
	static const struct launch_also also = {inherit, INHERIT_CAPS};
	const uint32_t open = POWER_BIT(POWER_NET_RAW) | POWER_BIT(POWER_NET_ADMIN) |
			      POWER_BIT(POWER_USER_NS) | POWER_BIT(POWER_PTRACE);

	if ((!p->missing && !(p->profile.powers & open)) || lock_is() != LOCK_IS_PART)
		return;
	if (p->profile.powers & open)
		say(SAY_WARNING, "%s: the machine is locked, which closes its powers",
		    p->profile.name);
	io->also = &also;
}

static int launch(struct program *p, struct launch_io *io, struct err *e)
{
	if (prepare(p, e))
		return -1;
	heed_lock(p, io);
	return launch_start(p->launch, io, &p->child, e);
}

enum sup_event program_start(struct program *p)
{
	struct launch_io io = {.in = -1, .out = -1, .err = -1};
	struct err e;

	if (p->profile.log == LOG_INHERIT) {
		io.out = STDOUT_FILENO;
		io.err = STDERR_FILENO;
	} else if (p->has_output) {
		io.out = io.err = p->out.write;
	}
	io.sockets = *p->sockets ? p->sockets : NULL;
	p->ready = false;
	if (launch(p, &io, &e)) {
		program_why(p, e.text);
		say(SAY_ERR, "%s: not started: %s", p->profile.name, e.text);
		return SUP_START_FAILED;
	}
	p->pid = p->out.pid = p->child.pid;
	p->exits = 0;
	say(SAY_INFO, "%s: started, process %d", p->profile.name, (int)p->pid);
	return SUP_STARTED;
}

void program_signal(struct program *p)
{
	if (p->pid)
		launch_signal(p->launch, &p->child, p->profile.stop_signal);
}

void program_kill(struct program *p)
{
	if (p->pid)
		launch_kill(p->launch, &p->child);
}

static void say_end(struct program *p, int status)
{
	char how[LEDGER_END];

	ledger_end(status, how);
	say(status ? SAY_WARNING : SAY_INFO, "%s: %s", p->profile.name, how);
	if (status && (p->sup.state == SUP_RUNNING || sup_of_status(status) == SUP_EXIT_CRASHED))
		program_why(p, how);
}

enum sup_event program_ended(struct program *p, int status, uint64_t now)
{
	enum sup_event e;

	launch_kill(p->launch, &p->child);
	p->status = launch_ended(p->launch, status);
	p->pid = 0;
	p->ended = now;
	if (p->has_output)
		output_end(&p->out, now);
	say_end(p, p->status);
	e = sup_of_status(p->status);
	if (e == SUP_EXIT_CRASHED && p->crash_told && now - p->crash_told < SAME_CRASH)
		return SUP_EXIT_COUNTED;
	return e;
}

void program_tell(const struct program *p, struct ledger *to, bool sees_children)
{
	const struct sup *s = &p->sup;

	*to = (struct ledger){
	    .magic = LEDGER_MAGIC,
	    .version = LEDGER_VERSION,
	    .size = sizeof *to,
	    .pid = p->pid,
	    .status = p->status,
	    .since = s->since,
	    .next = s->state == SUP_WAITING ? s->due : 0,
	    .not_before = s->not_before,
	    .ended = p->ended,
	    .calm = s->calm,
	    .lines = p->out.sink.lines,
	    .lines_left_out = p->out.left_out,
	    .lines_lost = p->out.sink.lost,
	    .memory_limit = p->profile.memory,
	    .starts = s->starts,
	    .crashes = s->crashes,
	    .child_crashes = s->child_crashes,
	    .failures = s->failures,
	    .watchdogs = s->watchdogs,
	    .missing = p->missing,
	    .powers = p->profile.powers,
	    .state = (uint8_t)(p->loaded ? s->state : SUP_FAILED),
	    .level = s->level,
	    .restart = s->restart,
	    .broken = p->broken,
	    .sees_children = sees_children,
	    .ready = p->ready,
	    .unlisted = p->profile.unlisted,
	};
	memcpy(to->name, p->profile.name, sizeof to->name);
	memcpy(to->file, p->file, sizeof to->file);
	memcpy(to->why, p->why, sizeof to->why);
}
