// SPDX-License-Identifier: MIT
#include "guard/tell.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "limiter/limiter.h"

void tell_start(struct tell *t, const struct lim_report *r)
{
	memset(t, 0, sizeof *t);
	memcpy(t->told, r->packets, sizeof t->told);
}

static const struct lim_event *latest(const struct lim_report *r, unsigned reason)
{
	lim_u64 n = r->events < LIM_EVENTS ? r->events : LIM_EVENTS;

	for (lim_u64 i = 1; i <= n; i++) {
		const struct lim_event *e = &r->event[(r->events - i) % LIM_EVENTS];

		if (e->reason == reason)
			return e;
	}
	return NULL;
}

int tell_next(struct tell *t, const struct lim_report *r, char line[static TELL_LINE])
{
	const unsigned drops = LIM_REASONS - LIM_FIRST_DROP;

	for (unsigned i = 0; i < drops; i++) {
		unsigned reason = LIM_FIRST_DROP + (t->next + i) % drops;
		lim_u64 n = r->packets[reason] - t->told[reason];
		const struct lim_event *e = latest(r, reason);
		char addr[ADDR_TEXT];
		int len;

		if (!n)
			continue;
		t->told[reason] = r->packets[reason];
		t->next = reason - LIM_FIRST_DROP + 1;
		len = snprintf(line, TELL_LINE, "held back %llu packet%s: %s (%s)",
			       (unsigned long long)n, n == 1 ? "" : "s", lim_reason_text(reason),
			       lim_reason_key(reason));
		if (e && len > 0 && len < TELL_LINE)
			snprintf(line + len, TELL_LINE - (size_t)len,
				 "; peer %s, protocol %u, port %u", addr_text(&e->peer, addr),
				 e->proto, e->port);
		return 1;
	}
	return 0;
}
