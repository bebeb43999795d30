/* SPDX-License-Identifier: MIT */
#ifndef GUARD_SLIM_H
#define GUARD_SLIM_H

/* Gives back the pages of code and constants that only the start needed: those of the program and
 * of libc that are never written. What is used again comes back from the file, page by page. */
void slim(void);

#endif
