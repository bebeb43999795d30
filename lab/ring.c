// SPDX-License-Identifier: MIT
#include "ring.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4 /* newer than the headers of Debian 12 */
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

enum { SLOT = 256, BLOCK = 1 << 16, BLOCKS = 256 }; /* 16 MB: 65,536 frames */

static int set_up(struct ring *r, const char *name, struct err *e)
{
	struct tpacket_req req = {BLOCK, BLOCKS, SLOT, BLOCK / SLOT * BLOCKS};
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int version = TPACKET_V2, on = 1;

	at.sll_ifindex = (int)if_nametoindex(name);
	if (!at.sll_ifindex)
		return err_sys(e, errno, "interface '%s'", name);
	if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return err_sys(e, errno, "packet ring on %s", name);
	r->size = (size_t)BLOCK * BLOCKS;
	r->frames = req.tp_frame_nr;
	r->map = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (r->map == MAP_FAILED)
		return err_sys(e, errno, "packet ring on %s", name);
	if (bind(r->fd, (struct sockaddr *)&at, sizeof(at)))
		return err_sys(e, errno, "listening on %s", name);
	return 0;
}

int ring_open(struct ring *r, const char *name, struct err *e)
{
	*r = (struct ring){.fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), .map = MAP_FAILED};
	if (r->fd < 0)
		return err_sys(e, errno, "packet socket");
	if (!set_up(r, name, e))
		return 0;
	ring_close(r);
	return -1;
}

void ring_close(struct ring *r)
{
	if (r->map != MAP_FAILED)
		munmap(r->map, r->size);
	close(r->fd);
}

static struct tpacket2_hdr *slot(struct ring *r)
{
	return (struct tpacket2_hdr *)(r->map + (size_t)r->next * SLOT);
}

/* A buffer of a segmentation offload leaves as several frames, each with all the headers. */
static void count_segments(struct captured *c, const struct virtio_net_hdr *v)
{
	uint32_t header = v->csum_start;
	uint32_t kind = v->gso_type & ~VIRTIO_NET_HDR_GSO_ECN;

	if (kind == VIRTIO_NET_HDR_GSO_NONE || !v->gso_size)
		return;
	if (kind == VIRTIO_NET_HDR_GSO_UDP_L4)
		header += 8;
	else if (header + 13 <= c->len)
		header += (c->data[header + 12] >> 4) * 4u;
	if (c->wire_len <= header)
		return;
	c->segs = (c->wire_len - header + v->gso_size - 1) / v->gso_size;
	c->wire_len += (c->segs - 1) * header;
}

bool ring_next(struct ring *r, struct captured *c, int timeout_ms)
{
	struct tpacket2_hdr *h = slot(r);
	const struct sockaddr_ll *ll = (const void *)((uint8_t *)h + TPACKET_ALIGN(sizeof(*h)));
	struct virtio_net_hdr v;

	if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
		struct pollfd p = {r->fd, POLLIN, 0};

		poll(&p, 1, timeout_ms);
		if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return false;
	}
	c->data = (uint8_t *)h + h->tp_mac;
	c->len = h->tp_snaplen;
	c->wire_len = h->tp_len + (h->tp_status & TP_STATUS_VLAN_VALID ? 4 : 0);
	c->segs = 1;
	c->ns = h->tp_sec * 1000000000ull + h->tp_nsec;
	c->sent = ll->sll_pkttype == PACKET_OUTGOING;
	memcpy(&v, c->data - sizeof(v), sizeof(v));
	count_segments(c, &v);
	return true;
}

void ring_release(struct ring *r)
{
	__atomic_store_n(&slot(r)->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->next = (r->next + 1) % r->frames;
}

uint64_t ring_lost(struct ring *r)
{
	struct tpacket_stats s;
	socklen_t len = sizeof(s);

	if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len))
		return 0;
	return s.tp_drops;
}
