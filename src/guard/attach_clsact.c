// SPDX-License-Identifier: MIT
// One filter a direction, always at the same place, so that attaching again replaces it.
#include "guard/attach.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "guard/rtnl.h"

#define PLACE	    1u		/* before all others: what they let pass would never reach us */
#define HANDLE	    0x484f4c44u /* "HOLD" */
#define FILTER_NAME "holdfast"

static const __u32 parent[2] = {TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
				TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)};

static int clsact_probe(int prog, struct err *e)
{
	return 0; /* only an interface can tell: see clsact_on() */
}

static int qdisc(int fd, lim_u32 index, int type, int flags)
{
	struct rtnl_request r;

	rtnl_begin(&r, type, flags, sizeof r.tc);
	r.tc.tcm_ifindex = (int)index;
	r.tc.tcm_parent = TC_H_CLSACT;
	r.tc.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	rtnl_add(&r, TCA_KIND, "clsact", sizeof "clsact");
	return rtnl_ask(fd, &r);
}

static void filter(struct rtnl_request *r, int type, int flags, lim_u32 index, int egress)
{
	rtnl_begin(r, type, flags, sizeof r->tc);
	r->tc.tcm_ifindex = (int)index;
	r->tc.tcm_parent = parent[egress];
	r->tc.tcm_handle = HANDLE;
	r->tc.tcm_info = TC_H_MAKE(PLACE << 16, htons(ETH_P_ALL));
	rtnl_add(r, TCA_KIND, "bpf", sizeof "bpf");
}

static int filter_on(int fd, lim_u32 index, int egress, int prog)
{
	const __u32 direct = TCA_BPF_FLAG_ACT_DIRECT, prog_fd = (__u32)prog;
	struct rtnl_request r;
	struct rtattr *options;

	filter(&r, RTM_NEWTFILTER, NLM_F_CREATE, index, egress);
	options = rtnl_nest(&r, TCA_OPTIONS);
	rtnl_add(&r, TCA_BPF_FD, &prog_fd, sizeof prog_fd);
	rtnl_add(&r, TCA_BPF_NAME, FILTER_NAME, sizeof FILTER_NAME);
	rtnl_add(&r, TCA_BPF_FLAGS, &direct, sizeof direct);
	rtnl_nest_end(&r, options);
	return rtnl_ask(fd, &r);
}

static int missing(int n, const char *name, const char *what, const char *option, struct err *e)
{
	if (n == -ENOENT || n == -EOPNOTSUPP)
		return err_set(e, EXIT_SYSTEM, "this kernel has no %s: it needs %s", what, option);
	if (n == -EPERM)
		return err_set(e, EXIT_SYSTEM,
			       "not allowed to attach to %s: needs CAP_NET_ADMIN "
			       "(or root)",
			       name);
	return err_sys(e, -n, "cannot attach to %s (%s)", name, what);
}

struct seen_qdisc {
	int index, is_other;
};

static void see_qdisc(const struct nlmsghdr *h, void *arg)
{
	const struct tcmsg *m = NLMSG_DATA(h);
	const struct rtattr *kind = rtnl_attr(h, sizeof *m, TCA_KIND);
	struct seen_qdisc *s = arg;

	if (kind && m->tcm_ifindex == s->index && m->tcm_parent == TC_H_CLSACT)
		s->is_other = strcmp(RTA_DATA(kind), "clsact") != 0;
}

/* The older 'ingress' sits in the same place, and takes a filter for what leaves as one for what
 * comes. Returns 0, 1 or -errno. */
static int place_is_taken(int fd, lim_u32 index)
{
	struct seen_qdisc s = {.index = (int)index};
	struct rtnl_request r;
	int n = -EAGAIN;

	for (int tries = 0; tries < 4 && n == -EAGAIN; tries++) {
		rtnl_begin(&r, RTM_GETQDISC, 0, sizeof r.tc);
		n = rtnl_dump(fd, &r, see_qdisc, &s);
	}
	return n ? n : s.is_other;
}

static int clsact_on(struct guard *g, struct guard_iface *i, int prog_in, int prog_out,
		     struct err *e)
{
	int fd = rtnl_open(0), n;

	if (fd < 0)
		return err_sys(e, -fd, "cannot open a netlink socket");
	n = qdisc(fd, i->index, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL);
	if (n && n != -EEXIST) {
		close(fd);
		return missing(n, i->name, "clsact", "CONFIG_NET_SCH_INGRESS", e);
	}
	if (!n)
		i->own_qdisc = 1;
	else
		n = place_is_taken(fd, i->index);
	if (n) {
		close(fd);
		if (n < 0)
			return err_sys(e, -n, "cannot look at the queueing disciplines of %s",
				       i->name);
		return err_set(e, EXIT_SYSTEM,
			       "cannot attach to %s: its queueing discipline 'ingress' is where "
			       "'clsact' has to be (tc qdisc del dev %s ingress)",
			       i->name, i->name);
	}
	n = filter_on(fd, i->index, 1, prog_out);
	if (!n)
		n = filter_on(fd, i->index, 0, prog_in);
	close(fd);
	return n ? missing(n, i->name, "BPF filter", "CONFIG_NET_CLS_BPF", e) : 0;
}

static void count(const struct nlmsghdr *h, void *arg)
{
	++*(unsigned *)arg;
}

/* Filters of others keep the queueing discipline alive. */
static unsigned filters_left(int fd, lim_u32 index)
{
	struct rtnl_request r;
	unsigned n = 0;

	for (int egress = 0; egress < 2; egress++) {
		rtnl_begin(&r, RTM_GETTFILTER, 0, sizeof r.tc);
		r.tc.tcm_ifindex = (int)index;
		r.tc.tcm_parent = parent[egress];
		rtnl_dump(fd, &r, count, &n);
	}
	return n;
}

static int clsact_off(struct guard *g, const struct guard_iface *i, struct err *e)
{
	struct rtnl_request r;
	int fd = rtnl_open(0);

	if (fd < 0)
		return err_sys(e, -fd, "cannot open a netlink socket");
	for (int egress = 0; egress < 2; egress++) {
		int n;

		filter(&r, RTM_DELTFILTER, 0, i->index, egress);
		n = rtnl_ask(fd, &r);
		if (n == -EPERM) {
			close(fd);
			return missing(n, i->name, "clsact", "", e);
		}
	}
	if (i->own_qdisc && !filters_left(fd, i->index))
		qdisc(fd, i->index, RTM_DELQDISC, 0);
	close(fd);
	return 0;
}

static int clsact_clean(struct guard *g, struct err *e)
{
	struct if_nameindex *all = if_nameindex();
	int bad = 0;

	for (struct if_nameindex *n = all; n && n->if_index; n++) {
		struct guard_iface i = {.index = n->if_index};

		strncpy(i.name, n->if_name, sizeof i.name - 1);
		bad |= clsact_off(g, &i, e);
	}
	if_freenameindex(all);
	return bad;
}

const struct attach attach_clsact = {"clsact", clsact_probe, clsact_on, clsact_off, clsact_clean};
