/* SPDX-License-Identifier: MIT
 *
 * What one program has to say: a pipe for its standard output and error, and a socket that is
 * /dev/log to it. A program that floods either is slowed (pipe) or not listened to (socket); beyond
 * its rate lines are left out and counted.
 */
#ifndef SUPERVISE_OUTPUT_H
#define SUPERVISE_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "supervise/lines.h"
#include "supervise/sink.h"

#define OUTPUT_LINES_S	   200		/* lines a second that are kept, in the long run */
#define OUTPUT_LINES_BURST 1000		/* and at once */
#define OUTPUT_BYTES_S	   (128 * 1024) /* read a second: more, and the program has to wait */
#define OUTPUT_READ	   4096		/* at one go, so that others have their turn */

struct bucket {
	uint64_t left, from; /* left: in 1/10^9 of a unit */
};

struct output {
	int read, write; /* of the pipe; -1: none */
	int log;	 /* the socket; -1: none */
	struct lines lines;
	struct sink sink;
	struct bucket line_bucket, byte_bucket;
	uint64_t left_out; /* lines beyond the rate, all */
	uint64_t told;	   /* of them, those told of, and when */
	uint64_t told_at;
	const char *tag; /* the program's name */
	int pid;
};

/* Makes the pipe; opens the log at path (NULL: the system log) bounded to most bytes. */
int output_open(struct output *o, const char *tag, const char *path, uint64_t most, struct err *e);
void output_close(struct output *o);

/* Reads a piece of what the pipe holds. Returns 0, or the ns until there may be more reading. */
uint64_t output_read(struct output *o, uint64_t now);

/* Reads one datagram of the socket: syslog(3) as programs speak it. They can neither choose the
 * facility, nor a priority above SAY_ERR, nor another's name. Returns the same. */
uint64_t output_read_log(struct output *o, uint64_t now);

/* The program has ended: what it began to print is a line. */
void output_end(struct output *o, uint64_t now);

#endif
