/* SPDX-License-Identifier: MIT
 *
 * One attack of the battery: a small function that tries one thing a hijacked program would try,
 * harmless if it succeeds, and says how it went. It runs in a process of its own with a time limit
 * (battery.c), so it may die, hang and leave descriptors open.
 */
#ifndef BATTERY_ATTACK_H
#define BATTERY_ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Secrets that the outside part plants begin like this; what follows is known to it alone. */
#define SECRET_MARK "HFSECRET-"
/* Ports that no program of the battery was given. */
#define PORT_NOT_GIVEN 18999
#define PORT_LOW       619

enum outcome { REFUSED, SUCCEEDED, ABSENT /* cannot be tried here */ };

/* What the outside part tells of the world outside; empty or 0: not told. */
struct facts {
	const char *secret;   /* a file of another user, mode 0600 */
	const char *readable; /* a file of another program, mode 0644 */
	const char *abstract; /* name of an abstract socket that an outsider listens on */
	const char *socket;   /* path of a socket that an outsider listens on, mode 0666 */
	const char *launcher; /* the file of the program that starts us */
	const char *run;      /* folder of the supervisor's state */
	const char *state;    /* folder given to the program to write */
	uint64_t key;	   /* of an outsider's SysV segment; in the name of its file in /dev/shm */
	uint64_t mate;	   /* a process outside with our uid */
	uint64_t stranger; /* a process outside with another uid */
};
extern struct facts facts;

struct result {
	enum outcome outcome;
	int error;	  /* REFUSED: errno */
	char detail[160]; /* one line: the proof, or what was missing */
};

typedef void attack_fn(struct result *r, const char *word);

struct attack {
	const char *name;
	const char *what; /* what it tries; with OUTSIDE, what the outside part sees */
	attack_fn *run;
	const char *word; /* handed to run() */
};

struct attack_class {
	const char *name;
	const struct attack *attack; /* ends with a row without a name */
};
extern const struct attack exec_attacks[], memory_attacks[], space_attacks[], abi_attacks[],
    process_attacks[], kernel_attacks[], device_attacks[], file_attacks[], mount_attacks[],
    socket_attacks[], race_attacks[], bomb_attacks[], signal_attacks[], terminal_attacks[],
    own_attacks[];

/* The three ways an attack ends. */
void succeeded(struct result *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void refused(struct result *r, const char *what); /* with errno as it is */
void absent(struct result *r, const char *why);
/* value < 0: refused(), else succeeded with "what". For calls whose acceptance is the success. */
void accepted(struct result *r, long value, const char *what);

/* Looks for a secret of the outside part in text; succeeded() with it when it is there. */
bool found_secret(struct result *r, const char *where, const char *text, size_t n);
/* Reads the file and looks for a secret. Returns false with errno. */
bool read_secret(struct result *r, const char *path);

/* Folders that can be written to, each tried: the usual ones, and what /proc/self/mountinfo has. */
#define PLACES 48
struct places {
	char at[PLACES][128];
	unsigned count;
};
void writable_places(struct places *p);
/* The first of them: where an attack keeps a file. Returns false with errno. */
bool scratch(char *path, size_t n, const char *name);

/* The payload: a program file without any library, which prints PAYLOAD_MARK to descriptor 1 and
 * exits with 42. */
#define PAYLOAD_MARK "holdfast-payload-ran\n"
size_t payload(uint8_t *to, size_t n);
/* Machine code of a function `int f(void)` that returns 42. */
extern const uint8_t code42[];
extern const size_t code42_size;
int call_code(const void *code); /* as a function; flushes the instruction cache before */

int write_file(const char *path, const void *data, size_t n, mode_t mode);
/* Forks; the child has a pipe as descriptor 1 and calls start(arg), which is to execute something.
 * Returns whether PAYLOAD_MARK came out; else errno is the child's. */
bool ran(void (*start)(const void *arg), const void *arg);

#endif
