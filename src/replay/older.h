/* SPDX-License-Identifier: MIT
 *
 * What was there before the recording began. A guard that has been in place since the device
 * started knows of it; the replay has to find it in the recording itself.
 */
#ifndef REPLAY_OLDER_H
#define REPLAY_OLDER_H

#include "replay/link.h"

#include <stddef.h>

#define OLDER_MOST 65536 /* connections watched; later ones count as begun in the recording */

struct older_talk;
struct older {
	struct older_talk *talk;
	size_t used;
};

/* First pass: notes TCP connections whose first segment in the recording is no SYN, and whose other
 * side later acknowledges just what was sent, without a handshake: they are older than the
 * recording. A flood of such segments is not: nobody acknowledges it. Start from zero bytes;
 * without memory nothing is noted. */
void older_see(struct older *o, const struct lim_packet *p);

/* Second pass: is p, which the device sends, the first segment of such a connection? Asked again
 * for the same one: false. Then *word is what the limiter would have heard from the far side
 * before. */
bool older_begins(struct older *o, const struct lim_packet *p, struct lim_packet *word);

void older_free(struct older *o);

/* DTLS application data under keys that both sides have agreed on (RFC 6347 4.1: epoch above 0):
 * the far side has answered, whether the recording shows it or not. IPv4 only. */
bool older_dtls(const struct frame *f, const struct lim_packet *p);

#endif
