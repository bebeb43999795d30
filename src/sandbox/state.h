/* SPDX-License-Identifier: MIT
 *
 * What the launcher's files share: not for anybody else.
 */
#ifndef SANDBOX_STATE_H
#define SANDBOX_STATE_H

#include <limits.h>

#include "sandbox/cgroup.h"
#include "sandbox/creds.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/launch.h"
#include "sandbox/resources.h"
#include "sandbox/policy.h"
#include "sandbox/program.h"
#include "sandbox/view.h"

#define INTERPRETERS 16
#define RUN_DIR_MAX  200

/* The path, argv and envp of the exec lie in one mapping at a place that is hard to guess, on
 * machines of 32 bits not hard enough; so there is a random number besides. */
struct exec_area {
	unsigned long folder;
	void *base;
	size_t size;
	char *path, **argv, **envp;
};

/* Between the sandbox's first process and the launcher, in memory that both see. */
struct shared {
	int ended;    /* the program's status as waitpid(2) says it, once... */
	int is_ended; /* ...this is 1 */
	pid_t pid;    /* of the program inside */
	int failed;   /* the step that failed: e holds it */
	struct err e;
};

struct launch {
	const struct profile *p;
	layer_set missing; /* and accepted */
	bool mdwe;	   /* set by PR_SET_MDWE */
	bool runs_stack;   /* one of its programs asks for a stack that can be executed */
	int abi;	   /* Landlock's */
	struct creds creds;
	struct limits limits;
	struct cgroup cgroup;
	struct exec_area exec;
	struct policy policy;
	struct filter filter;
	struct view view;
	struct landlock_rules rules;
	char place[RUN_DIR_MAX + 8], etc[RUN_DIR_MAX + 8],
	    dev[RUN_DIR_MAX + 8]; /* in the run folder */
	bool has_dev;
	char interpreter[INTERPRETERS][PROGRAM_PATH];
	const char *interpreters[INTERPRETERS + 1];
	struct shared *shared;
	uint64_t spent, paid; /* ns of ours on its refused calls, and up to when it was forgiven */
	uint64_t aside;	      /* ns of processes that answered one, not yet in spent */
	char sockets[PATH_MAX]; /* of the view as it is; empty: none */
	unsigned envs;		/* entries of exec.envp that are always there */
	char *env_sockets[2];	/* and those with io->sockets and a watchdog */
};

/* Runs as the sandbox's first process, with io's descriptors and the socket to the launcher. Never
 * returns. */
_Noreturn void inside_run(struct launch *l, const struct launch_io *io, int sock);

/* Maps and fills the area. */
int exec_area_make(struct launch *l, char *const extra[], struct err *e);
void exec_area_free(struct exec_area *a);

#endif
