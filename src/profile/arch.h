/* SPDX-License-Identifier: MIT
 *
 * System calls of other architectures by name (libseccomp): profiles are compiled on the host for
 * devices.
 */
#ifndef PROFILE_ARCH_H
#define PROFILE_ARCH_H

#include "base/err.h"
#include "sandbox/calls.h"

/* The architecture of that name (sandbox/calls.h); NULL for a name: this machine's. NULL, with e
 * listing the names, when there is none. */
const struct call_arch *arch_named(const char *name, struct err *e);

/* The same by AUDIT_ARCH_*; 0: this machine's. NULL when there is none. */
const struct call_arch *arch_of(uint32_t audit);

#endif
