// SPDX-License-Identifier: MIT
#include "show/show.h"

#include "base/addr.h"

bool show_is_device_wide(const struct show *s, enum lim_budget_id id)
{
	if ((id == LIM_B_OVERRIDE_PKTS || id == LIM_B_OVERRIDE_BYTES) && !show_override_left(s))
		return false;
	return budget_rows[id].device_wide;
}

lim_u64 show_since(const struct show *s, lim_u64 state_time)
{
	lim_u64 now = s->now + LIM_EPOCH;

	return now > state_time ? now - state_time : 0;
}

lim_u64 show_until(const struct show *s, lim_u64 state_time)
{
	lim_u64 now = s->now + LIM_EPOCH;

	return state_time > now ? state_time - now : 0;
}

lim_u64 show_override_left(const struct show *s)
{
	return s->config->override_until > s->now ? s->config->override_until - s->now : 0;
}

const char *show_override_net(const struct show *s, char *buf, size_t size)
{
	const struct lim_addr *a = &s->config->override_addr, *m = &s->config->override_mask;
	char text[ADDR_TEXT];
	unsigned len = 0;

	for (int i = 0; i < 4; i++)
		len += (unsigned)__builtin_popcount(m->w[i]);
	if (len >= 96 && addr_is4(a))
		len -= 96;
	snprintf(buf, size, "%s", addr_prefix_text(a, len, text));
	return buf;
}

lim_u64 show_consent_left(const struct show *s, const struct lim_peer *p)
{
	struct lim_view v;
	lim_u64 age = show_since(s, p->answered), lasts = s->config->value[LIM_V_CONSENT];

	lim_look(s->state, s->config, &p->addr, s->now, &v);
	if (!v.fresh)
		return 0;
	if (age >= lasts)
		lasts = s->config->value[LIM_V_CONSENT_TUNNEL];
	return lasts > age ? lasts - age : 0;
}

const struct lim_event *show_event(const struct lim_report *r, lim_u64 i)
{
	if (i >= r->events || i >= LIM_EVENTS)
		return NULL;
	return &r->event[(r->events - 1 - i) % LIM_EVENTS];
}

bool show_protected(const struct show *s, char *why, size_t size)
{
	unsigned held = 0;

	for (lim_u32 i = 0; i < s->meta->iface_count && i < GUARD_IFACES; i++) {
		if (!s->meta->iface[i].attached) {
			snprintf(why, size,
				 "%.15s is open: the guard could not be put on it. "
				 "The log of `holdfast guard` says why.",
				 s->meta->iface[i].name);
			return false;
		}
		held++;
	}
	if (s->meta->left_out) {
		snprintf(why, size,
			 "there are more than %d interfaces, and the rest is open. "
			 "Name those to protect: `holdfast guard --interface`.",
			 GUARD_IFACES);
		return false;
	}
	if (!held && !s->daemon) {
		snprintf(why, size,
			 "no interface is protected and nothing waits for one. "
			 "Start `holdfast guard`.");
		return false;
	}
	return true;
}
