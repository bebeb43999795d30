/* SPDX-License-Identifier: MIT
 *
 * The BPF back-end: records are maps pinned in g->dir, attaching is attach.h.
 */
#ifndef GUARD_BPF_H
#define GUARD_BPF_H

#include "guard/guard.h"

extern const struct guard_backend guard_bpf;

/* Path of name in the pin directory. Returns buf. */
#define PIN_PATH (GUARD_DIR + 40)
const char *guard_path(const struct guard *g, const char *name, char buf[static PIN_PATH]);

#endif
