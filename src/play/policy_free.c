// SPDX-License-Identifier: MIT
// No limiter: a device as they are sold.
#include "play/policy.h"

static void start(void *mem, const lim_u64 key[2], uint64_t now)
{
}

static uint64_t egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	return now;
}

static int ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	return 1;
}

static const char *reason(const void *mem)
{
	return "free";
}

const struct policy policy_free = {
    .key = "free",
    .what = "no limiter",
    .size = 1,
    .start = start,
    .egress = egress,
    .ingress = ingress,
    .reason = reason,
};
