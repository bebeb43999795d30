// SPDX-License-Identifier: MIT
// The limiter itself, at full size and with its defaults.
#include "play/actors.h"
#include "play/policy.h"

#include <string.h>

struct holdfast {
	struct lim_config config;
	struct lim_report report;
	enum lim_reason last;
	struct lim_state state;
};

static void start(void *mem, const lim_u64 key[2], uint64_t now)
{
	struct holdfast *h = mem;
	struct lim_addr own;

	memset(h, 0, sizeof(*h));
	lim_config_default(&h->config, key);
	for (unsigned i = 0; i < ACTOR_OWN; i++) {
		unsigned prefix_len = actor_own(i, &own);

		lim_config_own(&h->config, &own, prefix_len);
	}
	lim_start(&h->state, &h->config, now);
}

static uint64_t egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct holdfast *h = mem;

	h->last = lim_egress(&h->state, &h->config, &h->report, p, now);
	return lim_drops(h->last) ? POLICY_NEVER : now;
}

static int ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct holdfast *h = mem;

	h->last = lim_ingress(&h->state, &h->config, &h->report, p, now);
	return !lim_drops(h->last);
}

static const char *reason(const void *mem)
{
	const struct holdfast *h = mem;

	return lim_reason_key(h->last);
}

const struct policy policy_holdfast = {
    .key = "holdfast",
    .what = "the limiter with its defaults",
    .size = sizeof(struct holdfast),
    .start = start,
    .egress = egress,
    .ingress = ingress,
    .reason = reason,
};
