/* SPDX-License-Identifier: MIT
 *
 * The guard: the limiter in force on live traffic.
 *
 * Limits live in objects that outlast the process that made them ("pins", in a directory). Every
 * function here works on those pins, so that the daemon, `holdfast status` and `holdfast guard
 * off` are equals; the daemon only follows interfaces and addresses and tells what happens.
 *
 * Functions return 0, or -1 with e filled. Nothing is allocated: all memory is the caller's.
 * Callers: one thread. Exit codes in e: EXIT_NO nothing is in force at that place, EXIT_WRONG_USE
 * the caller's mistake, EXIT_SYSTEM the system refused.
 */
#ifndef GUARD_GUARD_H
#define GUARD_GUARD_H

#include "base/err.h"
#include "limiter/packet.h"
#include "limiter/state.h"

#define GUARD_PIN_DEFAULT  "/sys/fs/bpf/holdfast"
#define GUARD_PIN_ENV	   "HOLDFAST_PIN"
#define GUARD_IFACES	   64
#define GUARD_DIR	   200
#define GUARD_META_MAGIC   0x484d4554u	     /* "HMET" */
#define GUARD_OVERRIDE_MAX (3600ull * LIM_S) /* the ceiling of an owner's override */

/* A protected interface. Its name is the one it had when last heard of. */
struct guard_iface {
	char name[16];
	lim_u32 index;
	lim_u8 link;	  /* enum lim_link */
	lim_u8 attached;  /* 0: seen, and attaching failed */
	lim_u8 own_qdisc; /* clsact: the queueing discipline is ours to remove */
	lim_u8 pad;
};

/* What else there is to know, kept with the pins. Times are monotonic ns. */
struct guard_meta {
	lim_u32 magic, version; /* GUARD_META_MAGIC, LIM_VERSION */
	char program[24];	/* version of Holdfast that last started here */
	char backend[8];	/* "tcx", "clsact" */
	lim_u64 started;	/* when this state began, nearly empty */
	lim_u64 adopted;	/* when a daemon last took it over; started if never */
	lim_u64 own_refill;	/* when the budget for new own addresses is full again */
	lim_u64 own_refused;	/* own addresses that had to wait for it, or found no place */
	int pid;		/* the daemon's; see guard_daemon() */
	lim_u32 restarts;	/* how often a daemon took this state over */
	lim_u32 iface_count;
	lim_u32 left_out; /* 1: there are more interfaces than this has room for */
	struct guard_iface iface[GUARD_IFACES];
};

/* The four records behind the pins. */
enum guard_part { GUARD_STATE, GUARD_CONFIG, GUARD_REPORT, GUARD_META, GUARD_PARTS };

struct guard;

/* What a back-end is: BPF today (guard/bpf.c), user space over TUN next. Each function is called
 * with g->dir and g->dir_fd set, and keeps what it needs in g->fd. */
struct guard_backend {
	const char *name;
	/* Can this system hold it? -1 with e naming what is missing (a privilege, a kernel option).
	 */
	int (*probe)(struct err *e);
	/* Opens the records of a guard in force; EXIT_NO when there are none, or of another layout.
	 */
	int (*open)(struct guard *g, struct err *e);
	/* Puts these records in place of any that are there, and the program over them in
	 * readiness; NULL: keeps the records that open() found, and renews only the program. */
	int (*start)(struct guard *g, const struct lim_state *s, const struct lim_config *c,
		     const struct guard_meta *m, struct err *e);
	/* Puts the program in force on an interface, or renews it there without a gap. */
	int (*attach)(struct guard *g, struct guard_iface *i, struct err *e);
	/* See guard_prepare(). */
	int (*prepare)(struct guard *g, struct err *e);
	int (*prepared)(struct guard *g, struct err *e);
	int (*detach)(struct guard *g, const struct guard_iface *i, struct err *e);
	/* A consistent copy of a record, of the size of its struct. */
	int (*read)(struct guard *g, enum guard_part part, void *to, struct err *e);
	/* GUARD_CONFIG (the decision sees the old one or the new one, whole) or GUARD_META. */
	int (*write)(struct guard *g, enum guard_part part, const void *from, struct err *e);
	/* Takes everything away, interfaces last attached included. */
	int (*off)(struct guard *g, struct err *e);
	lim_u64 (*memory)(const struct guard *g); /* bytes of kernel memory for records */
	void (*close)(struct guard *g);
};

#define GUARD_FDS     16
#define GUARD_PATIENT 0x80000000u /* in flags: wait for a daemon to end */
struct guard {
	char dir[GUARD_DIR];
	const struct guard_backend *backend;
	int dir_fd;	   /* the pin directory; locked by the daemon */
	int fd[GUARD_FDS]; /* the back-end's, -1 for none */
	unsigned flags;	   /* the back-end's */
};

/* --- for whoever looks (status, top, why) --- */

/* Opens what is in force at pin (NULL: $HOLDFAST_PIN, or GUARD_PIN_DEFAULT). EXIT_NO when no guard
 * is in force there. Ends with guard_close(). */
int guard_open(struct guard *g, const char *pin, struct err *e);
void guard_close(struct guard *g);

/* Copies the records; any pointer may be NULL. The state is copied under its lock: it is one
 * moment's. Its size (sizeof(struct lim_state)) is about 200 kB: not for the stack of a device. */
int guard_snapshot(struct guard *g, struct lim_state *s, struct lim_config *c, struct lim_report *r,
		   struct guard_meta *m, struct err *e);

/* Process id of the daemon that looks after g now, or 0 when none does (the limits stay in force
 * without it, but new interfaces and addresses go unnoticed). */
int guard_daemon(const struct guard *g);

/* Kernel memory that the records take, in bytes, as the kernel accounts it. */
lim_u64 guard_memory(const struct guard *g);

/* The clock that the limits in force go by: CLOCK_MONOTONIC in ns, for lim_look() and lim_left().
 */
lim_u64 guard_now(void);

/* --- for whoever changes something (needs CAP_BPF and CAP_NET_ADMIN) --- */

/* The owner's override: for ns nanoseconds (at most GUARD_OVERRIDE_MAX) unanswered traffic to
 * addr/prefix_len (host order words, IPv4 mapped, prefix_len 0-128) has the override's own hard
 * ceiling. ns 0 ends it. */
int guard_override(struct guard *g, lim_u64 ns, const struct lim_addr *addr, unsigned prefix_len,
		   struct err *e);

/* Takes the guard away: stops the daemon, detaches from every interface, removes the pins. */
int guard_off(struct guard *g, struct err *e);

/* By which that ends the daemon: not one that a service manager would send. */
#define GUARD_OFF_SIGNAL SIGUSR1

/* --- for the daemon --- */

/* Opens the pin directory (made, and its file system mounted, if missing) and locks it for this
 * process. EXIT_SYSTEM when another daemon holds it. */
int guard_claim(struct guard *g, const char *pin, struct err *e);

/* Puts the limits in readiness. A state of this layout that is found is kept, with its own
 * key, addresses and override; otherwise a nearly empty one is begun. want: the budgets and values;
 * the rest of it does not count. *m: as found or begun. */
enum guard_found {
	GUARD_FRESH,	/* nothing was there */
	GUARD_KEPT,	/* a state was there and goes on */
	GUARD_REPLACED, /* one of another layout was there: begun anew, nearly empty */
};
int guard_start(struct guard *g, const struct lim_config *want, struct guard_meta *m,
		enum guard_found *found, struct err *e);

/* Puts them in force on an interface (name, index and link filled in), or renews them there. */
int guard_attach(struct guard *g, struct guard_iface *i, struct err *e);

/* Begins to make ready for the first tunnel, whose program the kernel checks for a second or more,
 * without waiting for it. Returns a descriptor, not the caller's to close: when it is readable,
 * guard_prepared() is to be called once, and tells how it went. -1: nothing is to be done, or with
 * e->code set, it failed; attaching to a tunnel then takes as long as it takes. */
int guard_prepare(struct guard *g, struct err *e);
int guard_prepared(struct guard *g, struct err *e);
int guard_detach(struct guard *g, const struct guard_iface *i, struct err *e);

/* Changes the configuration in force: calls change(c, arg) on a copy, under a lock that all who
 * change it take, and stores it if that returns 0; 1 means that nothing is to change. */
int guard_change(struct guard *g, int (*change)(struct lim_config *c, void *arg, struct err *e),
		 void *arg, struct err *e);

int guard_write_meta(struct guard *g, const struct guard_meta *m, struct err *e);

#endif
