// SPDX-License-Identifier: MIT
// The factory's console. A line a command:
//	call NUMBER ARGUMENT...		one system call
//	repeat N call ...		the same N times; says how often it was accepted
//	run FILE			a program; says its status and what it printed
// An argument is a number, sHEX (data, its address is passed) or oN (room for N bytes, which come
// back). The answer: what was returned, errno, and such bytes in hexadecimal.
#include "camera.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 4096, ARGUMENTS = 6 };

struct call {
	long number, arg[ARGUMENTS];
	uint8_t data[ARGUMENTS][ROOM];
	size_t out; /* of which that many bytes of out_at come back */
	const uint8_t *out_at;
};

static size_t from_hex(const char *s, uint8_t *to)
{
	size_t n = 0;
	unsigned byte;

	while (n < ROOM && sscanf(s + 2 * n, "%2x", &byte) == 1)
		to[n++] = (uint8_t)byte;
	return n;
}

static void parse(struct call *c, char *line)
{
	char *save = NULL, *word = strtok_r(line, " \n", &save);

	memset(c, 0, sizeof(*c));
	c->number = word ? atol(word) : -1;
	for (int i = 0; i < ARGUMENTS && (word = strtok_r(NULL, " \n", &save)); i++) {
		c->arg[i] = (long)(uintptr_t)c->data[i];
		if (*word == 's') {
			from_hex(word + 1, c->data[i]);
		} else if (*word == 'o') {
			c->out = (size_t)atol(word + 1) < ROOM ? (size_t)atol(word + 1) : ROOM;
			c->out_at = c->data[i];
		} else {
			c->arg[i] = strtol(word, NULL, 0);
		}
	}
}

/* In one piece: two small ones would wait for each other's acknowledgement. */
static void reply(long got, int error, const uint8_t *p, size_t n)
{
	static char hex[2 * ROOM + 1];

	hex[0] = 0;
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", p[i]);
	dprintf(connection, "%ld %d %s\n", got, error, hex);
}

static void make_calls(char *line, long times)
{
	static struct call c;
	long got = -1, accepted = 0;

	parse(&c, line);
	for (long i = 0; i < times; i++) {
		got = syscall(c.number, c.arg[0], c.arg[1], c.arg[2], c.arg[3], c.arg[4], c.arg[5]);
		accepted += got >= 0;
	}
	reply(times == 1 ? got : accepted, got < 0 ? errno : 0, c.out_at, got < 0 ? 0 : c.out);
}

static void run_program(char *path)
{
	uint8_t text[ROOM];
	ssize_t n, have = 0;
	int out[2], status = 0;
	pid_t child;

	path[strcspn(path, "\n")] = 0;
	if (pipe(out))
		_exit(1);
	child = fork();
	if (!child) {
		char *argv[8] = {path};
		char *save = NULL;

		dup2(out[1], 1);
		argv[0] = strtok_r(path, " ", &save);
		for (int i = 1; i < 7 && (argv[i] = strtok_r(NULL, " ", &save)); i++)
			;
		execv(argv[0], argv);
		_exit(100 + (errno & 63));
	}
	close(out[1]);
	while ((n = read(out[0], text + have, sizeof(text) - (size_t)have)) > 0)
		have += n;
	close(out[0]);
	waitpid(child, &status, 0);
	reply(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0, text, (size_t)have);
}

/* Entered by a return, not by a call, so the stack may be out of line. */
__attribute__((force_align_arg_pointer)) void factory_console(void)
{
	static char line[6 * 2 * ROOM];
	FILE *in = fdopen(connection, "r");
	long times;
	int at;

	dprintf(connection, "factory console\n");
	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "repeat %ld call %n", &times, &at) == 1)
			make_calls(line + at, times);
		else if (!strncmp(line, "call ", 5))
			make_calls(line + 5, 1);
		else if (!strncmp(line, "run ", 4))
			run_program(line + 4);
	}
	_exit(0);
}
