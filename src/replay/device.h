/* SPDX-License-Identifier: MIT
 *
 * Which machine of a capture is the device, which addresses are its own, and which way a frame
 * goes as the device sees it. The rules are written down in docs/replay.md.
 */
#ifndef REPLAY_DEVICE_H
#define REPLAY_DEVICE_H

#include "base/err.h"
#include "replay/survey.h"

#define DEVICE_OWN (LIM_OWN4 + LIM_OWN6)

struct device_own {
	struct lim_addr addr;
	unsigned prefix; /* on-link prefix length: 0-32 for IPv4, 0-128 for IPv6 */
};

struct device {
	bool has_addr;
	bool by_mac;   /* every frame of mac is the device's */
	bool captures; /* it made the capture, whose records say which way they went */
	bool relayed;  /* a router on the way made it, and has every packet twice */
	uint8_t mac[6];
	struct lim_addr addr; /* the one it is known by */
	struct device_own own[DEVICE_OWN];
	unsigned owns;
	bool guessed;
};

/* What somebody says of the device; both parts may be missing. */
struct device_hint {
	bool has_addr, has_mac;
	struct lim_addr addr;
	uint8_t mac[6];
};

enum device_way {
	WAY_OTHER,     /* neither from nor to the device */
	WAY_OUT,       /* the device sends it */
	WAY_IN,	       /* it arrives for the device */
	WAY_FORWARDED, /* it passes through the device, from or to somebody else */
};

/* Reads "ADDR" or "MAC" into h (an empty text, "-" and "None" say nothing). Returns 0, or -1 with
 * e (EXIT_WRONG_USE). */
int device_hint_read(struct device_hint *h, const char *text, struct err *e);

/* Fills d from the survey, and from the hint where it says something. Returns 0, or -1 with e
 * (EXIT_WRONG_USE) when the capture holds no candidate, or nothing of what the hint names. */
int device_find(struct device *d, const struct survey *s, const struct device_hint *h,
		struct err *e);

/* The way of a frame (parsed as p). s: the survey that d was found in. */
enum device_way device_way(const struct device *d, const struct survey *s, const struct frame *f,
			   const struct lim_packet *p);

/* Enters the own addresses into c. */
void device_configure(const struct device *d, struct lim_config *c);

/* How strongly a pair looks like the device under test, for --explain-guess and device_find().
 * Pairs that cannot be it score below zero. */
double device_score(const struct survey *s, const struct pair *p);

/* Whether the MAC stands for the machine that has addr: it does not when it forwards for others
 * (a router's), or when what is sent to addr goes to other MACs only (made-up headers). */
bool device_mac_speaks(const struct survey *s, const uint8_t mac[6], const struct lim_addr *addr);

#endif
