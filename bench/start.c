// SPDX-License-Identifier: MIT
// bench_start ROUNDS NAME COMMAND [; NAME COMMAND]...: starts each command once a round, one after
// the other, and waits for its end: median and quartiles of each, so that what else the machine
// does falls on all of them alike. Words of a command are separated by arguments; ";" is one.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 8
#define ROUNDS_MAX   5000

extern char **environ;

struct command {
	const char *name;
	char **argv;
	double ms[ROUNDS_MAX];
};
static struct command commands[COMMANDS_MAX];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double once(const struct command *c)
{
	double began = now();
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, c->argv[0], NULL, NULL, c->argv, environ) ||
	    waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "bench_start: %s failed\n", c->name);
		exit(3);
	}
	return now() - began;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int split(int argc, char **argv)
{
	int n = 0;

	for (int i = 2; i < argc && n < COMMANDS_MAX; i++) {
		commands[n].name = argv[i++];
		commands[n++].argv = argv + i;
		while (i < argc && strcmp(argv[i], ";"))
			i++;
		argv[i] = NULL;
	}
	return n;
}

int main(int argc, char **argv)
{
	int rounds = argc > 3 ? atoi(argv[1]) : 0, n;

	if (rounds < 4 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench_start ROUNDS NAME COMMAND [; NAME COMMAND]...\n");
		return 2;
	}
	n = split(argc, argv);
	for (int r = -2; r < rounds; r++)
		for (int i = 0; i < n; i++) {
			double ms = once(&commands[i]);

			if (r >= 0)
				commands[i].ms[r] = ms;
		}
	for (int i = 0; i < n; i++) {
		double *ms = commands[i].ms;

		qsort(ms, (size_t)rounds, sizeof(*ms), by_size);
		printf("%s\t%.3f\t%.3f\t%.3f\n", commands[i].name, ms[rounds / 4], ms[rounds / 2],
		       ms[rounds * 3 / 4]);
	}
	return 0;
}
