/* SPDX-License-Identifier: MIT
 *
 * Words from the owner to a running supervisor: one datagram, "restart NAME", to a socket in the
 * run folder that only root can send to.
 */
#ifndef SUPERVISE_CONTROL_H
#define SUPERVISE_CONTROL_H

#include <stddef.h>

#include "base/err.h"
#include "sandbox/profile.h"

enum control_word { CONTROL_NONE, CONTROL_START, CONTROL_STOP, CONTROL_RESTART };

/* Returns the socket, or -1 with e. */
int control_open(const char *run, struct err *e);

/* Reads one word and the name it is about. CONTROL_NONE when there is none, or none that is known.
 */
enum control_word control_read(int fd, char name[static PROFILE_NAME]);

/* The same from n bytes of text. Pure. */
enum control_word control_parse(const char *text, size_t n, char name[static PROFILE_NAME]);

#endif
