/* SPDX-License-Identifier: MIT
 *
 * Plays a schedule against a policy in virtual time. Everything is an argument or inside struct
 * world; one world belongs to one thread.
 */
#ifndef ADVERSARY_WORLD_H
#define ADVERSARY_WORLD_H

#include <stdio.h>

#include "adversary/goals.h"
#include "adversary/policy.h"
#include "adversary/schedule.h"
#include "adversary/tally.h"

/* One conversation: a peer and a pair of ports. */
struct talk {
	struct target peer;
	uint16_t ours, theirs;
};

enum tcp_state { TCP_NONE, TCP_SYN_SENT, TCP_SHOOK };
struct tcp {
	uint32_t generation, name;
	uint32_t nxt, peer_nxt;	 /* our next sequence number, and theirs */
	uint32_t theirs_expects; /* the next sequence number the other end waits for */
	int32_t mark;		 /* in the tally */
	uint8_t state, then;	 /* then: kind that goes on after the SYN-ACK */
	uint8_t held;		 /* the other end keeps state for the connection */
};

struct coming { /* an answer on its way to us */
	uint64_t time;
	const struct gene *gene;
	struct talk talk;
	struct lim_packet p;
	unsigned kind;
};

struct stream {
	uint64_t next;
	uint32_t sent, bursts; /* packets and bursts so far */
	uint16_t in_burst;
};

#define WORLD_TCP    8192
#define WORLD_COMING 1024
struct world {
	const struct policy *policy;
	const struct goal *goal;
	const struct schedule *schedule;
	FILE *trace; /* NULL: silent */
	void *memory;
	lim_u64 key[2];
	uint64_t begin, now, end;
	uint32_t events, passed, dropped, generation;
	uint32_t coming_count;
	struct stream stream[SCHEDULE_GENES];
	struct tcp tcp[WORLD_TCP];
	struct coming coming[WORLD_COMING]; /* heap, soonest first */
	struct tally tally;
};

/* Memory for one thread. NULL when there is none. */
struct world *world_new(void);
void world_free(struct world *w);

/* Plays s (already legal for the goal) and returns its score. key: the device's secret, which the
 * adversary does not know. */
uint64_t world_play(struct world *w, const struct policy *policy, const struct goal *goal,
		    const struct schedule *s, const lim_u64 key[2]);

/* answers.c: what the peer of a packet that left does. */
void world_answer(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *p, unsigned kind);
/* Sends one packet of a kind; whether it left. */
int world_emit(struct world *w, const struct gene *g, const struct talk *t, unsigned kind);
/* Lets p arrive after the stream's rtt. */
void world_arrive(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *p, unsigned kind);
struct tcp *world_tcp(struct world *w, const struct talk *t);

/* packets.c: one packet of ours, and one of the peer's. */
int packet_out(struct lim_packet *p, unsigned kind, const struct talk *t, const struct gene *g,
	       struct tcp *tcp);
void packet_in(struct lim_packet *p, unsigned kind, const struct talk *t, const struct gene *g,
	       const struct tcp *tcp);
/* An ICMP error from t's peer about q, a packet of ours. */
void packet_error(struct lim_packet *p, const struct talk *t, const struct lim_packet *q,
		  uint8_t type4, uint8_t code4, uint8_t type6, uint8_t code6);

#endif
