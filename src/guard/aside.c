// SPDX-License-Identifier: MIT
#include "guard/aside.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIR (2 * sizeof(int))

/* The result is a struct err, with the descriptors attached if there are any. */
struct parcel {
	struct err e;
	struct iovec body;
	_Alignas(struct cmsghdr) char rights[CMSG_SPACE(PAIR)];
	struct msghdr m;
};

static void wrap(struct parcel *p)
{
	memset(p, 0, sizeof *p);
	p->body = (struct iovec){&p->e, sizeof p->e};
	p->m.msg_iov = &p->body;
	p->m.msg_iovlen = 1;
	p->m.msg_control = p->rights;
	p->m.msg_controllen = sizeof p->rights;
}

static void child(int (*make)(void *arg, int fd[2], struct err *e), void *arg, int to)
{
	struct parcel p;
	int fd[2];

	setpriority(PRIO_PROCESS, 0, 10);
	wrap(&p);
	if (make(arg, fd, &p.e)) {
		p.m.msg_controllen = 0;
	} else {
		struct cmsghdr *h = CMSG_FIRSTHDR(&p.m);

		h->cmsg_len = CMSG_LEN(PAIR);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(h), fd, PAIR);
	}
	_exit(sendmsg(to, &p.m, MSG_NOSIGNAL) < 0);
}

int aside_start(int (*make)(void *arg, int fd[2], struct err *e), void *arg, struct err *e)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return err_sys(e, errno, "no socket");
	signal(SIGCHLD, SIG_IGN); /* nobody waits for it */
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		child(make, arg, ends[1]);
	}
	close(ends[1]);
	if (pid > 0)
		return ends[0];
	err_sys(e, errno, "no process");
	close(ends[0]);
	return -1;
}

int aside_take(int aside, int fd[2], struct err *e)
{
	const struct cmsghdr *h;
	struct parcel p;
	ssize_t n;

	wrap(&p);
	do
		n = recvmsg(aside, &p.m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	close(aside);
	if (n != (ssize_t)sizeof p.e)
		return err_set(e, EXIT_SYSTEM, "the process that was to load programs has died");
	h = CMSG_FIRSTHDR(&p.m);
	if (!h || h->cmsg_type != SCM_RIGHTS || h->cmsg_len != CMSG_LEN(PAIR)) {
		if (e)
			*e = p.e;
		return -1;
	}
	memcpy(fd, CMSG_DATA(h), PAIR);
	return 0;
}
