/* SPDX-License-Identifier: MIT
 *
 * What came out of replaying one capture.
 */
#ifndef REPLAY_RESULT_H
#define REPLAY_RESULT_H

#include "base/err.h"
#include "replay/device.h"

#define RESULT_BINS 120 /* steps of the picture over time */

/* What passed within a window of time, or at most in any one. */
struct result_load {
	uint64_t packets, bytes, contacts;
};

/* A packet that was held back. */
struct result_drop {
	uint64_t record; /* its number in the file, from 1 */
	uint64_t time;	 /* ns since the first record */
	struct lim_packet packet;
	enum lim_reason reason;
};

struct result {
	const char *file; /* the caller's */
	struct device device;
	bool usable; /* there is a device; the counts mean something */
	bool broken; /* error says where the file ends or what is wrong with it */
	struct err error;
	uint64_t records, unusable; /* in the file; too short for their link header */
	uint64_t other;		    /* between other machines */
	uint64_t forwarded;	    /* passed through the device */
	uint64_t in, out, dropped;  /* packets; out counts the dropped ones too */
	uint64_t out_bytes, dropped_bytes;
	uint64_t older; /* TCP connections begun before the recording (older.h) */
	/* Packets that would have been dropped, in a one-way recording, and their bytes on the
	 * wire. */
	uint64_t unjudged, unjudged_bytes;
	bool in_use;  /* begins in the middle of the device's life, not with its start */
	bool one_way; /* nothing that arrived was recorded, though the far side answered */
	uint64_t contacts, contacts_passed; /* off-link addresses (IPv6: /64) addressed */
	uint64_t duration;		    /* virtual ns */
	struct lim_report report;
	struct result_load passed, passed_60; /* in all; most in any 60 s */
	struct result_load silent, silent_60; /* of these, what nobody had answered */
	uint64_t bin_passed[RESULT_BINS], bin_dropped[RESULT_BINS];
	uint64_t bin_time; /* ns a bin stands for; longer pauses are cut to `pause` */
	uint64_t pause;
	struct result_drop *drop; /* the first ones, up to the number asked for */
	size_t drops;
};

#endif
