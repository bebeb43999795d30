/* SPDX-License-Identifier: MIT
 *
 * All there is while the supervisor runs, and what its files share: supervise.c begins and ends,
 * loop.c waits and hands out events, ends.c looks at who has ended, set.c keeps the programs true
 * to the folder.
 */
#ifndef SUPERVISE_LOOP_H
#define SUPERVISE_LOOP_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "sandbox/denial_log.h"
#include "supervise/crashes.h"
#include "supervise/hardware.h"
#include "supervise/program.h"
#include "supervise/supervise.h"

/* The profile being read, on pages of its own, which are given back when it has been: by the
 * supervisor, and by a sandbox's first process with all of struct loop. */
struct fresh {
	alignas(4096) struct profile profile;
};

struct loop {
	const struct supervise_options *o;
	const char *run;
	int poll, signals, timer, control, lock;
	struct crashes crashes;
	int etc; /* readable when /etc has changed */
	struct hardware hardware;
	struct denial_log denials;
	uint64_t now; /* CLOCK_MONOTONIC, ns; the same for all of a round */
	uint64_t fed, init_told, init_every, exits_from;
	unsigned order; /* of the last start of a new program */
	bool stopping, more_to_reap, ledger_failed;
	bool started; /* a program, since the last wait */
	int stop_signal;
	uint64_t stop_from;
	unsigned top; /* no place from here on was ever used; looking at one would cost its page */
	struct program program[LEDGER_MOST];
	struct fresh fresh;
};

/* What an event of epoll is about; a number of the program stands beside it. */
enum loop_kind {
	KIND_SIGNAL,
	KIND_TIMER,
	KIND_CONTROL,
	KIND_CRASHES,
	KIND_OUT,
	KIND_LOG,
	KIND_NOTIFY,
	KIND_REFUSED,
	KIND_ETC,
};

/* CLOCK_MONOTONIC, ns. */
uint64_t loop_clock(void);

/* fd -1: nothing to watch. p NULL: it is no program's. */
void loop_watch_fd(struct loop *l, int fd, enum loop_kind k, const struct program *p);

/* Until all programs have stopped because somebody wanted that. */
void loop_stay(struct loop *l);

/* Tells the state machine and does what it wants. */
void loop_happen(struct loop *l, struct program *p, enum sup_event e);

/* Whether p has no process and wants none. */
bool loop_is_still(const struct program *p);

/* Lets epoll watch what p has besides its process. */
void loop_watch(struct loop *l, struct program *p);

/* Reads the folder: new programs are started, changed ones stopped to be started again, gone ones
 * stopped to be forgotten; broken ones are told. Returns 0, or -1 with e when it cannot be read. */
int set_read(struct loop *l, struct err *e);

/* Goes on with programs that have stopped for set_read(). */
void set_settle(struct loop *l);

#endif
