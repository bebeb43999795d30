// SPDX-License-Identifier: MIT
#include "learn/facts.h"

#include "learn/room.h"

static uint32_t hash(enum fact_kind kind, const char *text)
{
	uint32_t h = 2166136261u ^ (uint32_t)kind;

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 16777619u;
	return h;
}

/* The slot of the fact, or the free one where it belongs. */
static uint32_t *place(const struct facts *f, enum fact_kind kind, const char *text)
{
	size_t i = hash(kind, text) & (f->slots - 1);

	while (f->slot[i]) {
		const struct fact *have = &f->fact[f->slot[i] - 1];

		if (have->kind == kind && !strcmp(have->text, text))
			break;
		i = (i + 1) & (f->slots - 1);
	}
	return &f->slot[i];
}

static void grow(struct facts *f)
{
	f->slots = f->slots ? f->slots * 2 : 1024;
	free(f->slot);
	f->slot = room_or_end(calloc(f->slots, sizeof *f->slot));
	for (size_t i = 0; i < f->count; i++)
		*place(f, f->fact[i].kind, f->fact[i].text) = (uint32_t)i + 1;
}

struct fact *facts_add(struct facts *f, enum fact_kind kind, const char *text, double now)
{
	uint32_t *at;

	if (f->count * 2 >= f->slots)
		grow(f);
	at = place(f, kind, text);
	if (!*at) {
		f->fact = room_for_one(f->fact, f->count, &f->held, sizeof *f->fact);
		f->fact[f->count] = (struct fact){kind, room_text(text), now, 0};
		*at = (uint32_t)++f->count;
	}
	f->fact[*at - 1].times++;
	return &f->fact[*at - 1];
}

const struct fact *facts_find(const struct facts *f, enum fact_kind kind, const char *text)
{
	uint32_t at = f->slots ? *place(f, kind, text) : 0;

	return at ? &f->fact[at - 1] : NULL;
}

void facts_free(struct facts *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->fact[i].text);
	free(f->fact);
	free(f->slot);
	memset(f, 0, sizeof *f);
}
