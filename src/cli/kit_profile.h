/* SPDX-License-Identifier: MIT
 *
 * holdfast-kit profile.
 */
#ifndef CLI_KIT_PROFILE_H
#define CLI_KIT_PROFILE_H

#include "cli/cli.h"
#include "profile/source.h"

int kit_profile(int argc, char **argv);
extern const struct opt_use kit_profile_use;

/* The two that show (kit_profile_show.c). */
void kit_profile_explain(const struct source *s, const char *path);
void kit_profile_explain_json(const struct source *s, const char *path);
/* Return EXIT_NO when the second is wider. */
int kit_profile_diff(const struct source *from, const struct source *to);
int kit_profile_diff_json(const struct source *from, const struct source *to);

#endif
