/* SPDX-License-Identifier: MIT
 *
 * The terminal as a canvas: a screen of its own, keys one by one, and everything put back however
 * the program ends (SIGKILL excepted).
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stddef.h>

#include "base/err.h"
#include "limiter/types.h"

/* Takes the terminal over. EXIT_SYSTEM when standard input or output is none. */
int term_open(struct err *e);
void term_close(void);

/* Shows text (lines end with '\n'; may hold ANSI colours and UTF-8), cut to width and height. */
void term_paint(const char *text, unsigned width, unsigned height);

/* Waits at most ns for a key. Returns it; 0 when the time is over or the window has changed its
 * size; -1 when the terminal has gone. */
int term_key(lim_u64 ns);

#endif
