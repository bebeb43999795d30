// SPDX-License-Identifier: MIT
#include "supervise/loop.h"

#include <string.h>

#include "base/forget.h"
#include "sandbox/creds.h"
#include "supervise/folder.h"
#include "supervise/say.h"

static struct program *by_file(struct loop *l, const char *file)
{
	for (unsigned i = 0; i < l->top; i++)
		if (l->program[i].used && !strcmp(l->program[i].file, file))
			return &l->program[i];
	return NULL;
}

static struct program *free_place(struct loop *l)
{
	for (unsigned i = 0; i < l->top; i++)
		if (!l->program[i].used)
			return &l->program[i];
	return l->top < LEDGER_MOST ? &l->program[l->top++] : NULL;
}

/* Whether two programs could be taken for each other: by name, or by a uid made from the name,
 * which would let either at what is the other's. */
static int clash(const char *file, const struct profile *p, const char *name, uid_t uid,
		 struct err *e)
{
	if (!strcmp(p->name, name))
		return err_set(e, EXIT_WRONG_USE, "%s: the name '%s' is another profile's", file,
			       name);
	if (uid && creds_own_uid(p) == uid)
		return err_set(e, EXIT_WRONG_USE,
			       "%s: the names '%s' and '%s' make the same uid, %lu: another "
			       "`name`, or a `user`, keeps the two apart",
			       file, p->name, name, (unsigned long)uid);
	return 0;
}

static int read_fresh(struct loop *l, const struct program *p, struct err *e)
{
	if (program_read(&l->fresh.profile, l->o->folder, p->file, e))
		return -1;
	for (unsigned i = 0; i < l->top; i++) {
		const struct program *o = &l->program[i];

		if (o != p && o->used && o->loaded &&
		    clash(p->file, &l->fresh.profile, o->profile.name, creds_own_uid(&o->profile),
			  e))
			return -1;
	}
	return 0;
}

static void broken(struct program *p, const struct err *e)
{
	say(SAY_ERR, "%s", e->text);
	program_broken(p, e->text);
	if (p->loaded)
		say(SAY_WARNING, "%s: goes on with the profile it has", p->profile.name);
}

/* It becomes p's, which has no process. */
static void take_fresh(struct loop *l, struct program *p)
{
	const struct profile *fresh = &l->fresh.profile;
	struct err e;

	if (p->loaded && strcmp(p->profile.name, fresh->name))
		ledger_remove(l->run, p->profile.name);
	if (program_load(p, fresh, l->run, &e)) {
		say(SAY_ERR, "%s: %s", p->file, e.text);
		return;
	}
	loop_watch(l, p);
	if (!p->order)
		p->order = ++l->order;
	/* What an earlier supervisor left to be waited for. */
	if (!p->sup.starts && p->sup.not_before > l->now) {
		if (p->sup.not_before > l->now + SUP_WAIT_MOST)
			p->sup.not_before = l->now + SUP_WAIT_MOST;
		p->sup.state = SUP_WAITING;
		p->sup.since = l->now;
		p->sup.due = p->sup.not_before;
		return;
	}
	loop_happen(l, p, SUP_START);
}

static void read_new(struct loop *l, const char *file)
{
	struct program *p = free_place(l);
	struct err e;

	if (!p) {
		say(SAY_ERR, "%s: left out, %d programs are the most", file, LEDGER_MOST);
		return;
	}
	p->used = p->seen = p->dirty = true; /* the rest of a free place is zero */
	p->notify = -1;
	strcpy(p->file, file);
	if (read_fresh(l, p, &e))
		broken(p, &e);
	else
		take_fresh(l, p);
}

static void stop_for_reload(struct loop *l, struct program *p)
{
	say(SAY_INFO, "%s: its profile has changed", p->profile.name);
	p->reload = true;
	loop_happen(l, p, SUP_STOP);
}

static void read_again(struct loop *l, struct program *p)
{
	struct err e;

	p->seen = true;
	p->gone = false;
	p->dirty = true;
	if (read_fresh(l, p, &e)) {
		broken(p, &e);
	} else if (!p->loaded) {
		take_fresh(l, p);
	} else if (!program_has(p, &l->fresh.profile)) {
		stop_for_reload(l, p);
	} else {
		p->broken = false;
		if (p->reload)
			loop_happen(l, p, SUP_START); /* changed and changed back */
		p->reload = false;
	}
}

int set_read(struct loop *l, struct err *e)
{
	static struct folder f;

	if (folder_list(&f, l->o->folder, e))
		return -1;
	if (f.beyond)
		say(SAY_ERR, "%s: %u profiles left out, %d are the most", l->o->folder, f.beyond,
		    LEDGER_MOST);
	for (unsigned i = 0; i < l->top; i++)
		l->program[i].seen = false;
	for (unsigned i = 0; i < f.count; i++) {
		struct program *p = by_file(l, f.name[i]);

		if (p)
			read_again(l, p);
		else
			read_new(l, f.name[i]);
	}
	forget_bytes(&l->fresh, sizeof l->fresh);
	for (unsigned i = 0; i < l->top; i++) {
		struct program *p = &l->program[i];

		if (!p->used || p->seen)
			continue;
		p->gone = true;
		loop_happen(l, p, SUP_STOP);
	}
	set_settle(l);
	return 0;
}

static void reload(struct loop *l, struct program *p)
{
	struct err e;
	int bad;

	p->reload = false;
	bad = read_fresh(l, p, &e);
	if (!bad)
		take_fresh(l, p);
	forget_bytes(&l->fresh, sizeof l->fresh);
	if (!bad)
		return;
	broken(p, &e); /* changed once more meanwhile */
	loop_happen(l, p, SUP_START);
}

void set_settle(struct loop *l)
{
	for (unsigned i = 0; i < l->top; i++) {
		struct program *p = &l->program[i];

		if (!p->used || !loop_is_still(p))
			continue;
		if (p->gone) {
			say(SAY_INFO, "%s: its profile is gone", p->file);
			program_unload(p, l->run);
		} else if (p->reload && !l->stopping) {
			reload(l, p);
		}
	}
}

int supervise_check(const char *folder, unsigned *right,
		    void (*fault)(void *arg, const struct err *e), void *arg, struct err *e)
{
	static char names[LEDGER_MOST][PROFILE_NAME];
	static struct folder f;
	static struct profile p;
	uid_t uids[LEDGER_MOST];
	int bad = 0;

	*right = 0;
	if (folder_list(&f, folder, e))
		return -1;
	for (unsigned i = 0; i < f.count; i++) {
		int wrong = program_read(&p, folder, f.name[i], e);

		for (unsigned k = 0; !wrong && k < *right; k++)
			wrong = clash(f.name[i], &p, names[k], uids[k], e);
		if (!wrong) {
			uids[*right] = creds_own_uid(&p);
			memcpy(names[(*right)++], p.name, PROFILE_NAME);
		} else {
			fault(arg, e);
		}
		bad += !!wrong;
	}
	if (f.beyond) {
		err_set(e, EXIT_WRONG_USE, "%.150s: %u profiles too many, %d are the most", folder,
			f.beyond, LEDGER_MOST);
		fault(arg, e);
		bad++;
	}
	return bad;
}
