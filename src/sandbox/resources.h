/* SPDX-License-Identifier: MIT
 *
 * What a program gets where its profile names no limit: never "no limit".
 */
#ifndef SANDBOX_RESOURCES_H
#define SANDBOX_RESOURCES_H

#include <stdint.h>

#include "base/err.h"
#include "sandbox/profile.h"

struct limits {
	uint64_t memory, file_size, tmp_size; /* bytes */
	uint32_t processes, cpu_percent, files;
};

/* ram: bytes of memory of this machine; processors: how many it has. Pure. */
void limits_make(struct limits *to, const struct profile *p, uint64_t ram, unsigned processors);

/* Sets the calling process's resource limits. */
int limits_enter(const struct limits *l, struct err *e);

#endif
