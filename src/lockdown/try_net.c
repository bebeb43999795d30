// SPDX-License-Identifier: MIT
// Attempts on the network: sockets that pass the guard by, its filters, interfaces.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/if_tun.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lockdown/files.h"
#include "lockdown/try.h"

#define NO_INTERFACE 0x7fffffff
#define XDP	     44
#define VSOCK	     40
#define OWN_NAME     "holdfasttry0"

struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct tcmsg tc;
	};
	char attr[128];
};

static void begin(struct request *r, int type, int flags, size_t body)
{
	memset(r, 0, sizeof *r);
	r->head.nlmsg_type = (unsigned short)type;
	r->head.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags);
	r->head.nlmsg_len = (unsigned)NLMSG_LENGTH(body);
}

static struct rtattr *add(struct request *r, int type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->head.nlmsg_len = (unsigned)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
	return a;
}

/* Sends len bytes and waits for what is said of the request with that number: 0, or -1 with errno.
 */
static int ask(int protocol, const void *data, size_t len, unsigned number)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), result = EPROTO;
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[4096];
	} in;

	if (fd < 0 || send(fd, data, len, 0) < 0) {
		result = errno;
	} else {
		while (recv(fd, &in, sizeof in, 0) >= (ssize_t)sizeof in.head) {
			if (in.head.nlmsg_type != NLMSG_ERROR || in.head.nlmsg_seq != number)
				continue;
			result = -in.err.error;
			break;
		}
	}
	if (fd >= 0)
		close(fd);
	errno = result;
	return result ? -1 : 0;
}

static int ask_route(const struct request *r)
{
	return ask(NETLINK_ROUTE, r, r->head.nlmsg_len, r->head.nlmsg_seq);
}

/* What is asked of an interface that is not there is open to whoever hears so. */
static int of_no_interface(int n)
{
	return n < 0 && (errno == ENODEV || errno == EINVAL || errno == ENOENT) ? TRY_OPEN
										: try_result(n);
}

static int remove_filter(const struct try_env *env)
{
	struct request r;

	begin(&r, RTM_DELTFILTER, 0, sizeof r.tc);
	r.tc.tcm_ifindex = NO_INTERFACE;
	r.tc.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	return of_no_interface(ask_route(&r));
}

static int remove_qdisc(const struct try_env *env)
{
	struct request r;

	begin(&r, RTM_DELQDISC, 0, sizeof r.tc);
	r.tc.tcm_ifindex = NO_INTERFACE;
	r.tc.tcm_parent = TC_H_CLSACT;
	return of_no_interface(ask_route(&r));
}

static int add_filter(const struct try_env *env)
{
	struct request r;

	begin(&r, RTM_NEWTFILTER, NLM_F_CREATE, sizeof r.tc);
	r.tc.tcm_ifindex = NO_INTERFACE;
	r.tc.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	return of_no_interface(ask_route(&r));
}

/* Behind a harmless question in the same datagram. */
static int hidden_request(const struct try_env *env)
{
	struct request first, second;
	char both[512];
	size_t at;

	begin(&first, RTM_GETLINK, 0, sizeof first.link);
	first.link.ifi_index = 1;
	begin(&second, RTM_DELQDISC, 0, sizeof second.tc);
	second.head.nlmsg_seq = 2;
	second.tc.tcm_ifindex = NO_INTERFACE;
	second.tc.tcm_parent = TC_H_CLSACT;
	at = NLMSG_ALIGN(first.head.nlmsg_len);
	memcpy(both, &first, at);
	memcpy(both + at, &second, second.head.nlmsg_len);
	return of_no_interface(ask(NETLINK_ROUTE, both, at + second.head.nlmsg_len, 2));
}

/* --- sockets --- */

static int packet_raw(const struct try_env *env)
{
	return try_fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(3)));
}

static int packet_dgram(const struct try_env *env)
{
	return try_fd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int packet_old(const struct try_env *env)
{
	return try_fd(socket(AF_INET, SOCK_PACKET | SOCK_CLOEXEC, htons(3)));
}

static int qdisc_bypass(const struct try_env *env)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return try_result(-1);
	return try_result(setsockopt(fd, 263 /* SOL_PACKET */, 20, &one, sizeof one));
}

static int xdp(const struct try_env *env)
{
	return try_fd(socket(XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int raw4(const struct try_env *env)
{
	return try_fd(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
}

static int raw6(const struct try_env *env)
{
	return try_fd(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
}

static int vsock(const struct try_env *env)
{
	return try_fd(socket(VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/* --- interfaces --- */

static void remove_own(void)
{
	struct request r;

	begin(&r, RTM_DELLINK, 0, sizeof r.link);
	add(&r, IFLA_IFNAME, OWN_NAME, sizeof OWN_NAME);
	ask_route(&r);
}

static int make_link(const char *kind)
{
	struct rtattr *info;
	struct request r;
	int result;

	begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof r.link);
	add(&r, IFLA_IFNAME, OWN_NAME, sizeof OWN_NAME);
	info = add(&r, IFLA_LINKINFO, NULL, 0);
	add(&r, IFLA_INFO_KIND, kind, strlen(kind));
	info->rta_len = (unsigned short)((char *)&r + r.head.nlmsg_len - (char *)info);
	result = try_result(ask_route(&r));
	if (result == TRY_OPEN)
		remove_own();
	return result;
}

static int dummy(const struct try_env *env)
{
	return make_link("dummy");
}

static int veth(const struct try_env *env)
{
	return make_link("veth");
}

/* The loopback as it is: nothing is to be changed. */
static int set_link(const struct try_env *env)
{
	struct request r;

	begin(&r, RTM_NEWLINK, 0, sizeof r.link);
	r.link.ifi_index = 1;
	return try_result(ask_route(&r));
}

static int set_flags(const struct try_env *env)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = {.ifr_name = "lo"};

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r))
		return TRY_UNKNOWN;
	return try_result(ioctl(fd, SIOCSIFFLAGS, &r));
}

/* Its own value is written back. */
static int flags_file(const struct try_env *env)
{
	const char *path = "/sys/class/net/lo/flags";
	char now[32];

	if (files_read(path, now, sizeof now))
		return try_result(-1);
	return try_result(files_write(path, now));
}

static int tun(const struct try_env *env)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};

	if (fd < 0)
		return try_result(-1);
	snprintf(r.ifr_name, sizeof r.ifr_name, OWN_NAME);
	return try_result(ioctl(fd, TUNSETIFF, &r)); /* it goes with its descriptor */
}

/* Number of the family "ethtool", 0 for none. */
static unsigned short ethtool_family(void)
{
	struct request r = {.head = {.nlmsg_type = GENL_ID_CTRL, .nlmsg_flags = NLM_F_REQUEST}};
	const struct genlmsghdr ask_for = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	unsigned short id = 0;
	struct {
		struct nlmsghdr head;
		struct genlmsghdr what;
		char rest[4096];
	} in = {0};
	const struct rtattr *at = (const void *)in.rest;
	ssize_t left;

	r.head.nlmsg_len = NLMSG_LENGTH(sizeof ask_for);
	memcpy(NLMSG_DATA(&r.head), &ask_for, sizeof ask_for);
	add(&r, CTRL_ATTR_FAMILY_NAME, ETHTOOL_GENL_NAME, sizeof ETHTOOL_GENL_NAME);
	if (fd < 0)
		return 0;
	left = send(fd, &r, r.head.nlmsg_len, 0) < 0
		   ? 0
		   : recv(fd, &in, sizeof in, 0) - (ssize_t)offsetof(typeof(in), rest);
	close(fd);
	for (; in.head.nlmsg_type == GENL_ID_CTRL && RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&id, RTA_DATA(at), sizeof id);
	return id;
}

/* A change of a link that is not named: whoever is let through hears that. */
static int generic(const struct try_env *env)
{
	struct {
		struct nlmsghdr head;
		struct genlmsghdr what;
	} r = {.head = {.nlmsg_len = sizeof r,
			.nlmsg_type = ethtool_family(),
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
	       .what = {.cmd = ETHTOOL_MSG_LINKINFO_SET, .version = 1}};

	if (!r.head.nlmsg_type)
		return TRY_ABSENT;
	return of_no_interface(ask(NETLINK_GENERIC, &r, sizeof r, 0));
}

const struct attempt try_net[] = {
    {ROW_TRAFFIC_CONTROL, "removing a filter", remove_filter},
    {ROW_TRAFFIC_CONTROL, "removing the queueing discipline it is in", remove_qdisc},
    {ROW_TRAFFIC_CONTROL, "adding a filter", add_filter},
    {ROW_TRAFFIC_CONTROL, "the same behind a harmless request", hidden_request},
    {ROW_PACKET, "a raw packet socket", packet_raw},
    {ROW_PACKET, "a cooked one", packet_dgram},
    {ROW_PACKET, "one of the old kind", packet_old},
    {ROW_PACKET, "PACKET_QDISC_BYPASS", qdisc_bypass},
    {ROW_XDP, "an AF_XDP socket", xdp},
    {ROW_RAW, "a raw IPv4 socket", raw4},
    {ROW_RAW, "a raw IPv6 socket", raw6},
    {ROW_RAW, "a socket to the host of this machine", vsock},
    {ROW_LINKS, "a new dummy interface", dummy},
    {ROW_LINKS, "a new pair of interfaces", veth},
    {ROW_LINKS, "setting a link", set_link},
    {ROW_LINKS, "setting its flags", set_flags},
    {ROW_LINKS, "its flags through /sys", flags_file},
    {ROW_LINKS, "a TUN interface", tun},
    {ROW_LINKS, "setting links by generic netlink", generic},
    {0},
};
