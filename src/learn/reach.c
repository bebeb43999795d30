// SPDX-License-Identifier: MIT
#include "learn/reach.h"

#include <stdio.h>

#include "learn/room.h"
#include "learn/values.h"

#define TARGETS	     8	  /* of one edge: versions of a symbol */
#define WRAPPERS_MAX 2000 /* whose callers are asked; a hostile file must come to an end */

struct target {
	uint32_t object, func;
};

/* Where a name leads: the first object that defines it, all its versions. */
static size_t look_up(const struct reach *r, const char *name, size_t *object)
{
	for (*object = 0; *object < r->objects; ++*object) {
		const struct elf_file *f = &r->object[*object].file;
		const struct elf_export *x = elf_export(f, name);

		if (x)
			return (size_t)(x - f->export);
	}
	return 0;
}

/* Export i of object o, the n-th of that name: for loops over its versions. */
static bool is_version(const struct reach *r, size_t o, size_t i, size_t n, const char *name)
{
	return n < TARGETS && o < r->objects && i < r->object[o].file.exports &&
	       !strcmp(r->object[o].file.export[i].name, name);
}

static void add_target(const struct reach *r, size_t o, uint64_t at, struct target *t, size_t *n)
{
	long func = elf_func_at(&r->object[o].file, at);

	if (func >= 0 && *n < TARGETS)
		t[(*n)++] = (struct target){(uint32_t)o, (uint32_t)func};
}

/* The word that a stub of the procedure linkage table jumps through; NULL: it is no stub. */
static const struct elf_slot *stub_slot(struct reach *r, size_t o, uint64_t at)
{
	const struct elf_file *f = &r->object[o].file;
	size_t left = 0;
	const uint8_t *p = elf_bytes(f, at, &left);
	uint32_t word;

	if (!p || left < 8)
		return NULL;
	memcpy(&word, p, 4);
	if (f->machine == ELF_X86_64 && word != 0xfa1e0ff3 && (word & 0xffff) != 0x25ff &&
	    (word & 0xffffff) != 0x25fff2)
		return NULL;
	if (f->machine == ELF_ARM64 && word != 0xd503245f && (word & 0x9f00001f) != 0x90000010)
		return NULL;
	steps_read(&r->stub, f, at, at + (left < 20 ? left : 20));
	for (size_t i = 0; i < r->stub.count && i < 5; i++) {
		const struct step *t = &r->stub.step[i];

		if (t->flow == FLOW_JUMP_SLOT)
			return elf_slot_at(f, t->target);
		if (t->flow == FLOW_JUMP_REG && f->machine == ELF_ARM64)
			for (size_t k = i; k--;)
				if (r->stub.step[k].ref && elf_slot_at(f, r->stub.step[k].ref))
					return elf_slot_at(f, r->stub.step[k].ref);
		if (t->flow != FLOW_NEXT)
			return NULL;
	}
	return NULL;
}

static size_t slot_targets(const struct reach *r, size_t o, const struct elf_slot *s,
			   struct target *t)
{
	size_t n = 0, where, i;

	if (!s->name) {
		add_target(r, o, s->to, t, &n);
		return n;
	}
	i = look_up(r, s->name, &where);
	for (size_t k = 0; is_version(r, where, i + k, k, s->name); k++)
		add_target(r, where, r->object[where].file.export[i + k].at, t, &n);
	if (!n && s->to)
		add_target(r, o, s->to, t, &n);
	return n;
}

/* The functions that an edge of object o leads to. */
static size_t targets(struct reach *r, size_t o, enum edge_kind kind, uint64_t to, struct target *t)
{
	const struct elf_file *f = &r->object[o].file;
	const struct elf_slot *s = kind == EDGE_SLOT	? elf_slot_at(f, to)
				   : elf_is_code(f, to) ? stub_slot(r, o, to)
							: NULL;
	size_t n = 0;

	if (s)
		return slot_targets(r, o, s, t);
	if (kind != EDGE_SLOT && elf_is_code(f, to))
		add_target(r, o, to, t, &n);
	return n;
}

static void reach_func(struct reach *r, struct target t, enum edge_kind kind, uint32_t from)
{
	size_t i = r->object[t.object].base + t.func;

	if (kind == EDGE_NAME)
		r->named[i] = 1;
	if (r->from[i])
		return;
	r->from[i] = from == UINT32_MAX ? (uint32_t)i + 1 : from + 1;
	r->todo[r->todos++] = (uint32_t)i;
	r->reached++;
}

/* Data that is still to be looked at: kept in a list rather than on the stack, since objects point
 * to objects as deep as a file likes. */
struct pieces {
	struct piece {
		size_t object;
		uint64_t at;
	} * todo;
	size_t todos, held;
};

static void reach_place(struct reach *r, struct pieces *p, size_t o, enum edge_kind kind,
			uint64_t at, uint32_t from)
{
	struct target t[TARGETS];
	size_t n;

	if (elf_is_code(&r->object[o].file, at)) {
		n = targets(r, o, kind, at, t);
		for (size_t i = 0; i < n; i++) {
			/* A place within is one of a jump through a table: no call. */
			bool start = t[i].object != o || r->object[o].file.func[t[i].func].at == at;

			reach_func(r, t[i], start ? kind : EDGE_CODE, from);
		}
	} else if (elf_is_data(&r->object[o].file, at)) {
		p->todo = room_for_one(p->todo, p->todos, &p->held, sizeof *p->todo);
		p->todo[p->todos++] = (struct piece){o, at};
	}
}

static void reach_slot(struct reach *r, struct pieces *p, size_t o, enum edge_kind kind,
		       const struct elf_slot *s, uint32_t from)
{
	size_t where, i;

	if (!s->name) {
		reach_place(r, p, o, kind, s->to, from);
		return;
	}
	i = look_up(r, s->name, &where);
	for (size_t k = 0; is_version(r, where, i + k, k, s->name); k++)
		reach_place(r, p, where, kind, r->object[where].file.export[i + k].at, from);
}

/* What the pointers in the pieces lead to, each object once. */
static void reach_pieces(struct reach *r, struct pieces *p, uint32_t from)
{
	while (p->todos) {
		struct piece piece = p->todo[--p->todos];
		struct reach_object *b = &r->object[piece.object];
		uint64_t start, end;
		size_t n = summary_object(&b->summary, piece.at, &start, &end);

		if (b->data_seen[n])
			continue;
		b->data_seen[n] = 1;
		for (size_t i = elf_slot_from(&b->file, start);
		     i < b->file.slots && b->file.slot[i].at < end; i++)
			reach_slot(r, p, piece.object, EDGE_NAME, &b->file.slot[i], from);
	}
	free(p->todo);
}

static void reach_address(struct reach *r, size_t o, enum edge_kind kind, uint64_t at,
			  uint32_t from)
{
	struct pieces p = {0};

	reach_place(r, &p, o, kind, at, from);
	reach_pieces(r, &p, from);
}

static size_t object_of(const struct reach *r, size_t function)
{
	size_t o = r->objects - 1;

	while (o && r->object[o].base > function)
		o--;
	return o;
}

static void walk_func(struct reach *r, uint32_t i)
{
	size_t o = object_of(r, i), func = i - r->object[o].base;
	const struct summary *m = &r->object[o].summary;

	for (size_t k = m->first[func]; k < m->first[func + 1]; k++) {
		const struct edge *g = &m->edge[k];

		if (g->kind == EDGE_SLOT) {
			const struct elf_slot *s = elf_slot_at(m->file, g->to);
			struct pieces p = {0};

			if (s)
				reach_slot(r, &p, o, EDGE_CODE, s, i);
			reach_pieces(r, &p, i);
		} else {
			reach_address(r, o, g->kind, g->to, i);
		}
	}
}

static void roots(struct reach *r, size_t o)
{
	const struct reach_object *b = &r->object[o];

	if (b->starts)
		reach_address(r, o, EDGE_CODE, b->file.entry, UINT32_MAX);
	for (size_t i = 0; i < b->file.roots; i++)
		reach_address(r, o, EDGE_CODE, b->file.root[i], UINT32_MAX);
	for (size_t i = 0; b->all_exports && i < b->file.exports; i++)
		reach_address(r, o, EDGE_NAME, b->file.export[i].at, UINT32_MAX);
}

void reach_walk(struct reach *r)
{
	for (size_t o = 0; o < r->objects; o++) {
		struct reach_object *b = &r->object[o];

		b->base = r->functions;
		r->functions += b->file.funcs;
		b->data_seen = room_or_end(calloc(b->summary.bounds, 1));
	}
	r->from = room_or_end(calloc(r->functions + 1, sizeof *r->from));
	r->named = room_or_end(calloc(r->functions + 1, 1));
	r->todo = room_or_end(calloc(r->functions + 1, sizeof *r->todo));
	for (size_t o = 0; o < r->objects; o++)
		roots(r, o);
	while (r->todos)
		walk_func(r, r->todo[--r->todos]);
}

/* A function that takes the number of a call as its argument, and in which register. */
struct wrapper {
	struct target in;
	uint8_t reg;
};
struct wrappers {
	struct wrapper *w;
	size_t count, held;
};

static void add_wrapper(struct wrappers *all, struct target in, unsigned reg)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->w[i].in.object == in.object && all->w[i].in.func == in.func &&
		    all->w[i].reg == reg)
			return;
	all->w = room_for_one(all->w, all->count, &all->held, sizeof *all->w);
	all->w[all->count++] = (struct wrapper){in, (uint8_t)reg};
}

static bool leads_to(struct reach *r, size_t o, enum edge_kind kind, uint64_t to, struct target in)
{
	struct target t[TARGETS];
	size_t n = targets(r, o, kind, to, t);

	for (size_t i = 0; i < n; i++)
		if (t[i].object == in.object && t[i].func == in.func)
			return true;
	return false;
}

struct calls {
	struct reach *r;
	struct wrappers all;
	reach_found *found;
	void *arg;
};

static void ask_caller(struct calls *c, size_t o, size_t func, const struct wrapper *w)
{
	struct reach_object *b = &c->r->object[o];
	struct steps *s = &c->r->steps;

	steps_read(s, &b->file, b->file.func[func].at, elf_func_end(&b->file, func));
	for (size_t i = 0; i < s->count; i++) {
		const struct step *t = &s->step[i];
		enum edge_kind kind =
		    t->flow == FLOW_CALL_SLOT || t->flow == FLOW_JUMP_SLOT ? EDGE_SLOT : EDGE_CODE;
		struct site site = {(uint32_t)func, SITE_UNKNOWN, t->at};
		struct values v;

		if (t->flow < FLOW_BRANCH || t->flow > FLOW_CALL_SLOT || t->flow == FLOW_JUMP_REG ||
		    !leads_to(c->r, o, kind, t->target, w->in))
			continue;
		values_of(s, i, w->reg, &v);
		for (unsigned k = 0; k < v.count; k++) {
			site.number = (int32_t)v.value[k];
			if (v.value[k] >= 0 && v.value[k] < 1 << 16)
				c->found(c->arg, c->r, o, &site);
		}
		for (unsigned k = 0; k < 32; k++)
			if (v.arguments >> k & 1)
				add_wrapper(&c->all, (struct target){(uint32_t)o, (uint32_t)func},
					    k);
		site.number = SITE_UNKNOWN;
		if (v.unknown)
			c->found(c->arg, c->r, o, &site);
	}
}

static void ask_callers(struct calls *c, struct wrapper w)
{
	struct reach *r = c->r;

	for (size_t o = 0; o < r->objects; o++)
		for (size_t func = 0; func < r->object[o].file.funcs; func++) {
			const struct summary *m = &r->object[o].summary;
			bool calls = false;

			if (!r->from[r->object[o].base + func])
				continue;
			for (size_t k = m->first[func]; k < m->first[func + 1] && !calls; k++)
				calls = m->edge[k].kind != EDGE_NAME &&
					leads_to(r, o, m->edge[k].kind, m->edge[k].to, w.in);
			if (calls)
				ask_caller(c, o, func, &w);
		}
}

void reach_calls(struct reach *r, reach_found *found, void *arg)
{
	struct calls c = {r, {0}, found, arg};

	for (size_t o = 0; o < r->objects; o++) {
		const struct summary *m = &r->object[o].summary;

		for (size_t i = 0; i < m->sites; i++) {
			const struct site *s = &m->site[i];

			if (!r->from[r->object[o].base + s->func])
				continue;
			if (s->number >= SITE_UNKNOWN)
				found(arg, r, o, s);
			else
				add_wrapper(&c.all, (struct target){(uint32_t)o, s->func},
					    (unsigned)(s->number - SITE_ARGUMENT));
		}
	}
	for (size_t i = 0; i < c.all.count; i++) {
		struct target in = c.all.w[i].in;
		const struct reach_object *b = &r->object[in.object];
		struct site site = {in.func, SITE_UNKNOWN, b->file.func[in.func].at};

		if (r->named[b->base + in.func] || i >= WRAPPERS_MAX)
			found(arg, r, in.object, &site);
		if (i < WRAPPERS_MAX)
			ask_callers(&c, c.all.w[i]);
	}
	free(c.all.w);
}

void reach_explain(const struct reach *r, size_t object, size_t func, char *to, size_t n)
{
	const char *chain[4] = {0};
	size_t i = r->object[object].base + func, used = 0, names = 0;

	for (unsigned hops = 0; hops < 64 && names < 4; hops++) {
		size_t o = object_of(r, i);
		const struct elf_func *f = &r->object[o].file.func[i - r->object[o].base];

		if (f->name && *f->name)
			chain[names++] = f->name;
		if (!r->from[i] || r->from[i] == i + 1)
			break;
		i = r->from[i] - 1;
	}
	*to = 0;
	while (names && used < n) {
		int k = snprintf(to + used, n - used, "%s%s", used ? " -> " : "", chain[--names]);

		used += k > 0 ? (size_t)k : 0;
	}
}

void reach_free(struct reach *r)
{
	for (size_t o = 0; o < r->objects; o++) {
		summary_free(&r->object[o].summary);
		elf_close(&r->object[o].file);
		free(r->object[o].data_seen);
	}
	steps_end(&r->steps);
	steps_end(&r->stub);
	free(r->object);
	free(r->from);
	free(r->todo);
	free(r->named);
	memset(r, 0, sizeof *r);
}
