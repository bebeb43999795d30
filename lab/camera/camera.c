// SPDX-License-Identifier: MIT
// The camera: a picture, a way to test the network, a name that can be set. Two holes, as they are
// found in products every year: the network test hands its argument to a shell, and the parser of
// the name believes the length that it is told. It is built without stack protector and at fixed
// addresses, as cheap cameras are.
#include "camera.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST = 8192, NAME = 64 };

int connection = -1;
static char camera_name[NAME] = "camera";

void answer(const char *status, const void *body, size_t n)
{
	dprintf(connection, "HTTP/1.0 %s\r\nContent-Length: %zu\r\n\r\n", status, n);
	if (write(connection, body, n) != (ssize_t)n)
		_exit(1);
}

static void picture(void)
{
	static char pixels[128 * 128 + 32];
	int n = snprintf(pixels, sizeof(pixels), "P5 128 128 255\n");

	for (int i = 0; i < 128 * 128; i++)
		pixels[n + i] = (char)(i % 128 + i / 128);
	answer("200 OK", pixels, (size_t)n + 128 * 128);
}

/* Hole 1: "host" goes to a shell. */
static void network_test(const char *host)
{
	char command[512], out[2048];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "echo testing %s", host);
	f = popen(command, "r");
	n = f ? fread(out, 1, sizeof(out), f) : 0;
	answer("200 OK", out, n);
}

/* Hole 2: nobody asks whether n fits. */
static __attribute__((noinline)) void set_name(const char *body, size_t n)
{
	char name[NAME] __attribute__((aligned(16)));

	memcpy(name, body, n);
	name[NAME - 1] = 0;
	memcpy(camera_name, name, NAME);
	__asm__ volatile("" ::: "memory");
}

/* %41 -> A, in place. */
static void decode(char *s)
{
	char *to = s;
	unsigned c;

	for (; *s && *s != ' '; s++, to++) {
		if (*s == '%' && sscanf(s + 1, "%2x", &c) == 1)
			*to = (char)c, s += 2;
		else
			*to = *s;
	}
	*to = 0;
}

static size_t read_request(char *to, size_t size)
{
	size_t have = 0, want = 0, length = 0;
	const char *end, *given;
	ssize_t n;

	while (have < size - 1 && (n = read(connection, to + have, size - 1 - have)) > 0) {
		have += (size_t)n;
		to[have] = 0;
		end = strstr(to, "\r\n\r\n");
		if (!end)
			continue;
		given = strcasestr(to, "content-length:");
		length = given ? strtoul(given + 15, NULL, 10) : 0;
		want = (size_t)(end + 4 - to) + length;
		if (have >= want)
			break;
	}
	return want ? want - length : 0;
}

static void serve(void)
{
	static char request[REQUEST];
	size_t body = read_request(request, sizeof(request));
	char text[NAME + 2];

	if (!strncmp(request, "GET /picture", 12)) {
		picture();
	} else if (!strncmp(request, "GET /ping?host=", 15)) {
		decode(request + 15);
		network_test(request + 15);
	} else if (!strncmp(request, "POST /name", 10) && body) {
		const char *given = strcasestr(request, "content-length:");

		set_name(request + body, given ? strtoul(given + 15, NULL, 10) : 0);
		answer("200 OK", text, (size_t)snprintf(text, sizeof(text), "%s\n", camera_name));
	} else {
		answer("404 Not Found", "no\n", 3);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int on = 1, s = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 2 || !(a.sin_port = htons((uint16_t)atoi(argv[1])))) {
		fprintf(stderr, "usage: holdfast-lab-camera PORT\n");
		return 2;
	}
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) || listen(s, 8)) {
		perror("holdfast-lab-camera");
		return 3;
	}
	signal(SIGCHLD, SIG_IGN);
	while ((connection = accept(s, NULL, NULL)) >= 0) {
		if (!fork()) {
			close(s);
			signal(SIGCHLD, SIG_DFL);
			serve();
			/* never reached by main: keeps the linker from dropping what products ship
			 */
			if (connection == -2)
				factory_console();
			_exit(0);
		}
		close(connection);
	}
	return 3;
}
