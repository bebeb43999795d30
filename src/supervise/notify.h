/* SPDX-License-Identifier: MIT
 *
 * The protocol of sd_notify(3), both ends: what our programs tell us, and what we tell whoever
 * started us.
 */
#ifndef SUPERVISE_NOTIFY_H
#define SUPERVISE_NOTIFY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* A datagram socket at path, which anybody may send to who can reach it. Returns it, or -1. */
int notify_listen(const char *path, struct err *e);

enum notify_said {
	NOTIFY_NOTHING = 0,
	NOTIFY_READY = 1,    /* READY=1 */
	NOTIFY_ALIVE = 2,    /* WATCHDOG=1 */
	NOTIFY_TRIGGER = 4,  /* WATCHDOG=trigger: it hangs, and knows it */
	NOTIFY_STOPPING = 8, /* STOPPING=1 */
};

/* What the n bytes of a message say, a set of enum notify_said. Pure. */
unsigned notify_parse(const char *text, size_t n);

/* Reads one datagram into to: its length, or -1 when there is none. Descriptors may come with it,
 * whose closing can last as long as its sender likes (base/aside.h): then it is dropped, 0. */
ssize_t notify_receive(int fd, char *to, size_t room);

/* Reads one message: what it says, or -1 when there is none. */
int notify_read(int fd);

/* Tells $NOTIFY_SOCKET, when there is one: "READY=1", "STOPPING=1", ... */
void notify_init(const char *text);

/* ns between two signs of life that our own init wants (WATCHDOG_USEC); 0: none. */
uint64_t notify_init_watchdog(void);

#endif
