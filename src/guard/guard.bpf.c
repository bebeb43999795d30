// SPDX-License-Identifier: MIT OR GPL-2.0
// The limiter in the kernel: one program for what arrives, one for what leaves.
//
// Everything is parsed before the lock is taken and decided under it, so that the accounting is
// exact however many processors send. The host tool (embed.c) finds in the object what is a map and
// what is a fact that the loader fills in; nothing of this needs an ELF reader on the device.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#define SEC(name) __attribute__((section(name), used))

static void *(*const map_lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static long (*const load_bytes)(const struct __sk_buff *skb, __u32 off, void *to,
				__u32 n) = (void *)BPF_FUNC_skb_load_bytes;
static __attribute__((unused)) __u64 (*const ktime)(void) = (void *)BPF_FUNC_ktime_get_coarse_ns;
static __attribute__((unused)) __u64 (*const jiffies)(void) = (void *)BPF_FUNC_jiffies64;
static long (*const lock)(struct bpf_spin_lock *l) = (void *)BPF_FUNC_spin_lock;
static long (*const unlock)(struct bpf_spin_lock *l) = (void *)BPF_FUNC_spin_unlock;

/* Without the lock where the kernel compiles atomic instructions (meson.build). */
#ifdef GUARD_QUICK
#define LIM_SHARED
#endif
#define LIM_CTX			   struct __sk_buff *
#define LIM_READ(ctx, off, buf, n) load_bytes(ctx, off, buf, n)
#define LIM_READ_HEAD(ctx, h)	   read_head(ctx, h)
struct lim_head;
static inline __attribute__((always_inline)) int read_head(struct __sk_buff *skb,
							   struct lim_head *h);
#include "limiter/decide.h"
#include "limiter/memo.h"

/* Nearly always the headers lie in one piece, to be read without a call. Link headers are aligned
 * to two bytes, what follows to four (NET_IP_ALIGN). */
LIM_INLINE int read_head(struct __sk_buff *skb, struct lim_head *h)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;

	if (LIM_UNLIKELY(data + LIM_HEAD > end))
		return (int)load_bytes(skb, 0, (__u8 *)h + 2, LIM_HEAD);
	h->eth = *(const struct lim_eth *)data;
	h->ip6 = *(const struct lim_ip6 *)(data + sizeof h->eth);
	return 0;
}

/* Places that the loader fills in (load.c knows them by name). */
SEC("maps") char map_state[1], map_report[1], map_config[1], map_active[1], map_cpu[1];
SEC("facts") char fact_link[1];

struct records {
	struct lim_state *s;
	struct lim_report *r;
	const struct lim_config *c;
	struct lim_own_cpu *cpu;
	__u32 generation; /* of the configuration: counts its changes, which go to two places in
			     turn */
};

/* Monotonic ns, to two clock ticks: budgets count in milliseconds and more. (Linux 5.11 and later.)
 * A call costs as much as the rest of the short way where returns are guarded against speculation;
 * on 64 bits the kernel reads the tick counter in place, and the clock moves only with it. */
LIM_INLINE lim_u64 clock(struct __sk_buff *skb, struct lim_own_cpu *cpu)
{
	(void)skb, (void)cpu;
#if defined GUARD_TEST_CLOCK /* tests/cross/kernel.c: there time is an argument */
	return skb->tstamp;
#elif defined GUARD_QUICK
	lim_u64 tick = jiffies();

	if (LIM_UNLIKELY(tick != cpu->tick)) {
		cpu->tick = tick;
		cpu->now = ktime();
	}
	return cpu->now;
#else
	return ktime();
#endif
}

/* What a packet that goes on needs. */
LIM_INLINE int find_first(struct records *o)
{
	__u32 zero = 0, *active;

	active = map_lookup(map_active, &zero);
	o->s = map_lookup(map_state, &zero);
	o->cpu = map_lookup(map_cpu, &zero);
	if (!active || !o->s || !o->cpu)
		return -1;
	o->generation = *active;
	return 0;
}

LIM_INLINE int find_rest(struct records *o)
{
	__u32 zero = 0, place = o->generation & 1;

	o->c = map_lookup(map_config, &place);
	o->r = map_lookup(map_report, &zero);
	return o->c && o->r ? 0 : -1;
}

/* A buffer from a raw socket or a TUN device may name a segment size and leave the count to the
 * driver: then it is counted here. */
LIM_INLINE __u32 segments(const struct __sk_buff *skb)
{
	__u32 n = skb->gso_segs, size = skb->gso_size;

	if (size && n < 2)
		n = (skb->len + size - 1) / size;
	return n;
}

LIM_INLINE int raw_ip(void)
{
	__u64 link = (__u64)fact_link;

	asm volatile("" : "+r"(link)); /* an address as far as the compiler knows, not a number */
	return link != 0;
}

LIM_INLINE void parse(struct lim_packet *p, struct __sk_buff *skb)
{
	lim_parse_at(p, raw_ip() ? LIM_RAW_IP : LIM_ETHERNET, skb, skb->len, segments(skb));
}

#ifdef GUARD_QUICK
LIM_INLINE void count(struct lim_own_cpu *cpu, __u64 why, __u32 segs, __u32 bytes)
{
	if (why >= LIM_REASONS)
		return;
	cpu->count[why].packets += segs;
	cpu->count[why].bytes += bytes;
}

/* Most packets belong to a flow that goes on, and want no lock; nearly all of these to one that
 * this processor remembers. */
LIM_INLINE int remembered(const struct records *o, struct __sk_buff *skb, int out)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;
	const struct lim_head *h = (const struct lim_head *)(data - 2);
	__u32 segs = skb->gso_segs;
	struct lim_heard heard;
	struct lim_more more;
	struct lim_memo *m;

	if (raw_ip() || data + LIM_HEAD > end || (segs < 2 && skb->gso_size) || segs > 0xffff)
		return 0;
	m = lim_memo_find(out ? o->cpu->out : o->cpu->in, h, out ? h->ip4.dst : h->ip4.src,
			  o->generation);
	if (!m)
		return 0;
	segs += !segs;
	lim_memo_measure(h, skb->len, segs, &more);
	heard.wire_len = more.wire_len;
	if (out ? !lim_memo_pass(o->s, m, &more, clock(skb, o->cpu))
		: !lim_memo_hear(o->s, m, h, &heard, clock(skb, o->cpu)))
		return 0;
	count(o->cpu, out ? LIM_PASS_CONSENT : LIM_PASS_INBOUND, segs, more.wire_len);
	return 1;
}

LIM_INLINE int quick(struct lim_out *out, const struct records *o, struct __sk_buff *skb)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;

	if (!lim_out_quick(out))
		return 0;
	count(o->cpu, LIM_PASS_CONSENT, o->cpu->packet.segs, o->cpu->packet.wire_len);
	if (!raw_ip() && data + LIM_HEAD <= end)
		lim_memo_set(o->cpu->out, (const struct lim_head *)(data - 2), out, o->generation);
	return 1;
}

LIM_INLINE int heard(const struct lim_in *in, const struct records *o, struct __sk_buff *skb)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;

	if (!lim_in_quick(in))
		return 0;
	count(o->cpu, LIM_PASS_INBOUND, o->cpu->packet.segs, o->cpu->packet.wire_len);
	if (!raw_ip() && data + LIM_HEAD <= end)
		lim_memo_set_in(o->cpu->in, (const struct lim_head *)(data - 2), in, o->generation);
	return 1;
}

/* Dropped without the lock, unless it is time for an event to tell of such drops. */
LIM_INLINE int refused(struct lim_out *out, const struct records *o)
{
	__u64 why = lim_out_refused(out);

	LIM_FORGET(why, out->now, 31);
	if (why < LIM_FIRST_DROP || why >= LIM_REASONS || lim_event_due(o->r, why, out->now))
		return 0;
	count(o->cpu, why, o->cpu->packet.segs, o->cpu->packet.wire_len);
	return 1;
}
#else
#define remembered(o, skb, out) 0
#define quick(out, o, skb)	0
#define heard(in, o, skb)	0
#define refused(out, o)		0
#endif

#define LOOPBACK 1 /* its interface index, everywhere */

SEC("tc/egress") int egress(struct __sk_buff *skb)
{
	struct lim_out out;
	struct records o;
	enum lim_reason why;

	if (find_first(&o))
		return TC_ACT_SHOT;
	if (LIM_LIKELY(remembered(&o, skb, 1)))
		return TC_ACT_UNSPEC;
	if (find_rest(&o))
		return TC_ACT_SHOT;
	parse(&o.cpu->packet, skb);
	if (skb->ingress_ifindex >
	    LOOPBACK) /* 0 for what a socket of ours sent, of whatever kind */
		o.cpu->packet.flags |= LIM_F_FORWARDED;
	lim_out_begin(&out, o.s, o.c, &o.cpu->packet, clock(skb, o.cpu));
	if (quick(&out, &o, skb))
		return TC_ACT_UNSPEC;
	if (refused(&out, &o))
		return TC_ACT_SHOT;
	lock((struct bpf_spin_lock *)&o.s->lock);
	why = lim_out_decide(&out, o.r);
	unlock((struct bpf_spin_lock *)&o.s->lock);
	return why >= LIM_FIRST_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

SEC("tc/ingress") int ingress(struct __sk_buff *skb)
{
	struct lim_in in;
	struct records o;
	enum lim_reason why;

	if (find_first(&o))
		return TC_ACT_UNSPEC;
	if (LIM_LIKELY(remembered(&o, skb, 0)))
		return TC_ACT_UNSPEC;
	if (find_rest(&o))
		return TC_ACT_UNSPEC;
	parse(&o.cpu->packet, skb);
	lim_in_begin(&in, o.s, o.c, &o.cpu->packet, clock(skb, o.cpu));
	if (heard(&in, &o, skb))
		return TC_ACT_UNSPEC;
	lock((struct bpf_spin_lock *)&o.s->lock);
	why = lim_in_decide(&in, o.r);
	unlock((struct bpf_spin_lock *)&o.s->lock);
	return why >= LIM_FIRST_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}
