// SPDX-License-Identifier: MIT
// AF_XDP, transmission only, copy mode (Documentation/networking/af_xdp.rst).
#include <errno.h>
#include <linux/if_xdp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sender.h"

enum { FRAMES = 1024, FRAME = 2048 };

struct queue {
	uint8_t *map;
	size_t size;
	uint32_t *producer, *consumer;
	void *ring;
};

struct xdp_port {
	int fd;
	uint8_t *memory;
	struct queue tx, done;
	uint32_t sent, taken; /* frames given to the kernel, and back from it */
};

static int map_queue(struct xdp_port *x, struct queue *q, const struct xdp_ring_offset *o,
		     size_t entry, off_t at)
{
	q->size = o->desc + FRAMES * entry;
	q->map = mmap(NULL, q->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, x->fd, at);
	if (q->map == MAP_FAILED)
		return -1;
	q->producer = (uint32_t *)(q->map + o->producer);
	q->consumer = (uint32_t *)(q->map + o->consumer);
	q->ring = q->map + o->desc;
	return 0;
}

static int set_up(struct xdp_port *x, int ifindex)
{
	struct xdp_umem_reg umem = {
	    .addr = (uintptr_t)x->memory, .len = (uint64_t)FRAMES * FRAME, .chunk_size = FRAME};
	struct sockaddr_xdp at = {
	    .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY, .sxdp_ifindex = (uint32_t)ifindex};
	struct xdp_mmap_offsets offsets;
	socklen_t len = sizeof(offsets);
	int n = FRAMES;

	if (setsockopt(x->fd, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem)) ||
	    setsockopt(x->fd, SOL_XDP, XDP_UMEM_FILL_RING, &n, sizeof(n)) ||
	    setsockopt(x->fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &n, sizeof(n)) ||
	    setsockopt(x->fd, SOL_XDP, XDP_TX_RING, &n, sizeof(n)) ||
	    getsockopt(x->fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &len))
		return -1;
	if (map_queue(x, &x->tx, &offsets.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING) ||
	    map_queue(x, &x->done, &offsets.cr, sizeof(uint64_t),
		      (off_t)XDP_UMEM_PGOFF_COMPLETION_RING))
		return -1;
	return bind(x->fd, (struct sockaddr *)&at, sizeof(at));
}

struct xdp_port *xdp_open(int ifindex, struct err *e)
{
	struct xdp_port *x = calloc(1, sizeof(*x));

	if (!x) {
		err_set(e, EXIT_SYSTEM, "no memory");
		return NULL;
	}
	x->memory = mmap(NULL, (size_t)FRAMES * FRAME, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	x->fd = socket(AF_XDP, SOCK_RAW, 0);
	if (x->memory != MAP_FAILED && x->fd >= 0 && !set_up(x, ifindex))
		return x;
	err_sys(e, errno, "AF_XDP");
	close(x->fd);
	free(x);
	return NULL;
}

void xdp_close(struct xdp_port *x)
{
	close(x->fd);
	munmap(x->tx.map, x->tx.size);
	munmap(x->done.map, x->done.size);
	munmap(x->memory, (size_t)FRAMES * FRAME);
	free(x);
}

int xdp_send(struct xdp_port *x, const uint8_t *frame, uint32_t len)
{
	struct xdp_desc *d = (struct xdp_desc *)x->tx.ring + x->sent % FRAMES;

	x->taken = __atomic_load_n(x->done.producer, __ATOMIC_ACQUIRE);
	__atomic_store_n(x->done.consumer, x->taken, __ATOMIC_RELEASE);
	if (len > FRAME || x->sent - x->taken >= FRAMES) {
		sendto(x->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
		errno = len > FRAME ? EMSGSIZE : EAGAIN;
		return -1;
	}
	d->addr = (uint64_t)(x->sent % FRAMES) * FRAME;
	d->len = len;
	d->options = 0;
	memcpy(x->memory + d->addr, frame, len);
	__atomic_store_n(x->tx.producer, ++x->sent, __ATOMIC_RELEASE);
	return sendto(x->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != EAGAIN ? -1 : 0;
}
