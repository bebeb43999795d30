/* SPDX-License-Identifier: MIT
 *
 * Shapes made of ordinary TCP connections: connect floods, half-open sockets, telnet scans.
 */
#ifndef LAB_CONNECT_H
#define LAB_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "limiter/types.h"

#define CONNECT_SLOTS 1024 /* connections in the air at once */

struct connects {
	int fd[CONNECT_SLOTS];	       /* -1: free */
	uint64_t since[CONNECT_SLOTS]; /* ns */
	unsigned next;
	uint64_t opened; /* confirmed by the other side */
};

void connects_start(struct connects *c);

/* Begins a connection. Returns 0, or -1 when the kernel or the slots have no room (errno). */
int connects_add(struct connects *c, const struct lim_addr *to, uint16_t port, uint64_t now);

/* Closes what is confirmed, after sending a few bytes when chatty, and what is older than 3 s. */
void connects_tend(struct connects *c, bool chatty, uint64_t now);
void connects_end(struct connects *c);

#endif
