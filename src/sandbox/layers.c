// SPDX-License-Identifier: MIT
#include "sandbox/layers.h"

#include <string.h>

static const char *const names[] = {
#define LAYER_X(id, name, option, what) name,
    LAYERS(LAYER_X)
#undef LAYER_X
};

const char *layer_name(enum layer l)
{
	return names[l];
}

int layer_from_name(const char *name)
{
	for (int i = 0; i < LAYER_COUNT; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}
