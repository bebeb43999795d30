/* SPDX-License-Identifier: MIT
 *
 * Starts a program in its sandbox: every layer of sandbox/layers.h or not at all. Used by
 * `holdfast run` for one program and by the supervisor for several; both answer the notifications
 * of refused calls with launch_refusal().
 *
 * Nothing is allocated after launch_prepare(). One thread.
 */
#ifndef SANDBOX_LAUNCH_H
#define SANDBOX_LAUNCH_H

#include <sys/types.h>

#include "base/err.h"
#include "sandbox/denial.h"
#include "sandbox/profile.h"

/* What does not change between two starts of a program: users looked up, control group made, filter
 * built, own files of the state made. */
struct launch;

/* p stays the caller's and must outlive the launch; extra (NULL-ended, may be NULL) is appended to
 * the command. Fails (EXIT_SYSTEM) naming the layer that this kernel lacks, unless
 * p->accept_missing names it; *missing says which were left out. */
int launch_prepare(struct launch **to, const struct profile *p, char *const extra[],
		   layer_set *missing, struct err *e);
void launch_free(struct launch *l);

/* The uid of the program's processes as seen from outside (with `user = root`: the one that its
 * uid 0 stands for), the first of *count that they may have: the supervisor tells the ends of its
 * children by it. */
uid_t launch_uid(const struct launch *l, uint32_t *count);

/* Where the program finds the supervisor's sockets. */
#define LAUNCH_SOCKETS "/run/supervise"

/* What a caller has to take away besides, for all that the program does: in its process, as root,
 * before the sandbox's own layers. */
struct launch_also {
	int (*enter)(struct err *e); /* -1: the program is not started */
	uint64_t keep;		     /* capabilities that a power may still give */
};

struct launch_io {
	int in, out, err; /* what the program gets as 0, 1, 2; -1: /dev/null */
	/* A folder outside, bound read-only at LAUNCH_SOCKETS; NULL: none. It holds the datagram
	 * sockets `log` (/dev/log in the view is a link to LAUNCH_SOCKETS "/log") and, where the
	 * profile has a watchdog, `notify`: then the environment has NOTIFY_SOCKET=LAUNCH_SOCKETS
	 * "/notify" and WATCHDOG_USEC (p->watchdog in us), and no WATCHDOG_PID (sd_notify(3),
	 * sd_watchdog_enabled(3)). */
	const char *sockets;
	const struct launch_also *also; /* NULL: nothing */
};

struct launch_child {
	pid_t pid;  /* of the sandbox's first process, which ends as the program ends (128+n for a
		       signal) */
	int pidfd;  /* readable when it has ended; waitid(P_PIDFD, ...) */
	int notify; /* readable when a refused call waits for launch_refusal(); -1: none */
};

/* Starts the program. Returns 0 once it is executed (not merely forked); otherwise -1 with e naming
 * the step, and nothing is left behind. */
int launch_start(struct launch *l, const struct launch_io *io, struct launch_child *c,
		 struct err *e);

/* Memory of the caller's, private and without a file, that the sandboxes' first processes do not
 * need once their program runs: their copies give it back. One range; the last call counts. */
void launch_idle(void *at, size_t n);

/* Sends sig to the program itself, as kill(2) from a parent would: the sandbox's first process is
 * not in its way. Returns 0, or -1 when there is none any more. */
int launch_signal(struct launch *l, const struct launch_child *c, int sig);

/* Answers one pending notification of c->notify. Returns 1 with *d filled when there is something
 * to report, 0 when not (allowed and continued, or the caller is gone), -1 when notify is to be
 * closed. Does not block, but rests a millisecond at most for a program that asks without end. */
int launch_refusal(struct launch *l, const struct launch_child *c, struct denial *d);

/* How the program itself ended, as waitpid(2) writes a status. The sandbox's first process cannot
 * die of most signals, being first, so it ends with 128+n and leaves the true end here. status is
 * what waitpid() said of c->pid, and the answer where the first process was killed itself. */
int launch_ended(const struct launch *l, int status);

/* SIGKILL to every process of the sandbox, the daemonised ones included; then closes c's
 * descriptors. The caller has waited for c->pid, or does after. */
void launch_kill(struct launch *l, struct launch_child *c);

/* Programs see copies of some files of /etc. A descriptor (-1: none) that is readable when one of
 * the originals may have changed: launch_renew() then brings the copies up to date. */
int launch_watch(void);
void launch_renew(int watch);

/* Finds its place among the control groups and removes what launchers that were killed have left
 * there: empty ones. Once, at the start of who starts many programs. */
void launch_settle(void);

#endif
