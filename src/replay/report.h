/* SPDX-License-Identifier: MIT
 *
 * Shows results: a table, JSON, an HTML page. All of them show the same struct result.
 */
#ifndef REPLAY_REPORT_H
#define REPLAY_REPORT_H

#include "base/addr.h"
#include "replay/result.h"

#include <stdio.h>

/* Sums over captures; start from zero bytes. */
struct report_total {
	unsigned files, unusable, broken, touched; /* touched: something was dropped */
	uint64_t in_use, one_way, older;
	uint64_t records, in, out, dropped, forwarded, contacts, out_bytes, dropped_bytes;
	uint64_t reason[LIM_REASONS]; /* packets */
};
void report_add(struct report_total *t, const struct result *r);

/* The table: a head, a row for each capture, the sums. colour: escape sequences. */
void report_head(FILE *to, bool colour);
void report_row(FILE *to, const struct result *r, bool colour);
void report_sum(FILE *to, const struct report_total *t, bool colour);

/* The kept drops of one capture, a line each. */
void report_drops(FILE *to, const struct result *r);

/* "silent 12, spoof 3": the drop reasons by their number, into buf. Returns buf. */
char *report_reasons(const uint64_t packets[LIM_REASONS], char *buf, size_t size);

/* "192.168.1.7" or the MAC of a device without an address. Returns buf. */
const char *report_device(const struct device *d, char buf[ADDR_TEXT]);

/* The last part of a path. */
const char *report_name(const char *path);

#endif
