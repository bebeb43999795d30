// SPDX-License-Identifier: MIT
//
// Any bytes as a kernel's description of its types: refused with one line, or taken, and then every
// question has an answer within bounds. Most inputs get a right head, and types put together from
// their parts, which gets past the first check and into structures within structures.
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lockdown/btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 32768

static const char names[] = "\0a\0b\0task_struct\0flags\0bpf_lsm_bpf";

static void fail(const char *what)
{
	fprintf(stderr, "btf_fuzz: broken promise: %s\n", what);
	abort();
}

static void put(uint8_t **at, uint32_t v)
{
	memcpy(*at, &v, sizeof v);
	*at += sizeof v;
}

/* A type: kind and number of members of two bytes, then words of small numbers. */
static void compose_one(uint8_t **at, const uint8_t *d)
{
	static const uint8_t kinds[] = {4, 4, 4, 5, 5, 8, 10, 1, 2, 3, 12, 13, 14, 19};
	static const uint8_t name_at[] = {0, 1, 3, 5, 5, 17, 23, 200};
	uint32_t kind = d[0] > 253 ? 31 : kinds[d[0] % sizeof kinds], n = d[1] & 7;

	put(at, name_at[d[2] % sizeof name_at]);
	put(at, (uint32_t)(d[1] >> 7) << 31 | kind << 24 | n);
	put(at, d[3] & 31);
	for (uint32_t i = 0; i < n * 3; i++)
		put(at, i % 3 == 0 ? name_at[d[(i * 7 + 4) % 16] % 7]
				   : (uint32_t)(d[(i * 7 + 4) % 16] & 31) << (i % 3 == 2 ? 3 : 0));
}

static size_t compose(uint8_t *to, const uint8_t *data, size_t size)
{
	struct btf_header h = {.magic = BTF_MAGIC,
			       .version = BTF_VERSION,
			       .hdr_len = sizeof h,
			       .str_len = sizeof names};
	uint8_t *at = to + sizeof h;

	for (; size >= 16 && at - to < MOST - 512; data += 16, size -= 16)
		compose_one(&at, data);
	h.type_len = h.str_off = (uint32_t)(at - to - (ptrdiff_t)sizeof h);
	memcpy(to, &h, sizeof h);
	memcpy(at, names, sizeof names);
	return (size_t)(at - to) + sizeof names;
}

static unsigned long runs, taken, found;

static void tell(void)
{
	printf("# %lu of %lu taken, %lu members found\n", taken, runs, found);
}

static void ask(const struct btf *b, size_t size)
{
	static const char *const members[] = {"flags", "a", "b", "a.b", "b.a.flags", "flags.a", ""};

	if (btf_function(b, "bpf_lsm_bpf") > b->count || btf_function(b, "") > b->count)
		fail("a function beyond the last");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		long at = btf_member(b, "task_struct", members[i]);

		if (at < -1)
			fail("neither a place nor none");
		found += at >= 0;
	}
	if (b->count > size / 12)
		fail("more types than bytes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t made[MOST];
	struct err e = {0};
	struct btf b;

	if (!runs++)
		atexit(tell);
	if (size && data[0] & 3) {
		size = compose(made, data + 1, size - 1);
		data = made;
	}
	if (btf_open(&b, data, size, &e)) {
		if (e.code != EXIT_SYSTEM || !*e.text || strchr(e.text, '\n'))
			fail("not one line of reason");
		return 0;
	}
	taken++;
	ask(&b, size);
	btf_close(&b);
	return 0;
}
