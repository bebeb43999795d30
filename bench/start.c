// SPDX-License-Identifier: MIT
// bench_start ROUNDS NAME COMMAND [; NAME COMMAND]...: starts each command once a round, one after
// the other, waits for the first byte that it prints (its program runs) and for its end: median and
// quartiles of each, so that what else the machine does falls on all of them alike. Words of a
// command are separated by arguments; ";" is one. Prints NAME, three figures in ms for the start,
// and three for start and end.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 8
#define ROUNDS_MAX   5000

extern char **environ;

struct command {
	const char *name;
	char **argv;
	double start[ROUNDS_MAX], end[ROUNDS_MAX]; /* ms */
};
static struct command commands[COMMANDS_MAX];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const struct command *c)
{
	fprintf(stderr, "bench_start: %s failed\n", c->name);
	exit(3);
}

static void once(const struct command *c, double *start, double *end)
{
	posix_spawn_file_actions_t to_pipe;
	int ends[2], status;
	double began;
	char byte;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) || posix_spawn_file_actions_init(&to_pipe) ||
	    posix_spawn_file_actions_adddup2(&to_pipe, ends[1], 1))
		fail(c);
	began = now();
	if (posix_spawnp(&pid, c->argv[0], &to_pipe, NULL, c->argv, environ))
		fail(c);
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		fail(c);
	*start = now() - began;
	if (waitpid(pid, &status, 0) != pid || status)
		fail(c);
	*end = now() - began;
	close(ends[0]);
	posix_spawn_file_actions_destroy(&to_pipe);
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void quartiles(double *ms, int n)
{
	qsort(ms, (size_t)n, sizeof(*ms), by_size);
	printf("\t%.3f\t%.3f\t%.3f", ms[n / 4], ms[n / 2], ms[n * 3 / 4]);
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
			const int place = r < 0 ? 0 : r; /* the first two only warm up */

			once(&commands[i], &commands[i].start[place], &commands[i].end[place]);
		}
	for (int i = 0; i < n; i++) {
		printf("%s", commands[i].name);
		quartiles(commands[i].start, rounds);
		quartiles(commands[i].end, rounds);
		printf("\n");
	}
	return 0;
}
