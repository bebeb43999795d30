// SPDX-License-Identifier: MIT
#include "guard/link_watch.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "guard/rtnl.h"

#define TRIES 4

/* Kinds whose packets all pass another interface of this system, where the guard is already. */
static const char *const upper[] = {"bridge", "bond",	 "team",   "vlan", "macvlan",
				    "ipvlan", "macvtap", "ipvtap", "vrf",  "ifb",
				    "nlmon",  "hsr",	 "prp"};

static const unsigned short no_ip[] = {ARPHRD_CAN, ARPHRD_IEEE802154, ARPHRD_IEEE802154_MONITOR,
				       ARPHRD_NETLINK, ARPHRD_VSOCKMON};

int link_wanted(const struct seen_link *l, enum lim_link *carries)
{
	if (l->loopback)
		return 0;
	for (size_t i = 0; i < sizeof upper / sizeof upper[0]; i++)
		if (!strcmp(l->kind, upper[i]))
			return 0;
	for (size_t i = 0; i < sizeof no_ip / sizeof no_ip[0]; i++)
		if (l->type == no_ip[i])
			return 0;
	*carries = l->type == ARPHRD_ETHER ? LIM_ETHERNET : LIM_RAW_IP;
	return 1;
}

static void text(char *to, size_t room, const struct rtattr *a)
{
	size_t n = a ? RTA_PAYLOAD(a) : 0;

	memset(to, 0, room);
	memcpy(to, a ? RTA_DATA(a) : "", n < room ? n : room - 1);
}

static void on_link(const struct nlmsghdr *h, void *arg)
{
	const struct watch *w = arg;
	const struct ifinfomsg *m = NLMSG_DATA(h);
	const struct rtattr *info, *hw;
	struct seen_link l = {.index = (lim_u32)m->ifi_index, .type = m->ifi_type};

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof *m) || m->ifi_family != AF_UNSPEC)
		return; /* a bridge tells of its ports in a family of its own */
	if (h->nlmsg_type == RTM_DELLINK) {
		w->to->link_gone(w->arg, l.index);
		return;
	}
	if (h->nlmsg_type != RTM_NEWLINK)
		return;
	l.loopback = !!(m->ifi_flags & IFF_LOOPBACK);
	info = rtnl_attr(h, sizeof *m, IFLA_LINKINFO);
	hw = rtnl_attr(h, sizeof *m, IFLA_ADDRESS);
	l.hw_addr_len = hw ? (lim_u8)RTA_PAYLOAD(hw) : 0;
	text(l.name, sizeof l.name, rtnl_attr(h, sizeof *m, IFLA_IFNAME));
	text(l.kind, sizeof l.kind, info ? rtnl_inner(info, IFLA_INFO_KIND) : NULL);
	w->to->link(w->arg, &l);
}

/* On a point-to-point link IFA_ADDRESS is the other end's. */
static void on_addr(const struct nlmsghdr *h, void *arg)
{
	const struct watch *w = arg;
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	const struct rtattr *local, *addr;
	struct lim_addr a;
	unsigned len;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof *m))
		return;
	if (h->nlmsg_type == RTM_DELADDR) {
		w->to->addr_gone(w->arg);
		return;
	}
	addr = rtnl_attr(h, sizeof *m, IFA_ADDRESS);
	local = rtnl_attr(h, sizeof *m, IFA_LOCAL);
	if (!local)
		local = addr;
	len = m->ifa_family == AF_INET ? 4 : 16;
	if (h->nlmsg_type != RTM_NEWADDR || !local || RTA_PAYLOAD(local) < len ||
	    (m->ifa_family != AF_INET && m->ifa_family != AF_INET6))
		return;
	a = len == 4 ? addr_from4(RTA_DATA(local)) : addr_from6(RTA_DATA(local));
	if (addr && RTA_PAYLOAD(addr) >= len && memcmp(RTA_DATA(addr), RTA_DATA(local), len))
		w->to->addr(w->arg, &a, 8 * len);
	else
		w->to->addr(w->arg, &a, m->ifa_prefixlen);
}

static void on_message(const struct nlmsghdr *h, void *arg)
{
	if (h->nlmsg_type == RTM_NEWADDR || h->nlmsg_type == RTM_DELADDR)
		on_addr(h, arg);
	else
		on_link(h, arg);
}

int watch_open(struct watch *w, const struct watch_to *to, void *arg, struct err *e)
{
	w->to = to;
	w->arg = arg;
	w->ask_fd = rtnl_open(0);
	w->fd = rtnl_open(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
	if (w->fd < 0 || w->ask_fd < 0)
		return err_sys(e, w->fd < 0 ? -w->fd : -w->ask_fd, "cannot watch interfaces");
	return 0;
}

/* A list that changed while it was made may lack what was there all along, and a missing interface
 * is taken for a removed one: such a list does not count. */
static int look(struct watch *w, int type, size_t body_len,
		void (*tell)(void *arg, enum watch_look look), const char *what, struct err *e)
{
	struct rtnl_request r;
	int n = -EAGAIN;

	for (int tries = 0; tries < TRIES && n == -EAGAIN; tries++) {
		rtnl_begin(&r, type, 0, body_len);
		tell(w->arg, WATCH_BEGINS);
		n = rtnl_dump(w->ask_fd, &r, on_message, w);
	}
	tell(w->arg, n ? WATCH_GIVEN_UP : WATCH_DONE);
	return n && n != -EAGAIN ? err_sys(e, -n, "cannot list %s", what) : 0;
}

int watch_addrs(struct watch *w, struct err *e)
{
	return look(w, RTM_GETADDR, sizeof(struct ifaddrmsg), w->to->addrs, "addresses", e);
}

int watch_links(struct watch *w, struct err *e)
{
	return look(w, RTM_GETLINK, sizeof(struct ifinfomsg), w->to->links, "interfaces", e);
}

int watch_read(struct watch *w, struct err *e)
{
	static char buf[16384] __attribute__((aligned(NLMSG_ALIGNTO)));

	for (int most = 0; most < 64; most++) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		ssize_t n = recv(w->fd, buf, sizeof buf, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n < 0 && errno == ENOBUFS)
			return watch_addrs(w, e) || watch_links(w, e) ? -1 : 0;
		if (n < 0)
			return err_sys(e, errno, "cannot watch interfaces");
		for (; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n))
			on_message(h, w);
	}
	return 0;
}
