/* SPDX-License-Identifier: MIT
 *
 * Route netlink, as far as the guard needs it: building a request, asking, walking attributes.
 * Source: rtnetlink(7), netlink(7), RFC 3549.
 */
#ifndef GUARD_RTNL_H
#define GUARD_RTNL_H

#include <linux/rtnetlink.h>
#include <stddef.h>

struct rtnl_request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		struct tcmsg tc;
	};
	char attr[256];
};

/* A close-on-exec socket, subscribed to groups (RTMGRP_*). Returns it, or -errno. */
int rtnl_open(unsigned groups);

/* Starts a request with a body of body_len bytes, zero. */
void rtnl_begin(struct rtnl_request *r, int type, int flags, size_t body_len);

/* Appends an attribute; the request has room for all that the guard asks (asserted). */
void rtnl_add(struct rtnl_request *r, int type, const void *data, size_t len);

/* Between these two, attributes are inside one of the given type. */
struct rtattr *rtnl_nest(struct rtnl_request *r, int type);
void rtnl_nest_end(struct rtnl_request *r, struct rtattr *nest);

/* Sends a request and waits for its acknowledgement. Returns 0 or -errno. */
int rtnl_ask(int fd, struct rtnl_request *r);

/* Asks for a dump and calls each(message, arg) for every answer. Returns 0 or -errno; -EAGAIN when
 * something changed meanwhile, so that an answer may be missing. */
int rtnl_dump(int fd, struct rtnl_request *r, void (*each)(const struct nlmsghdr *h, void *arg),
	      void *arg);

/* First attribute of that type behind a body of body_len bytes, or NULL; and inside an attribute.
 */
const struct rtattr *rtnl_attr(const struct nlmsghdr *h, size_t body_len, int type);
const struct rtattr *rtnl_inner(const struct rtattr *outer, int type);

#endif
