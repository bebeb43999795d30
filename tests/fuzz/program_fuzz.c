// SPDX-License-Identifier: MIT
//
// The beginning of a file as a program: whatever it says, the interpreter found in it is an
// absolute path that ends within its bounds, and nothing outside the bytes given is read. A third
// of the inputs get an ELF header in front, another third "#!", or few would get past the magic.
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long runs, found;

static void tell(void)
{
	printf("# an interpreter in %lu of %lu files\n", found, runs);
}

static void fail(const char *what)
{
	fprintf(stderr, "program_fuzz: broken promise: %s\n", what);
	abort();
}

/* A header that leads somewhere near. */
static void put_elf(uint8_t *at, size_t n, const uint8_t *seed)
{
	Elf64_Ehdr h = {.e_phoff = 64 + seed[0] % 8u, .e_phnum = seed[1] % 4u};
	Elf64_Phdr ph = {.p_type = seed[2] & 1 ? PT_INTERP : PT_LOAD,
			 .p_offset = 120 + seed[3],
			 .p_filesz = seed[4] % 64u};

	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = seed[5] & 3 ? ELFCLASS64 : ELFCLASS32;
	memcpy(at, &h, n < sizeof(h) ? n : sizeof(h));
	if (n >= 64 + sizeof(ph))
		memcpy(at + 64, &ph, sizeof(ph));
	if (n > 122u + seed[3])
		at[120 + seed[3]] = '/';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char to[PROGRAM_PATH];
	uint8_t *file; /* of exactly that size, so that the sanitizer sees a byte too far */
	int rc;

	if (!runs++)
		atexit(tell);
	if (size < 8)
		return 0;
	file = malloc(size);
	memcpy(file, data, size);
	if (data[7] % 3 == 0)
		put_elf(file, size, data);
	else if (data[7] % 3 == 1)
		memcpy(file, "#!", 2);
	rc = program_interpreter(file, size, to);
	free(file);
	if (rc < -1 || rc > 1)
		fail("no such answer");
	if (rc == 1 && (!memchr(to, 0, sizeof(to)) || to[0] != '/'))
		fail("an interpreter that is no path");
	found += rc == 1;
	return 0;
}
