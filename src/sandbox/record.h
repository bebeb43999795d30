/* SPDX-License-Identifier: MIT
 *
 * The packed record of a profile: what `holdfast-kit profile compile` writes and the device reads
 * instead of text. Little endian whatever the machine:
 *
 *	4 bytes magic, 2 version, 2 zero, 4 architecture, 4 length of all, 4 CRC-32 of the rest
 *	nine parts in a fixed order, each 2 bytes of length and so many bytes: name, numbers, text,
 *	arguments, environment, paths, ports, calls allowed, calls denied
 *
 * The architecture (AUDIT_ARCH_*) is that of the call numbers, 0 when there are none: such a record
 * fits every machine. The checksum finds accidents, not forgery: whoever can write the file of a
 * profile decides what it says, packed or not.
 */
#ifndef SANDBOX_RECORD_H
#define SANDBOX_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/profile.h"

#define RECORD_MAGIC   "\x89HFP"
#define RECORD_VERSION 2
#define RECORD_MAX     10240 /* bytes; every profile fits */

/* Whether this is the beginning of a record. */
bool record_is(const void *bytes, size_t n);

/* Packs p, which must pass profile_check(), its calls being those of arch (AUDIT_ARCH_*). Returns
 * how many bytes. The same profile gives the same bytes. */
size_t record_encode(const struct profile *p, uint32_t arch, uint8_t to[static RECORD_MAX]);

/* Unpacks and checks (profile_check()). Returns 0 and the architecture, 0 for any; or -1 with e
 * (WRONG_USE) saying what is wrong, and *p undefined. record_encode() gives back the very bytes. */
int record_decode(struct profile *p, uint32_t *arch, const void *bytes, size_t n, struct err *e);

#endif
