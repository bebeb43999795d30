/* SPDX-License-Identifier: MIT
 *
 * One system call of a watched thread into facts.
 */
#ifndef LEARN_WATCH_H
#define LEARN_WATCH_H

#include "learn/tracee.h"

/* The call begins: t->call and t->arg are set. Remembers what will be gone at the end. */
void watch_entry(struct tracee *t, struct facts *f, double now);
/* The call has ended with result (negative: -errno). */
void watch_exit(struct tracee *t, struct facts *f, int64_t result, double now);
/* t has become another program; first: it is the one that was asked for. */
void watch_exec(struct tracee *t, struct facts *f, bool first, double now);

#endif
