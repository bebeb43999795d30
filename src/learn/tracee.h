/* SPDX-License-Identifier: MIT
 *
 * One watched thread: what it is doing, its memory, the files it means.
 */
#ifndef LEARN_TRACEE_H
#define LEARN_TRACEE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "learn/facts.h"

#define TRACEE_PATHS 2

struct tracee {
	pid_t tid, pid;
	bool inside;	/* between entry and exit of a call */
	bool executed;	/* has become the program: what our own child did before does not count */
	bool switched;	/* has taken another uid */
	bool known_pid; /* pid was read */
	long call;
	uint64_t arg[6];
	char path[TRACEE_PATHS][PATH_MAX]; /* of the call it is in; "" for none */
	bool existed;			   /* path[0] did when the call began */
};

/* Reads n bytes at address at of t. Returns 0, -1 where there are none. */
int tracee_read(const struct tracee *t, uint64_t at, void *to, size_t n);
/* Reads a string of at most n - 1 bytes. */
int tracee_text(const struct tracee *t, uint64_t at, char *to, size_t n);

/* Makes name, relative to dirfd (AT_FDCWD: where it is), absolute and plain, without following
 * links. *relative is set when it was not absolute. */
int tracee_path(const struct tracee *t, int dirfd, const char *name, char to[static PATH_MAX],
		bool *relative);
/* Where a descriptor leads: a path; -1 for what has none (pipes, sockets, deleted files). */
int tracee_fd(const struct tracee *t, int fd, char to[static PATH_MAX]);

/* Takes "." and ".." and "//" out of an absolute path, in place. */
void path_plain(char *path);

#endif
