// SPDX-License-Identifier: MIT
//
// Both ends of the test inside the virtual machine, in one small static program:
//   vmtest veth A B                 makes a pair of virtual Ethernet interfaces
//   vmtest world IFACE              the internet beyond IFACE: resolves neighbours, counts what
//                                   arrives into /run/world, echoes UDP sent to the friend
//   vmtest counts                   prints those counts
//   vmtest flood ADDR COUNT SIZE    UDP datagrams to an address that never answers, 1 ms apart
//   vmtest spray COUNT              one UDP datagram each to COUNT addresses
//   vmtest spoof COUNT              UDP datagrams with a foreign source address
//   vmtest talk ADDR COUNT          UDP datagrams to the friend, each after the answer to the last
//   vmtest pace COUNT               microseconds that everyday calls take, each the best of five
//   rounds
//   vmtest box COMMAND...           runs it where its own control group is the root of all there
//   are
// It sends only to 198.18.0.0/15 and 2001:2::/48, the addresses set aside for such tests.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WORLD_FILE "/run/world"
#define COUNT_MAX  100000

struct counts {
	uint64_t flood4, flood6, friends, others, spoofed;
};

static const uint8_t router_mac[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t friend4[4] = {198, 18, 0, 7}, victim4[4] = {198, 18, 0, 9};
static const uint8_t test6[6] = {0x20, 0x01, 0, 2, 0, 0};

static struct counts *map_counts(int flags)
{
	int fd = open(WORLD_FILE, flags, 0600);
	void *p;

	if (fd < 0 || ((flags & O_CREAT) && ftruncate(fd, sizeof(struct counts))))
		return NULL;
	p = mmap(NULL, sizeof(struct counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

static void sleep_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static uint16_t sum16(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void swap_bytes(uint8_t *a, uint8_t *b, int n)
{
	while (n--) {
		uint8_t t = *a;

		*a++ = *b;
		*b++ = t;
	}
}

static void turn_round(uint8_t *f)
{
	memcpy(f, f + 6, 6);
	memcpy(f + 6, router_mac, 6);
}

/* An ARP request becomes its answer. */
static int answer_arp(uint8_t *f, ssize_t n)
{
	if (n < 42 || f[21] != 1 || !memcmp(f + 28, f + 38, 4))
		return 0;
	turn_round(f);
	f[21] = 2;
	memcpy(f + 32, f + 22, 6);
	memcpy(f + 22, router_mac, 6);
	swap_bytes(f + 28, f + 38, 4);
	return 42;
}

/* A neighbour solicitation becomes an advertisement (RFC 4861 4.3, 4.4). */
static int answer_neighbour(uint8_t *f, ssize_t n)
{
	uint8_t *ip = f + 14, *icmp = f + 54;
	uint16_t sum;

	if (n < 78 || icmp[0] != 135 || !memcmp(ip + 8, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16))
		return 0;
	turn_round(f);
	memcpy(ip + 24, ip + 8, 16);
	memcpy(ip + 8, icmp + 8, 16);
	ip[4] = 0;
	ip[5] = 32;
	icmp[0] = 136;
	memset(icmp + 1, 0, 7);
	icmp[4] = 0xe0;
	icmp[24] = 2;
	icmp[25] = 1;
	memcpy(icmp + 26, router_mac, 6);
	sum = sum16(32 + 58, ip + 8, 32 + 32);
	icmp[2] = (uint8_t)(sum >> 8);
	icmp[3] = (uint8_t)sum;
	return 86;
}

static void udp6_sum(uint8_t *ip, ssize_t n)
{
	uint16_t len = (uint16_t)(ip[4] << 8 | ip[5]), sum;

	if (n < 40 + len || len & 1)
		return;
	memset(ip + 46, 0, 2);
	sum = sum16(len + 17u, ip + 8, 32u + len);
	ip[46] = (uint8_t)(sum >> 8);
	ip[47] = (uint8_t)sum;
}

static int got_ip4(uint8_t *f, ssize_t n, struct counts *c)
{
	uint8_t *ip = f + 14, *src = ip + 12, *dst = ip + 16;

	if (n < 42 || ip[9] != 17 || dst[0] != 198)
		return 0;
	if (src[0] != 192) {
		c->spoofed++;
	} else if (!memcmp(dst, victim4, 4)) {
		c->flood4++;
	} else if (!memcmp(dst, friend4, 4)) {
		c->friends++;
		turn_round(f);
		swap_bytes(src, dst, 4);
		swap_bytes(ip + 20, ip + 22, 2);
		memset(ip + 26, 0, 2); /* no checksum: what came may have been left to a driver */
		return (int)n;
	} else {
		c->others++;
	}
	return 0;
}

static int got_ip6(uint8_t *f, ssize_t n, struct counts *c)
{
	uint8_t *ip = f + 14;

	if (n < 62 || (ip[6] == 58 && ip[40] == 135))
		return answer_neighbour(f, n);
	if (ip[6] != 17 || memcmp(ip + 24, test6, 6))
		return 0;
	if (ip[39] == 9) {
		c->flood6++;
	} else if (ip[39] == 7) {
		c->friends++;
		turn_round(f);
		swap_bytes(ip + 8, ip + 24, 16);
		swap_bytes(ip + 40, ip + 42, 2);
		udp6_sum(ip, n - 14);
		return (int)n;
	} else {
		c->others++;
	}
	return 0;
}

static int open_iface(const char *name)
{
	struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct ifreq r = {.ifr_flags = IFF_UP};
	int fd;

	for (int i = 0; i < 100 && !(a.sll_ifindex = (int)if_nametoindex(name)); i++)
		sleep_ms(100);
	fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &r) || bind(fd, (struct sockaddr *)&a, sizeof a)) {
		perror("vmtest: world");
		exit(3);
	}
	return fd;
}

static int world(const char *iface)
{
	struct counts *c = map_counts(O_RDWR | O_CREAT | O_TRUNC);
	int fd = open_iface(iface);
	uint8_t f[2048];

	if (!c)
		return 3;
	for (;;) {
		struct sockaddr_ll from;
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(fd, f, sizeof f, 0, (struct sockaddr *)&from, &size);
		int back = 0;

		if (n < 14 || from.sll_pkttype == PACKET_OUTGOING)
			continue;
		if (f[12] == 0x08 && f[13] == 0x06)
			back = answer_arp(f, n);
		else if (f[12] == 0x08 && f[13] == 0)
			back = got_ip4(f, n, c);
		else if (f[12] == 0x86 && f[13] == 0xdd)
			back = got_ip6(f, n, c);
		if (back && send(fd, f, (size_t)back, 0) < 0)
			perror("vmtest: answer");
	}
}

static int counts(void)
{
	const struct counts *c = map_counts(O_RDWR);

	if (!c)
		return 3;
	printf("flood4=%llu flood6=%llu friends=%llu others=%llu spoofed=%llu\n",
	       (unsigned long long)c->flood4, (unsigned long long)c->flood6,
	       (unsigned long long)c->friends, (unsigned long long)c->others,
	       (unsigned long long)c->spoofed);
	return 0;
}

static int dial(const char *text)
{
	struct sockaddr_in a4 = {.sin_family = AF_INET, .sin_port = htons(9)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
	int fd, bad;

	if (inet_pton(AF_INET6, text, &a6.sin6_addr) == 1) {
		if (memcmp(&a6.sin6_addr, test6, 6))
			return -1;
		fd = socket(AF_INET6, SOCK_DGRAM, 0);
		bad = connect(fd, (struct sockaddr *)&a6, sizeof a6);
	} else {
		if (inet_pton(AF_INET, text, &a4.sin_addr) != 1 ||
		    (ntohl(a4.sin_addr.s_addr) & 0xfffe0000u) != 0xc6120000u)
			return -1;
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		bad = connect(fd, (struct sockaddr *)&a4, sizeof a4);
	}
	return bad ? -1 : fd;
}

static int flood(const char *to, int count, int size)
{
	static uint8_t payload[1400];
	int fd = dial(to);

	if (fd < 0 || size < 0 || size > (int)sizeof payload)
		return 2;
	while (count--) {
		send(fd, payload, (size_t)size, 0); /* a drop shows here as ENOBUFS or EPERM */
		sleep_ms(1);
	}
	return 0;
}

static int spray(int count)
{
	for (int i = 0; i < count; i++) {
		char to[32];
		int fd;

		snprintf(to, sizeof to, "198.19.%d.%d", i & 127, 1 + (i >> 7));
		fd = dial(to);
		if (fd < 0)
			return 2;
		send(fd, "x", 1, 0);
		close(fd);
		sleep_ms(1);
	}
	return 0;
}

static int spoof(int count)
{
	uint8_t p[48] = {0x45, 0, 0, 48, 0, 0, 0, 0, 64, 17};
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	memcpy(p + 12, (const uint8_t[]){198, 51, 100, 1}, 4);
	memcpy(p + 16, (const uint8_t[]){198, 18, 1, 1}, 4);
	memcpy(p + 20, (const uint8_t[]){0, 9, 0, 9, 0, 28}, 6);
	memcpy(&a.sin_addr, p + 16, 4);
	if (fd < 0)
		return 3;
	while (count--) {
		sendto(fd, p, sizeof p, 0, (struct sockaddr *)&a, sizeof a);
		sleep_ms(1);
	}
	return 0;
}

static int talk(const char *to, int count)
{
	static uint8_t payload[400];
	int fd = dial(to), answered = 0;

	if (fd < 0)
		return 2;
	for (int i = 0; i < count && i < answered + 4; i++) { /* no answers: no patience */
		struct pollfd p = {.fd = fd, .events = POLLIN};

		send(fd, payload, sizeof payload, 0);
		if (poll(&p, 1, 1000) == 1 && recv(fd, payload, sizeof payload, 0) > 0)
			answered++;
	}
	printf("answered=%d\n", answered);
	return 0;
}

struct request {
	struct nlmsghdr head;
	struct ifinfomsg info;
	uint8_t attrs[256];
};

/* Appends an attribute and returns it; its length may grow later (nested attributes). */
static struct rtattr *attribute(struct request *r, int type, const void *data, size_t n)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(n);
	if (n)
		memcpy(RTA_DATA(a), data, n);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

static void ends(struct request *r, struct rtattr *a)
{
	a->rta_len = (unsigned short)((char *)r + r->head.nlmsg_len - (char *)a);
}

/* BusyBox's ip cannot name the peer of a veth. */
static int veth(const char *a, const char *b)
{
	struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
				     .nlmsg_type = RTM_NEWLINK,
				     .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK}};
	static const struct ifinfomsg none;
	struct rtattr *info, *data, *peer;
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	attribute(&r, IFLA_IFNAME, a, strlen(a) + 1);
	info = attribute(&r, IFLA_LINKINFO, NULL, 0);
	attribute(&r, IFLA_INFO_KIND, "veth", 4);
	data = attribute(&r, IFLA_INFO_DATA, NULL, 0);
	peer = attribute(&r, VETH_INFO_PEER, &none, sizeof none);
	attribute(&r, IFLA_IFNAME, b, strlen(b) + 1);
	ends(&r, peer);
	ends(&r, data);
	ends(&r, info);
	if (fd < 0 || send(fd, &r, r.head.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof answer, 0) < (ssize_t)sizeof answer.head)
		return 3;
	return answer.err.error ? 3 : 0;
}

static int box(char **command)
{
	if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    umount2("/sys/fs/cgroup", MNT_DETACH) ||
	    mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL)) {
		perror("vmtest: box");
		return 3;
	}
	execvp(*command, command);
	return 3;
}

static int number(const char *text)
{
	int n = atoi(text);

	return n < 0 || n > COUNT_MAX ? 0 : n;
}

static int pace_open(void)
{
	int fd = open("/bin/vmtest", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : close(fd);
}

static int pace_write(void)
{
	int fd = open("/tmp/pace", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : close(fd);
}

static int pace_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -1 : close(fd);
}

static int pace_netlink(void)
{
	struct {
		struct nlmsghdr n;
		struct ifinfomsg i;
	} ask = {{sizeof(ask), RTM_GETLINK, NLM_F_REQUEST, 1, 0}, {.ifi_index = 1}};
	char answer[4096];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool good = fd >= 0 && send(fd, &ask, sizeof(ask), 0) == sizeof(ask) &&
		    recv(fd, answer, sizeof(answer), 0) > 0;

	close(fd);
	return good ? 0 : -1;
}

static double us_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int pace(int count)
{
	static const struct {
		const char *name;
		int (*one)(void);
	} calls[] = {{"open", pace_open},
		     {"open to write", pace_write},
		     {"socket", pace_socket},
		     {"netlink question", pace_netlink}};

	for (size_t c = 0; c < sizeof(calls) / sizeof(*calls); c++) {
		double best = 1e12;

		for (int round = 0; round < 5; round++) {
			double began = us_now(), took;

			for (int i = 0; i < count; i++)
				if (calls[c].one())
					return fprintf(stderr, "vmtest: %s: %s\n", calls[c].name,
						       strerror(errno));
			took = (us_now() - began) / count;
			best = took < best ? took : best;
		}
		printf("%s%s %.2f", c ? ", " : "", calls[c].name, best);
	}
	printf(" us\n");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "veth") && argc == 4)
		return veth(argv[2], argv[3]);
	if (!strcmp(what, "world") && argc == 3)
		return world(argv[2]);
	if (!strcmp(what, "box") && argc > 2)
		return box(argv + 2);
	if (!strcmp(what, "counts") && argc == 2)
		return counts();
	if (!strcmp(what, "flood") && argc == 5)
		return flood(argv[2], number(argv[3]), number(argv[4]));
	if (!strcmp(what, "spray") && argc == 3)
		return spray(number(argv[2]));
	if (!strcmp(what, "spoof") && argc == 3)
		return spoof(number(argv[2]));
	if (!strcmp(what, "talk") && argc == 4)
		return talk(argv[2], number(argv[3]));
	if (!strcmp(what, "pace") && argc == 3)
		return pace(number(argv[2]));
	fprintf(stderr, "vmtest: see the head of vmtest.c\n");
	return 2;
}
