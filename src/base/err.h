/* SPDX-License-Identifier: MIT
 *
 * One error channel. Library code fills a struct err and returns; only src/cli prints it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* Exit codes of every Holdfast command. */
enum exit_code {
	EXIT_DONE = 0,	    /* done */
	EXIT_NO = 1,	    /* the answer is no */
	EXIT_WRONG_USE = 2, /* the caller's mistake: arguments, configuration, input */
	EXIT_SYSTEM = 3,    /* the system refused: privileges, kernel features, files */
	EXIT_OUR_BUG = 4,   /* a fault of Holdfast */
};

struct err {
	enum exit_code code;
	char text[256]; /* one line, no newline, naming the offending text or place */
};

/* Fills e (may be NULL) with code and the formatted line, and returns -1, so that a failing
 * function ends with `return err_set(e, ...)`. */
int err_set(struct err *e, enum exit_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with ": " and strerror(errno_value) behind the line. */
int err_sys(struct err *e, int errno_value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
