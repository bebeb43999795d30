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
/* To a clock tick: budgets count in milliseconds and more, and reading the counter costs more than
 * a table look-up (Linux 5.11 and later). */
static __attribute__((unused)) __u64 (*const ktime)(void) = (void *)BPF_FUNC_ktime_get_coarse_ns;
static long (*const lock)(struct bpf_spin_lock *l) = (void *)BPF_FUNC_spin_lock;
static long (*const unlock)(struct bpf_spin_lock *l) = (void *)BPF_FUNC_spin_unlock;

#ifdef GUARD_TEST_CLOCK /* tests/cross/kernel.c: there time is an argument, as in user space */
#define NOW(skb) (skb)->tstamp
#else
#define NOW(skb) ktime()
#endif

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
#include "limiter/parse.h"

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
};

LIM_INLINE int find(struct records *o)
{
	__u32 zero = 0, *active;

	active = map_lookup(map_active, &zero);
	if (!active)
		return -1;
	o->c = map_lookup(map_config, active);
	o->s = map_lookup(map_state, &zero);
	o->r = map_lookup(map_report, &zero);
	o->cpu = map_lookup(map_cpu, &zero);
	return o->c && o->s && o->r && o->cpu ? 0 : -1;
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

LIM_INLINE void parse(struct lim_packet *p, struct __sk_buff *skb)
{
	__u64 link = (__u64)fact_link;

	asm volatile("" : "+r"(link)); /* an address as far as the compiler knows, not a number */
	lim_parse_at(p, link ? LIM_RAW_IP : LIM_ETHERNET, skb, skb->len, segments(skb));
}

/* Most packets belong to a flow that goes on, and want no lock. */
#ifdef GUARD_QUICK
LIM_INLINE int quick(struct lim_out *out, struct lim_own_cpu *cpu)
{
	if (!lim_out_quick(out))
		return 0;
	cpu->packets += cpu->packet.segs;
	cpu->bytes += cpu->packet.wire_len;
	return 1;
}
#else
#define quick(out, cpu) 0
#endif

SEC("tc/egress") int egress(struct __sk_buff *skb)
{
	struct lim_out out = {0};
	struct records o;
	enum lim_reason why;

	if (find(&o))
		return TC_ACT_SHOT;
	parse(&o.cpu->packet, skb);
	lim_out_begin(&out, o.s, o.c, &o.cpu->packet, NOW(skb));
	if (quick(&out, o.cpu))
		return TC_ACT_UNSPEC;
	lock((struct bpf_spin_lock *)&o.s->lock);
	why = lim_out_decide(&out, o.r);
	unlock((struct bpf_spin_lock *)&o.s->lock);
	return why >= LIM_FIRST_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

SEC("tc/ingress") int ingress(struct __sk_buff *skb)
{
	struct records o;
	enum lim_reason why;
	__u64 now;

	if (find(&o))
		return TC_ACT_UNSPEC;
	parse(&o.cpu->packet, skb);
	now = NOW(skb);
	lock((struct bpf_spin_lock *)&o.s->lock);
	why = lim_decide_ingress(o.s, o.c, o.r, &o.cpu->packet, now);
	unlock((struct bpf_spin_lock *)&o.s->lock);
	return why >= LIM_FIRST_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}
