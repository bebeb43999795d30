/* SPDX-License-Identifier: MIT
 *
 * The profiles in a folder, in the order of their names: that is the order of starting.
 */
#ifndef SUPERVISE_FOLDER_H
#define SUPERVISE_FOLDER_H

#include "base/err.h"
#include "supervise/program.h"

struct folder {
	unsigned count;
	unsigned beyond; /* more than there is room for; LEDGER_MOST is the bound */
	char name[LEDGER_MOST][PROGRAM_FILE];
};

/* Every NAME.conf and NAME.hfp that does not begin with a dot. Returns 0, or -1 with e when the
 * folder cannot be read. Allocates nothing. */
int folder_list(struct folder *f, const char *path, struct err *e);

#endif
