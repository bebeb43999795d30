/* SPDX-License-Identifier: MIT
 *
 * A list of captures with what is known of each: a tab-separated file with a header line and the
 * columns file, cls, dev, devmac (others are skipped), paths relative to the list.
 */
#ifndef REPLAY_MANIFEST_H
#define REPLAY_MANIFEST_H

#include "base/err.h"
#include "replay/device.h"

#include <stddef.h>

/* What is expected of a capture. */
enum manifest_group {
	GROUP_IOT,    /* an ordinary device: nothing may be dropped */
	GROUP_BENIGN, /* other honest use */
	GROUP_ATTACK, /* to be cut to the bounds */
	GROUPS,
};

struct manifest_row {
	char *path;
	enum manifest_group group;
	struct device_hint device;
};

struct manifest {
	struct manifest_row *row;
	size_t rows;
	bool judged; /* the groups mean something */
};

/* Reads the list at path. Returns 0, or -1 with e and m empty. Free with manifest_free(). */
int manifest_read(struct manifest *m, const char *path, struct err *e);
void manifest_free(struct manifest *m);

const char *manifest_group_name(enum manifest_group group);

#endif
