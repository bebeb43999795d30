/* SPDX-License-Identifier: MIT
 *
 * Plays a schedule against a policy in virtual time. Everything is an argument or inside struct
 * world; one world belongs to one thread.
 */
#ifndef PLAY_WORLD_H
#define PLAY_WORLD_H

#include <stdio.h>

#include "play/policy.h"
#include "play/schedule.h"

enum victim {
	VICTIM_SILENT,
	VICTIM_MUST,   /* as any host must, port 80 open */
	VICTIM_VETO,   /* administratively prohibited, after 50 ms */
	VICTIM_FORGED, /* an accomplice answers in its name */
	VICTIM_FADES,  /* answers properly until it fades, then never again */
};
#define WORLD_FADE 10

/* In which world a schedule is played, and for how long. */
struct setting {
	enum victim victim;
	unsigned seconds; /* from WORLD_BEGIN; 0: until stop */
	uint64_t stop;	  /* virtual time, ns */
	uint32_t cap;	  /* packets, both ways */
	uint64_t fades;	  /* virtual time, ns; 0: WORLD_FADE seconds after the beginning */
	uint64_t delay;	  /* ns there and back to every host that does not choose it itself */
};

/* What one packet that left was. */
struct sent {
	const struct lim_packet *p;
	const struct gene *gene; /* the stream it is part of */
	struct target to;
	unsigned kind; /* enum kind */
	int spoofed;
	int held; /* the other end already knows this connection */
};

/* Who is told what happens. Each may be NULL. */
struct witness {
	void *arg;
	/* A packet left at a time. Returns a mark of its own for it, or -1. */
	int32_t (*sent)(void *arg, const struct sent *s, uint64_t at);
	/* A packet arrived, let in or not. */
	void (*arrived)(void *arg, const struct lim_packet *p, struct target from, unsigned kind,
			int let_in, uint64_t now);
	/* The connection whose SYN had this mark was confirmed after all. */
	void (*confirmed)(void *arg, int32_t mark);
	/* One action of a stream is over: it passed at the tries-th attempt, or never. */
	void (*acted)(void *arg, const struct gene *g, unsigned tries, int passed, uint64_t now);
	/* A packet was held back. */
	void (*held)(void *arg, const struct gene *g, const struct lim_packet *p, uint64_t now);
};

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
	int32_t mark;		 /* the witness's */
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
	uint8_t tries; /* of the action that is being tried again */
};

#define WORLD_TCP     8192
#define WORLD_COMING  1024
#define WORLD_STREAMS 24
#define WORLD_BEGIN   (1000000 * LIM_S) /* virtual time of the beginning: enough past for a rest */
struct world {
	const struct policy *policy;
	struct setting set;
	struct witness witness;
	const struct gene *gene; /* the streams */
	unsigned genes;
	int from_boot;
	FILE *trace; /* NULL: silent */
	void *memory;
	lim_u64 key[2];
	uint64_t begin, now, end;
	uint32_t events, passed, dropped, generation;
	uint32_t coming_count;
	struct stream stream[WORLD_STREAMS];
	struct tcp tcp[WORLD_TCP];
	struct coming coming[WORLD_COMING]; /* heap, soonest first */
};

/* Memory for one thread, for policies of at most so many bytes. NULL when there is none. */
struct world *world_new(size_t policy_size);
void world_free(struct world *w);

/* Plays gene[0..genes-1] (at most WORLD_STREAMS) from WORLD_BEGIN on, for set->seconds; from_boot:
 * at start-up instead of after ten hours of rest. key: the device's secret, which no stream knows.
 * The outcome depends on the arguments alone. w->witness is told what happens. */
void world_play(struct world *w, const struct policy *policy, const struct setting *set,
		const struct gene *gene, unsigned genes, int from_boot, const lim_u64 key[2]);

/* answers.c: what the peer of a packet that left does. */
void world_answer(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *p, unsigned kind);
/* Sends one packet of a kind; whether it left. */
int world_emit(struct world *w, const struct gene *g, const struct talk *t, unsigned kind);
/* Lets p arrive after the stream's rtt. */
void world_arrive(struct world *w, const struct gene *g, const struct talk *t,
		  const struct lim_packet *p, unsigned kind);
struct tcp *world_tcp(struct world *w, const struct talk *t);
void world_confirmed(struct world *w, int32_t mark);

/* packets.c: one packet of ours, and one of the peer's. */
int packet_out(struct lim_packet *p, unsigned kind, const struct talk *t, const struct gene *g,
	       struct tcp *tcp);
void packet_in(struct lim_packet *p, unsigned kind, const struct talk *t, const struct gene *g,
	       const struct tcp *tcp);
/* An ICMP error from t's peer about q, a packet of ours. */
void packet_error(struct lim_packet *p, const struct talk *t, const struct lim_packet *q,
		  uint8_t type4, uint8_t code4, uint8_t type6, uint8_t code6);

#endif
