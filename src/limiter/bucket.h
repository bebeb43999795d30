/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Token buckets in eight bytes: the generic cell rate algorithm in its virtual-scheduling form
 * (ITU-T I.371 annex A). A bucket is the time at which it will be full again; zero-filled memory
 * is a full bucket. No division anywhere: old kernels and small processors have none to spare.
 */
#ifndef LIM_BUCKET_H
#define LIM_BUCKET_H

#include "state.h"

LIM_INLINE lim_u64 lim_bucket_after(lim_u64 full_at, const struct lim_budget *b, lim_u64 now,
				    lim_u32 units)
{
	lim_u64 floor = lim_larger(now - b->span, 0);

	return lim_larger(full_at, floor) + b->period * units;
}

LIM_INLINE int lim_can(lim_u64 full_at, const struct lim_budget *b, lim_u64 now, lim_u32 units)
{
	return lim_bucket_after(full_at, b, now, units) <= now;
}

/* Takes units whether they are there or not; a caller that must not overdraw asks lim_can. */
LIM_INLINE void lim_take(lim_u64 *full_at, const struct lim_budget *b, lim_u64 now, lim_u32 units)
{
	*full_at = lim_bucket_after(*full_at, b, now, units);
}

/* Returns what was taken age ns ago, less what has come back by itself since: a refund that was
 * saved up while the bucket refilled would mint credit. */
LIM_INLINE void lim_give(lim_u64 *full_at, const struct lim_budget *b, lim_u32 units, lim_u64 age)
{
	lim_u64 back = b->period * units;

	if (back > age)
		*full_at -= back - age;
}

#endif
