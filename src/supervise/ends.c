// SPDX-License-Identifier: MIT
#include "supervise/ends.h"

#include <stdio.h>
#include <sys/wait.h>

#include "supervise/say.h"

#define REAP_MOST   64 /* processes, a round */
#define FLOOD_EXITS 64 /* of a program's processes, to be blamed for lost messages */

static void on_ended(void *arg, uid_t uid, int signal)
{
	struct loop *l = arg;
	char what[64];

	for (unsigned i = 0; i < l->top; i++) {
		struct program *p = &l->program[i];

		/* Of a program that changes users too: all of its namespace are below its own. */
		if (!p->used || !p->launch || uid < p->uid || uid - p->uid >= p->uids)
			continue;
		p->exits++;
		if (!sup_is_crash(signal))
			continue;
		p->crash_told = l->now;
		snprintf(what, sizeof what, "a process of it crashed, signal %d", signal);
		say(SAY_WARNING, "%s: %s", p->profile.name, what);
		program_why(p, what);
		loop_happen(l, p, SUP_CHILD_CRASHED);
	}
}

/* Ends that came faster than we could look may hide a crash: who made most of them answers for it.
 */
static void blame(struct loop *l)
{
	struct program *most = NULL;

	for (unsigned i = 0; i < l->top; i++)
		if (l->program[i].used && (!most || l->program[i].exits > most->exits))
			most = &l->program[i];
	say(SAY_WARNING, "processes end faster than they can be looked at%s%s",
	    most && most->exits >= FLOOD_EXITS ? ", most of them of " : "",
	    most && most->exits >= FLOOD_EXITS ? most->profile.name : "");
	if (most && most->exits >= FLOOD_EXITS)
		loop_happen(l, most, SUP_CHILD_CRASHED);
}

void ends_look(struct loop *l)
{
	if (l->now - l->exits_from > SUP_S) {
		for (unsigned i = 0; i < l->top; i++)
			if (l->program[i].used)
				l->program[i].exits /= 2;
		l->exits_from = l->now;
	}
	if (l->crashes.fd >= 0 && crashes_read(&l->crashes, on_ended, l) < 0)
		blame(l);
}

static struct program *by_pid(struct loop *l, pid_t pid)
{
	for (unsigned i = 0; i < l->top; i++)
		if (l->program[i].used && l->program[i].pid == pid)
			return &l->program[i];
	return NULL;
}

/* As first process this meets strangers as well. What has crashed is told before it can be waited
 * for, so that is looked at before. */
void ends_reap(struct loop *l)
{
	l->more_to_reap = false;
	ends_look(l);
	for (int i = 0; i < REAP_MOST; i++) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);
		struct program *p = pid > 0 ? by_pid(l, pid) : NULL;

		if (pid <= 0)
			return;
		if (p)
			loop_happen(l, p, program_ended(p, status, l->now));
	}
	l->more_to_reap = true;
}
