// SPDX-License-Identifier: MIT
#include "learn/watch_args.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include "learn/names.h"

#define EPHEMERAL 32768 /* ports from here on are chosen by chance, not by a program */

struct look {
	const struct tracee *t;
	struct facts *f;
	int64_t result;
	double now;
};

static void detail(const struct look *l, const char *call, const char *a, const char *b)
{
	char text[128];

	snprintf(text, sizeof text, "%s %s%s%s", call, a, *b ? " " : "", b);
	facts_add(l->f, FACT_DETAIL, text, l->now);
}

static void power(const struct look *l, const char *name)
{
	facts_add(l->f, FACT_POWER, name, l->now);
}

struct word {
	uint64_t value;
	const char *word;
};

static const char *word_of(const struct word *w, uint64_t value)
{
	static char number[24];

	for (; w->word; w++)
		if (w->value == value)
			return w->word;
	snprintf(number, sizeof number, "0x%llx", (unsigned long long)value);
	return number;
}

static void on_socket(const struct look *l)
{
	static const struct word families[] = {{AF_UNIX, "unix"},     {AF_INET, "inet"},
					       {AF_INET6, "inet6"},   {AF_NETLINK, "netlink"},
					       {AF_PACKET, "packet"}, {AF_BLUETOOTH, "bluetooth"},
					       {AF_VSOCK, "vsock"},   {AF_CAN, "can"},
					       {AF_ALG, "alg"},	      {0, NULL}};
	static const struct word types[] = {{SOCK_STREAM, "stream"},
					    {SOCK_DGRAM, "dgram"},
					    {SOCK_RAW, "raw"},
					    {SOCK_SEQPACKET, "seqpacket"},
					    {0, NULL}};
	uint64_t family = l->t->arg[0], type = l->t->arg[1] & 15;
	char first[32];

	snprintf(first, sizeof first, "%s", word_of(families, family));
	detail(l, "socket", first, word_of(types, type));
	if (family != AF_UNIX)
		l->f->network = true;
	if (family == AF_PACKET || (type == SOCK_RAW && (family == AF_INET || family == AF_INET6)))
		power(l, "net-raw");
}

/* What the descriptor that is the first argument leads to, asked of a copy of it. */
struct sock {
	bool known; /* it is a socket, and could be copied: not everywhere allowed */
	int family, type, protocol;
	unsigned port;
};

static struct sock sock_of(const struct look *l)
{
	int pidfd = (int)syscall(SYS_pidfd_open, l->t->pid, 0);
	int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, (int)l->t->arg[0], 0);
	struct sock s = {0};
	struct sockaddr_in6 a = {0};
	socklen_t n = sizeof(int), an = sizeof a;

	s.known = fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_TYPE, &s.type, &n) &&
		  !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &s.family, &n) &&
		  !getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &s.protocol, &n);
	if (s.known && (s.family == AF_INET || s.family == AF_INET6) &&
	    !getsockname(fd, (struct sockaddr *)&a, &an))
		s.port = ntohs(a.sin6_port); /* at the same place in both */
	if (fd >= 0)
		close(fd);
	if (pidfd >= 0)
		close(pidfd);
	return s;
}

static void listens(const struct look *l, unsigned port, const char *protocol)
{
	char text[32];

	if (!port || port >= EPHEMERAL)
		snprintf(text, sizeof text, "any/%s", protocol);
	else
		snprintf(text, sizeof text, "%u/%s", port, protocol);
	facts_add(l->f, FACT_LISTEN, text, l->now);
}

/* The address at `at` when it is the name of a local socket. */
static int local_name(const struct look *l, uint64_t at, uint64_t size, char to[static PATH_MAX])
{
	struct sockaddr_un u = {0};
	size_t n = size < sizeof u ? (size_t)size : sizeof u - 1;

	if (!at || tracee_read(l->t, at, &u, n) || u.sun_family != AF_UNIX || !u.sun_path[0])
		return -1;
	return tracee_path(l->t, AT_FDCWD, u.sun_path, to, &l->f->relative);
}

static void on_bind(const struct look *l)
{
	struct sockaddr_in6 a = {0};
	size_t n = l->t->arg[2] < sizeof a ? l->t->arg[2] : sizeof a;
	char path[PATH_MAX];
	struct sock s;
	unsigned port;

	if (!local_name(l, l->t->arg[1], l->t->arg[2], path))
		facts_add(l->f, FACT_MAKE, path, l->now);
	if (tracee_read(l->t, l->t->arg[1], &a, n) ||
	    (a.sin6_family != AF_INET && a.sin6_family != AF_INET6))
		return;
	s = sock_of(l);
	port = ntohs(a.sin6_port);
	/* TCP without a port: before connect(), or on_listen() says so. Both, where it cannot be
	 * known which. */
	if ((!s.known || s.type == SOCK_STREAM) && port)
		listens(l, port, "tcp");
	if (!s.known || s.type != SOCK_STREAM)
		listens(l, port, "udp");
}

static void on_listen(const struct look *l)
{
	struct sock s = sock_of(l);

	if (s.known && (s.family == AF_INET || s.family == AF_INET6))
		listens(l, s.port, "tcp");
}

/* A local socket is asked for by its name. */
static void on_address(const struct look *l, uint64_t at, uint64_t size)
{
	char path[PATH_MAX];

	if (!local_name(l, at, size, path))
		facts_add(l->f, FACT_READ, path, l->now);
}

/* Messages that change addresses or routes; those that ask are free, and other families of netlink
 * have the same numbers for other things. */
static void on_netlink(const struct look *l, uint64_t at)
{
	struct sock s = sock_of(l);
	struct nlmsghdr h;

	if (s.family != AF_NETLINK || s.protocol != NETLINK_ROUTE ||
	    tracee_read(l->t, at, &h, sizeof h))
		return;
	if (h.nlmsg_type >= RTM_BASE && h.nlmsg_type <= RTM_MAX && (h.nlmsg_type & 3) != 2)
		power(l, "net-admin");
}

static void on_sendmsg(const struct look *l)
{
	struct msghdr m;
	struct iovec v;

	if (tracee_read(l->t, l->t->arg[1], &m, sizeof m))
		return;
	on_address(l, (uint64_t)(uintptr_t)m.msg_name, m.msg_namelen);
	if (m.msg_iovlen && !tracee_read(l->t, (uint64_t)(uintptr_t)m.msg_iov, &v, sizeof v) &&
	    v.iov_len >= sizeof(struct nlmsghdr))
		on_netlink(l, (uint64_t)(uintptr_t)v.iov_base);
}

static void on_ioctl(const struct look *l)
{
	uint64_t c = l->t->arg[1] & 0xffffffff;
	char group[32];

	if (c == FIONBIO || c == FIONREAD || c == FIOCLEX || c == FIOASYNC) {
		detail(l, "ioctl", "FIONBIO/FIONREAD", "");
	} else if ((c >> 8) == 0x54) {
		detail(l, "ioctl", "terminal", "");
	} else if ((c >> 8) == 0x89) {
		detail(l, "ioctl", "interfaces", "");
		if (c == SIOCSIFADDR || c == SIOCSIFFLAGS || c == SIOCSIFNETMASK ||
		    c == SIOCADDRT || c == SIOCDELRT || c == SIOCSIFBRDADDR || c == SIOCSARP)
			power(l, "net-admin");
	} else {
		char letter = (char)(c >> 8 & 0xff);

		if (letter > ' ' && letter < 127 && letter != ';')
			snprintf(group, sizeof group, "'%c'", letter);
		else
			snprintf(group, sizeof group, "0x%x", (unsigned)(c >> 8 & 0xff));
		detail(l, "ioctl", "group", group);
	}
}

static void on_memory(const struct look *l, bool maps)
{
	uint64_t prot = l->t->arg[2];

	if ((prot & (PROT_WRITE | PROT_EXEC)) == (PROT_WRITE | PROT_EXEC)) {
		detail(l, maps ? "mmap" : "mprotect", "write+exec", "");
		power(l, "jit");
	} else if (prot & PROT_EXEC && maps && l->t->arg[3] & MAP_ANONYMOUS) {
		detail(l, "mmap", "exec, no file", "");
		power(l, "jit");
	} else if (prot & PROT_EXEC && !maps) {
		detail(l, "mprotect", "exec", "");
		power(l, "jit");
	}
}

static void on_clone(const struct look *l, uint64_t flags)
{
	detail(l, "clone", flags & CLONE_THREAD ? "thread" : "process", "");
	if (flags & CLONE_NEWUSER)
		power(l, "user-ns");
	if (flags & (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
		     CLONE_NEWCGROUP))
		facts_add(l->f, FACT_NOTE,
			  "it makes namespaces of its own, which no profile can allow (but with "
			  "power = user-ns)",
			  l->now);
}

static void on_prctl(const struct look *l)
{
	static const struct word options[] = {{PR_SET_NAME, "name"},
					      {PR_SET_PDEATHSIG, "parent-death signal"},
					      {PR_SET_DUMPABLE, "dumpable"},
					      {PR_GET_DUMPABLE, "dumpable?"},
					      {PR_SET_NO_NEW_PRIVS, "no new privileges"},
					      {PR_SET_KEEPCAPS, "keep capabilities"},
					      {PR_SET_SECCOMP, "seccomp"},
					      {PR_CAPBSET_READ, "bounding set?"},
					      {PR_CAPBSET_DROP, "bounding set"},
					      {PR_SET_CHILD_SUBREAPER, "subreaper"},
					      {PR_GET_NAME, "name?"},
					      {PR_SET_VMA, "memory names"},
					      {0, NULL}};

	detail(l, "prctl", word_of(options, l->t->arg[0]), "");
}

/* Only a uid that is another than before counts, and only root's switching takes a power. */
static void on_user(struct tracee *t, const struct look *l, uint64_t uid)
{
	char text[24];

	if ((uint32_t)uid == (uint32_t)-1 || (uint32_t)uid == getuid() || (uint32_t)uid == 0)
		return;
	snprintf(text, sizeof text, "%u", (unsigned)uid);
	facts_add(l->f, FACT_USER, text, l->now);
	t->switched = true;
}

static void on_clock(const struct look *l)
{
	struct timex x;
	bool adjtimex = l->t->call == SYS_adjtimex;

	/* Asking is allowed to everyone, but it is the same call. */
	if (l->t->call == SYS_adjtimex || l->t->call == SYS_clock_adjtime) {
		if (tracee_read(l->t, l->t->arg[adjtimex ? 0 : 1], &x, sizeof x) || !x.modes)
			return;
	}
	power(l, "time");
}

static void sockets(const struct look *l)
{
	switch (l->t->call) {
	case SYS_socket:
		on_socket(l);
		break;
	case SYS_bind:
		on_bind(l);
		break;
	case SYS_listen:
		on_listen(l);
		break;
	case SYS_connect:
		on_address(l, l->t->arg[1], l->t->arg[2]);
		break;
	case SYS_sendto:
		on_address(l, l->t->arg[4], l->t->arg[5]);
		if (l->t->arg[2] >= sizeof(struct nlmsghdr))
			on_netlink(l, l->t->arg[1]);
		break;
	case SYS_sendmsg:
		on_sendmsg(l);
		break;
	default:
		break;
	}
}

static void processes(const struct look *l)
{
	uint64_t flags;

	switch (l->t->call) {
	case SYS_clone:
		on_clone(l, l->t->arg[0]);
		break;
	case SYS_clone3:
		if (!tracee_read(l->t, l->t->arg[0], &flags, sizeof flags))
			on_clone(l, flags);
		break;
	case SYS_unshare:
		on_clone(l, l->t->arg[0]);
		break;
	case SYS_prctl:
		on_prctl(l);
		break;
	case SYS_setuid:
		on_user((struct tracee *)l->t, l, l->t->arg[0]);
		break;
	case SYS_setreuid:
	case SYS_setresuid:
		on_user((struct tracee *)l->t, l, l->t->arg[1]);
		break;
	case SYS_chroot:
		facts_add(l->f, FACT_NOTE,
			  "it calls chroot: power = switch-user, or tell it not to (the sandbox is "
			  "one)",
			  l->now);
		break;
	case SYS_ptrace:
		power(l, "ptrace");
		break;
	default:
		break;
	}
}

void watch_args(const struct tracee *t, struct facts *f, int64_t result, double now)
{
	const struct look l = {t, f, result, now};

	switch (t->call) {
	case SYS_ioctl:
		on_ioctl(&l);
		break;
	case SYS_mmap:
		on_memory(&l, true);
		break;
	case SYS_mprotect:
		on_memory(&l, false);
		break;
	case SYS_memfd_create:
		power(&l, "memfd");
		break;
	case SYS_settimeofday:
	case SYS_clock_settime:
	case SYS_adjtimex:
	case SYS_clock_adjtime:
		on_clock(&l);
		break;
	default:
		sockets(&l);
		processes(&l);
	}
}
