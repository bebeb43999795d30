// SPDX-License-Identifier: MIT
// A small service, to be linked statically: echoes TCP and UDP, one process a connection, logs each
// to FOLDER/log, which it opens anew at SIGHUP. Usage: echod PORT FOLDER
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t again = 1;

static void hup(int sig)
{
	(void)sig;
	again = 1;
}

static FILE *reopen(FILE *log, const char *folder)
{
	char path[4096];

	if (log)
		fclose(log);
	snprintf(path, sizeof path, "%s/log", folder);
	again = 0;
	return fopen(path, "a");
}

static void note(FILE *log, const char *what)
{
	time_t now = time(NULL);
	char text[64];

	strftime(text, sizeof text, "%F %T", localtime(&now));
	if (log) {
		fprintf(log, "%s %s\n", text, what);
		fflush(log);
	}
}

static void serve(int c)
{
	char buf[2048];
	ssize_t n;

	if (!fork()) {
		while ((n = read(c, buf, sizeof buf)) > 0)
			if (write(c, buf, (size_t)n) < 0)
				break;
		_exit(0);
	}
	close(c);
}

static void answer(int u)
{
	struct sockaddr_in from;
	socklen_t len = sizeof from;
	char buf[2048];
	ssize_t n = recvfrom(u, buf, sizeof buf, 0, (struct sockaddr *)&from, &len);

	if (n > 0)
		sendto(u, buf, (size_t)n, 0, (struct sockaddr *)&from, len);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int t = socket(AF_INET, SOCK_STREAM, 0), u = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
	struct sigaction s = {.sa_handler = hup};
	FILE *log = NULL;

	if (argc != 3)
		return 2;
	sigaction(SIGHUP, &s, NULL);
	setsockopt(t, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	a.sin_port = htons((unsigned short)atoi(argv[1]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(t, (struct sockaddr *)&a, sizeof a) || listen(t, 8) ||
	    bind(u, (struct sockaddr *)&a, sizeof a))
		return 3;
	for (;;) {
		struct pollfd p[2] = {{t, POLLIN, 0}, {u, POLLIN, 0}};

		if (again)
			log = reopen(log, argv[2]);
		if (poll(p, 2, 1000) > 0) {
			if (p[0].revents) {
				serve(accept(t, NULL, NULL));
				note(log, "connection");
			}
			if (p[1].revents)
				answer(u);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
