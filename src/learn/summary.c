// SPDX-License-Identifier: MIT
#include "learn/summary.h"

#include "learn/names.h"
#include "learn/room.h"
#include "learn/values.h"

#define SPARSE	   2048 /* bytes of code a known function; more: functions must be looked for */
#define FEW	   64	/* known functions; fewer: the same */
#define TELL_EVERY 2048

static void add_bound(struct summary *m, uint64_t at)
{
	m->bound = room_for_one(m->bound, m->bounds, &m->bounds_held, sizeof *m->bound);
	m->bound[m->bounds++] = at;
}

static void add_edge(struct summary *m, enum edge_kind kind, uint64_t to)
{
	m->edge = room_for_one(m->edge, m->edges, &m->edges_held, sizeof *m->edge);
	m->edge[m->edges++] = (struct edge){to, (uint8_t)kind};
}

static void add_site(struct summary *m, size_t func, int32_t number, uint64_t at)
{
	m->site = room_for_one(m->site, m->sites, &m->sites_held, sizeof *m->site);
	m->site[m->sites++] = (struct site){(uint32_t)func, number, at};
}

/* Without symbols and unwind table every call names a function. */
static void look_for_funcs(struct elf_file *f, struct steps *s)
{
	for (size_t i = 0; i < f->parts; i++) {
		if (!f->part[i].code)
			continue;
		for (uint64_t at = f->part[i].at, end = at + f->part[i].size; at < end;) {
			steps_read(s, f, at, end);
			for (size_t k = 0; k < s->count; k++)
				if (s->step[k].flow == FLOW_CALL &&
				    elf_is_code(f, s->step[k].target))
					elf_add_func(f, s->step[k].target, NULL);
			if (!s->count)
				break;
			at = s->step[s->count - 1].at + 4;
		}
	}
	elf_sort_funcs(f);
}

/* A program at a fixed address needs no relocations: every word that could be an address of code
 * is taken for one. */
static void look_for_slots(struct elf_file *f)
{
	for (size_t i = 0; i < f->parts; i++) {
		const struct elf_part *p = &f->part[i];

		for (size_t k = 0; !p->code && k + 8 <= p->size; k += 8) {
			uint64_t to;
			bool code;

			memcpy(&to, p->bytes + k, 8);
			code = elf_is_code(f, to);
			if (!code && !elf_is_data(f, to))
				continue;
			f->slot = room_for_one(f->slot, f->slots, &f->slots_held, sizeof *f->slot);
			f->slot[f->slots++] = (struct elf_slot){p->at + k, to, NULL};
			if (code && elf_func_at(f, to) < 0)
				elf_add_func(f, to, NULL);
		}
	}
	elf_sort_funcs(f);
}

static int by_slot(const void *a, const void *b)
{
	const struct elf_slot *x = a, *y = b;

	/* One with a name was read from a relocation and is the better one. */
	return x->at != y->at ? (x->at < y->at ? -1 : 1) : !x->name - !y->name;
}

static void find_sites(struct summary *m, struct steps *s, size_t func, size_t step)
{
	uint64_t at = s->step[step].at;
	struct values v;

	values_of(s, step, steps_number_reg(s->machine), &v);
	for (unsigned i = 0; i < v.count; i++)
		if (v.value[i] >= 0 && v.value[i] < NAMES_CALLS)
			add_site(m, func, (int32_t)v.value[i], at);
	for (int r = 0; r < 32; r++)
		if (v.arguments >> r & 1)
			add_site(m, func, SITE_ARGUMENT + r, at);
	if (v.unknown)
		add_site(m, func, SITE_UNKNOWN, at);
}

static void follow(struct summary *m, struct steps *s, size_t func, size_t i, uint64_t end)
{
	const struct step *t = &s->step[i];
	uint64_t start = m->file->func[func].at;
	bool inside = t->target >= start && t->target < end;

	if (t->flow == FLOW_CALL || ((t->flow == FLOW_JUMP || t->flow == FLOW_BRANCH) && !inside))
		add_edge(m, EDGE_CODE, t->target);
	else if (t->flow == FLOW_CALL_SLOT || t->flow == FLOW_JUMP_SLOT)
		add_edge(m, EDGE_SLOT, t->target);
	else if (t->flow == FLOW_SYSTEM)
		find_sites(m, s, func, i);
	if (t->ref && elf_is_data(m->file, t->ref))
		add_bound(m, t->ref);
	if (t->ref && (t->ref < start || t->ref >= end))
		add_edge(m, EDGE_NAME, t->ref);
}

static void read_func(struct summary *m, struct steps *s, size_t func)
{
	uint64_t end = elf_func_end(m->file, func);

	steps_read(s, m->file, m->file->func[func].at, end);
	for (size_t i = 0; i < s->count; i++)
		follow(m, s, func, i, end);
	if (s->cut)
		add_site(m, func, SITE_UNKNOWN, s->step[s->count - 1].at);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* There each word stands for itself. */
static bool in_got(const struct elf_file *f, uint64_t at)
{
	return at - f->got[0].at < f->got[0].size || at - f->got[1].at < f->got[1].size;
}

static void sort_bounds(struct summary *m)
{
	const struct elf_file *f = m->file;
	size_t n = 0;

	for (size_t i = 0; i < f->objects; i++)
		add_bound(m, f->object[i]);
	for (size_t i = 0; i < f->slots; i++) {
		if (!f->slot[i].name && elf_is_data(f, f->slot[i].to))
			add_bound(m, f->slot[i].to);
		if (in_got(f, f->slot[i].at))
			add_bound(m, f->slot[i].at);
	}
	add_bound(m, 0);
	qsort(m->bound, m->bounds, sizeof *m->bound, by_number);
	for (size_t i = 0; i < m->bounds; i++)
		if (!n || m->bound[n - 1] != m->bound[i])
			m->bound[n++] = m->bound[i];
	m->bounds = n;
}

void summary_make(struct summary *m, struct elf_file *f, struct steps *s,
		  void (*progress)(void *, const char *, size_t, size_t), void *arg)
{
	memset(m, 0, sizeof *m);
	m->file = f;
	s->work = 0;
	if (f->funcs < FEW || f->code_size / f->funcs > SPARSE)
		look_for_funcs(f, s);
	if (f->fixed) {
		look_for_slots(f);
		if (f->slots)
			qsort(f->slot, f->slots, sizeof *f->slot, by_slot);
	}
	m->first = room_or_end(calloc(f->funcs + 1, sizeof *m->first));
	for (size_t i = 0; i < f->funcs; i++) {
		m->first[i] = m->edges;
		read_func(m, s, i);
		if (progress && i % TELL_EVERY == 0)
			progress(arg, f->path, i, f->funcs);
	}
	m->first[f->funcs] = m->edges;
	sort_bounds(m);
}

void summary_free(struct summary *m)
{
	free(m->first);
	free(m->edge);
	free(m->site);
	free(m->bound);
	memset(m, 0, sizeof *m);
}

size_t summary_object(const struct summary *m, uint64_t at, uint64_t *start, uint64_t *end)
{
	size_t low = 0, high = m->bounds;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (m->bound[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	*start = m->bound[low - 1]; /* the first bound is 0 */
	*end = low < m->bounds ? m->bound[low] : UINT64_MAX;
	return low - 1;
}
