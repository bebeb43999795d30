/* SPDX-License-Identifier: MIT
 *
 * Writes JSON (RFC 8259) to a stream as it goes; keeps nothing but the nesting.
 *
 * Inside an object every call takes a key, inside an array key is NULL. Text that is not valid
 * UTF-8 is written with U+FFFD for each bad byte. Errors of the stream stay in it (ferror).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 32 /* deepest nesting; more is a bug and asserted */

struct json {
	FILE *to;
	bool pretty; /* a line for each value; false: all on one line */
	unsigned depth;
	uint32_t array; /* bit n: level n is an array */
	uint32_t more;	/* bit n: level n has a value already */
};

/* Starts a document on stream to, which the caller keeps and closes. */
void json_start(struct json *j, FILE *to, bool pretty);

/* Opens an object or an array, and closes the innermost open one. Closing the outermost one ends
 * the document with a newline. */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j);

/* Values. A NULL string becomes null; so does a number that is not finite. */
void json_str(struct json *j, const char *key, const char *value);
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_num(struct json *j, const char *key, double value); /* up to 9 significant digits */
void json_bool(struct json *j, const char *key, bool value);

#endif
