// SPDX-License-Identifier: MIT
#include "learn/scan.h"

#include <stdio.h>
#include <sys/mman.h>

#include "learn/libs.h"
#include "learn/reach.h"
#include "learn/room.h"

#define OBJECTS_MAX 1024

static void note(char ***list, size_t *count, size_t *held, const char *text)
{
	for (size_t i = 0; i < *count; i++)
		if (!strcmp((*list)[i], text))
			return;
	*list = room_for_one(*list, *count, held, sizeof **list);
	(*list)[(*count)++] = room_text(text);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool loaded(const struct reach *r, const char *path)
{
	for (size_t i = 0; i < r->objects; i++)
		if (!strcmp(r->object[i].file.path, path))
			return true;
	return false;
}

static struct reach_object *load(struct reach *r, const char *path, struct err *e)
{
	struct elf_file f;

	if (r->objects >= OBJECTS_MAX) {
		err_set(e, EXIT_WRONG_USE, "%s: more than %d libraries", path, OBJECTS_MAX);
		return NULL;
	}
	if (elf_open(&f, path, e))
		return NULL;
	if (r->objects && f.machine != r->object[0].file.machine) {
		err_set(e, EXIT_WRONG_USE, "%s: for another machine than the program", path);
		elf_close(&f);
		return NULL;
	}
	r->object = room_for_one(r->object, r->objects, &r->held, sizeof *r->object);
	r->object[r->objects] = (struct reach_object){.file = f};
	return &r->object[r->objects++];
}

/* A library of object `of`, unless it is there already. */
static void load_library(struct scan *s, struct reach *r, size_t of, const char *name,
			 const char *sysroot)
{
	char path[PATH_MAX], text[PATH_MAX + 64];
	struct err e;

	if (libs_find(&r->object[of].file, name, sysroot, path)) {
		snprintf(text, sizeof text, "%s (needed by %s)", name, r->object[of].file.path);
		note(&s->missing, &s->missings, &s->missings_held, text);
	} else if (!loaded(r, path) && !load(r, path, &e)) {
		note(&s->missing, &s->missings, &s->missings_held, e.text);
	}
}

static void load_libraries(struct scan *s, struct reach *r, const char *const *also,
			   const char *sysroot)
{
	char path[PATH_MAX];
	struct err e;

	if (r->object[0].file.interp) {
		if (libs_inside(sysroot, r->object[0].file.interp, path))
			load_library(s, r, 0, base_of(r->object[0].file.interp), sysroot);
		else if (!load(r, path, &e))
			note(&s->missing, &s->missings, &s->missings_held, e.text);
		if (r->objects > 1)
			r->object[1].starts = true;
	}
	/* The array moves as it grows: names are read anew each time. */
	for (size_t o = 0; o < r->objects; o++)
		for (size_t i = 0; i < r->object[o].file.neededs; i++)
			load_library(s, r, o, r->object[o].file.needed[i], sysroot);
	for (; also && *also; also++) {
		size_t from = r->objects;

		if (loaded(r, *also))
			continue;
		if (!load(r, *also, &e)) {
			note(&s->missing, &s->missings, &s->missings_held, e.text);
			continue;
		}
		r->object[from].all_exports = true;
		for (size_t o = from; o < r->objects; o++)
			for (size_t i = 0; i < r->object[o].file.neededs; i++)
				load_library(s, r, o, r->object[o].file.needed[i], sysroot);
	}
}

static void add_call(struct scan *s, const char *name, const char *via)
{
	size_t i = 0;

	while (i < s->calls && strcmp(s->call[i].name, name) < 0)
		i++;
	if (i < s->calls && !strcmp(s->call[i].name, name))
		return;
	s->call = room_for_one(s->call, s->calls, &s->calls_held, sizeof *s->call);
	memmove(s->call + i + 1, s->call + i, (s->calls - i) * sizeof *s->call);
	s->call[i] = (struct scan_call){name, room_text(via)};
	s->calls++;
}

static void found(void *arg, const struct reach *r, size_t object, const struct site *site)
{
	const struct elf_file *f = &r->object[object].file;
	const char *name = names_call(f->machine, site->number);
	struct scan *s = arg;
	char via[120], text[PATH_MAX + 160];

	reach_explain(r, object, site->func, via, sizeof via);
	if (name) {
		add_call(s, name, via);
	} else if (site->number == SITE_UNKNOWN) {
		snprintf(text, sizeof text, "%s+0x%llx%s%s%s", base_of(f->path),
			 (unsigned long long)site->at, *via ? " (" : "", via, *via ? ")" : "");
		note(&s->unknown, &s->unknowns, &s->unknowns_held, text);
	}
}

int scan_program(struct scan *s, const char *path, const char *const *also, const char *sysroot,
		 struct err *e)
{
	struct reach r = {0};
	int result = -1;

	if (!load(&r, path, e))
		return -1;
	r.object[0].starts = true;
	s->machine = r.object[0].file.machine;
	if (steps_start(&r.steps, s->machine, e) || steps_start(&r.stub, s->machine, e))
		goto out;
	load_libraries(s, &r, also, sysroot);
	for (size_t o = 0; o < r.objects; o++)
		summary_make(&r.object[o].summary, &r.object[o].file, &r.steps, s->progress,
			     s->arg);
	reach_walk(&r);
	reach_calls(&r, found, s);
	s->files += r.objects;
	s->functions += r.functions;
	s->reached += r.reached;
	result = 0;
out:
	reach_free(&r);
	return result;
}

const struct scan_call *scan_find(const struct scan *s, const char *name)
{
	for (size_t i = 0; i < s->calls; i++)
		if (!strcmp(s->call[i].name, name))
			return &s->call[i];
	return NULL;
}

void scan_free(struct scan *s)
{
	for (size_t i = 0; i < s->calls; i++)
		free(s->call[i].via);
	for (size_t i = 0; i < s->unknowns; i++)
		free(s->unknown[i]);
	for (size_t i = 0; i < s->missings; i++)
		free(s->missing[i]);
	free(s->call);
	free(s->unknown);
	free(s->missing);
	memset(s, 0, sizeof *s);
}
