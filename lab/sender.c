// SPDX-License-Identifier: MIT
#include "sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"

enum { VNET = sizeof(struct virtio_net_hdr), ROOM = 128 }; /* in front of the IP packet */

static socklen_t socket_address(const struct craft *c, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in *a4 = (void *)to;
	struct sockaddr_in6 *a6 = (void *)to;

	memset(to, 0, sizeof(*to));
	if (addr_is4(&c->dst)) {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(port);
		a4->sin_addr.s_addr = htonl(c->dst.w[3]);
		return sizeof(*a4);
	}
	a6->sin6_family = AF_INET6;
	a6->sin6_port = htons(port);
	for (int i = 0; i < 4; i++)
		a6->sin6_addr.s6_addr32[i] = htonl(c->dst.w[i]);
	return sizeof(*a6);
}

static int open_plain(struct sender *s, enum craft_kind kind)
{
	int family = s->v6 ? AF_INET6 : AF_INET, segment = s->gso;

	if (kind == CRAFT_ECHO)
		return socket(family, SOCK_DGRAM, s->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	s->fd = socket(family, SOCK_DGRAM, 0);
	if (s->fd >= 0 && s->gso &&
	    setsockopt(s->fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof(segment)))
		return -1;
	return s->fd;
}

static int open_packet(struct sender *s)
{
	int on = 1, fd = socket(AF_PACKET, SOCK_RAW, 0);
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = s->ifindex};

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		return -1;
	if (s->gso && setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		return -1;
	if (s->via == VIA_BYPASS &&
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		return -1;
	return fd;
}

static int own_mac(struct sender *s, struct err *e)
{
	struct ifreq r = {0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(r.ifr_name, s->interface, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &r) || ioctl(fd, SIOCGIFINDEX, &r) < 0) {
		close(fd);
		return err_sys(e, errno, "interface '%s'", s->interface);
	}
	s->ifindex = r.ifr_ifindex;
	ioctl(fd, SIOCGIFHWADDR, &r);
	memcpy(s->mac, r.ifr_hwaddr.sa_data, 6);
	close(fd);
	return 0;
}

int sender_open(struct sender *s, enum craft_kind kind, struct err *e)
{
	bool link = kind == CRAFT_FRAME || kind == CRAFT_PROBE;

	s->frame = calloc(1, CRAFT_MAX + ROOM);
	if (!s->frame)
		return err_set(e, EXIT_SYSTEM, "no memory");
	if (own_mac(s, e))
		return -1;
	if (s->via == VIA_PLAIN && kind != CRAFT_UDP && kind != CRAFT_DNS && kind != CRAFT_ECHO)
		return err_set(e, EXIT_WRONG_USE, "no plain socket sends this shape; --via raw");
	if (s->via == VIA_RAW && link)
		return err_set(e, EXIT_WRONG_USE, "no IP packet; --via packet");
	if (s->via == VIA_XDP) {
		s->xdp = xdp_open(s->ifindex, e);
		return s->xdp ? 0 : -1;
	}
	if (s->via == VIA_PLAIN)
		s->fd = open_plain(s, kind);
	else if (s->via == VIA_RAW)
		s->fd = socket(s->v6 ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_RAW);
	else
		s->fd = open_packet(s);
	return s->fd < 0 ? err_sys(e, errno, "socket for the shape") : 0;
}

void sender_close(struct sender *s)
{
	if (s->xdp)
		xdp_close(s->xdp);
	else
		close(s->fd);
	free(s->frame);
}

static int send_ip(struct sender *s, const struct craft *c)
{
	struct sockaddr_storage to;
	size_t n;
	socklen_t len = socket_address(c, s->via == VIA_PLAIN ? c->dport : 0, &to);

	n = s->via == VIA_PLAIN ? craft_payload(c, s->frame) : craft_packet(c, s->frame);
	return sendto(s->fd, s->frame, n, MSG_DONTWAIT, (struct sockaddr *)&to, len) < 0 ? -1 : 0;
}

static void destination_mac(const struct sender *s, const struct craft *c, uint8_t *mac)
{
	memcpy(mac, s->gateway, 6);
	if (c->kind == CRAFT_PROBE && addr_is4(&c->dst)) {
		memset(mac, 0xff, 6);
	} else if (c->kind == CRAFT_PROBE) { /* solicited-node multicast (RFC 4291 2.7.1) */
		mac[0] = mac[1] = 0x33;
		mac[2] = 0xff;
		mac[3] = (uint8_t)(c->dst.w[3] >> 16);
		mac[4] = (uint8_t)(c->dst.w[3] >> 8);
		mac[5] = (uint8_t)c->dst.w[3];
	}
}

/* Tells the kernel to cut the frame into segments (virtio 1.1, 5.1.6). */
static void offload(const struct sender *s, const struct craft *c, uint8_t *at, size_t link)
{
	size_t ip = link + (s->v6 ? 40 : 20);
	bool udp = c->kind == CRAFT_UDP;
	struct virtio_net_hdr v = {
	    .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
	    .gso_type = udp	? 5 /* UDP_L4 */
			: s->v6 ? VIRTIO_NET_HDR_GSO_TCPV6
				: VIRTIO_NET_HDR_GSO_TCPV4,
	    .hdr_len = (uint16_t)(ip + (udp ? 8 : 20)),
	    .gso_size = s->gso,
	    .csum_start = (uint16_t)ip,
	    .csum_offset = udp ? 6 : 16,
	};

	memcpy(at, &v, sizeof(v));
}

static int send_frame(struct sender *s, const struct craft *c)
{
	size_t link = s->vlan ? 18 : 14, n = craft_packet(c, s->frame + ROOM);
	uint8_t *at = s->frame + ROOM - link;
	uint16_t type = craft_ethertype(c);

	destination_mac(s, c, at);
	memcpy(at + 6, s->mac, 6);
	if (s->vlan) {
		at[12] = 0x81;
		at[13] = 0;
		at[14] = (uint8_t)(s->vlan >> 8);
		at[15] = (uint8_t)s->vlan;
	}
	at[link - 2] = (uint8_t)(type >> 8);
	at[link - 1] = (uint8_t)type;
	n += link;
	if (s->xdp)
		return xdp_send(s->xdp, at, (uint32_t)n);
	if (s->gso) {
		at -= VNET;
		n += VNET;
		offload(s, c, at, link);
	}
	return send(s->fd, at, n, MSG_DONTWAIT) < 0 ? -1 : 0;
}

int sender_send(struct sender *s, const struct craft *c)
{
	return s->via <= VIA_RAW ? send_ip(s, c) : send_frame(s, c);
}
