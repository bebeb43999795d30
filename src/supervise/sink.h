/* SPDX-License-Identifier: MIT
 *
 * Where lines of a program end up: the system log, or a file that never grows beyond its bound.
 */
#ifndef SUPERVISE_SINK_H
#define SUPERVISE_SINK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SINK_SIZE (1u << 20) /* of a log file, where the profile says nothing */

struct sink {
	int folder, file;    /* -1: the system log */
	char name[NAME_MAX]; /* in folder */
	uint64_t size, most;
	uint64_t lines, lost; /* lost: disk full, nobody at /dev/log, ... */
	bool losing;
};

/* Opens the file at path (absolute, made when missing, mode 0640) and bounds it to most bytes; then
 * it is turned over to `path.1`. path NULL: the system log. Refuses (EXIT_SYSTEM) a folder that
 * others than root can put a link into. */
int sink_open(struct sink *s, const char *path, uint64_t most, struct err *e);
void sink_close(struct sink *s);

/* One line of the program tag. What cannot be written is counted in lost, and told once when it
 * begins and once when it is over. */
void sink_line(struct sink *s, const char *tag, int pid, int priority, const char *text, size_t n);

#endif
