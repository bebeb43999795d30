/* SPDX-License-Identifier: MIT
 *
 * What one profile allows more or less than another.
 */
#ifndef PROFILE_CHANGE_H
#define PROFILE_CHANGE_H

#include "profile/source.h"

enum change_kind {
	CHANGE_WIDER,	 /* the second lets more happen */
	CHANGE_NARROWER, /* or less */
	CHANGE_OTHER,	 /* or something else, neither of the two */
	CHANGE_KINDS
};

struct change {
	enum change_kind kind;
	int key;	  /* enum profile_key_id */
	const char *from; /* NULL: was not there */
	const char *to;	  /* NULL: is not there any more */
};

/* Tells each difference. A path counts as new only when nothing above it was allowed before, and
 * so on: what is told as wider is something that the first would refuse. */
void change_all(const struct source *from, const struct source *to,
		void (*each)(void *arg, const struct change *c), void *arg);

#endif
