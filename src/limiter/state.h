/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The limiter's memory: flat, of fixed size, zero-filled before lim_start(). The same layout is
 * one value of a BPF array map on the device and a plain struct on the host. Times are u64
 * nanoseconds of a monotonic clock, shifted by LIM_EPOCH so that subtraction cannot underflow.
 */
#ifndef LIM_STATE_H
#define LIM_STATE_H

#include "packet.h"
#include "params.h"
#include "reasons.h"

#define LIM_EPOCH   (1ull << 45) /* about 9.8 hours: more than any budget looks back */
#define LIM_VERSION 4u		 /* layout of everything in this file */
#define LIM_MAGIC   0x484f4c44u	 /* "HOLD" */
#define LIM_LINE    64		 /* bytes of a cache line, on most processors */

#define LIM_X(id, ...) LIM_B_##id,
enum lim_budget_id { LIM_BUDGETS(LIM_X) LIM_B_COUNT };
#undef LIM_X
#define LIM_X(id, ...) LIM_V_##id,
enum lim_value_id { LIM_VALUES(LIM_X) LIM_V_COUNT };
#undef LIM_X

struct lim_budget {
	lim_u64 period; /* ns for one unit */
	lim_u64 span;	/* depth * period */
};

/* Own addresses with their on-link prefixes. */
struct lim_own4 {
	lim_u32 addr, mask;
};
struct lim_own6 {
	lim_u32 addr[4];
	lim_u32 mask[4];
};

/* Read-only for the decision; written by whoever loads it. */
struct lim_config {
	lim_u32 magic, version;
	lim_u64 key[2]; /* secret of the hash, random for each boot */
	lim_u32 own4_count, own6_count;
	lim_u32 forward; /* 1: what others send through us may leave, and is limited with ours */
	lim_u32 pad;
	struct lim_own4 own4[LIM_OWN4];
	lim_u64 value[LIM_V_COUNT];
	struct lim_budget budget[LIM_B_COUNT];
	struct lim_own6 own6[LIM_OWN6];
	lim_u64 override_until; /* monotonic ns, 0 for none */
	struct lim_addr override_addr, override_mask;
};

#define LIM_PEER_STRONG	 0x01u /* has answered what only a willing peer answers */
#define LIM_PEER_WEAK	 0x02u /* has answered as any host must: SYN-ACK, echo reply */
#define LIM_PEER_VISITOR 0x04u /* came to us; we never addressed it first */
#define LIM_PEER_LINK	 0x08u /* on-link */
#define LIM_PEER_PORT	 0x40u /* last veto: port unreachable, so perhaps only that port */
#define LIM_PEER_TURNED                                                                            \
	0x20u		      /* came to us by UDP and answers in turn: not proof of its address   \
			       */
#define LIM_PEER_TUNNEL 0x10u /* last answer was not TCP */

/* What a packet to a peer that answers needs comes first: it should be one cache line. */
struct lim_peer {
	lim_u64 room;	    /* lim_since() and lim_window() in one word, see there */
	lim_u64 answered;   /* last answer */
	lim_u64 touched;    /* last packet either way */
	lim_u8 flags;	    /* LIM_PEER_* */
	lim_u8 reserved_at; /* its place in lim_state.reserved, if that still names it */
	lim_u8 last_reason, vetoes;
	lim_u32 credit;	     /* visitor: bytes it may still be sent */
	lim_u64 pause_until; /* veto */
	lim_u64 out_bytes;   /* less those since the last answer: lim_out_bytes() */
	lim_u64 in_bytes;
	lim_u32 held;	 /* packets held back */
	lim_u32 veto_at; /* in units of 2^24 ns */
	struct lim_addr addr;
};

/* Bytes sent since the peer's last answer, and how many that may be: one word, so that it is
 * looked at and charged in one step. */
LIM_INLINE lim_u32 lim_since(const struct lim_peer *e)
{
	return (lim_u32)e->room;
}

LIM_INLINE lim_u32 lim_window(const struct lim_peer *e)
{
	return (lim_u32)(e->room >> 32);
}

LIM_INLINE lim_u64 lim_out_bytes(const struct lim_peer *e)
{
	return e->out_bytes + lim_since(e);
}

struct lim_peer_set {
	lim_u32 tag[LIM_WAYS];
	struct lim_peer way[LIM_WAYS];
	lim_u32 pad[12];
};

#define LIM_FLOW_SHOOK	 0x01u /* handshake confirmed */
#define LIM_FLOW_DATA	 0x02u /* the peer has taken or given data */
#define LIM_FLOW_INBOUND 0x04u /* the peer spoke first */
#define LIM_FLOW_SYN	 0x08u /* we sent a SYN or SYN-ACK; una is its sequence number */
#define LIM_FLOW_SPOKE	 0x10u /* inbound flow: we sent since the peer's last packet */
#define LIM_FLOW_DNS	 0x20u /* a query is outstanding */
#define LIM_FLOW_HALF	 0x40u /* holds a half-open credit */
#define LIM_FLOW_OUT	 0x80u /* we have sent on it */

struct lim_flow {
	lim_u32 una, nxt;    /* TCP: oldest unacknowledged, next to send (RFC 9293 3.3.1) */
	lim_u32 touched;     /* in units of 2^24 ns */
	lim_u32 paid_at;     /* when it first paid what is still to return; same units */
	lim_u32 paid_bytes;  /* charged to unanswered budgets, to return on an answer */
	lim_u32 shake_bytes; /* sent on the strength of the handshake */
	lim_u16 paid_pkts;
	lim_u8 flags; /* LIM_FLOW_* */
	lim_u8 turns; /* inbound flow: alternations; DNS: queries outstanding */
};

struct lim_flow_set {
	lim_u32 tag[LIM_WAYS];
	struct lim_flow way[LIM_WAYS];
};

/* No tag: prefixes that collide share the poorer credit. Times when the bucket is full again. */
struct lim_prefix {
	lim_u64 pkts, bytes, half_open, new_conn, weak;
};

struct lim_contact {
	lim_u32 tag;	 /* lowest bit: its credit has come back */
	lim_u32 paid_at; /* in units of 2^24 ns */
};

struct lim_reserve {
	lim_u32 tag, pad;
};

struct lim_state {
	lim_u32 lock; /* first: the BPF back-end's spin lock */
	lim_u32 magic, version, reserved_next;
	lim_u64 other_peer;  /* last time traffic changed peer, for the lone tunnel */
	lim_u64 answer_time; /* last answer that counted for seniority */
	lim_u32 last_peer;
	lim_u32 answers;	     /* that counted */
	lim_u64 device[LIM_B_COUNT]; /* device-wide buckets; entries of others unused */
	lim_u64 pad[(8 - (5 + LIM_B_COUNT) % 8) % 8];
	lim_u32 asked[LIM_ASKED];
	struct lim_reserve reserved[LIM_RESERVED];
	struct lim_prefix prefix[LIM_PREFIXES];
	lim_u64 visitor[LIM_VISITORS];
	struct lim_contact contact[LIM_CONTACTS];
	struct lim_peer_set peer[LIM_PEER_SETS];
	struct lim_flow_set flow[LIM_FLOW_SETS];
};

struct lim_event {
	lim_u64 time; /* monotonic ns */
	struct lim_addr peer;
	lim_u32 len;
	lim_u16 port;
	lim_u8 proto, reason;
};

/* What people look at: counts and the latest drops. */
struct lim_report {
	lim_u64 packets[LIM_REASONS]; /* by verdict and reason; GSO segments counted */
	lim_u64 bytes[LIM_REASONS];
	lim_u64 events; /* written so far; the latest is at (events - 1) % LIM_EVENTS */
	lim_u64 event_time[LIM_REASONS];
	struct lim_event event[LIM_EVENTS];
};

/* A flow that was seen to go on (memo.h). Addresses and ports as on the wire. */
struct lim_memo {
	lim_u32 src, dst, ports;
	lim_u32 generation; /* of the configuration it was found with */
	lim_u32 peer_tag, flow_tag, contact_tag;
	lim_u16 peer_set, flow_set, contact;
	lim_u8 peer_way, flow_way, proto, link, pad[2];
	lim_u32 seniority, pad2;
	lim_u64 consent, window_max;
};

/* What each processor has for itself: counts of what went a short way (quick.h), which belong to
 * the report's; the time, and the tick that it was read at; flows that it has seen to go on; the
 * packet being judged. */
struct lim_own_cpu {
	struct {
		lim_u64 packets, bytes;
	} count[LIM_REASONS];
	lim_u64 tick, now;
	struct lim_memo out[LIM_MEMOS], in[LIM_MEMOS];
	struct lim_packet packet;
};

_Static_assert(sizeof(struct lim_memo) == LIM_LINE, "lim_memo");
_Static_assert(sizeof(struct lim_own_cpu) % 8 == 0, "as the kernel pads it");
_Static_assert(sizeof(struct lim_peer) == 80, "lim_peer");
_Static_assert(sizeof(struct lim_flow) == 28, "lim_flow");
_Static_assert(sizeof(struct lim_peer_set) % LIM_LINE == 0, "lines");
_Static_assert(sizeof(struct lim_flow_set) % LIM_LINE == 0, "lines");
_Static_assert(__builtin_offsetof(struct lim_state, peer) % LIM_LINE == 0, "lines");
_Static_assert(__builtin_offsetof(struct lim_state, flow) % LIM_LINE == 0, "lines");
_Static_assert(sizeof(struct lim_event) == 32, "lim_event");
_Static_assert((LIM_PEER_SETS & (LIM_PEER_SETS - 1)) == 0, "power of two");
_Static_assert((LIM_FLOW_SETS & (LIM_FLOW_SETS - 1)) == 0, "power of two");
_Static_assert((LIM_PREFIXES & (LIM_PREFIXES - 1)) == 0, "power of two");
_Static_assert((LIM_CONTACTS & (LIM_CONTACTS - 1)) == 0, "power of two");
_Static_assert((LIM_ASKED & (LIM_ASKED - 1)) == 0, "power of two");
_Static_assert((LIM_VISITORS & (LIM_VISITORS - 1)) == 0, "power of two");
_Static_assert(sizeof(struct lim_state) + sizeof(struct lim_report) +
		       2 * sizeof(struct lim_config) <=
		   256 * 1024,
	       "the limiter promises at most 256 kB");

#endif
