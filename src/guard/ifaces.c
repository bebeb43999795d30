// SPDX-License-Identifier: MIT
#include "guard/ifaces.h"

#include <net/if.h>
#include <string.h>

#include "guard/log.h"

#define SLOWEST 6 /* the last wait before another attempt: 2^6 s */

struct guard_iface *ifaces_find(struct ifaces *x, lim_u32 index)
{
	for (lim_u32 i = 0; i < x->meta.iface_count; i++)
		if (x->meta.iface[i].index == index)
			return &x->meta.iface[i];
	return NULL;
}

static void forget(struct ifaces *x, struct guard_iface *i)
{
	size_t at = (size_t)(i - x->meta.iface), last = --x->meta.iface_count;

	x->meta.iface[at] = x->meta.iface[last];
	x->place[at] = x->place[last];
	x->look_at_links |= x->meta.left_out; /* there is room for one more */
	x->meta_dirty = 1;
}

void ifaces_drop(struct ifaces *x, struct guard *g, struct guard_iface *i)
{
	struct err e;

	if (guard_detach(g, i, &e))
		log_line(LOG_WARNING, "%s", e.text);
	log_line(LOG_INFO, "%s is gone", i->name);
	forget(x, i);
}

struct iface_place *ifaces_place(struct ifaces *x, const struct guard_iface *i)
{
	return &x->place[i - x->meta.iface];
}

void ifaces_attach(struct ifaces *x, struct guard *g, struct guard_iface *i)
{
	struct iface_place *p = ifaces_place(x, i);
	char name[IF_NAMESIZE];
	int was = i->attached, bad;
	struct err e;

	bad = guard_attach(g, i, &e);
	p->renewed = !bad;
	x->meta_dirty |= was != i->attached;
	if (!bad) {
		if (!was)
			log_line(LOG_INFO, "%s is protected", i->name);
		p->tries = 0;
		return;
	}
	if (!if_indextoname(i->index, name))
		return; /* gone already, as the next message will say */
	if (x->starting) {
		x->failed = 1;
		x->why = e;
	} else if (!p->tries) {
		log_line(LOG_ERR, "%s is not protected, to be tried again: %s", i->name, e.text);
	}
	p->tries += p->tries < SLOWEST;
}

void ifaces_attach_again(struct ifaces *x, struct guard *g, unsigned seconds)
{
	for (lim_u32 i = 0; i < x->meta.iface_count; i++)
		if (!x->place[i].renewed && seconds % (1u << x->place[i].tries) == 0)
			ifaces_attach(x, g, &x->meta.iface[i]);
}

lim_u32 ifaces_protected(const struct ifaces *x)
{
	lim_u32 n = 0;

	for (lim_u32 i = 0; i < x->meta.iface_count; i++)
		n += x->meta.iface[i].attached;
	return n;
}

void ifaces_name_failed(struct ifaces *x, struct guard *g)
{
	x->starting = 0;
	for (lim_u32 i = 0; i < x->meta.iface_count; i++) {
		if (x->meta.iface[i].attached)
			continue;
		x->place[i].tries = 0;
		ifaces_attach(x, g, &x->meta.iface[i]);
	}
}

struct guard_iface *ifaces_add(struct ifaces *x, const struct seen_link *l, enum lim_link carries)
{
	struct guard_iface *i;

	if (x->meta.iface_count == GUARD_IFACES) {
		if (!x->meta.left_out)
			log_line(LOG_ERR, "%s is not protected: more than %d interfaces", l->name,
				 GUARD_IFACES);
		x->meta_dirty |= !x->meta.left_out;
		x->meta.left_out = 1;
		return NULL;
	}
	i = &x->meta.iface[x->meta.iface_count++];
	memset(i, 0, sizeof *i);
	i->index = l->index;
	i->link = (lim_u8)carries;
	*ifaces_place(x, i) = (struct iface_place){0};
	x->meta_dirty = 1;
	return i;
}
