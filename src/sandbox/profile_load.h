/* SPDX-License-Identifier: MIT
 *
 * A profile from a file, text (sandbox/profile_ini.h) or record (sandbox/record.h), told apart by
 * the record's magic.
 */
#ifndef SANDBOX_PROFILE_LOAD_H
#define SANDBOX_PROFILE_LOAD_H

#include <stddef.h>

#include "sandbox/profile.h"

#define PROFILE_FILE_MAX (256u << 10)

/* Reads, checks and fills *p for this machine. Returns 0; or -1 with *p undefined and e naming the
 * file: WRONG_USE for what it says, also when anybody may write to it, SYSTEM when it cannot be
 * read. */
int profile_load(struct profile *p, const char *path, struct err *e);

/* The bytes of such a file, in memory of their own, for who wants to look closer. */
struct profile_file {
	char *bytes;
	size_t len;
};
int profile_file_read(struct profile_file *f, const char *path, struct err *e);
void profile_file_free(struct profile_file *f);

#endif
