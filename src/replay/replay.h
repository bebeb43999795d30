/* SPDX-License-Identifier: MIT
 *
 * Runs captures through the limiter in virtual time.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "replay/capture.h"
#include "replay/result.h"

struct replay_ask {
	struct device_hint device;
	const struct lim_config *config; /* own addresses are added to a copy */
	size_t drops;			 /* how many dropped packets to keep */
	bool fresh; /* the device has just started, whatever the recording shows */
	/* Called now and then with the records read, of both passes; may be NULL. */
	void (*progress)(void *arg, uint64_t records);
	void *arg;
};

/* Replays the file at path into r (freed with replay_free(), also on failure). Returns 0, or -1
 * when r->error tells why the file could not be read to its end or held no device; r->usable says
 * whether there are counts all the same. */
int replay_file(struct result *r, const char *path, const struct replay_ask *ask);

/* The same over a stream opener, for captures in memory: open() is called once for each pass. */
int replay_stream(struct result *r, const char *name, FILE *(*open)(void *arg), void *arg,
		  const struct replay_ask *ask);

void replay_free(struct result *r);

/* The defaults of the limiter with a fixed hash key: equal captures give equal verdicts. */
void replay_config(struct lim_config *c);

#endif
