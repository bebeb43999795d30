/* SPDX-License-Identifier: MIT
 *
 * The metrics as a file for a collector: replaced in one step, so that no reader sees half of it.
 */
#ifndef GUARD_METRICS_FILE_H
#define GUARD_METRICS_FILE_H

#include "guard/guard.h"

/* path must outlive the process's last write. Checks that it can be written. */
int metrics_file_open(const char *path, struct err *e);
int metrics_file_write(struct guard *g, struct err *e);

#endif
