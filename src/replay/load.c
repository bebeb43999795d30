// SPDX-License-Identifier: MIT
#include "replay/load.h"

#include <string.h>

static void subtract(struct result_load *from, const struct result_load *what)
{
	from->packets -= what->packets;
	from->bytes -= what->bytes;
	from->contacts -= what->contacts;
}

static void add(struct result_load *to, const struct result_load *what)
{
	to->packets += what->packets;
	to->bytes += what->bytes;
	to->contacts += what->contacts;
}

static void raise(uint64_t *most, uint64_t value)
{
	if (value > *most)
		*most = value;
}

static void advance(struct load *l, uint64_t step)
{
	if (step - l->step >= LOAD_BINS) {
		memset(l->bin, 0, sizeof l->bin);
		l->sum = (struct result_load){0};
		l->step = step;
		return;
	}
	while (l->step < step) {
		struct result_load *b = &l->bin[++l->step % LOAD_BINS];

		subtract(&l->sum, b);
		*b = (struct result_load){0};
	}
}

void load_add(struct load *l, uint64_t now, const struct result_load *what)
{
	advance(l, now / LOAD_STEP);
	add(&l->bin[l->step % LOAD_BINS], what);
	add(&l->sum, what);
	raise(&l->most.packets, l->sum.packets);
	raise(&l->most.bytes, l->sum.bytes);
	raise(&l->most.contacts, l->sum.contacts);
}
