// SPDX-License-Identifier: MIT
#include "replay/set.h"

#include <stdlib.h>

#define FIRST_ROOM 256

static uint64_t *find(uint64_t *slot, size_t room, uint64_t hash)
{
	size_t i = (size_t)hash & (room - 1);

	while (slot[i] && slot[i] != hash)
		i = (i + 1) & (room - 1);
	return &slot[i];
}

static bool grow(struct set *s)
{
	size_t room = s->room ? 2 * s->room : FIRST_ROOM;
	uint64_t *slot = calloc(room, sizeof *slot);

	if (!slot)
		return false;
	for (size_t i = 0; i < s->room; i++)
		if (s->slot[i])
			*find(slot, room, s->slot[i]) = s->slot[i];
	free(s->slot);
	s->slot = slot;
	s->room = room;
	return true;
}

bool set_add(struct set *s, uint64_t hash, size_t most)
{
	uint64_t *at;

	hash |= (uint64_t)1 << 63; /* zero marks a free slot */
	if (2 * (s->used + 1) > s->room && !grow(s))
		return false;
	at = find(s->slot, s->room, hash);
	if (*at || s->used >= most)
		return false;
	*at = hash;
	s->used++;
	return true;
}

void set_free(struct set *s)
{
	free(s->slot);
	*s = (struct set){0};
}
