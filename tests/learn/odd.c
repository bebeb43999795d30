// SPDX-License-Identifier: MIT
// One odd thing after another, each asked for by its name: tests/learn/learn.bats says what a
// profile has to hold of it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* The kernel's 32-bit entrance: 20 is getpid there, and writev here. */
static int other_arch(const char *unused)
{
	(void)unused;
#if defined __x86_64__
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "0"(20) : "memory");
	return r < 0;
#else
	return 0;
#endif
}

static int no_such_program(const char *unused)
{
	char *const argv[] = {"x", NULL};

	(void)unused;
	return execv("/nonexistent", argv) != -1;
}

/* A question in a family of netlink where the number of RTM_NEWLINK means something else. */
static int generic_netlink(const char *unused)
{
	struct {
		struct nlmsghdr h;
		struct genlmsghdr g;
	} ask = {{sizeof ask, GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_DUMP, 1, 0},
		 {CTRL_CMD_GETFAMILY, 1, 0}};
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	(void)unused;
	return send(s, &ask, sizeof ask, 0) != (ssize_t)sizeof ask;
}

static int listens(const char *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((unsigned short)atoi(port))};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 4);
}

/* Without connect(), as syslog clients and sd_notify() do it. */
static int sends_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	return sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof a) != 1;
}

static int many_descriptors(const char *unused)
{
	(void)unused;
	return dup2(socket(AF_UNIX, SOCK_STREAM, 0), 700) != 700;
}

static int loads(const char *library)
{
	void *l = dlopen(library, RTLD_NOW);

	return !l || dlclose(l);
}

/* A folder's link, and a file beside where it leads: /link/../file is not /file. */
static int up_from_link(const char *path)
{
	return open(path, O_RDONLY) < 0;
}

static void *waits(void *gate)
{
	pthread_mutex_lock(gate);
	pthread_mutex_unlock(gate);
	return NULL;
}

static int many_threads(const char *number)
{
	static pthread_t t[10000];
	pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
	int n = atoi(number);
	pthread_attr_t a;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 65536);
	pthread_mutex_lock(&gate);
	for (int i = 0; i < n; i++)
		if (pthread_create(&t[i], &a, waits, &gate))
			return 77;
	pthread_mutex_unlock(&gate);
	while (n--)
		pthread_join(t[n], NULL);
	return 0;
}

static void *becomes_other(void *path)
{
	char *const argv[] = {path, NULL};

	execv(path, argv);
	return NULL;
}

/* exec from a thread that is not the first, which waits. */
static int thread_execs(const char *path)
{
	pthread_t t;

	pthread_create(&t, NULL, becomes_other, (void *)path);
	pthread_join(t, NULL);
	return 1;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*act)(const char *);
	} ways[] = {{"other-arch", other_arch},
		    {"no-such-program", no_such_program},
		    {"netlink", generic_netlink},
		    {"listens", listens},
		    {"sends-to", sends_to},
		    {"descriptors", many_descriptors},
		    {"loads", loads},
		    {"up-from-link", up_from_link},
		    {"threads", many_threads},
		    {"thread-execs", thread_execs}};

	for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
		if (!strcmp(argv[1], ways[i].name))
			return ways[i].act(argc > 2 ? argv[2] : "");
	return 2;
}
