/* SPDX-License-Identifier: MIT
 *
 * Does for a thread that waits for an answer what the launcher has looked at and found right: with
 * that thread's rights, in its tree, and not a bit more. Only for a process beside the launcher
 * (base/aside.h): it stays there, as that user, and closes nothing.
 */
#ifndef SANDBOX_BEHALF_H
#define SANDBOX_BEHALF_H

#include <sys/socket.h>
#include <sys/types.h>

#define BEHALF_STATUS 1024 /* bytes: its first lines, with all ids */

/* The text of /proc/PID/status, proc(5), as far as it fits. Returns -1 when there is no such
 * thread. */
int behalf_status(pid_t tid, char text[BEHALF_STATUS]);

/* Where and who the thread is. */
struct behalf {
	int root, folder; /* its root and working folder */
	uid_t uid;
	gid_t gid;
	mode_t umask;
};

/* Returns 0, or -1 when the thread is gone. What it tells is of use only if the thread is still the
 * one that was meant. */
int behalf_open(struct behalf *to, pid_t tid);

/* The calls of the same name, with their results. A path is looked up as the thread would. */
int behalf_bind(const struct behalf *b, int sock, const struct sockaddr *at, socklen_t n);
int behalf_listen(const struct behalf *b, int sock, int backlog);

#endif
