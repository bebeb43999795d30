/* SPDX-License-Identifier: MIT
 *
 * Lines of a profile that deserve a second look: what an intruder in the program would gain.
 */
#ifndef PROFILE_RISK_H
#define PROFILE_RISK_H

#include "profile/source.h"

/* Tells each; key is an enum profile_key_id, value the word in question (may be NULL). */
void risk_all(const struct source *s,
	      void (*each)(void *arg, int key, const char *value, const char *why), void *arg);

#endif
