// SPDX-License-Identifier: MIT
#include "learn/values.h"

#include "learn/room.h"

#define WALK_MAX 200000	     /* places looked at for one register */
#define WORK_MAX 4000000000u /* steps looked at for one file: a hostile one must come to an end */

/* A place to look at: the value of reg just before step. */
struct place {
	uint32_t step;
	uint8_t reg;
};

struct walk {
	struct steps *s;
	struct values *v;
	uint32_t *seen; /* for each step the registers already followed there */
	uint8_t *ways;	/* for each step how control comes to it */
	struct place *todo;
	size_t todos, held, done;
};

static void add_value(struct values *v, int64_t value)
{
	for (unsigned i = 0; i < v->count; i++)
		if (v->value[i] == value)
			return;
	if (v->count == VALUES_MAX)
		v->unknown = true;
	else
		v->value[v->count++] = value;
}

static void visit(struct walk *w, size_t step, unsigned reg)
{
	if (w->seen[step] >> reg & 1)
		return;
	w->seen[step] |= 1u << reg;
	w->todo = room_for_one(w->todo, w->todos, &w->held, sizeof *w->todo);
	w->todo[w->todos++] = (struct place){(uint32_t)step, (uint8_t)reg};
}

/* The value of reg just behind step `before`: from what the step does, or from before it. */
static void behind(struct walk *w, size_t before, unsigned reg)
{
	const struct step *t = &w->s->step[before];

	if (t->effect != EFFECT_NONE && t->to == reg) {
		if (t->effect == EFFECT_IMM) {
			add_value(w->v, t->value);
			return;
		}
		visit(w, before, t->from);
		if (t->effect == EFFECT_MAY_COPY)
			visit(w, before, reg);
	} else if (t->changes >> reg & 1) {
		w->v->unknown = true;
	} else {
		visit(w, before, reg);
	}
}

static bool goes_on(const struct step *t)
{
	return t->flow != FLOW_JUMP && t->flow != FLOW_JUMP_SLOT && t->flow != FLOW_JUMP_REG &&
	       t->flow != FLOW_END;
}

enum { BY_JUMP = 1, FROM_ABOVE = 2 };

/* What only fills up behind the end of a piece of code is run by nobody: what follows it, a place
 * of a jump through a table say, is not come to from there. */
static uint8_t *ways_of(const struct steps *s)
{
	uint8_t *ways = room_or_end(calloc(s->count, 1));

	for (size_t k = 0; k < s->count; k++) {
		long to = s->step[k].flow == FLOW_JUMP || s->step[k].flow == FLOW_BRANCH
			      ? steps_at(s, s->step[k].target)
			      : -1;

		if (to >= 0)
			ways[to] |= BY_JUMP;
	}
	for (size_t k = 1; k < s->count; k++)
		if (goes_on(&s->step[k - 1]) && (k == 1 || !s->step[k - 1].pad || ways[k - 1]))
			ways[k] |= FROM_ABOVE;
	return ways;
}

/* Every step from which control comes to step i. */
static void sources(struct walk *w, size_t i, unsigned reg)
{
	struct steps *s = w->s;
	bool any = w->ways[i];

	s->work += s->count;
	if (w->ways[i] & FROM_ABOVE)
		behind(w, i - 1, reg);
	for (size_t k = 0; w->ways[i] & BY_JUMP && k < s->count; k++)
		if ((s->step[k].flow == FLOW_JUMP || s->step[k].flow == FLOW_BRANCH) &&
		    s->step[k].target == s->step[i].at)
			behind(w, k, reg);
	if (!i)
		w->v->arguments |= 1u << reg;
	if (any || !i)
		return;
	/* Nothing leads here by name: a place of a jump through a table. */
	for (size_t k = 0; k < s->count; k++)
		if (s->step[k].flow == FLOW_JUMP_REG) {
			behind(w, k, reg);
			any = true;
		}
	if (!any)
		w->v->unknown = true;
}

/* Only the first step of a run of straight code can be jumped to: looking for jumps at every step
 * would take the square of a function's size. */
static bool straight(const struct walk *w, size_t i)
{
	return i && w->ways[i] == FROM_ABOVE;
}

void values_of(struct steps *s, size_t i, unsigned reg, struct values *v)
{
	struct walk w = {.s = s, .v = v};

	memset(v, 0, sizeof *v);
	v->unknown = s->work > WORK_MAX;
	if (v->unknown)
		return;
	w.seen = room_or_end(calloc(s->count, sizeof *w.seen));
	w.ways = ways_of(s);
	s->work += s->count;
	visit(&w, i, reg);
	while (w.todos && ++w.done < WALK_MAX && s->work <= WORK_MAX) {
		struct place p = w.todo[--w.todos];

		if (straight(&w, p.step))
			behind(&w, p.step - 1, p.reg);
		else
			sources(&w, p.step, p.reg);
	}
	/* Nothing at all: it is come to in a way that was not understood. */
	if (w.todos || (!v->count && !v->arguments))
		v->unknown = true;
	free(w.ways);
	free(w.todo);
	free(w.seen);
}
