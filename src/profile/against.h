/* SPDX-License-Identifier: MIT
 *
 * A profile against the files of the machine or image that it is for.
 */
#ifndef PROFILE_AGAINST_H
#define PROFILE_AGAINST_H

#include "profile/source.h"

/* Tells each thing that would keep the program from starting: files that are missing or of the
 * wrong kind, users that there are not, programs for another processor. root is the top of the
 * image, "/" for this machine; links are followed inside it. Returns how many; -1 with e when root
 * cannot be opened. */
int against_files(const struct source *s, const char *root,
		  void (*fault)(void *arg, int key, const char *value, const char *why), void *arg,
		  struct err *e);

#endif
