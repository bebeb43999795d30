/* SPDX-License-Identifier: MIT
 *
 * One supervised program: its profile, its sandbox, what it says, and where it stands.
 */
#ifndef SUPERVISE_PROGRAM_H
#define SUPERVISE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/launch.h"
#include "supervise/ledger.h"
#include "supervise/output.h"
#include "supervise/state.h"

#define PROGRAM_FILE 64 /* its profile's name in the folder, with its end */
#define PROGRAM_RUN  72 /* of the run folder: sockets are below it, and their paths short */
#define PROGRAM_PATH (PROGRAM_RUN + sizeof "/sockets/" + PROFILE_NAME + sizeof "/notify")

struct program {
	bool used;
	bool broken; /* the profile in the folder is not right; profile holds the last right one */
	bool loaded; /* there is such a one */
	bool reload; /* once it has stopped, it is read again and started */
	bool gone;   /* once it has stopped, it is forgotten */
	bool seen;   /* while the folder is read */
	bool ready;  /* READY=1 */
	bool muted_output, muted_log, muted_notify; /* not listened to until wake */
	bool dirty;				    /* the ledger is to be written */
	char file[PROGRAM_FILE];
	struct profile profile;
	struct launch *launch; /* NULL until the first start */
	layer_set missing;
	struct launch_child child;
	pid_t pid; /* of child, until it has been waited for; 0: none */
	uid_t uid;
	uint32_t uids; /* from uid on that its processes may have */
	struct sup sup;
	struct output out;
	bool has_output;
	int notify;		    /* socket of the watchdog; -1: none */
	char sockets[PROGRAM_PATH]; /* folder; empty: none */
	uint64_t wake_output, wake_log, wake_notify;
	uint64_t heard_from; /* messages are counted from then on */
	unsigned heard;
	uint64_t crash_told; /* when a crash was last counted without having been waited for */
	uint32_t exits;	     /* of its processes, lately: who floods? */
	unsigned order;	     /* of its start among all */
	int status;	     /* of its last end */
	uint64_t ended;	     /* 0: never */
	uint64_t written;    /* the ledger, last */
	char why[LEDGER_WHY];
};

/* Reads folder/file into *to. Returns 0, or -1 with e, a line that names the place. */
int program_read(struct profile *to, const char *folder, const char *file, struct err *e);

/* Gives p, which has no process, this profile; makes its log and its sockets under run. Returns 0;
 * or -1 with e, then p is broken and has no profile. What an earlier supervisor left of its
 * throttle is taken over. */
int program_load(struct program *p, const struct profile *profile, const char *run, struct err *e);

/* Whether p's profile is this one, to the letter. */
bool program_has(const struct program *p, const struct profile *profile);

/* Its profile in the folder is not right; what it has stays as it is. */
void program_broken(struct program *p, const char *why);

/* Puts p back to nothing; it has no process. */
void program_unload(struct program *p, const char *run);

/* Gives up all that it has but its place and its ledger; it has no process. */
void program_drop(struct program *p);

/* Starts it. Returns the event to tell: SUP_STARTED or SUP_START_FAILED (with p->why). */
enum sup_event program_start(struct program *p);

/* Does what sup_event() wants done of a running program. */
void program_signal(struct program *p);
void program_kill(struct program *p);

/* Its first process has been waited for. Returns the event to tell. */
enum sup_event program_ended(struct program *p, int status, uint64_t now);

/* Keeps one line of what went wrong. */
void program_why(struct program *p, const char *text);

void program_tell(const struct program *p, struct ledger *to, bool sees_children);

#endif
