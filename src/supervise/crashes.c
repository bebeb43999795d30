// SPDX-License-Identifier: MIT
#include "supervise/crashes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/acct.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE	 (512 * 1024) /* bytes of messages that may wait for us */
#define WAIT_MS	 1000	      /* for an answer of the kernel, at start */
#define HAS_TGID 12 /* version from which ac_tgid is there, and AGROUP marks the last thread */

/* The next attribute of *at..end, or NULL. */
static const struct nlattr *next(const char **at, const char *end)
{
	const struct nlattr *a = (const void *)*at;

	if ((size_t)(end - *at) < sizeof *a || a->nla_len < sizeof *a ||
	    a->nla_len > (size_t)(end - *at))
		return NULL;
	*at = end - *at > (long)NLA_ALIGN(a->nla_len) ? *at + NLA_ALIGN(a->nla_len) : end;
	return a;
}

static const struct nlattr *find(const char *at, const char *end, unsigned type)
{
	const struct nlattr *a;

	while ((a = next(&at, end)))
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

/* Attributes behind both heads of a message; NULL when it is none. */
static const char *attributes(const void *message, size_t n, const char **end)
{
	const struct nlmsghdr *h = message;

	if (n < NLMSG_LENGTH(GENL_HDRLEN) || h->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
	    h->nlmsg_len > n)
		return NULL;
	*end = (const char *)message + h->nlmsg_len;
	return (const char *)message + NLMSG_LENGTH(GENL_HDRLEN);
}

bool crashes_parse(const void *message, size_t n, uid_t *uid, int *signal)
{
	const char *end, *at = attributes(message, n, &end);
	const struct nlattr *one = at ? find(at, end, TASKSTATS_TYPE_AGGR_PID) : NULL, *s;
	struct taskstats t = {0};
	size_t len;

	if (!one)
		return false;
	s = find((const char *)(one + 1), (const char *)one + one->nla_len, TASKSTATS_TYPE_STATS);
	if (!s)
		return false;
	len = s->nla_len - sizeof *s;
	if (len < offsetof(struct taskstats, ac_pid))
		return false;
	memcpy(&t, s + 1, len < sizeof t ? len : sizeof t);
	/* Before, only the first thread told the status. */
	if (t.version >= HAS_TGID && !(t.ac_flag & AGROUP))
		return false;
	*uid = t.ac_uid;
	*signal = (int)(t.ac_exitcode & 0x7f);
	return true;
}

int crashes_read(struct crashes *c, crashes_ended *ended, void *arg)
{
	union {
		struct nlmsghdr head;
		char bytes[4096];
	} m;
	int count;

	for (count = 0; count < CRASHES_READ; count++) {
		ssize_t n = recv(c->fd, &m, sizeof m, MSG_DONTWAIT);
		int signal;
		uid_t uid;

		if (n < 0 && errno == ENOBUFS)
			return -1;
		if (n < 0)
			break;
		if (m.head.nlmsg_type == c->family && crashes_parse(&m, (size_t)n, &uid, &signal))
			ended(arg, uid, signal);
	}
	return count;
}

/* Sends one command with one text attribute; the answer is in m. Returns its length or -1. */
static ssize_t ask(int fd, unsigned short family, unsigned char cmd, unsigned short type,
		   const char *text, void *m, size_t room)
{
	struct {
		struct nlmsghdr n;
		struct genlmsghdr g;
		struct nlattr a;
		char text[128];
	} q = {{.nlmsg_type = family,
		.nlmsg_flags =
		    (unsigned short)(NLM_F_REQUEST | (family == GENL_ID_CTRL ? 0 : NLM_F_ACK))},
	       {.cmd = cmd, .version = 1},
	       {.nla_type = type}};
	size_t len = strlen(text) + 1;

	if (len > sizeof q.text)
		return -1;
	memcpy(q.text, text, len);
	q.a.nla_len = (unsigned short)(sizeof q.a + len);
	q.n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLMSG_ALIGN(q.a.nla_len);
	if (send(fd, &q, q.n.nlmsg_len, 0) < 0)
		return -1;
	return recv(fd, m, room, 0);
}

static int find_family(struct crashes *c)
{
	union {
		struct nlmsghdr head;
		char bytes[4096];
	} m;
	ssize_t n = ask(c->fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
			TASKSTATS_GENL_NAME, &m, sizeof m);
	const char *end, *at = n > 0 ? attributes(&m, (size_t)n, &end) : NULL;
	const struct nlattr *a;

	if (!at || m.head.nlmsg_type != GENL_ID_CTRL)
		return -1;
	a = find(at, end, CTRL_ATTR_FAMILY_ID);
	if (!a || a->nla_len < sizeof *a + sizeof c->family)
		return -1;
	memcpy(&c->family, a + 1, sizeof c->family);
	return 0;
}

/* "0-3": all there ever can be, so that none that is switched on later is missed. */
static void all_cpus(char to[static 100])
{
	int fd = open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, to, 99) : 0;

	if (fd >= 0)
		close(fd);
	while (n > 0 && to[n - 1] == '\n')
		n--;
	if (n > 0)
		to[n] = 0;
	else
		strcpy(to, "0");
}

static int listen_to_all(struct crashes *c)
{
	union {
		struct nlmsghdr head;
		char bytes[4096];
	} m;
	char cpus[100];
	ssize_t n;

	all_cpus(cpus);
	n = ask(c->fd, c->family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, cpus, &m,
		sizeof m);
	/* A process may have ended between the order and its receipt. */
	while (n > 0 && m.head.nlmsg_type == c->family)
		n = recv(c->fd, &m, sizeof m, 0);
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) || m.head.nlmsg_type != NLMSG_ERROR)
		return -1;
	errno = -((struct nlmsgerr *)NLMSG_DATA(&m.head))->error;
	return errno ? -1 : 0;
}

int crashes_open(struct crashes *c, struct err *e)
{
	const struct timeval wait = {.tv_usec = WAIT_MS * 1000 - 1};
	int queue = QUEUE;

	c->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (c->fd < 0)
		return err_sys(e, errno, "no netlink");
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof queue))
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &queue, sizeof queue);
	if (find_family(c)) {
		crashes_close(c);
		return err_set(e, EXIT_SYSTEM, "no taskstats (CONFIG_TASKSTATS)");
	}
	if (listen_to_all(c)) {
		err_sys(e, errno, "taskstats");
		crashes_close(c);
		return -1;
	}
	return 0;
}

void crashes_close(struct crashes *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
