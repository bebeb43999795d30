/* SPDX-License-Identifier: MIT
 *
 * Reads a capture file (pcap or pcapng, through libpcap) record by record, in virtual time.
 */
#ifndef REPLAY_CAPTURE_H
#define REPLAY_CAPTURE_H

#include "base/err.h"
#include "replay/link.h"

#include <stdio.h>

#define CAPTURE_START (1 * LIM_S) /* virtual time of the first record, ns */

struct capture;

/* Takes over the stream file, which is closed with the capture and on failure; name stands in
 * errors and has to outlive the capture. The caller frees with capture_close(). Returns NULL and
 * fills e (EXIT_WRONG_USE) when it is not a capture or of a link type that link_strip() does not
 * know. */
struct capture *capture_open_stream(FILE *file, const char *name, struct err *e);
void capture_close(struct capture *c);

/* Next record that is a frame: fills f (valid until the next call) and now, virtual ns that never
 * run backwards: a timestamp up to a second before the latest counts as the latest, one further
 * back as the clock having been set.
 * Returns 1; 0 at the end; -1 when the file is broken from here on (e names the record). */
int capture_next(struct capture *c, struct frame *f, uint64_t *now, struct err *e);

/* Records read so far, and how many of them were too short for their link header. */
uint64_t capture_records(const struct capture *c);
uint64_t capture_unusable(const struct capture *c);
int capture_dlt(const struct capture *c);

#endif
