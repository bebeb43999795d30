// SPDX-License-Identifier: MIT
#include "sandbox/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static int script(const uint8_t *head, size_t n, char to[PROGRAM_PATH])
{
	size_t i = 2, len = 0;

	while (i < n && (head[i] == ' ' || head[i] == '\t'))
		i++;
	while (i + len < n && len < PROGRAM_PATH - 1 && !strchr(" \t\n", head[i + len]))
		len++;
	if (!len || head[i] != '/')
		return -1;
	memcpy(to, head + i, len);
	to[len] = 0;
	return 1;
}

/* The file's own byte order is this machine's, or it would not run. */
static uint64_t number(const uint8_t *at, size_t size)
{
	uint16_t h;
	uint32_t w;
	uint64_t d;

	if (size == 2)
		return memcpy(&h, at, 2), h;
	if (size == 4)
		return memcpy(&w, at, 4), w;
	return memcpy(&d, at, 8), d;
}

#define FIELD(base, wide, type, name)                                                              \
	((wide)                                                                                    \
	     ? number((base) + offsetof(Elf64_##type, name), sizeof(((Elf64_##type *)0)->name))    \
	     : number((base) + offsetof(Elf32_##type, name), sizeof(((Elf32_##type *)0)->name)))

/* The program header of that type: 1 and *ph, 0 when there is none, -1 when they are not all in the
 * first n bytes. */
static int header(const uint8_t *head, size_t n, uint32_t type, const uint8_t **ph)
{
	bool wide = head[EI_CLASS] == ELFCLASS64;
	size_t size = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t at, count;

	if (n < sizeof(Elf64_Ehdr))
		return -1;
	at = FIELD(head, wide, Ehdr, e_phoff);
	count = FIELD(head, wide, Ehdr, e_phnum);
	for (uint64_t i = 0; i < count; i++, at += size) {
		*ph = head + at;
		if (at > n || n - at < size)
			return -1;
		if (FIELD(*ph, wide, Phdr, p_type) == type)
			return 1;
	}
	return 0;
}

static int elf(const uint8_t *head, size_t n, char to[PROGRAM_PATH])
{
	bool wide = head[EI_CLASS] == ELFCLASS64;
	const uint8_t *ph;
	uint64_t text, len;
	int rc = header(head, n, PT_INTERP, &ph);

	if (rc <= 0)
		return rc;
	text = FIELD(ph, wide, Phdr, p_offset);
	len = FIELD(ph, wide, Phdr, p_filesz);
	if (len < 2 || len > PROGRAM_PATH || text > n || n - text < len)
		return -1;
	memcpy(to, head + text, len);
	return to[len - 1] == 0 && to[0] == '/' ? 1 : -1;
}

static bool is_elf(const uint8_t *head, size_t n)
{
	return n > SELFMAG + 2 && !memcmp(head, ELFMAG, SELFMAG);
}

bool program_runs_stack(const uint8_t *head, size_t n)
{
	const uint8_t *ph;
	bool wide;
	int rc;

	if (!is_elf(head, n))
		return false;
	wide = head[EI_CLASS] == ELFCLASS64;
	rc = header(head, n, PT_GNU_STACK, &ph);
	return rc > 0 ? FIELD(ph, wide, Phdr, p_flags) & PF_X : !rc && !wide;
}

int program_interpreter(const uint8_t *head, size_t n, char to[PROGRAM_PATH])
{
	if (n > 2 && head[0] == '#' && head[1] == '!')
		return script(head, n, to);
	if (is_elf(head, n))
		return elf(head, n, to);
	return -1;
}

/* Only to know what else is needed: what is executed is opened again, with care. */
static int read_head(const char *path, uint8_t head[PROGRAM_HEAD])
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, head, PROGRAM_HEAD);
	close(fd);
	return (int)n;
}

static int listed(char to[][PROGRAM_PATH], int have, const char *path)
{
	for (int i = 0; i < have; i++)
		if (!strcmp(to[i], path))
			return 1;
	return 0;
}

int program_needs(const char *path, char to[][PROGRAM_PATH], int have, int max, bool *runs_stack,
		  struct err *e)
{
	uint8_t head[PROGRAM_HEAD];
	char next[PROGRAM_PATH];
	const char *at = path;

	for (int depth = 0; depth < 5; depth++) { /* as deep as the kernel goes */
		int n = read_head(at, head), rc;

		if (n < 0)
			return err_sys(e, errno, "program '%s'", at);
		rc = program_interpreter(head, (size_t)n, next);
		if (rc < 0)
			return err_set(e, EXIT_WRONG_USE, "'%s' is no program for this machine",
				       at);
		*runs_stack |= program_runs_stack(head, (size_t)n);
		if (!rc || listed(to, have, next))
			return have;
		if (have == max)
			return err_set(e, EXIT_WRONG_USE, "'%s': too many interpreters", path);
		memcpy(to[have], next, PROGRAM_PATH);
		at = to[have++];
		if (head[0] != '#')
			return have; /* a loader needs none itself */
	}
	return have;
}
