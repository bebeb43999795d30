/* SPDX-License-Identifier: MIT
 *
 * What a program prints, cut into lines that harm nobody who reads them. Pure.
 */
#ifndef SUPERVISE_LINES_H
#define SUPERVISE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_MOST 1024		    /* bytes of a line as it was printed; the rest is left out */
#define LINES_TEXT (4 * LINES_MOST) /* the same, escaped */

struct lines {
	uint16_t used;
	bool cut; /* the rest of this line is thrown away */
	char text[LINES_MOST];
};

/* For each line that ends within the n bytes: one(arg, text, length), escaped, not ended by 0. */
typedef void lines_one(void *arg, const char *text, size_t n);
void lines_feed(struct lines *l, const char *bytes, size_t n, lines_one *one, void *arg);

/* The line that has begun and will not end. */
void lines_flush(struct lines *l, lines_one *one, void *arg);

/* Control characters (C0 but for tab, DEL, C1) and what is not UTF-8 become \xNN. Returns how many
 * bytes are in to; stops before it is full. */
size_t lines_escape(const char *from, size_t n, char *to, size_t room);

#endif
