// SPDX-License-Identifier: MIT
// A supervised program that does what its arguments say, one after the other.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static void nap(const char *seconds)
{
	double s = atof(seconds);
	struct timespec t = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void children(int n, int together)
{
	for (int i = 0; i < n; i++) {
		if (!fork())
			abort();
		if (!together)
			wait(NULL);
	}
	while (wait(NULL) > 0)
		;
}

static void daemon_child(void)
{
	if (fork())
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	for (;;)
		pause();
}

/* Memory that is written to, a MiB at a time. */
static void take(int mib)
{
	for (int i = 0; i < mib; i++) {
		char *p = malloc(1 << 20);

		if (!p)
			break;
		memset(p, 1, 1 << 20);
	}
	puts("taken");
}

/* How many processes can be had beside this one. */
static void crowd(int n)
{
	int got = 0;

	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid)
			for (;;)
				pause();
		got += pid > 0;
	}
	printf("crowd=%d\n", got);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
}

/* How much of a processor it gets, in percent. */
static void spin(const char *seconds)
{
	double from = now();

	while (now() < from + atof(seconds))
		;
	printf("percent=%.0f\n", (double)clock() / CLOCKS_PER_SEC / (now() - from) * 100);
}

static void flood(const char *seconds)
{
	double until = now() + atof(seconds);

	while (now() < until)
		puts("a line of a program that has lost its mind");
}

static void flood_log(const char *seconds)
{
	double until = now() + atof(seconds);

	while (now() < until)
		syslog(LOG_EMERG, "the sky is falling");
}

static void tell(const char *text)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (!path) {
		puts("no NOTIFY_SOCKET");
		return;
	}
	strncpy(to.sun_path, path, sizeof to.sun_path - 1);
	if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to) < 0)
		perror(path);
	close(fd);
}

/* Prints the datagrams that come to a socket, for ever. */
static void flood_notify(const char *seconds)
{
	double until = now() + atof(seconds);

	while (now() < until)
		tell("STATUS=fine");
}

static void listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[8192];
	ssize_t n;

	strncpy(at.sun_path, path, sizeof at.sun_path - 1);
	if (bind(fd, (struct sockaddr *)&at, sizeof at))
		perror(path);
	puts("listening");
	while ((n = recv(fd, text, sizeof text - 1, 0)) >= 0) {
		text[n] = 0;
		puts(text);
	}
}

static void on_term(int sig)
{
	static const char bye[] = "bye\n";

	if (write(1, bye, sizeof bye - 1) < 0)
		_exit(1);
	nap("0.3");
	_exit(0);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		const char *what = argv[i], *arg = argv[i + 1] ? argv[i + 1] : "";

		if (!strcmp(what, "print"))
			puts(arg), i++;
		else if (!strcmp(what, "printenv"))
			puts(getenv(arg) ? getenv(arg) : "-"), i++;
		else if (!strcmp(what, "sleep"))
			nap(arg), i++;
		else if (!strcmp(what, "exit"))
			exit(atoi(arg));
		else if (!strcmp(what, "crash"))
			raise(SIGSEGV);
		else if (!strcmp(what, "become")) {
			if (setgid((gid_t)atoi(arg)) || setuid((uid_t)atoi(arg)))
				perror("become");
			i++;
		} else if (!strcmp(what, "abort"))
			abort();
		else if (!strcmp(what, "children"))
			children(atoi(arg), 0), i++;
		else if (!strcmp(what, "burst"))
			children(atoi(arg), 1), i++;
		else if (!strcmp(what, "daemon"))
			daemon_child();
		else if (!strcmp(what, "take"))
			take(atoi(arg)), i++;
		else if (!strcmp(what, "crowd"))
			crowd(atoi(arg)), i++;
		else if (!strcmp(what, "spin"))
			spin(arg), i++;
		else if (!strcmp(what, "flood"))
			flood(arg), i++;
		else if (!strcmp(what, "floodlog"))
			flood_log(arg), i++;
		else if (!strcmp(what, "log"))
			syslog(LOG_NOTICE, "%s", arg), i++;
		else if (!strcmp(what, "tell"))
			tell(arg), i++;
		else if (!strcmp(what, "floodnotify"))
			flood_notify(arg), i++;
		else if (!strcmp(what, "listen"))
			listen_at(arg), i++;
		else if (!strcmp(what, "ignore"))
			signal(SIGTERM, SIG_IGN);
		else if (!strcmp(what, "polite"))
			signal(SIGTERM, on_term);
		else if (!strcmp(what, "again"))
			i = 0;
	}
	return 0;
}
