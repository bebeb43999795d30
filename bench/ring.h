/* SPDX-License-Identifier: MIT
 *
 * Many datagrams in one system call, each with a fate of its own (io_uring(7)). sendmmsg(2) ends at
 * the first that a firewall refuses, and on virtual machines the way into the kernel and back can
 * take longer than all that is measured here.
 */
#ifndef BENCH_RING_H
#define BENCH_RING_H

#include <sys/socket.h>

#define RING_SIZE 256

/* Makes the ring of this process. 0, or -1: this kernel has none, or it is switched off. */
int ring_open(void);

/* Sends RING_SIZE messages on the socket fd, waits until all have gone or failed. Without a ring:
 * a call each. */
void ring_send(int fd, struct msghdr msg[static RING_SIZE]);

#endif
