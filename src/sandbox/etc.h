/* SPDX-License-Identifier: MIT
 *
 * What programs see of /etc: copies of a short list of public files, in a folder that every sandbox
 * has bound. A bound file would stay the old one when another takes its place (a new lease writes a
 * new resolv.conf); a bound folder shows the new one.
 */
#ifndef SANDBOX_ETC_H
#define SANDBOX_ETC_H

#include <stdbool.h>

#include "base/err.h"

/* Where the copies are in a view that has an /etc of its own. */
#define ETC_ASIDE "/.holdfast-etc"

struct etc_name {
	const char *name;  /* in /etc */
	const char *at;	   /* "etc/NAME" */
	const char *aside; /* ETC_ASIDE "/NAME" */
};
extern const struct etc_name etc_names[]; /* ended by a row without a name */

/* Brings the copies in folder (made if missing) up to date: those whose original changed since the
 * last time are replaced, each at once. Returns how many, or -1 with e. quick: looks at each of
 * them only when /etc itself, resolv.conf or hosts changed, or a minute after the last time. */
int etc_refresh(const char *folder, bool quick, struct err *e);

/* A descriptor of inotify(7), not blocking, that tells of changes in /etc and where resolv.conf
 * leads; -1: none. etc_heard() empties it. */
int etc_watch(void);
void etc_heard(int watch);

#endif
