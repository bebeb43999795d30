/* SPDX-License-Identifier: MIT
 *
 * Is a file that a program opens kept from it by the sandbox? For reports alone: the kernel
 * decides, whatever is said here.
 */
#ifndef SANDBOX_OPENS_H
#define SANDBOX_OPENS_H

#include <stdbool.h>
#include <sys/types.h>

#include "sandbox/denial.h"
#include "sandbox/view.h"

/* What the view alone tells, without looking at a file. Pure. */
enum opens { OPENS_FINE, OPENS_LOOK, OPENS_NOT_WRITABLE };
enum opens opens_by_view(const struct view *v, const char *path, int flags);

/* Who opens it. */
struct opener {
	pid_t tid;
	/* The user that its profile names. What he may not open outside either, by the modes of
	 * files, is not kept from him by the sandbox: no line of a profile would open it. Not of a
	 * program that would be root outside, or could have become another user. */
	bool named;
	uid_t uid;
	gid_t gid;
};

/* path: absolute; flags: of open(2). True with *kind when the file is there outside and could be
 * opened, and is not there, or may not be written, inside. A file that is nowhere is not denied:
 * programs look for many of those. */
bool opens_denied(const struct view *v, const struct opener *by, const char *path, int flags,
		  enum denial_kind *kind);

#endif
