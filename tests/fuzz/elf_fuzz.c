// SPDX-License-Identifier: MIT
//
// ELF files of any content through the whole of static analysis, and profiles of any content
// through merging. Promises held against: one line when it fails, an end in bounded time, what is
// found is a call that there is, and the same file gives the same calls.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "learn/lines.h"
#include "learn/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void broken(const char *what)
{
	fprintf(stderr, "elf_fuzz: broken promise: %s\n", what);
	abort();
}

static char path[64];

static void one_line(const struct err *e)
{
	if (!*e->text || strchr(e->text, '\n'))
		broken("failed without one line");
}

static void analyse(struct scan *s)
{
	struct err e = {0};

	memset(s, 0, sizeof *s);
	if (scan_program(s, path, NULL, "/nonexistent", &e))
		one_line(&e);
	for (size_t i = 0; i < s->calls; i++)
		if (!s->call[i].name || !s->call[i].via)
			broken("a call without a name");
}

static void merge(void)
{
	struct lines l = {0};
	struct err e = {0};

	if (lines_read(&l, path, &e))
		one_line(&e);
	for (size_t i = 0; i < l.count; i++)
		if (strpbrk(l.line[i].note, "\n\r"))
			broken("a comment of two lines");
	lines_free(&l);
}

static void clean_up(void)
{
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scan first, again;
	FILE *f;

	if (!*path) {
		snprintf(path, sizeof path, "/tmp/holdfast-elf-fuzz-%d", (int)getpid());
		atexit(clean_up);
	}
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		exit(3);
	merge();
	analyse(&first);
	if (size % 16 == 0) {
		analyse(&again);
		if (again.calls != first.calls || again.reached != first.reached)
			broken("the same file, other calls");
		scan_free(&again);
	}
	scan_free(&first);
	return 0;
}
