/* SPDX-License-Identifier: MIT
 *
 * A profile as people write it (INI, holdfast-profile(5)) into struct profile.
 *
 * Lines: "[section]", "key = value", comments behind ';' (at the start of a line also '#'). A line
 * that begins with a blank continues the one before, unless it begins with a key. A key may stand
 * behind its section on one line: "[allow] read = /etc/x", as denials are printed. A section
 * "[syscalls arm64]" counts on that architecture alone.
 */
#ifndef SANDBOX_PROFILE_INI_H
#define SANDBOX_PROFILE_INI_H

#include <stddef.h>

#include "sandbox/calls.h"
#include "sandbox/profile.h"

struct profile_source {
	const char *text; /* need not end with 0 */
	size_t len;
	const char *path;	      /* for messages, and for the default name */
	const struct call_arch *arch; /* whose calls the names mean; NULL: this machine's */
};

/* Reads and checks (profile_check()). Returns 0; or -1 with *p undefined and e (WRONG_USE) being
 * one line "FILE:LINE: key = value: reason". */
int profile_ini(struct profile *p, const struct profile_source *s, struct err *e);

/* The same, telling each fault that it finds instead of stopping at the first; no line is read
 * after so many. Returns how many. */
#define PROFILE_FAULTS 50
unsigned profile_ini_all(struct profile *p, const struct profile_source *s,
			 void (*fault)(void *arg, const struct err *e), void *arg);

/* Writes into to the name that a profile in the file path has by default: the file's own without
 * its ending; empty when that is no name. */
void profile_name_of(const char *path, char to[static PROFILE_NAME]);

#endif
