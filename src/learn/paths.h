/* SPDX-License-Identifier: MIT
 *
 * From the files a run used to the lines of a profile: what every sandbox shows already is left
 * out, names that differ from run to run become their folder, secrets are offered, not given.
 */
#ifndef LEARN_PATHS_H
#define LEARN_PATHS_H

#include "learn/facts.h"
#include "learn/lines.h"

/* program: the absolute path that is executed. Pure but for looking at what is there now. */
void paths_lines(const struct facts *f, const char *program, struct lines *to);

#endif
