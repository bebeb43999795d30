// SPDX-License-Identifier: MIT
//
// Answers refused calls, and does for the program what it may do only through us: bind and listen.
#include "sandbox/state.h"

#include <arpa/inet.h>
#include <asm/unistd.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/aside.h"
#include "sandbox/behalf.h"
#include "sandbox/calls.h"
#include "sandbox/opens.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL /* since 6.9 */
#endif

/* Answers take our time, which no limit of the program's counts: a second at once, and a fifth of a
 * processor in the long run. */
#define SPENT_MOST 1000000000u
#define SHARE	   5
#define REST	   1000000

#define WATCHES_MAX 32 /* instances of inotify in one process */

/* One refusal being answered. */
struct asked {
	struct launch *l;
	int notify;
	const struct seccomp_notif *n;
	struct seccomp_notif_resp *answer;
	struct denial *d;
	bool report;
};

static void note(struct asked *a, enum denial_kind kind)
{
	a->d->kind = (uint8_t)kind;
	a->report = true;
}

/* Text of the program's own memory; it may change under our eyes, so it is for people only. */
static void read_text(const struct asked *a, uint64_t at, char *to, size_t size)
{
	char page[256];
	size_t want = 4096 - (at & 4095); /* no further than the page, which may be the last */
	struct iovec here = {page, want < sizeof(page) ? want : sizeof(page)};
	struct iovec there = {(void *)(uintptr_t)at, here.iov_len};
	ssize_t n = process_vm_readv((pid_t)a->n->pid, &here, 1, &there, 1, 0);
	size_t i = 0;

	for (; n > 0 && i < (size_t)n && i + 1 < size && page[i]; i++)
		to[i] = page[i];
	to[i] = 0;
}

static int other_threads_leader(pid_t tid)
{
	char text[BEHALF_STATUS];
	const char *at;
	int pid = -1;

	if (behalf_status(tid, text))
		return -1;
	at = strstr(text, "\nTgid:");
	if (at && sscanf(at, "\nTgid: %d", &pid) != 1)
		pid = -1;
	return pid;
}

/* A copy of the program's descriptor, which may be the last one by now. */
static int take_descriptor(const struct asked *a, int fd)
{
	pid_t tid = (pid_t)a->n->pid;
	int pidfd = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD), copy;
	uint64_t id = a->n->id;

	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, tid, 0);
	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, other_threads_leader(tid), 0);
	if (pidfd < 0)
		return -1;
	copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	/* Still the same thread, not another one with its number. */
	return ioctl(a->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) ? -1 : copy;
}

static int socket_number(int fd, int what)
{
	int v = -1;
	socklen_t n = sizeof(v);

	return getsockopt(fd, SOL_SOCKET, what, &v, &n) ? -1 : v;
}

static bool is_inet(int family)
{
	return family == AF_INET || family == AF_INET6;
}

static uint16_t port_of(const struct sockaddr_storage *sa)
{
	return ntohs(sa->ss_family == AF_INET ? ((const struct sockaddr_in *)sa)->sin_port
					      : ((const struct sockaddr_in6 *)sa)->sin6_port);
}

static bool listed(const struct profile *p, uint16_t port, int type)
{
	uint8_t proto = type == SOCK_STREAM ? PROFILE_TCP : PROFILE_UDP;

	for (unsigned i = 0; i < p->listens; i++)
		if (p->listen[i].proto == proto &&
		    (p->listen[i].port == port || (!p->listen[i].port && port > 1023)))
			return true;
	return false;
}

static void refuse_port(struct asked *a, uint16_t port, int type)
{
	snprintf(a->d->detail, sizeof(a->d->detail), "%u/%s", port,
		 type == SOCK_STREAM ? "tcp" : "udp");
	note(a, DENIAL_LISTEN);
	a->answer->error = -EACCES;
}

static void answer_with(struct asked *a, int rc)
{
	a->answer->error = rc ? -errno : 0;
	a->answer->val = 0;
}

/* Programs that change users or set up networks may have rights that ours, as their user, has not.
 */
static bool is_left_alone(const struct asked *a, int family)
{
	enum power power = family == AF_UNIX ? POWER_SWITCH_USER : POWER_NET_ADMIN;

	return !is_inet(family) && a->l->p->powers & POWER_BIT(power);
}

/* Never left to the kernel, which would look at the descriptor again, and at the address: another
 * thread may have put a socket of the network in its place, whose port nobody has looked at. */
static void answer_as(struct asked *a, int fd, const struct sockaddr *at, socklen_t n)
{
	uint64_t id = a->n->id;
	struct behalf b;

	if (behalf_open(&b, (pid_t)a->n->pid)) {
		a->answer->error = -EACCES;
		return;
	}
	if (ioctl(a->notify, SECCOMP_IOCTL_NOTIF_ID_VALID, &id))
		a->answer->error = -EACCES; /* of somebody else */
	else if (at)
		answer_with(a, behalf_bind(&b, fd, at, n));
	else
		answer_with(a, behalf_listen(&b, fd, (int)a->n->data.args[1]));
}

/* The address is copied once, looked at, and used: what the program writes over it afterwards is
 * of no use. */
static void answer_bind(struct asked *a, int fd)
{
	struct sockaddr_storage sa = {0};
	uint64_t len = a->n->data.args[2];
	struct iovec here = {&sa, len < sizeof(sa) ? len : sizeof(sa)};
	struct iovec there = {(void *)(uintptr_t)a->n->data.args[1], here.iov_len};
	int family = socket_number(fd, SO_DOMAIN), type = socket_number(fd, SO_TYPE);

	if (is_left_alone(a, family)) {
		a->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		return;
	}
	if (process_vm_readv((pid_t)a->n->pid, &here, 1, &there, 1, 0) != (ssize_t)here.iov_len) {
		a->answer->error = -EFAULT;
		return;
	}
	if (!is_inet(family))
		answer_as(a, fd, (struct sockaddr *)&sa, (socklen_t)here.iov_len);
	else if (type != SOCK_RAW && port_of(&sa) && !listed(a->l->p, port_of(&sa), type))
		refuse_port(a, port_of(&sa), type);
	else
		answer_with(a, bind(fd, (struct sockaddr *)&sa, (socklen_t)here.iov_len));
}

static void answer_listen(struct asked *a, int fd)
{
	struct sockaddr_storage sa = {0};
	socklen_t n = sizeof(sa);

	if (!is_inet(socket_number(fd, SO_DOMAIN)))
		answer_as(a, fd, NULL, 0);
	else if (getsockname(fd, (struct sockaddr *)&sa, &n) ||
		 !listed(a->l->p, port_of(&sa), SOCK_STREAM))
		refuse_port(a, port_of(&sa), SOCK_STREAM);
	else
		answer_with(a, listen(fd, (int)a->n->data.args[1]));
}

/* In a process of its own. */
static void answer_port(void *arg)
{
	struct asked *a = arg;
	int fd = take_descriptor(a, (int)a->n->data.args[0]);

	if (fd < 0) {
		a->answer->error = -EBADF;
		return;
	}
	if (socket_number(fd, SO_TYPE) < 0)
		a->answer->error = -ENOTSOCK;
	else if (a->n->data.nr == __NR_listen)
		answer_listen(a, fd);
	else
		answer_bind(a, fd);
}

/* "inet raw", "packet", "netlink 9", "family 40": as denial_line() reads it. */
static void say_socket(char to[DENIAL_DETAIL], int family, int type, int protocol)
{
	static const char *const types[] = {
	    [SOCK_STREAM] = "stream", [SOCK_DGRAM] = "dgram", [SOCK_RAW] = "raw"};
	int t = type & 15;

	if (is_inet(family) && t >= SOCK_STREAM && t <= SOCK_RAW)
		snprintf(to, DENIAL_DETAIL, "%s %s", family == AF_INET ? "inet" : "inet6",
			 types[t]);
	else if (family == AF_NETLINK)
		snprintf(to, DENIAL_DETAIL, "netlink %d", protocol);
	else if (family == AF_PACKET)
		strcpy(to, "packet");
	else
		snprintf(to, DENIAL_DETAIL, "family %d type %d", family, t);
}

/* A call that is let pass with other arguments: the one that was not, for denial_line() to tell it
 * from a call that is refused as a whole. */
static void say_argument(struct asked *a)
{
	static const uint8_t which[VERDICT_COUNT] = {
	    [VERDICT_MMAP] = 2,	   [VERDICT_MPROTECT] = 2, [VERDICT_SHMAT] = 2,
	    [VERDICT_MEMFD] = 1,   [VERDICT_IOCTL] = 1,	   [VERDICT_CHMOD] = 1,
	    [VERDICT_CHMODAT] = 2, [VERDICT_MKNOD] = 1,	   [VERDICT_MKNODAT] = 2,
	    [VERDICT_OPEN] = 2,	   [VERDICT_OPENAT] = 3,   [VERDICT_SETSOCKOPT] = 2,
	    [VERDICT_RENAME] = 4};
	unsigned n = (unsigned)call_index(a->n->data.nr);
	uint8_t verdict = n < PROFILE_CALLS ? a->l->policy.verdict[n] : VERDICT_REFUSE;

	if (verdict > VERDICT_ASK)
		snprintf(a->d->detail, sizeof(a->d->detail), "with %#llx",
			 (unsigned long long)a->n->data.args[which[verdict]]);
}

static void refuse(struct asked *a)
{
	const __u64 *arg = a->n->data.args;

	a->answer->error = -EPERM;
	switch (a->n->data.nr) {
	case __NR_execve:
		read_text(a, arg[0], a->d->detail, sizeof(a->d->detail));
		note(a, DENIAL_EXEC);
		return;
	case __NR_execveat:
		read_text(a, arg[1], a->d->detail, sizeof(a->d->detail));
		note(a, DENIAL_EXEC);
		return;
	case __NR_socket:
	case __NR_socketpair:
		if (!is_inet((int)arg[0]))
			a->answer->error = -EAFNOSUPPORT;
		say_socket(a->d->detail, (int)arg[0], (int)arg[1], (int)arg[2]);
		note(a, DENIAL_NET);
		return;
	default:
		say_argument(a);
		note(a, DENIAL_CALL);
	}
}

/* Instances of inotify that the caller has open; at most one more than counts. */
static int open_watches(pid_t tid)
{
	char path[48], to[32];
	DIR *folder;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%ld/fd", (long)tid);
	folder = opendir(path);
	for (struct dirent *f; folder && n <= WATCHES_MAX && (f = readdir(folder));) {
		ssize_t len = readlinkat(dirfd(folder), f->d_name, to, sizeof(to));

		n += len > 0 && memmem(to, (size_t)len, "inotify", 7);
	}
	if (folder)
		closedir(folder);
	return n;
}

static void answer_watch(struct asked *a)
{
	if (open_watches((pid_t)a->n->pid) < WATCHES_MAX)
		a->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else
		a->answer->error = -EMFILE;
}

/* Made absolute; false where that takes more than its text: a report is not worth more. */
static bool whole_path(const struct asked *a, int folder, uint64_t at, char to[DENIAL_DETAIL])
{
	char text[DENIAL_DETAIL], link[48];
	ssize_t n = 0;

	read_text(a, at, text, sizeof(text));
	if (!*text || strstr(text, "..") || strstr(text, "./") || strstr(text, "//"))
		return false;
	if (*text != '/') {
		snprintf(link, sizeof(link), "/proc/%lu/cwd", (unsigned long)a->n->pid);
		n = folder == AT_FDCWD ? readlink(link, to, DENIAL_DETAIL - 2) : -1;
		if (n <= 0)
			return false;
		if (to[n - 1] != '/')
			to[n++] = '/';
	}
	return snprintf(to + n, DENIAL_DETAIL - (size_t)n, "%s", text) < DENIAL_DETAIL - (int)n;
}

/* The filter sends each open here for the report's sake; the kernel decides. But for a mode that it
 * would not have let pass. */
static void answer_open(struct asked *a, unsigned first)
{
	const __u64 *arg = a->n->data.args + first;
	int folder = first ? (int)a->n->data.args[0] : AT_FDCWD;
	const struct creds *c = &a->l->creds;
	const struct opener by = {(pid_t)a->n->pid, c->is_named, c->uid, c->gid};
	char path[DENIAL_DETAIL];
	enum denial_kind kind;

	if (policy_open_refused((uint32_t)arg[1], (uint32_t)arg[2])) {
		refuse(a);
		return;
	}
	a->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (whole_path(a, folder, arg[0], path) &&
	    opens_denied(&a->l->view, &by, path, (int)arg[1], &kind)) {
		memcpy(a->d->detail, path, sizeof(path));
		note(a, kind);
	}
}

/* Another limit of dumps: what the kernel would say, but that it stays 1. */
static void answer_core(struct asked *a, bool plain)
{
	const __u64 *arg = a->n->data.args;
	uint64_t wide[2] = {0}, now[2] = {1, 1};
	unsigned long narrow[2] = {0};
	struct iovec here = {plain ? (void *)narrow : (void *)wide,
			     plain ? sizeof(narrow) : sizeof(wide)};
	struct iovec there = {(void *)(uintptr_t)arg[plain ? 1 : 2], here.iov_len};
	struct iovec from = {now, sizeof(now)}, to = {(void *)(uintptr_t)arg[3], sizeof(now)};
	pid_t tid = (pid_t)a->n->pid;

	if (process_vm_readv(tid, &here, 1, &there, 1, 0) != (ssize_t)here.iov_len) {
		a->answer->error = -EFAULT;
		return;
	}
	for (int i = 0; i < 2 && plain; i++)
		wide[i] = narrow[i];
	if (wide[0] > wide[1])
		a->answer->error = -EINVAL;
	else if (wide[1] > 1)
		a->answer->error = -EPERM;
	else if (!plain && arg[3] && process_vm_writev(tid, &from, 1, &to, 1, 0) < 0)
		a->answer->error = -EFAULT;
}

static void answer(struct asked *a)
{
	unsigned n = (unsigned)call_index(a->n->data.nr);
	int verdict = n < PROFILE_CALLS ? a->l->policy.verdict[n] : VERDICT_REFUSE;

	if (verdict == VERDICT_OPEN || verdict == VERDICT_OPENAT) {
		answer_open(a, verdict == VERDICT_OPENAT);
		return;
	}
	if (verdict == VERDICT_SETRLIMIT || verdict == VERDICT_PRLIMIT) {
		answer_core(a, verdict == VERDICT_SETRLIMIT);
		return;
	}
	if (verdict != VERDICT_ASK)
		refuse(a);
	else if (a->n->data.nr != __NR_bind && a->n->data.nr != __NR_listen)
		answer_watch(a);
	else if (aside(answer_port, a, &a->l->aside))
		a->answer->error = -EAGAIN;
}

static void describe(struct denial *d, const struct launch *l, const struct seccomp_notif *n)
{
	struct timespec now;
	char path[48];
	int fd;

	clock_gettime(CLOCK_REALTIME, &now);
	d->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	d->count = 1;
	d->pid = (int32_t)n->pid;
	d->call = n->data.nr;
	memcpy(d->program, l->p->name, sizeof(d->program));
	snprintf(path, sizeof(path), "/proc/%lu/comm", (unsigned long)n->pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (read(fd, d->comm, sizeof(d->comm) - 1) > 0)
		d->comm[strcspn(d->comm, "\n")] = 0;
	close(fd);
}

static uint64_t clock_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The program waits for its answers, so resting slows it, and nobody else for longer than that. */
static void rest(struct launch *l, uint64_t cost)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), forgiven = (now - l->paid) / SHARE;

	l->spent = l->spent > forgiven ? l->spent - forgiven + cost : cost;
	l->paid = now;
	if (l->spent >= SPENT_MOST)
		nanosleep(&(struct timespec){.tv_nsec = REST}, NULL);
}

static int answer_one(struct launch *l, const struct launch_child *c, struct denial *d)
{
	struct seccomp_notif n = {0};
	struct seccomp_notif_resp resp = {0};
	struct pollfd ready = {.fd = c->notify, .events = POLLIN};
	struct asked a = {l, c->notify, &n, &resp, d, false};

	if (poll(&ready, 1, 0) <= 0)
		return 0;
	if (!(ready.revents & POLLIN))
		return -1; /* nobody is left who could ask */
	if (ioctl(c->notify, SECCOMP_IOCTL_NOTIF_RECV, &n))
		return errno == ENOENT || errno == EINTR ? 0 : -1;
	resp.id = n.id;
	*d = (struct denial){0};
	answer(&a);
	if (a.report) /* before the answer: the thread waits, and is still the one */
		describe(d, l, &n);
	if (ioctl(c->notify, SECCOMP_IOCTL_NOTIF_SEND, &resp) && errno != ENOENT)
		return -1;
	return a.report;
}

int launch_refusal(struct launch *l, const struct launch_child *c, struct denial *d)
{
	uint64_t began = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	int rc = answer_one(l, c, d);

	/* As much again for what the caller does with it: waits, notes. */
	rest(l, 2 * (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began + l->aside));
	l->aside = 0;
	return rc;
}
