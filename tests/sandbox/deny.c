// SPDX-License-Identifier: MIT
// Notes refusals in the log of $HOLDFAST_RUN, as a launcher does, for tests of what shows them.
// Usage: deny PROGRAM call|read|write|exec|listen|net CALL DETAIL [TIMES]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sandbox/calls.h"
#include "sandbox/denial_log.h"

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"call", "read", "write", "exec", "listen", "net"};
	static struct denial_log log;
	struct denial d = {.pid = 42};
	struct timespec now;
	struct err e;

	if (argc < 5)
		return 2;
	for (unsigned i = 0; i < DENIAL_KINDS; i++)
		if (!strcmp(argv[2], kinds[i]))
			d.kind = (uint8_t)i;
	snprintf(d.program, sizeof d.program, "%s", argv[1]);
	snprintf(d.comm, sizeof d.comm, "%s", argv[1]);
	snprintf(d.detail, sizeof d.detail, "%s", argv[4]);
	d.call = (int32_t)call_number((unsigned)call_from_name(argv[3]));
	if (denial_log_open(&log, denial_run_dir(), &e)) {
		fprintf(stderr, "deny: %s\n", e.text);
		return e.code;
	}
	for (int i = argc > 5 ? atoi(argv[5]) : 1; i > 0; i--) {
		clock_gettime(CLOCK_REALTIME, &now);
		d.time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
		denial_log_add(&log, &d, d.time);
	}
	denial_log_close(&log);
	return 0;
}
