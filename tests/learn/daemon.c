// SPDX-License-Identifier: MIT
// A daemon as old books have them: forks twice, writes its pid, starts threads, listens, makes
// files, and ends at SIGTERM or SIGINT. tests/learn/learn.bats watches it.
// Usage: daemon FOLDER PORT
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t over;

static void stop(int sig)
{
	(void)sig;
	over = 1;
}

static void *thread(void *arg)
{
	(void)arg;
	syscall(SYS_getpriority, 0, 0); /* only a thread makes this one */
	return NULL;
}

static void leave(void)
{
	if (fork())
		_exit(0);
	setsid();
	if (fork())
		_exit(0);
}

static int listen_at(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
	int s = socket(AF_INET, SOCK_STREAM, 0), u = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 4) ||
	    bind(u, (struct sockaddr *)&a, sizeof a))
		exit(4);
	return s;
}

static void put(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f)
		exit(5);
	fprintf(f, "%d\n", (int)getpid());
	fclose(f);
}

int main(int argc, char **argv)
{
	pthread_t t;

	if (argc != 3)
		return 2;
	leave();
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	if (pthread_create(&t, NULL, thread, NULL) || pthread_join(t, NULL))
		return 3;
	listen_at(atoi(argv[2]));
	put(argv[1], "pid");
	while (!over)
		usleep(20000);
	put(argv[1], "ended");
	return 0;
}
