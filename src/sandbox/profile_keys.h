/* SPDX-License-Identifier: MIT
 *
 * Every key of a profile, one row each. The parser, its messages, `holdfast-kit profile explain`
 * and the test of holdfast-profile(5) come from this table.
 */
#ifndef SANDBOX_PROFILE_KEYS_H
#define SANDBOX_PROFILE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/profile.h"

enum profile_key_type {		     /* what `at` leads to */
			KEY_NAME,    /* char[PROFILE_NAME] */
			KEY_COMMAND, /* arg, args */
			KEY_USER,    /* profile_text */
			KEY_PATH,    /* profile_text */
			KEY_ENV,     /* env, envs */
			KEY_CHOICE,  /* uint8_t: place of the word in form */
			KEY_LOG,     /* log, log_file */
			KEY_SIGNAL,  /* uint8_t */
			KEY_SECONDS, /* uint32_t */
			KEY_LAYERS,  /* layer_set */
			KEY_PATHS,   /* path, paths; min is the enum profile_access */
			KEY_PORTS,   /* listen, listens */
			KEY_POWERS,  /* uint32_t */
			KEY_SIZE,    /* uint64_t bytes */
			KEY_COUNT,   /* uint32_t */
			KEY_PERCENT, /* uint32_t */
			KEY_LIST,    /* bool: place of the word in form */
			KEY_CALLS,   /* uint8_t[PROFILE_CALLS / 8] */
};

/* identifier, section, key, type, field, form of the value, least, most, help */
#define PROFILE_KEYS(X)                                                                            \
	X(NAME, "program", "name", KEY_NAME, name, "NAME", 0, 0,                                   \
	  "what it is called in status and denials; default: the file's name without its ending")  \
	X(EXEC, "program", "exec", KEY_COMMAND, arg, "COMMAND", 0, 0,                              \
	  "the program and its arguments; quotes as in a shell, nothing is expanded")              \
	X(USER, "program", "user", KEY_USER, user, "USER", 0, 0,                                   \
	  "a name or number; root is uid 0 without its powers; default: a uid of its own")         \
	X(GROUP, "program", "group", KEY_USER, group, "GROUP", 0, 0,                               \
	  "a name or number; default: the user's")                                                 \
	X(DIRECTORY, "program", "directory", KEY_PATH, directory, "/PATH", 0, 0,                   \
	  "where it starts; default: /")                                                           \
	X(WORKING_DIRECTORY, "program", "working-directory", KEY_PATH, directory, "/PATH", 0, 0,   \
	  "the same as directory")                                                                 \
	X(ENVIRONMENT, "program", "environment", KEY_ENV, env, "NAME=VALUE...", 0, 0,              \
	  "variables; nothing else of the environment is passed on but PATH")                      \
	X(RESTART, "program", "restart", KEY_CHOICE, restart, "always|on-failure|never", 0, 0,     \
	  "when the supervisor starts it again; default: always")                                  \
	X(LOG, "program", "log", KEY_LOG, log, "syslog|inherit|none|/PATH", 0, 0,                  \
	  "where its output goes; default: syslog")                                                \
	X(REPORT, "program", "report", KEY_CHOICE, report, "all|calls|none", 0, 0,                 \
	  "which refusals `holdfast denials` shows; default: all")                                 \
	X(STOP_SIGNAL, "program", "stop-signal", KEY_SIGNAL, stop_signal, "SIGNAL", 0, 0,          \
	  "asks it to end; default: TERM")                                                         \
	X(STOP_TIMEOUT, "program", "stop-timeout", KEY_SECONDS, stop_timeout, "TIME", 1, 3600,     \
	  "until it is killed instead; default: 10s")                                              \
	X(WATCHDOG, "program", "watchdog", KEY_SECONDS, watchdog, "TIME", 1, 86400,                \
	  "without a sign of life until it is started again; default: none")                       \
	X(ACCEPT_MISSING, "program", "accept-missing", KEY_LAYERS, accept_missing, "LAYER...", 0,  \
	  0, "layers that it may start without where the kernel lacks them; default: none")        \
	X(READ, "allow", "read", KEY_PATHS, path, "/PATH...", PROFILE_READ, 0,                     \
	  "files, or folders and all below, that it reads")                                        \
	X(WRITE, "allow", "write", KEY_PATHS, path, "/PATH...", PROFILE_WRITE, 0,                  \
	  "files, or folders and all below, that it writes; nothing there can be executed")        \
	X(DEVICE, "allow", "device", KEY_PATHS, path, "/dev/NODE...", PROFILE_DEVICE, 0,           \
	  "device nodes that it reads and writes")                                                 \
	X(EXEC_ALSO, "allow", "exec-also", KEY_PATHS, path, "/PATH...", PROFILE_EXEC, 0,           \
	  "files that it may execute besides itself; default: nothing")                            \
	X(LISTEN, "allow", "listen", KEY_PORTS, listen, "PORT/PROTOCOL...", 0, 0,                  \
	  "ports that it listens on: 554/tcp, 5353/udp, any/udp (above 1023)")                     \
	X(NETWORK, "allow", "network", KEY_CHOICE, network, "shared|none", 0, 0,                   \
	  "none: no network at all; default: shared, the guard limits it")                         \
	X(POWER, "allow", "power", KEY_POWERS, powers, "POWER...", 0, 0,                           \
	  "holes with a name; default: none")                                                      \
	X(MEMORY, "limits", "memory", KEY_SIZE, memory, "SIZE", 1 << 20, (uint64_t)1 << 42,        \
	  "memory of all its processes together: 24M")                                             \
	X(PROCESSES, "limits", "processes", KEY_COUNT, processes, "N", 1, 100000,                  \
	  "processes and threads at a time")                                                       \
	X(CPU, "limits", "cpu", KEY_PERCENT, cpu_percent, "N%", 1, 100000,                         \
	  "share of one processor: 80%; above 100% for several")                                   \
	X(FILES, "limits", "files", KEY_COUNT, files, "N", 8, 1048576,                             \
	  "descriptors open at a time, in each process")                                           \
	X(FILE_SIZE, "limits", "file-size", KEY_SIZE, file_size, "SIZE", 1024, (uint64_t)1 << 50,  \
	  "largest file that it writes")                                                           \
	X(LOG_SIZE, "limits", "log-size", KEY_SIZE, log_size, "SIZE", 4096, (uint64_t)1 << 40,     \
	  "size at which its log file is turned over")                                             \
	X(LIST, "syscalls", "list", KEY_LIST, learned, "default|learned", 0, 0,                    \
	  "learned: no call passes but those in allow; default: allow adds to the default level")  \
	X(CALL_ALLOW, "syscalls", "allow", KEY_CALLS, call_allow, "CALL...", 0, 0,                 \
	  "system calls that it makes")                                                            \
	X(CALL_DENY, "syscalls", "deny", KEY_CALLS, call_deny, "CALL...", 0, 0,                    \
	  "system calls refused although the default level lets them pass")

enum profile_key_id {
#define KEY_X(id, ...) PKEY_##id,
	PROFILE_KEYS(KEY_X)
#undef KEY_X
	    PKEY_COUNT
};

struct profile_key {
	const char *section, *key;
	enum profile_key_type type;
	uint16_t at;
	const char *form, *help;
	uint64_t min, max;
};

extern const struct profile_key profile_keys[PKEY_COUNT];

/* The row of that name, -1 for none. */
int profile_key_find(const char *section, const char *key);

/* "net-raw" for POWER_NET_RAW and back (-1 for none); what it opens. */
const char *power_name(enum power p);
const char *power_what(enum power p);
int power_from_name(const char *name);

/* "TERM" for 15 and back (also "SIGTERM", "15"); NULL and 0 for what may not be a stop signal. */
const char *stop_signal_name(unsigned number);
unsigned stop_signal_number(const char *name);

/* Why no profile may name this path so (enum profile_access), be it well formed or not; NULL when
 * one may. Pure. */
const char *profile_path_never(const char *path, enum profile_access access);

/* --- profile_never.c; the same of a path that is well formed --- */

const char *profile_access_never(const char *path, enum profile_access access);
/* Why no program may decide what is written there: code, start-up and log-in of the system,
 * Holdfast itself, or a folder above one of them. */
const char *profile_write_never(const char *path);
/* Is it the folder, or in it? */
bool profile_path_in(const char *path, const char *folder);

/* One thing that profile_check() refuses: key < 0 when it is about no one key; value as text, may
 * be empty; why in words. */
typedef void profile_fault_fn(void *arg, int key, const char *value, const char *why);

/* All of them, where profile_check() stops at the first. Returns how many. Pure. */
unsigned profile_faults(const struct profile *p, profile_fault_fn *each, void *arg);

#endif
