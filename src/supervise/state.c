// SPDX-License-Identifier: MIT
#include "supervise/state.h"

#include <signal.h>
#include <sys/wait.h>

const char *sup_state_name(enum sup_state s)
{
	static const char *const names[] = {
#define SUP_X(id, name) name,
	    SUP_STATE_TABLE(SUP_X)
#undef SUP_X
	};

	return s < SUP_STATES ? names[s] : "unknown";
}

bool sup_is_crash(int sig)
{
	return sig == SIGSEGV || sig == SIGILL || sig == SIGBUS || sig == SIGABRT ||
	       sig == SIGSYS || sig == SIGTRAP || sig == SIGFPE;
}

enum sup_event sup_of_status(int status)
{
	int sig = 0;

	if (WIFSIGNALED(status))
		sig = WTERMSIG(status);
	else if (WIFEXITED(status) && !WEXITSTATUS(status))
		return SUP_EXIT_OK;
	else if (WIFEXITED(status) && WEXITSTATUS(status) > 128)
		sig = WEXITSTATUS(status) - 128;
	return sup_is_crash(sig) ? SUP_EXIT_CRASHED : SUP_EXIT_FAILED;
}

/* --- the throttle --- */

uint64_t sup_delay(unsigned level, uint64_t most)
{
	uint64_t d = level ? SUP_S << (level - 1) : 0;

	return d < most ? d : most;
}

static void forgive(struct sup *s, uint64_t now)
{
	if (s->state == SUP_RUNNING && now > s->calm_from)
		s->calm += now - s->calm_from;
	s->calm_from = now;
	for (; s->calm >= SUP_FORGIVE && s->level; s->calm -= SUP_FORGIVE)
		s->level--;
	if (!s->level)
		s->calm = 0; /* nothing is saved up */
}

static void charge(struct sup *s, uint64_t now, uint64_t most)
{
	if (s->level < SUP_LEVELS)
		s->level++;
	s->calm = 0;
	if (s->not_before < now)
		s->not_before = now;
	s->not_before += sup_delay(s->level, most);
	if (s->not_before > now + SUP_WAIT_MOST)
		s->not_before = now + SUP_WAIT_MOST;
}

/* --- moves: what a cell of the table does --- */

static void enter(struct sup *s, enum sup_state to, uint64_t now, uint64_t due)
{
	if (s->state != to)
		s->since = now;
	s->state = to;
	s->due = due;
}

static enum sup_do begin(struct sup *s, uint64_t now)
{
	enter(s, SUP_STARTING, now, 0);
	s->starts++;
	return SUP_DO_START;
}

static enum sup_do wait_until_due(struct sup *s, uint64_t now)
{
	enter(s, SUP_WAITING, now, s->not_before > now ? s->not_before : now);
	return SUP_NOTHING;
}

static enum sup_do watch(struct sup *s, uint64_t now)
{
	enter(s, SUP_RUNNING, now, s->watchdog ? now + s->watchdog : 0);
	return SUP_NOTHING;
}

/* It has ended by itself. */
static enum sup_do ended(struct sup *s, uint64_t now, bool well)
{
	if (s->restart == SUP_ALWAYS || (s->restart == SUP_ON_FAILURE && !well))
		return wait_until_due(s, now);
	enter(s, well ? SUP_STOPPED : SUP_FAILED, now, 0);
	return SUP_NOTHING;
}

static enum sup_do ended_well(struct sup *s, uint64_t now)
{
	if (s->not_before < now + SUP_CLEAN)
		s->not_before = now + SUP_CLEAN;
	return ended(s, now, true);
}

static enum sup_do failed(struct sup *s, uint64_t now)
{
	s->failures++;
	charge(s, now, SUP_FAIL_MOST);
	return ended(s, now, false);
}

static enum sup_do crashed(struct sup *s, uint64_t now)
{
	s->crashes++;
	charge(s, now, SUP_CRASH_MOST);
	return ended(s, now, false);
}

/* What was told as a child's crash was the program's own; the throttle has had its due. */
static void recount(struct sup *s)
{
	s->crashes++;
	s->child_crashes -= s->child_crashes > 0;
}

static enum sup_do counted(struct sup *s, uint64_t now)
{
	recount(s);
	return ended(s, now, false);
}

static enum sup_do kill_it(struct sup *s, uint64_t now)
{
	enter(s, SUP_STOPPING, now, now + SUP_KILL_AGAIN);
	return SUP_DO_KILL;
}

static enum sup_do note_crash(struct sup *s, uint64_t now)
{
	s->child_crashes++;
	charge(s, now, SUP_CRASH_MOST);
	return SUP_NOTHING;
}

static enum sup_do later(struct sup *s, uint64_t now)
{
	note_crash(s, now);
	return wait_until_due(s, now);
}

/* A worker that crashes now and then costs nothing; one that is made to costs as the program's own
 * crash does, because what is forked again has the addresses that the attacker is after. */
static enum sup_do child_crashed(struct sup *s, uint64_t now)
{
	bool was_calm = !s->level;

	note_crash(s, now);
	if (was_calm)
		return SUP_NOTHING;
	s->again = s->restart != SUP_NEVER;
	enter(s, SUP_STOPPING, now, now + SUP_OWN_END);
	return SUP_NOTHING;
}

static enum sup_do hangs(struct sup *s, uint64_t now)
{
	s->watchdogs++;
	charge(s, now, SUP_FAIL_MOST);
	s->again = s->restart != SUP_NEVER;
	return kill_it(s, now);
}

static enum sup_do timer_of_running(struct sup *s, uint64_t now)
{
	return s->watchdog ? hangs(s, now) : SUP_NOTHING;
}

static enum sup_do ask(struct sup *s, uint64_t now)
{
	s->again = false;
	enter(s, SUP_STOPPING, now, now + s->stop_timeout);
	return SUP_DO_SIGNAL;
}

static enum sup_do ask_on_start(struct sup *s, uint64_t now)
{
	return SUP_DO_SIGNAL;
}

/* The stop was wanted while it started: it is asked as soon as it is there. */
static enum sup_do stop_start(struct sup *s, uint64_t now)
{
	s->again = false;
	enter(s, SUP_STOPPING, now, now + s->stop_timeout);
	return SUP_NOTHING;
}

static enum sup_do want(struct sup *s, uint64_t now)
{
	s->again = true;
	return SUP_NOTHING;
}

static enum sup_do want_not(struct sup *s, uint64_t now)
{
	s->again = false;
	return SUP_NOTHING;
}

static enum sup_do gone(struct sup *s, uint64_t now)
{
	if (s->again)
		return s->not_before > now ? wait_until_due(s, now) : begin(s, now);
	enter(s, SUP_STOPPED, now, 0);
	return SUP_NOTHING;
}

/* Asked to stop, and crashing on the way out: an attempt as any other. */
static enum sup_do gone_crashed(struct sup *s, uint64_t now)
{
	s->crashes++;
	charge(s, now, SUP_CRASH_MOST);
	return gone(s, now);
}

static enum sup_do gone_counted(struct sup *s, uint64_t now)
{
	recount(s);
	return gone(s, now);
}

static enum sup_do halt(struct sup *s, uint64_t now)
{
	enter(s, SUP_STOPPED, now, 0);
	return SUP_NOTHING;
}

/* --- the table; an empty cell: nothing happens --- */

typedef enum sup_do move(struct sup *s, uint64_t now);

static move *const table[SUP_STATES][SUP_EVENTS] = {
    [SUP_STOPPED] = {[SUP_START] = begin, [SUP_CHILD_CRASHED] = note_crash},
    [SUP_STARTING] = {[SUP_STARTED] = watch,
		      [SUP_START_FAILED] = failed,
		      [SUP_STOP] = stop_start,
		      [SUP_CHILD_CRASHED] = note_crash},
    [SUP_RUNNING] = {[SUP_EXIT_OK] = ended_well,
		     [SUP_EXIT_FAILED] = failed,
		     [SUP_EXIT_CRASHED] = crashed,
		     [SUP_EXIT_COUNTED] = counted,
		     [SUP_CHILD_CRASHED] = child_crashed,
		     [SUP_ALIVE] = watch,
		     [SUP_WATCHDOG] = hangs,
		     [SUP_STOP] = ask,
		     [SUP_TIMER] = timer_of_running},
    [SUP_STOPPING] = {[SUP_START] = want,
		      [SUP_STARTED] = ask_on_start,
		      [SUP_START_FAILED] = gone,
		      [SUP_EXIT_OK] = gone,
		      [SUP_EXIT_FAILED] = gone,
		      [SUP_EXIT_CRASHED] = gone_crashed,
		      [SUP_EXIT_COUNTED] = gone_counted,
		      [SUP_CHILD_CRASHED] = note_crash,
		      [SUP_STOP] = want_not,
		      [SUP_TIMER] = kill_it},
    [SUP_WAITING] =
	{[SUP_START] = begin, [SUP_CHILD_CRASHED] = later, [SUP_STOP] = halt, [SUP_TIMER] = begin},
    [SUP_FAILED] = {[SUP_START] = begin, [SUP_CHILD_CRASHED] = note_crash, [SUP_STOP] = halt},
};

enum sup_do sup_event(struct sup *s, enum sup_event e, uint64_t now)
{
	move *m;

	forgive(s, now);
	m = table[s->state][e];
	return m ? m(s, now) : SUP_NOTHING;
}
