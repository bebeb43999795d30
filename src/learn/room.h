/* SPDX-License-Identifier: MIT
 *
 * Arrays that grow. This is a tool on a PC: when there is no memory left it ends (abort), there is
 * nothing half-done to clean up.
 */
#ifndef LEARN_ROOM_H
#define LEARN_ROOM_H

#include <stdlib.h>
#include <string.h>

static inline void *room_or_end(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Makes place for one more element of size bytes; returns the array, perhaps moved. */
static inline void *room_for_one(void *array, size_t count, size_t *held, size_t size)
{
	if (count < *held)
		return array;
	*held = *held ? *held * 2 : 16;
	return room_or_end(reallocarray(array, *held, size));
}

static inline char *room_text(const char *s)
{
	return room_or_end(strdup(s));
}

#endif
