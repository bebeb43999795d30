// SPDX-License-Identifier: MIT
// The limiter as a library for user space. No libc.
#include "limiter/limiter.h"

struct lim_bytes {
	const lim_u8 *data;
	lim_u32 len;
};

static int read_bytes(const struct lim_bytes *b, lim_u32 off, void *to, lim_u32 n)
{
	if (off > b->len || n > b->len - off)
		return -1;
	__builtin_memcpy(to, b->data + off, n);
	return 0;
}

#define LIM_CTX			   const struct lim_bytes *
#define LIM_READ(ctx, off, buf, n) read_bytes(ctx, off, buf, n)
#include "parse.h"
#include "decide.h"

#define LIM_MTU_FRAME 1514u /* beyond it, a buffer is several segments (offloads) */
#define LIM_MSS	      1448u

void lim_parse(struct lim_packet *p, enum lim_link link, const lim_u8 *data, lim_u32 len,
	       lim_u32 wire_len)
{
	struct lim_bytes b = {data, len};
	lim_u32 segs = wire_len > LIM_MTU_FRAME ? (wire_len - 66 + LIM_MSS - 1) / LIM_MSS : 1;

	lim_parse_at(p, link, &b, wire_len, segs);
}

enum lim_reason lim_egress(struct lim_state *s, const struct lim_config *c, struct lim_report *r,
			   const struct lim_packet *p, lim_u64 now)
{
	return lim_decide_egress(s, c, r, p, now);
}

enum lim_reason lim_ingress(struct lim_state *s, const struct lim_config *c, struct lim_report *r,
			    const struct lim_packet *p, lim_u64 now)
{
	return lim_decide_ingress(s, c, r, p, now);
}

struct budget_row {
	const char *key;
	lim_u64 depth, start, period;
};

#define LIM_X(id, key, depth, start, period, unit, what) {key, depth, start, period},
static const struct budget_row budgets[] = {LIM_BUDGETS(LIM_X)};
#undef LIM_X

struct value_row {
	const char *key;
	lim_u64 value, min, max;
};

#define LIM_X(id, key, value, min, max, unit, what) {key, value, min, max},
static const struct value_row values[] = {LIM_VALUES(LIM_X)};
#undef LIM_X

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

void lim_config_default(struct lim_config *c, const lim_u64 key[2])
{
	__builtin_memset(c, 0, sizeof *c);
	c->magic = LIM_MAGIC;
	c->version = LIM_VERSION;
	c->key[0] = key[0];
	c->key[1] = key[1];
	for (int i = 0; i < LIM_B_COUNT; i++) {
		c->budget[i].period = budgets[i].period;
		c->budget[i].span = budgets[i].period * budgets[i].depth;
	}
	for (int i = 0; i < LIM_V_COUNT; i++)
		c->value[i] = values[i].value;
}

static lim_u32 mask_word(unsigned len, unsigned word)
{
	unsigned bits = len > 32 * word ? len - 32 * word : 0;

	return bits >= 32 ? 0xffffffffu : bits ? ~(0xffffffffu >> bits) : 0;
}

static int own4(struct lim_config *c, lim_u32 addr, unsigned len)
{
	lim_u32 i = 0;

	while (i < c->own4_count && c->own4[i].addr != addr)
		i++;
	if (i == LIM_OWN4)
		return -1;
	c->own4[i].addr = addr;
	c->own4[i].mask = mask_word(len, 0);
	c->own4_count += i == c->own4_count;
	return 0;
}

int lim_config_own(struct lim_config *c, const struct lim_addr *addr, unsigned prefix_len)
{
	lim_u32 i = 0;

	if (lim_is4(addr))
		return own4(c, addr->w[3], prefix_len);
	while (i < c->own6_count && __builtin_memcmp(c->own6[i].addr, addr->w, sizeof addr->w))
		i++;
	if (i == LIM_OWN6)
		return -1;
	for (unsigned w = 0; w < 4; w++) {
		c->own6[i].addr[w] = addr->w[w];
		c->own6[i].mask[w] = mask_word(prefix_len, w);
	}
	c->own6_count += i == c->own6_count;
	return 0;
}

/* Two budgets that share one bucket: what one is given of the refill holds for the other, and the
 * shallow one is never deeper than the deep one. */
static void keep_pair(struct lim_config *c, enum lim_budget_id set, enum lim_budget_id shallow,
		      enum lim_budget_id deep)
{
	struct lim_budget *a = &c->budget[shallow], *b = &c->budget[deep];
	lim_u64 depth_a = a->span / a->period, depth_b = b->span / b->period;

	a->period = b->period = c->budget[set].period;
	if (depth_a > depth_b)
		depth_a = depth_b = set == deep ? depth_b : depth_a;
	a->span = a->period * depth_a;
	b->span = b->period * depth_b;
}

int lim_config_budget(struct lim_config *c, const char *key, lim_u64 depth, lim_u64 period)
{
	for (int i = 0; i < LIM_B_COUNT; i++) {
		struct lim_budget *b = &c->budget[i];

		if (!same(key, budgets[i].key))
			continue;
		if (!depth)
			depth = b->span / b->period;
		if (!period)
			period = b->period;
		if (depth > budgets[i].depth || period < budgets[i].period ||
		    period > 86400 * LIM_S)
			return -2;
		b->period = period;
		b->span = period * depth;
		if (i == LIM_B_SILENT_PKTS || i == LIM_B_SENIOR_PKTS)
			keep_pair(c, i, LIM_B_SILENT_PKTS, LIM_B_SENIOR_PKTS);
		if (i == LIM_B_HALF_OPEN_PREFIX || i == LIM_B_HALF_OPEN_SENIOR)
			keep_pair(c, i, LIM_B_HALF_OPEN_PREFIX, LIM_B_HALF_OPEN_SENIOR);
		return 0;
	}
	return -1;
}

int lim_config_value(struct lim_config *c, const char *key, lim_u64 value)
{
	for (int i = 0; i < LIM_V_COUNT; i++) {
		if (!same(key, values[i].key))
			continue;
		if (value < values[i].min || value > values[i].max)
			return -2;
		c->value[i] = value;
		return 0;
	}
	return -1;
}

void lim_start(struct lim_state *s, const struct lim_config *c, lim_u64 now)
{
	__builtin_memset(s, 0, sizeof *s);
	s->magic = LIM_MAGIC;
	s->version = LIM_VERSION;
	for (int i = 0; i < LIM_B_COUNT; i++) {
		lim_u64 start = budgets[i].start * c->budget[i].period;

		if (start > c->budget[i].span)
			start = c->budget[i].span;
		s->device[i] = now + LIM_EPOCH - start;
	}
	s->other_peer = now + LIM_EPOCH;
}

#define LIM_X(id, key, what) {key, what},
static const struct {
	const char *key, *text;
} reasons[] = {LIM_PASS_REASONS(LIM_X) LIM_DROP_REASONS(LIM_X)};
#undef LIM_X

const char *lim_reason_key(unsigned reason)
{
	return reason < LIM_REASONS ? reasons[reason].key : "?";
}

const char *lim_reason_text(unsigned reason)
{
	return reason < LIM_REASONS ? reasons[reason].text : "?";
}

static lim_u64 left(lim_u64 full_at, const struct lim_budget *b, lim_u64 now)
{
	lim_u64 floor = now > b->span ? now - b->span : 0;
	lim_u64 at = full_at > floor ? full_at : floor;

	return at >= now ? 0 : (now - at) / b->period;
}

lim_u64 lim_left(const struct lim_state *s, const struct lim_config *c, enum lim_budget_id id,
		 lim_u64 now)
{
	return left(s->device[id], &c->budget[id], now + LIM_EPOCH);
}

void lim_look(const struct lim_state *s, const struct lim_config *c, const struct lim_addr *addr,
	      lim_u64 now, struct lim_view *out)
{
	struct lim_state *m =
	    (struct lim_state *)(__UINTPTR_TYPE__)s; /* the finders change nothing */
	lim_u64 hash = lim_hash_peer(c, addr), contact = lim_hash_contact(c, addr);
	lim_u32 where = lim_where(c, addr);
	const struct lim_prefix *px;
	lim_u64 held;

	__builtin_memset(out, 0, sizeof *out);
	now += LIM_EPOCH;
	out->own = !!(where & LIM_AT_OWN);
	out->on_link = !!(where & (LIM_AT_LINK | LIM_AT_CAST));
	out->peer = lim_peer_find(m, hash);
	out->contact_known =
	    (s->contact[contact & (LIM_CONTACTS - 1)].tag & ~1u) == (lim_tag(contact) & ~1u);
	if (out->peer) {
		out->fresh = lim_fresh(s, c, out->peer, lim_tag(hash), now);
		out->paused = out->peer->pause_until > now;
		out->doubted = out->paused && out->peer->vetoes <= lim_doubts(s, c, out->peer);
	}
	px = &s->prefix[lim_prefix_index(c, addr, out->on_link)];
	out->silent_pkts = left(px->pkts, &c->budget[LIM_B_SENIOR_PKTS], now);
	held = (c->budget[LIM_B_SENIOR_PKTS].span - c->budget[LIM_B_SILENT_PKTS].span) /
	       c->budget[LIM_B_SENIOR_PKTS].period;
	if (s->answers < c->value[LIM_V_SENIORITY])
		out->silent_pkts = out->silent_pkts > held ? out->silent_pkts - held : 0;
	out->silent_bytes = left(px->bytes, &c->budget[LIM_B_SILENT_BYTES], now);
}
