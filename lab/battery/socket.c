// SPDX-License-Identifier: MIT
// Sockets of every family, and what an outsider listens on.
#include "attack.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* "family type protocol", numbers. What this kernel does not have says EAFNOSUPPORT under no
 * sandbox either; the outside part compares. */
static void open_socket(struct result *r, const char *word)
{
	int family = 0, type = 0, protocol = 0;

	sscanf(word, "%d %d %d", &family, &type, &protocol);
	accepted(r, socket(family, type | SOCK_CLOEXEC, protocol), word);
}

static void high_bits(struct result *r, const char *word)
{
	(void)word;
	accepted(r, syscall(SYS_socket, (1L << 32) | AF_PACKET, SOCK_RAW, 0x300), "AF_PACKET");
}

/* Every family but those that a program of the network needs and those that have their own row. */
static void any_family(struct result *r, const char *word)
{
	static const int own[] = {
	    AF_UNSPEC,	  AF_UNIX,	  AF_INET,	AF_INET6,	    AF_NETLINK, AF_PACKET,
	    44 /* XDP */, 40 /* VSOCK */, 38 /* ALG */, 31 /* BLUETOOTH */, 29 /* CAN */};
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM};

	(void)word;
	for (int family = 1; family < 64; family++) {
		bool skip = false;

		for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++)
			skip |= own[i] == family;
		for (unsigned t = 0; t < 5 && !skip; t++) {
			if (socket(family, types[t], 0) >= 0)
				return succeeded(r, "family %d, type %d", family, types[t]);
		}
	}
	refused(r, "families 1 to 63");
}

/* Netlink of every kind but ROUTE. */
static void netlink(struct result *r, const char *word)
{
	int kind = atoi(word);

	accepted(r, socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, kind), word);
}

static void ask_route(struct result *r, int type, const void *body, size_t n, int flags,
		      const char *what)
{
	struct {
		struct nlmsghdr h;
		uint8_t body[128];
	} m = {.h = {(uint32_t)NLMSG_LENGTH(n), (uint16_t)type,
		     (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags), 1, 0}};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		uint8_t more[512];
	} answer;

	if (fd < 0)
		return refused(r, "netlink");
	memcpy(m.body, body, n);
	if (send(fd, &m, m.h.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		return refused(r, what);
	errno = -answer.e.error;
	accepted(r, answer.e.error ? -1 : 0, what);
}

/* An address of 127/8 more on the loopback interface, and off again. */
static void address(struct result *r, const char *word)
{
	struct {
		struct ifaddrmsg m;
		struct rtattr a;
		uint8_t address[4];
	} body = {{AF_INET, 32, 0, 0, 1}, {RTA_LENGTH(4), IFA_LOCAL}, {127, 77, 77, 77}};

	(void)word;
	ask_route(r, RTM_NEWADDR, &body, sizeof(body), NLM_F_CREATE, "an address more");
	if (r->outcome == SUCCEEDED) {
		struct result dropped = {REFUSED, 0, ""};

		ask_route(&dropped, RTM_DELADDR, &body, sizeof(body), 0, "");
	}
}

/* The flags that the loopback interface has already. */
static void interface(struct result *r, const char *word)
{
	struct ifreq q = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)word;
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &q))
		return refused(r, "SIOCGIFFLAGS");
	accepted(r, ioctl(fd, SIOCSIFFLAGS, &q), "an interface's flags");
}

static void option(struct result *r, const char *word)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1, level = SOL_SOCKET,
	    name = SO_MARK;

	if (!strcmp(word, "transparent"))
		level = SOL_IP, name = 19 /* IP_TRANSPARENT */;
	else if (!strcmp(word, "priority"))
		name = SO_PRIORITY, one = 7;
	else if (!strcmp(word, "buffer"))
		name = SO_RCVBUFFORCE, one = 1 << 20;
	if (fd < 0)
		return refused(r, "socket");
	accepted(r, setsockopt(fd, level, name, &one, sizeof(one)), word);
}

static socklen_t unix_name(struct sockaddr_un *a, const char *name, bool is_abstract)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(a->sun_path + is_abstract, sizeof(a->sun_path) - is_abstract, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + is_abstract + strlen(name));
}

static void outsider(struct result *r, const char *name, bool is_abstract)
{
	struct sockaddr_un a;
	char text[128];
	ssize_t n;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!name)
		return absent(r, "not told which");
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, unix_name(&a, name, is_abstract)))
		return refused(r, name);
	n = read(fd, text, sizeof(text)); /* it greets with the secret */
	errno = EPROTO;
	if (n <= 0 || !found_secret(r, name, text, (size_t)n))
		refused(r, name);
}

static void abstract_socket(struct result *r, const char *word)
{
	(void)word;
	outsider(r, facts.abstract, true);
}

static void named_socket(struct result *r, const char *word)
{
	(void)word;
	outsider(r, facts.socket, false);
}

/* Services of the machine. */
static void system_socket(struct result *r, const char *word)
{
	static const char *const names[] = {"/run/dbus/system_bus_socket",
					    "/run/docker.sock",
					    "/run/containerd/containerd.sock",
					    "/run/systemd/private",
					    "/run/systemd/journal/socket",
					    "/run/udev/control",
					    "/run/systemd/notify",
					    "/dev/log",
					    "/run/nscd/socket"};
	struct sockaddr_un a;

	(void)word;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
			int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

			if (fd >= 0 &&
			    !connect(fd, (struct sockaddr *)&a, unix_name(&a, names[i], false)))
				return succeeded(r, "%s", names[i]);
			if (i == 0 || errno != ENOENT)
				refused(r, names[i]);
		}
	}
}

static void bind_port(struct result *r, int type, unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)))
		return refused(r, "bind");
	accepted(r, type == SOCK_STREAM ? listen(fd, 1) : 0, "a port that was not given");
}

static void listen_tcp(struct result *r, const char *word)
{
	(void)word;
	bind_port(r, SOCK_STREAM, PORT_NOT_GIVEN);
}

static void listen_udp(struct result *r, const char *word)
{
	(void)word;
	bind_port(r, SOCK_DGRAM, PORT_NOT_GIVEN);
}

static void listen_low(struct result *r, const char *word)
{
	(void)word;
	bind_port(r, SOCK_STREAM, PORT_LOW);
}

static void listen_v6(struct result *r, const char *word)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(PORT_NOT_GIVEN)};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)word;
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)))
		return refused(r, "bind");
	accepted(r, listen(fd, 1), "a port that was not given");
}

static void listen_any(struct result *r, const char *word)
{
	(void)word;
	bind_port(r, SOCK_STREAM, 0);
}

/* Without bind() the kernel picks the port, past whoever watches bind(). */
static void listen_unbound(struct result *r, const char *word)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)word;
	accepted(r, fd < 0 ? -1 : listen(fd, 1), "listens on a port of the kernel's choice");
}

/* A backdoor over SCTP, DCCP, MPTCP, which rules for TCP do not see. */
static void other_streams(struct result *r, const char *word)
{
	static const struct {
		const char *name;
		int type, protocol;
	} kind[] = {{"MPTCP", SOCK_STREAM, 262},
		    {"SCTP", SOCK_STREAM, 132},
		    {"DCCP", 6, 33},
		    {"SMC", SOCK_STREAM, 256},
		    {"UDP-Lite", SOCK_DGRAM, 136}};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT_NOT_GIVEN)};

	(void)word;
	for (unsigned i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		int fd = socket(AF_INET, kind[i].type | SOCK_CLOEXEC, kind[i].protocol);

		if (fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) &&
		    (kind[i].protocol == 136 || !listen(fd, 1)))
			return succeeded(r, "%s on a port that was not given", kind[i].name);
		refused(r, kind[i].name);
	}
}

/* Code of its own in the kernel, compiled where the kernel does. */
static void attach_filter(struct result *r, const char *word)
{
	struct sock_filter all = {BPF_RET | BPF_K, 0, 0, 0xffffffff};
	struct sock_fprog code = {1, &all};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1;
	int option = strcmp(word, "port") ? SO_ATTACH_FILTER : SO_ATTACH_REUSEPORT_CBPF;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
		return refused(r, "socket");
	accepted(r, setsockopt(fd, SOL_SOCKET, option, &code, sizeof(code)), "a filter");
}

/* Clients ask the kernel who listens; root's word is worth more than ours. */
static void pose(struct result *r, const char *word)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), client;
	struct ucred who = {0, 0, 0};
	socklen_t n = sizeof(a), size = sizeof(who);

	(void)word;
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&a, sizeof(sa_family_t)) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&a, &n) ||
	    connect(client, (struct sockaddr *)&a, n) ||
	    getsockopt(client, SOL_SOCKET, SO_PEERCRED, &who, &size))
		return refused(r, "a unix socket");
	errno = EPERM;
	accepted(r, who.uid != geteuid() || who.gid != getegid() ? 0 : -1, "another user's name");
}

/* Others' traffic: a packet socket that hears the loopback interface. */
static void sniff(struct result *r, const char *word)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(0x7f000001)}};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(3)), out;
	char text[128];

	(void)word;
	if (fd < 0)
		return refused(r, "AF_PACKET");
	out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sendto(out, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	accepted(r, recv(fd, text, sizeof(text), 0), "hears the loopback interface");
}

const struct attack socket_attacks[] = {
    {"packet-raw", "AF_PACKET, raw", open_socket, "17 3 768"},
    {"packet-high", "AF_PACKET with bits the kernel ignores", high_bits, NULL},
    {"sniff", "hears others' traffic", sniff, NULL},
    {"raw-icmp", "raw IPv4, ICMP", open_socket, "2 3 1"},
    {"raw-udp", "raw IPv4, UDP", open_socket, "2 3 17"},
    {"raw-any", "raw IPv4, headers of its own", open_socket, "2 3 255"},
    {"raw-v6", "raw IPv6", open_socket, "10 3 58"},
    {"xdp", "AF_XDP", open_socket, "44 3 0"},
    {"vsock", "AF_VSOCK, to the host of the machine", open_socket, "40 1 0"},
    {"alg", "AF_ALG", open_socket, "38 5 0"},
    {"bluetooth", "AF_BLUETOOTH", open_socket, "31 3 1"},
    {"can", "AF_CAN", open_socket, "29 3 1"},
    {"family-other", "AF_KEY, KCM, TIPC, RDS, QIPCRTR and the others", any_family, NULL},
    {"netlink-audit", "netlink, audit", netlink, "9"},
    {"netlink-diag", "netlink, sockets of others", netlink, "4"},
    {"netlink-xfrm", "netlink, IPsec", netlink, "6"},
    {"netlink-uevent", "netlink, device events", netlink, "15"},
    {"netlink-filter", "netlink, packet filter", netlink, "12"},
    {"netlink-generic", "netlink, generic", netlink, "16"},
    {"netlink-connector", "netlink, process events", netlink, "11"},
    {"netlink-crypto", "netlink, crypto", netlink, "21"},
    {"address", "an address of its own", address, NULL},
    {"interface", "changes an interface", interface, NULL},
    {"mark", "marks packets past rules", option, "mark"},
    {"transparent", "other hosts' addresses", option, "transparent"},
    {"buffer", "a buffer beyond the limit", option, "buffer"},
    {"filter", "a filter, which is code in the kernel", attach_filter, "own"},
    {"filter-port", "the same for all sockets of a port", attach_filter, "port"},
    {"listen-tcp", "listens on a TCP port that was not given", listen_tcp, NULL},
    {"listen-udp", "the same, UDP", listen_udp, NULL},
    {"listen-low", "the same, below 1024", listen_low, NULL},
    {"listen-v6", "the same over IPv6", listen_v6, NULL},
    {"listen-any", "the same, port 0", listen_any, NULL},
    {"listen-unbound", "the same without bind", listen_unbound, NULL},
    {"listen-other", "the same over MPTCP, SCTP, DCCP, UDP-Lite", other_streams, NULL},
    {"unix-abstract", "an outsider's abstract socket", abstract_socket, NULL},
    {"unix-path", "an outsider's socket", named_socket, NULL},
    {"unix-posing", "listens under another user's name", pose, NULL},
    {"unix-system", "services of the machine: D-Bus, docker, syslog", system_socket, NULL},
    {0},
};
