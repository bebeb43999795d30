/* SPDX-License-Identifier: MIT
 *
 * One value of a profile, from text into its field. Private to the parser (profile_ini.c).
 */
#ifndef SANDBOX_PROFILE_VALUE_H
#define SANDBOX_PROFILE_VALUE_H

#include <stdbool.h>

#include "sandbox/calls.h"
#include "sandbox/profile_keys.h"

struct value {
	struct profile *p;
	const struct call_arch *arch;
	bool foreign;	/* calls of another architecture: names are looked at by nobody here */
	char word[256]; /* on failure: the word that is wrong */
	char why[160];	/* and why */
};

/* Reads text, which may be one of several lines for a key that is a list. Returns 0, or -1 with
 * word and why filled; the profile may then hold part of the value. */
int value_set(struct value *v, const struct profile_key *k, const char *text);

/* Whether lines of this key add up; others may be given once. */
bool value_is_list(const struct profile_key *k);

/* "did you mean" for a key or section that is none; NULL when nothing is near. */
const char *value_nearest_key(const char *section, const char *key);

#endif
