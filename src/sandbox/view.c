// SPDX-License-Identifier: MIT
#include "sandbox/view.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/etc.h"
#include "sandbox/launch.h"

/* What every program sees. Nothing here belongs to one program or holds a secret. */
static const struct view_entry common[] = {
    {"usr/lib", "/usr/lib", VIEW_BIND, VIEW_EXEC | VIEW_OPTIONAL},
    {"usr/lib64", "/usr/lib64", VIEW_BIND, VIEW_EXEC | VIEW_OPTIONAL},
    {"usr/local/lib", "/usr/local/lib", VIEW_BIND, VIEW_EXEC | VIEW_OPTIONAL},
    {"usr/share", "/usr/share", VIEW_BIND, VIEW_OPTIONAL},
    {"lib", "/lib", VIEW_SAME, VIEW_EXEC | VIEW_OPTIONAL},
    {"lib64", "/lib64", VIEW_SAME, VIEW_EXEC | VIEW_OPTIONAL},
    {"proc", NULL, VIEW_PROC, 0},
    {"tmp", NULL, VIEW_TMPFS, VIEW_WRITE},
    {"run", NULL, VIEW_TMPFS, VIEW_WRITE | VIEW_OWN},
    {"var/run", "/run", VIEW_LINK, 0},
    {"var/tmp", "/tmp", VIEW_LINK, 0},
};

/* Folders of /etc that hold links and public certificates, shown as they are. */
static const struct view_entry etc_folders[] = {
    {"etc/alternatives", "/etc/alternatives", VIEW_BIND, VIEW_OPTIONAL},
    {"etc/ssl/certs", "/etc/ssl/certs", VIEW_BIND, VIEW_OPTIONAL},
};

const struct view_entry view_devices[VIEW_DEVICES] = {
    {"dev/null", NULL, VIEW_NODE, VIEW_DEVICE, 1, 3},
    {"dev/zero", NULL, VIEW_NODE, VIEW_DEVICE, 1, 5},
    {"dev/full", NULL, VIEW_NODE, VIEW_DEVICE, 1, 7},
    {"dev/random", NULL, VIEW_NODE, VIEW_DEVICE, 1, 8},
    {"dev/urandom", NULL, VIEW_NODE, VIEW_DEVICE, 1, 9},
    {"dev/shm", "/tmp", VIEW_LINK, 0},
    {"dev/fd", "/proc/self/fd", VIEW_LINK, 0},
    {"dev/stdin", "/proc/self/fd/0", VIEW_LINK, 0},
    {"dev/stdout", "/proc/self/fd/1", VIEW_LINK, 0},
    {"dev/stderr", "/proc/self/fd/2", VIEW_LINK, 0},
    {"dev/log", LAUNCH_SOCKETS "/log", VIEW_LINK, 0}, /* leads nowhere without a supervisor */
};

static bool below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && path[n] == '/';
}

static int add(struct view *v, const struct view_entry *n, struct err *e)
{
	for (unsigned i = 0; i < v->count; i++) {
		struct view_entry *have = &v->entry[i];

		if (strcmp(have->at, n->at))
			continue;
		if (!(n->flags & VIEW_PROFILE)) /* an interpreter that the profile names too */
			have->flags |= n->flags & (VIEW_EXEC | VIEW_START);
		else if (have->kind != VIEW_BIND || !(have->flags & VIEW_PROFILE))
			*have = *n;
		else
			have->flags = (have->flags & n->flags & VIEW_OPTIONAL) |
				      ((have->flags | n->flags) & ~VIEW_OPTIONAL);
		return 0;
	}
	if (v->count == VIEW_MAX)
		return err_set(e, EXIT_WRONG_USE, "[allow] has too many paths at '/%s'", n->at);
	v->entry[v->count++] = *n;
	return 0;
}

static uint8_t flags_of(const struct profile_path *path)
{
	static const uint8_t by_access[] = {
	    [PROFILE_READ] = VIEW_EXEC,
	    [PROFILE_WRITE] = VIEW_WRITE,
	    [PROFILE_DEVICE] = VIEW_DEVICE | VIEW_WRITE,
	    [PROFILE_EXEC] = VIEW_EXEC | VIEW_START,
	};

	return by_access[path->access] | VIEW_PROFILE | (path->optional ? VIEW_OPTIONAL : 0);
}

/* The machine's terminals are everybody's: a program that makes some gets its own set. */
static int add_terminals(struct view *v, struct err *e)
{
	static const struct view_entry rows[] = {
	    {"dev/pts", NULL, VIEW_PTS, VIEW_DEVICE | VIEW_WRITE, 0, 0},
	    {"dev/ptmx", "pts/ptmx", VIEW_LINK, 0, 0, 0},
	    {"dev/tty", NULL, VIEW_NODE, VIEW_DEVICE, 5, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (add(v, &rows[i], e))
			return -1;
	return 0;
}

static int add_path(struct view *v, const struct profile *p, const struct profile_path *path,
		    struct err *e)
{
	const char *text = profile_str(p, path->path);
	const struct view_entry n = {text + 1, text, VIEW_BIND, flags_of(path), 0, 0};

	if (path->access == PROFILE_DEVICE && !strcmp(text, "/dev/ptmx"))
		return add_terminals(v, e);
	return add(v, &n, e);
}

static int add_profile(struct view *v, const struct profile *p, struct err *e)
{
	const char *program = profile_str(p, p->arg[0]);

	if (add(v,
		&(struct view_entry){program + 1, program, VIEW_BIND,
				     VIEW_EXEC | VIEW_START | VIEW_PROFILE},
		e))
		return -1;
	for (unsigned i = 0; i < p->paths; i++)
		if (add_path(v, p, &p->path[i], e))
			return -1;
	return 0;
}

static bool has(const struct view *v, const char *place)
{
	for (unsigned i = 0; i < v->count; i++)
		if (!strcmp(v->entry[i].at, place) || below(v->entry[i].at, place))
			return true;
	return false;
}

/* The folder that all share, unless this program has devices of its own. */
static int add_devices(struct view *v, const struct view_extra *x, struct err *e)
{
	if (x->dev && !has(v, "dev"))
		return add(v, &(struct view_entry){"dev", x->dev, VIEW_BIND, VIEW_DEVICE}, e);
	for (size_t i = 0; i < VIEW_DEVICES; i++)
		if (add(v, &view_devices[i], e))
			return -1;
	return 0;
}

/* The copies of /etc are bound as a folder; but where the profile shows more of /etc, a folder of
 * the tree has links into them, because a place for a mount in the shared folder would be seen by
 * every other program. */
static int add_etc(struct view *v, const struct view_extra *x, struct err *e)
{
	bool more = false;

	for (unsigned i = 0; i < v->count; i++) {
		if (!strcmp(v->entry[i].at, "etc"))
			return 0;
		more |= below(v->entry[i].at, "etc");
	}
	for (size_t i = 0; i < sizeof(etc_folders) / sizeof(*etc_folders); i++)
		if (add(v, &etc_folders[i], e))
			return -1;
	if (!more)
		return add(v, &(struct view_entry){"etc", x->etc, VIEW_BIND, 0}, e);
	if (add(v, &(struct view_entry){&ETC_ASIDE[1], x->etc, VIEW_BIND, 0}, e))
		return -1;
	for (const struct etc_name *n = etc_names; n->name; n++)
		if (add(v, &(struct view_entry){n->at, n->aside, VIEW_LINK, 0}, e))
			return -1;
	return 0;
}

/* Where the program starts is there, empty where nothing else shows it. */
static int add_start(struct view *v, const struct profile *p, struct err *e)
{
	const char *at = profile_str(p, p->directory);

	return *at && at[1] ? add(v, &(struct view_entry){at + 1, NULL, VIEW_DIR, 0}, e) : 0;
}

static int add_all(struct view *v, const struct profile *p, const struct view_extra *x,
		   struct err *e)
{
	if (add_profile(v, p, e))
		return -1;
	for (const char *const *i = x->interpreters; *i; i++)
		if (add(v, &(struct view_entry){*i + 1, *i, VIEW_BIND, VIEW_EXEC | VIEW_START}, e))
			return -1;
	if (x->sockets &&
	    add(v, &(struct view_entry){&LAUNCH_SOCKETS[1], x->sockets, VIEW_BIND, 0}, e))
		return -1;
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (add(v, &common[i], e))
			return -1;
	return add_devices(v, x, e) || add_etc(v, x, e) || add_start(v, p, e) ? -1 : 0;
}

/* A row for each folder on the way to the others. */
static int add_parents(struct view *v, struct err *e)
{
	for (unsigned i = 0, count = v->count; i < count; i++) {
		const char *at = v->entry[i].at;

		for (const char *s = strchr(at, '/'); s; s = strchr(s + 1, '/')) {
			size_t n = (size_t)(s - at);
			char *text = v->text + v->text_used;

			if (v->text_used + n + 1 > VIEW_TEXT)
				return err_set(e, EXIT_WRONG_USE, "[allow] has too many folders");
			memcpy(text, at, n);
			text[n] = 0;
			unsigned before = v->count;
			if (add(v, &(struct view_entry){text, NULL, VIEW_DIR, 0}, e))
				return -1;
			if (v->count > before)
				v->text_used += (unsigned)n + 1;
		}
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	return strcmp(((const struct view_entry *)a)->at, ((const struct view_entry *)b)->at);
}

static const struct view_entry *above(const struct view *v, unsigned count, const char *at)
{
	for (unsigned i = count; i-- > 0;)
		if (v->entry[i].kind != VIEW_DIR && v->entry[i].kind != VIEW_SEEN &&
		    below(at, v->entry[i].at))
			return &v->entry[i];
	return NULL;
}

/* Shows the very place that it is at. */
static bool is_itself(const struct view_entry *n)
{
	return n->from && !strcmp(n->from + 1, n->at);
}

/* Nothing that its folder has not; and nothing less that matters. */
static bool no_more(const struct view_entry *n, const struct view_entry *up)
{
	const uint8_t rights = VIEW_WRITE | VIEW_EXEC | VIEW_DEVICE;

	return (n->flags & rights) == (up->flags & rights) ||
	       (!(n->flags & (VIEW_WRITE | VIEW_DEVICE)) && up->flags & VIEW_EXEC &&
		!(up->flags & VIEW_WRITE));
}

/* What is bound above decides what is left to do. Returns false for nothing. */
static bool settle(struct view_entry *n, const struct view_entry *up)
{
	if (!up || up->kind == VIEW_TMPFS)
		return true;
	if (n->kind != VIEW_BIND && n->kind != VIEW_SAME)
		return false;
	n->flags |= VIEW_INSIDE;
	if (up->kind == VIEW_PROC || (is_itself(n) && is_itself(up) && no_more(n, up)))
		n->kind = VIEW_SEEN;
	return true;
}

static void prune(struct view *v)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < v->count; i++) {
		struct view_entry n = v->entry[i];

		if (settle(&n, above(v, kept, n.at)))
			v->entry[kept++] = n;
	}
	v->count = kept;
}

int view_make(struct view *to, const struct profile *p, const struct view_extra *x, struct err *e)
{
	to->count = to->text_used = 0;
	if (add_all(to, p, x, e) || add_parents(to, e))
		return -1;
	for (unsigned i = 0; i < to->count; i++)
		if (!*to->entry[i].at)
			return err_set(e, EXIT_WRONG_USE, "[allow] '/' would show everything");
	qsort(to->entry, to->count, sizeof(*to->entry), by_place);
	prune(to);
	return 0;
}

const struct view_entry *view_find(const struct view *v, const char *path)
{
	const struct view_entry *best = NULL;

	for (unsigned i = 0; i < v->count; i++) {
		const char *at = v->entry[i].at;

		if (!strcmp(path + 1, at) || below(path + 1, at))
			best = &v->entry[i];
	}
	return best;
}
