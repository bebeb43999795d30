// SPDX-License-Identifier: MIT
#include "guard/rtnl.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int rtnl_open(unsigned groups)
{
	struct sockaddr_nl me = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&me, sizeof me)) {
		int n = -errno;

		close(fd);
		return n;
	}
	return fd;
}

void rtnl_begin(struct rtnl_request *r, int type, int flags, size_t body_len)
{
	memset(r, 0, sizeof *r);
	r->head.nlmsg_type = (unsigned short)type;
	r->head.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags);
	r->head.nlmsg_len = (unsigned)NLMSG_LENGTH(body_len);
}

void rtnl_add(struct rtnl_request *r, int type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);
	struct rtattr *a = (struct rtattr *)((char *)r + at);

	assert(at + RTA_SPACE(len) <= sizeof *r);
	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->head.nlmsg_len = (unsigned)(at + RTA_SPACE(len));
}

struct rtattr *rtnl_nest(struct rtnl_request *r, int type)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	rtnl_add(r, type | NLA_F_NESTED, NULL, 0);
	return a;
}

void rtnl_nest_end(struct rtnl_request *r, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((char *)r + r->head.nlmsg_len - (char *)nest);
}

static ssize_t receive(int fd, void *buf, size_t len)
{
	ssize_t n;

	do
		n = recv(fd, buf, len, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int rtnl_ask(int fd, struct rtnl_request *r)
{
	static unsigned seq;
	char buf[1024] __attribute__((aligned(NLMSG_ALIGNTO)));

	r->head.nlmsg_flags |= NLM_F_ACK;
	r->head.nlmsg_seq = ++seq;
	if (send(fd, r, r->head.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		ssize_t n = receive(fd, buf, sizeof buf);

		if (n < 0)
			return (int)n;
		for (; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n))
			if (h->nlmsg_seq == seq && h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
	}
}

int rtnl_dump(int fd, struct rtnl_request *r, void (*each)(const struct nlmsghdr *h, void *arg),
	      void *arg)
{
	static unsigned last = 1u << 31; /* never one of rtnl_ask() */
	char buf[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	unsigned seq = ++last; /* each() may ask for a dump of its own, at another socket */
	int torn = 0;

	r->head.nlmsg_flags |= NLM_F_DUMP;
	r->head.nlmsg_seq = seq;
	if (send(fd, r, r->head.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		ssize_t n = receive(fd, buf, sizeof buf);

		if (n < 0)
			return (int)n;
		for (; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n)) {
			if (h->nlmsg_seq != seq)
				continue; /* left over from a dump that was given up */
			torn |= h->nlmsg_flags & NLM_F_DUMP_INTR;
			if (h->nlmsg_type == NLMSG_DONE)
				return torn ? -EAGAIN : 0;
			if (h->nlmsg_type == NLMSG_ERROR)
				return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
			each(h, arg);
		}
	}
}

static const struct rtattr *find(const struct rtattr *a, size_t len, int type)
{
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

const struct rtattr *rtnl_attr(const struct nlmsghdr *h, size_t body_len, int type)
{
	size_t skip = NLMSG_SPACE(body_len);

	if (h->nlmsg_len < skip)
		return NULL;
	return find((const struct rtattr *)((const char *)h + skip), h->nlmsg_len - skip, type);
}

const struct rtattr *rtnl_inner(const struct rtattr *outer, int type)
{
	return find(RTA_DATA(outer), RTA_PAYLOAD(outer), type);
}
