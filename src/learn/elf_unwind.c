// SPDX-License-Identifier: MIT
#include "learn/elf_unwind.h"

#include <string.h>

/* Pointer encodings (LSB, "DWARF Exception Header Encoding"). */
#define PC_RELATIVE_4 0x1b
#define ABSOLUTE_8    0x00
#define ENC_NONE      0xff
#define COMMON_MAX                                                                                 \
	256 /* bytes of a common entry that are looked at: each of its entries does so             \
	     */

void unwind_read_table(struct elf_file *f, uint64_t at, const uint8_t *p, size_t size)
{
	uint32_t n;

	if (size < 12 || p[0] != 1 || p[1] != 0x1b || p[2] != 0x03 || p[3] != 0x3b)
		return;
	memcpy(&n, p + 8, 4);
	if (n > (size - 12) / 8)
		n = (uint32_t)((size - 12) / 8);
	for (uint32_t i = 0; i < n; i++) {
		int32_t distance;

		memcpy(&distance, p + 12 + 8 * (size_t)i, 4);
		elf_add_func(f, at + (uint64_t)(int64_t)distance, NULL);
	}
}

static size_t skip_number(const uint8_t *p, size_t at, size_t size)
{
	while (at < size && p[at] & 0x80)
		at++;
	return at + 1;
}

static size_t pointer_size(uint8_t encoding)
{
	switch (encoding & 7) {
	case 2:
		return 2;
	case 3:
		return 4;
	default:
		return 8;
	}
}

/* How the entries of one common entry write the start of a function; ENC_NONE: unknown. *signal is
 * set where they are what signal handlers return to. */
static uint8_t encoding_of(const uint8_t *p, size_t size, bool *signal)
{
	const char *augmentation = (const char *)p + 9;
	size_t at = 9, personality;
	uint8_t encoding = ABSOLUTE_8;

	if (size > COMMON_MAX)
		size = COMMON_MAX;
	while (at < size && p[at])
		at++;
	if (at >= size || *augmentation != 'z')
		return at >= size || *augmentation ? ENC_NONE : ABSOLUTE_8;
	at = skip_number(p, at + 1, size);
	at = skip_number(p, at, size);
	at = skip_number(p, at, size); /* the return address' register */
	at = skip_number(p, at, size); /* length of what follows */
	for (augmentation++; *augmentation; augmentation++) {
		if (at >= size)
			return ENC_NONE;
		if (*augmentation == 'R') {
			encoding = p[at++];
		} else if (*augmentation == 'L') {
			at++;
		} else if (*augmentation == 'P') {
			personality = pointer_size(p[at]);
			at += 1 + personality;
		} else if (*augmentation == 'S') {
			*signal = true;
		} else if (*augmentation != 'B') {
			return ENC_NONE;
		}
	}
	return encoding;
}

/* The entry at p, loaded at `at`; common: the one that it points back to. */
static void add_start(struct elf_file *f, const uint8_t *common, size_t common_size, uint64_t at,
		      const uint8_t *p, size_t size)
{
	bool signal = false;
	uint8_t encoding = encoding_of(common, common_size, &signal);
	uint64_t start;
	int32_t distance;

	if (encoding == PC_RELATIVE_4 && size >= 4) {
		memcpy(&distance, p, 4);
		start = at + (uint64_t)(int64_t)distance;
	} else if (encoding == ABSOLUTE_8 && size >= 8) {
		memcpy(&start, p, 8);
	} else {
		return;
	}
	/* Unwinders look one byte before a return address: there these entries begin. */
	elf_add_func(f, start + (signal && f->machine == ELF_X86_64), NULL);
}

void unwind_read_frames(struct elf_file *f, uint64_t at, const uint8_t *p, size_t size)
{
	for (size_t i = 0; i + 8 <= size;) {
		uint32_t length, back;

		memcpy(&length, p + i, 4);
		memcpy(&back, p + i + 4, 4);
		if (!length || length < 4 || length > size - i - 4)
			return;
		/* An entry points back to its common one. */
		if (back && back <= i + 4) {
			size_t common = i + 4 - back;
			uint32_t common_length;

			if (common + 9 > size)
				return;
			memcpy(&common_length, p + common, 4);
			if (common_length >= 9 && common_length <= size - common - 4)
				add_start(f, p + common, common_length + 4, at + i + 8, p + i + 8,
					  length - 4);
		}
		i += 4 + (size_t)length;
	}
}
