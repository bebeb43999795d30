/* SPDX-License-Identifier: MIT
 *
 * Values of a profile as text, the way a profile would say them.
 */
#ifndef PROFILE_WORDS_H
#define PROFILE_WORDS_H

#include "sandbox/profile_keys.h"

#define WORDS_PORT    16
#define WORDS_NUMBER  32
#define WORDS_VALUE   256
#define WORDS_COMMAND (2 * PROFILE_TEXT)

const char *words_port(const struct profile_port *port, char to[static WORDS_PORT]);

/* The number of a key that has one, whatever the width of its field. */
uint64_t words_number_of(const struct profile *p, int key);

/* "24M", "80%", "10s", "16"; "default" for 0. */
const char *words_number(int key, uint64_t n, char to[static WORDS_NUMBER]);

/* A single value: of a choice, a signal, the log, a number, a text. */
const char *words_value(const struct profile *p, int key, char to[static WORDS_VALUE]);

/* The command with quotes where a shell would want them. */
const char *words_command(const struct profile *p, char to[static WORDS_COMMAND]);

#endif
