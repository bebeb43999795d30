// SPDX-License-Identifier: MIT
// Takes more than its share. Each stops at a bound far beyond what a device's program needs; having
// got there is the success. All is given back at the end.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MANY_PROCESSES = 1000,
	MANY_THREADS = 1000,
	MANY_FILES = 10000,
	MANY_NAMES = 50000,
	MANY_TERMINALS = 64,
	MANY_SEGMENTS = 256,
	MEBIBYTE = 1 << 20,
	MEMORY_MIB = 384,
	MANY_FILTERS = 200,
	DISK_MIB = 256,
	BUFFERS_MIB = 512,
	BUFFERS_PROCESSES = 4,
	BUFFERS_SOCKETS = 900,
	CPU_SECONDS = 2,
};

static void forks(struct result *r, const char *word)
{
	int n = 0;

	(void)word;
	for (pid_t child; n < MANY_PROCESSES; n++) {
		child = fork();
		if (child < 0)
			break;
		if (!child) {
			pause();
			_exit(0);
		}
	}
	if (n == MANY_PROCESSES)
		succeeded(r, "%d processes", n);
	else
		refused(r, "fork");
}

static void *sleeper(void *arg)
{
	pause();
	return arg;
}

static void threads(struct result *r, const char *word)
{
	pthread_attr_t a;
	pthread_t t;
	int n = 0;

	(void)word;
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 65536);
	while (n < MANY_THREADS && !(errno = pthread_create(&t, &a, sleeper, NULL)))
		n++;
	if (n == MANY_THREADS)
		succeeded(r, "%d threads", n);
	else
		refused(r, "pthread_create");
}

/* In a child, because whoever takes too much is ended. */
static void touch_memory(struct result *r, size_t (*touch)(void))
{
	int status = 0;
	size_t *got = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();

	if (!child) {
		*got = touch();
		_exit(errno & 127);
	}
	if (child < 0)
		return refused(r, "fork");
	waitpid(child, &status, 0);
	errno = WIFSIGNALED(status) ? ENOMEM : WEXITSTATUS(status);
	if (*got >= MEMORY_MIB)
		succeeded(r, "%zu MiB", *got);
	else
		refused(r, "memory");
}

static size_t touch_anonymous(void)
{
	size_t n = 0;

	for (; n < MEMORY_MIB; n++) {
		char *p = mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0);

		if (p == MAP_FAILED)
			break;
		memset(p, 1, MEBIBYTE);
	}
	return n;
}

static size_t touch_segments(void)
{
	int id[MEMORY_MIB / 16];
	size_t n = 0;

	for (; n < MEMORY_MIB / 16; n++) {
		void *p;

		id[n] = shmget(IPC_PRIVATE, 16 * (size_t)MEBIBYTE, IPC_CREAT | 0600);
		p = id[n] < 0 ? (void *)-1 : shmat(id[n], NULL, 0);
		if (id[n] >= 0)
			shmctl(id[n], IPC_RMID, NULL);
		if (p == (void *)-1)
			break;
		memset(p, 1, 16 * (size_t)MEBIBYTE);
	}
	return n * 16;
}

static void memory(struct result *r, const char *word)
{
	touch_memory(r, strcmp(word, "sysv") ? touch_anonymous : touch_segments);
}

static void descriptors(struct result *r, const char *word)
{
	struct rlimit l;
	int n = 0;

	(void)word;
	if (!getrlimit(RLIMIT_NOFILE, &l)) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	while (n < MANY_FILES && dup(0) >= 0)
		n++;
	if (n == MANY_FILES)
		succeeded(r, "%d descriptors", n);
	else
		refused(r, "dup");
}

static char block[MEBIBYTE];

static void fill(struct result *r, const char *word)
{
	char path[192];
	int fd, n = 0;

	snprintf(path, sizeof(path), "%s/fill-%d", word, getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return refused(r, word);
	unlink(path);
	memset(block, 1, sizeof(block));
	while (n < DISK_MIB && write(fd, block, sizeof(block)) == sizeof(block))
		n++;
	if (n == DISK_MIB)
		succeeded(r, "%d MiB in %s", n, word);
	else
		refused(r, word);
}

/* In each place that can be written: one of them may have been forgotten. */
static void fill_anywhere(struct result *r, const char *word)
{
	struct places p;

	(void)word;
	writable_places(&p);
	errno = EROFS;
	refused(r, "no place to write");
	for (unsigned i = 0; i < p.count && r->outcome == REFUSED; i++) {
		if (!facts.state || strcmp(p.at[i], facts.state))
			fill(r, p.at[i]);
	}
}

/* The whole machine shares fs.aio-max-nr. */
static void asynchronous(struct result *r, const char *word)
{
	unsigned long context, n = 0;

	(void)word;
	for (; n < 32; n++) {
		context = 0;
		if (syscall(SYS_io_setup, 1000, &context))
			break;
	}
	if (n == 32)
		succeeded(r, "32,000 events of the machine's");
	else
		refused(r, "io_setup");
}

static void many_names(struct result *r, const char *word)
{
	char folder[192], path[224];
	int n = 0, error;

	(void)word;
	if (!scratch(folder, sizeof(folder), "names") || mkdir(folder, 0700))
		return refused(r, "no place to write");
	for (; n < MANY_NAMES; n++) {
		snprintf(path, sizeof(path), "%s/%d", folder, n);
		if (symlink("x", path))
			break;
	}
	error = errno;
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%d", folder, i);
		unlink(path);
	}
	rmdir(folder);
	errno = error;
	if (n == MANY_NAMES)
		succeeded(r, "%d files", n);
	else
		refused(r, "symlink");
}

static void terminals(struct result *r, const char *word)
{
	int n = 0;

	(void)word;
	while (n < MANY_TERMINALS && open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC) >= 0)
		n++;
	if (n == MANY_TERMINALS)
		succeeded(r, "%d terminals", n);
	else
		refused(r, "/dev/ptmx");
}

/* What lies in a socket counts for nobody but where somebody keeps the account. Bytes in there. */
static size_t fill_udp(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(0x7f000001)}};
	uint32_t memory[9] = {0}; /* SO_MEMINFO */
	socklen_t n = sizeof(a), size = sizeof(memory);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), big = 1 << 22;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&a, &n) || connect(fd, (struct sockaddr *)&a, n))
		return 0;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	for (int i = 0; i < 64 && write(fd, block, 60000) > 0; i++)
		;
	return getsockopt(fd, SOL_SOCKET, 55 /* SO_MEMINFO */, memory, &size) ? 0 : memory[0];
}

/* Connected to itself, which needs nobody who listens. */
static size_t fill_tcp(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(0x7f000001)}};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), in = 0, out = 0, on = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&a, &n) || connect(fd, (struct sockaddr *)&a, n))
		return 0;
	ioctl(fd, FIONBIO, &on);
	for (int i = 0; i < 64 && write(fd, block, sizeof(block)) > 0; i++)
		;
	ioctl(fd, FIONREAD, &in);
	ioctl(fd, TIOCOUTQ, &out);
	return (size_t)(in > out ? in : out); /* one copy may lie in both */
}

static size_t fill_unix(void)
{
	int pair[2];
	ssize_t n;
	size_t all = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
		return 0;
	while ((n = write(pair[0], block, 60000)) > 0)
		all += (size_t)n;
	return all;
}

/* In a few processes, as each has few descriptors. */
static void buffers(struct result *r, const char *word)
{
	size_t (*one)(void) = !strcmp(word, "UDP")   ? fill_udp
			      : !strcmp(word, "TCP") ? fill_tcp
						     : fill_unix;
	volatile size_t *got =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const size_t enough = (size_t)BUFFERS_MIB * MEBIBYTE;

	for (int p = 0; p < BUFFERS_PROCESSES && *got < enough; p++) {
		pid_t child = fork();
		int status;

		if (child < 0)
			break;
		for (int i = 0; !child && i < BUFFERS_SOCKETS && *got < enough; i++)
			*got += one();
		if (!child) {
			kill(getpid(), SIGSTOP);
			_exit(0);
		}
		waitpid(child, &status, WUNTRACED);
	}
	errno = ENOBUFS;
	if (*got >= enough)
		succeeded(r, "%zu MiB", *got / MEBIBYTE);
	else
		refused(r, word);
}

/* Filters are compiled, and the machine has a share of memory for all that is. */
static void filters(struct result *r, const char *word)
{
	static struct sock_filter code[4096];
	struct sock_fprog prog = {4096, code};
	int n = 0;

	(void)word;
	for (unsigned i = 0; i < 4095; i++)
		code[i] = (struct sock_filter){BPF_ALU | BPF_ADD | BPF_K, 0, 0, 0x12345678 + i};
	code[4095] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, 0xffffffff};
	while (n < MANY_FILTERS) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
			break;
		n++;
	}
	if (n == MANY_FILTERS)
		succeeded(r, "%d filters", n);
	else
		refused(r, "SO_ATTACH_FILTER");
}

static double clock_now(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Four processes; counts what they got of the processors together. */
static void processors(struct result *r, const char *word)
{
	double start = clock_now(CLOCK_MONOTONIC), got;
	struct rusage u;
	pid_t child[4];
	int n = 0;

	(void)word;
	while (n < 4 && (child[n] = fork()) >= 0) {
		while (!child[n] && clock_now(CLOCK_MONOTONIC) - start < CPU_SECONDS)
			;
		if (!child[n++])
			_exit(0);
	}
	while (n > 0)
		waitpid(child[--n], NULL, 0);
	getrusage(RUSAGE_CHILDREN, &u);
	got = (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6 +
	      (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6;
	errno = EAGAIN;
	accepted(r, got > 1.2 * CPU_SECONDS ? 0 : -1, "more than 1.2 processors");
}

const struct attack bomb_attacks[] = {
    {"forks", "1,000 processes", forks, NULL},
    {"threads", "1,000 threads", threads, NULL},
    {"memory", "384 MiB of memory", memory, "anonymous"},
    {"memory-sysv", "384 MiB of SysV segments", memory, "sysv"},
    {"descriptors", "10,000 descriptors", descriptors, NULL},
    {"fill-tmp", "256 MiB in /tmp", fill, "/tmp"},
    {"fill-shm", "256 MiB in /dev/shm", fill, "/dev/shm"},
    {"fill-anywhere", "256 MiB in any place", fill_anywhere, NULL},
    {"async", "half of the machine's asynchronous I/O", asynchronous, NULL},
    {"names", "50,000 files", many_names, NULL},
    {"terminals", "64 terminals", terminals, NULL},
    {"buffers-udp", "512 MiB in 3,600 UDP sockets", buffers, "UDP"},
    {"buffers-tcp", "512 MiB in 3,600 TCP sockets", buffers, "TCP"},
    {"buffers-unix", "512 MiB in 3,600 unix sockets", buffers, "unix"},
    {"filters", "200 filters of sockets", filters, NULL},
    {"processors", "more than 1.2 processors", processors, NULL},
    {0},
};
