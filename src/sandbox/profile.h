/* SPDX-License-Identifier: MIT
 *
 * What one program may do: the profile as the launcher, the supervisor and the host's tools hold
 * it. One flat struct of fixed size, no pointers. It comes from an INI file (sandbox/profile_ini.h)
 * or from the packed record made of one (sandbox/record.h); both check it (profile_check()), so
 * whoever is given a struct profile may rely on what is said here.
 */
#ifndef SANDBOX_PROFILE_H
#define SANDBOX_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sandbox/layers.h"

#define PROFILE_NAME  32   /* of a program: a-z 0-9 - _ . and no leading dot or dash */
#define PROFILE_TEXT  8192 /* all strings of a profile together */
#define PROFILE_ARGS  64   /* of the command, its own name included */
#define PROFILE_ENV   32
#define PROFILE_PATHS 256
#define PROFILE_PORTS 32
#define PROFILE_CALLS 512 /* system calls; by index (sandbox/calls.h), not by number: MIPS */

/* A string: its place in profile.text. 0 is the empty string and stands for "not given". */
typedef uint16_t profile_text;

enum profile_access {
	PROFILE_READ,	/* a file, or a folder and all below: read, map, list */
	PROFILE_WRITE,	/* the same and written to; nosuid, nodev, noexec */
	PROFILE_DEVICE, /* a device node, read and written */
	PROFILE_EXEC,	/* a file that the program may execute besides itself (exec-also) */
};

struct profile_path {
	profile_text path; /* absolute, no "." or "..", no "//", no trailing "/" */
	uint8_t access;	   /* enum profile_access */
	uint8_t optional;  /* written with a leading '-': may be missing */
};

enum profile_proto { PROFILE_TCP, PROFILE_UDP };
struct profile_port {
	uint16_t port; /* 1-65535; 0: any port above 1023 */
	uint8_t proto; /* enum profile_proto */
	uint8_t pad;
};

enum profile_restart { RESTART_ALWAYS, RESTART_ON_FAILURE, RESTART_NEVER };
enum profile_network { NETWORK_SHARED, NETWORK_NONE };
/* What is reported when it is refused: calls and paths, calls alone (paths cost a switch to the
 * supervisor with each open), nothing. */
enum profile_report { REPORT_ALL, REPORT_CALLS, REPORT_NONE };
enum profile_log { LOG_SYSLOG, LOG_FILE, LOG_INHERIT, LOG_NULL };

/* Powers that a profile may ask for by name ([allow] power = ...). Each is a hole with a name,
 * shown by `profile explain` and `status`. */
#define POWERS(X)                                                                                  \
	X(BIND_LOW, "bind-low", "binds ports below 1024 (follows from `listen`)")                  \
	X(NET_RAW, "net-raw", "raw sockets; the guard still limits them")                          \
	X(NET_ADMIN, "net-admin", "addresses and routes, as a DHCP client needs")                  \
	X(TIME, "time", "sets the clock")                                                          \
	X(SWITCH_USER, "switch-user", "setuid, setgid, chroot, chown among its own mapped ids")    \
	X(JIT, "jit", "memory that is written and then executed")                                  \
	X(MEMFD, "memfd", "files without a name, never executed")                                  \
	X(USER_NS, "user-ns", "user namespaces of its own")                                        \
	X(PTRACE, "ptrace", "looks into its own children")
enum power {
#define POWER_X(id, name, what) POWER_##id,
	POWERS(POWER_X)
#undef POWER_X
	    POWER_COUNT
};
#define POWER_BIT(p) (1u << (p))

struct profile {
	char name[PROFILE_NAME];
	char text[PROFILE_TEXT]; /* text[0] is 0 */
	uint32_t text_used;

	/* [program] */
	profile_text arg[PROFILE_ARGS]; /* exec: arg[0] is the absolute path */
	uint16_t args;
	profile_text env[PROFILE_ENV]; /* environment: "NAME=value" */
	uint16_t envs;
	profile_text user;	/* a name or number; empty: a uid of its own, made from the name;
				   "root": uid 0 in a user namespace */
	profile_text group;	/* empty: the user's */
	profile_text directory; /* working-directory; empty: "/" */
	profile_text log_file;	/* with LOG_FILE */
	uint8_t log;		/* enum profile_log */
	uint8_t restart;	/* enum profile_restart */
	uint8_t report;		/* enum profile_report */
	uint8_t stop_signal;	/* default SIGTERM */
	uint32_t stop_timeout;	/* s until SIGKILL; default 10 */
	uint32_t watchdog;	/* s without a sign of life until it is restarted; 0: none */
	layer_set accept_missing;

	/* [allow] */
	struct profile_path path[PROFILE_PATHS];
	uint16_t paths;
	struct profile_port listen[PROFILE_PORTS];
	uint16_t listens;
	uint8_t network; /* enum profile_network */
	uint8_t pad;
	uint32_t powers; /* POWER_BIT()s */

	/* [limits]; 0: the default of the supervisor, which is never "no limit" */
	uint64_t memory;      /* bytes */
	uint64_t file_size;   /* bytes of one file */
	uint64_t log_size;    /* bytes of the log file before it is turned over */
	uint32_t processes;   /* threads included */
	uint32_t cpu_percent; /* of one processor; may be over 100 */
	uint32_t files;	      /* open at a time */

	/* [syscalls] */
	bool learned;			       /* there is a call list: nothing else passes */
	bool unlisted;			       /* there is one, but not for this architecture, and
						  the profile says that the default level will do */
	uint8_t call_allow[PROFILE_CALLS / 8]; /* bit n: call of index n; learned: the list; default
						  level: allowed although the default refuses it */
	uint8_t call_deny[PROFILE_CALLS / 8];  /* refused although the default allows it */
};

static inline const char *profile_str(const struct profile *p, profile_text t)
{
	return p->text + t;
}

/* Nothing but the defaults: no command yet, the default level, always restarted, stopped by SIGTERM
 * within 10 s, output to syslog. */
void profile_default(struct profile *p);

/* Everything that is said above and can be checked without looking at a file: bounds, strings that
 * end, paths in canonical form, enums in range, no contradictions (a low port with no network, a
 * log file that is not absolute, ...). Pure. Returns 0, or -1 with e naming the key (WRONG_USE). */
int profile_check(const struct profile *p, struct err *e);

#endif
