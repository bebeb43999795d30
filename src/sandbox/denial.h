/* SPDX-License-Identifier: MIT
 *
 * One refusal, and the list of the last ones: a ring in a file of fixed size under the run folder,
 * written by the launcher and the supervisor, read by `holdfast denials`.
 */
#ifndef SANDBOX_DENIAL_H
#define SANDBOX_DENIAL_H

#include <stdint.h>
#include <sys/types.h>

#include "sandbox/profile.h"

#define RUN_DIR_DEFAULT "/run/holdfast"
#define RUN_DIR_ENV	"HOLDFAST_RUN"
#define DENIAL_DETAIL	160

enum denial_kind {
	DENIAL_CALL,
	DENIAL_READ,
	DENIAL_WRITE,
	DENIAL_EXEC,
	DENIAL_LISTEN,
	DENIAL_NET,
	DENIAL_KINDS
};

/* Fixed width: it is written to a file as it is. */
struct denial {
	uint64_t time;		    /* CLOCK_REALTIME, ns; for people only */
	uint64_t count;		    /* how often the same was refused so far */
	char program[PROFILE_NAME]; /* the profile's name */
	char comm[16];		    /* of the thread */
	int32_t pid;		    /* as seen from outside the sandbox */
	int32_t call;		    /* number of the system call */
	uint8_t kind;		    /* enum denial_kind */
	uint8_t pad[7];
	char detail[DENIAL_DETAIL]; /* the path, port ("554/tcp") or argument; not trusted text */
};
_Static_assert(sizeof(struct denial) == 240, "as it is in the file");

/* The very line that would allow it: "[allow] read = /etc/shadow", "[syscalls] allow = ptrace", as
 * a profile takes it, one that can be pasted; or, where nothing would, why not: "never: ...". With
 * DENIAL_NET, detail is the kind of socket: "packet", "inet raw", "netlink 9", "family 40"; with
 * DENIAL_CALL the argument that was refused ("with 0x5412"), empty when the call is as a whole.
 * Pure; writes at most n bytes and returns to. */
#define DENIAL_LINE 400 /* bytes that are always enough */
const char *denial_line(const struct denial *d, char *to, size_t n);

#endif
