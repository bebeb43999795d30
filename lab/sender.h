/* SPDX-License-Identifier: MIT
 *
 * The ways a program on the device can put a packet on the network.
 */
#ifndef LAB_SENDER_H
#define LAB_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "craft.h"

/* X(id, word, what) */
#define SENDER_VIAS(X)                                                                             \
	X(PLAIN, "plain", "datagram sockets (udp, dns, echo)")                                     \
	X(RAW, "raw", "raw IP sockets")                                                            \
	X(PACKET, "packet", "packet sockets, whole Ethernet frames")                               \
	X(BYPASS, "bypass", "packet sockets that pass by the queueing discipline")                 \
	X(XDP, "xdp", "AF_XDP, copy mode")

#define SENDER_X(id, word, what) VIA_##id,
enum sender_via { SENDER_VIAS(SENDER_X) VIA_COUNT };
#undef SENDER_X

struct sender {
	enum sender_via via;
	const char *interface;
	uint8_t mac[6], gateway[6];
	uint16_t vlan; /* 0: untagged; packet, bypass and xdp only */
	uint16_t gso;  /* bytes of a segment, 0: none; plain udp, packet and bypass only */
	bool v6;
	/* private */
	int fd, ifindex;
	uint8_t *frame;
	struct xdp_port *xdp;
};

/* Opens s as its public fields say, for packets of the kind. Returns 0, or -1 with e filled. */
int sender_open(struct sender *s, enum craft_kind kind, struct err *e);
void sender_close(struct sender *s);

/* Builds c and sends it. Returns 0, or -1 when the kernel did not take it (errno). */
int sender_send(struct sender *s, const struct craft *c);

/* AF_XDP transmission in copy mode, for sender.c. open returns NULL with e filled. */
struct xdp_port *xdp_open(int ifindex, struct err *e);
void xdp_close(struct xdp_port *x);
int xdp_send(struct xdp_port *x, const uint8_t *frame, uint32_t len);

#endif
