// SPDX-License-Identifier: MIT
#include "guard/attach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guard/bpf.h"
#include "bpf/call.h"

#define NO_SUCH_INTERFACE 0x7fffffff
#define LINK_PREFIX	  "link-"

/* A kernel that knows tcx looks for the interface; one that does not refuses the attach type. */
static int tcx_probe(int prog, struct err *e)
{
	int fd = call_link_create(prog, NO_SUCH_INTERFACE, CALL_TCX_EGRESS, 0);

	if (fd == -ENODEV)
		return 0;
	if (fd >= 0)
		close(fd);
	return err_set(e, EXIT_SYSTEM, "this kernel has no tcx (CONFIG_NET_XGRESS, 6.6 or later)");
}

static const char *link_path(const struct guard *g, lim_u32 index, int where,
			     char buf[static PIN_PATH])
{
	char name[40];

	snprintf(name, sizeof name, LINK_PREFIX "%u-%s", index,
		 where == CALL_TCX_EGRESS ? "out" : "in");
	return guard_path(g, name, buf);
}

/* A link whose interface is gone cannot be renewed: its place is taken by a new one. */
static int hang(struct guard *g, const struct guard_iface *i, int where, int prog, struct err *e)
{
	char path[PIN_PATH];
	int fd = call_get(link_path(g, i->index, where, path)), n;

	if (fd >= 0) {
		n = call_link_update(fd, prog);
		close(fd);
		if (!n)
			return 0;
		unlink(path);
	}
	fd = call_link_create(prog, (int)i->index, where, CALL_F_BEFORE);
	if (fd < 0)
		return err_sys(e, -fd, "cannot attach to %s", i->name);
	n = call_pin(fd, path);
	close(fd);
	return n ? err_sys(e, -n, "cannot pin %s", path) : 0;
}

static int tcx_off(struct guard *g, const struct guard_iface *i, struct err *e)
{
	const int where[] = {CALL_TCX_INGRESS, CALL_TCX_EGRESS};
	char path[PIN_PATH];

	for (int k = 0; k < 2; k++)
		if (unlink(link_path(g, i->index, where[k], path)) && errno != ENOENT)
			return err_sys(e, errno, "cannot remove %s", path);
	return 0;
}

static int tcx_on(struct guard *g, struct guard_iface *i, int prog_in, int prog_out, struct err *e)
{
	if (!hang(g, i, CALL_TCX_EGRESS, prog_out, e) && !hang(g, i, CALL_TCX_INGRESS, prog_in, e))
		return 0;
	return -1;
}

static int tcx_clean(struct guard *g, struct err *e)
{
	char path[PIN_PATH];
	DIR *d = opendir(g->dir);
	struct dirent *f;
	int bad = 0;

	if (!d)
		return err_sys(e, errno, "cannot list %s", g->dir);
	while ((f = readdir(d))) {
		if (strncmp(f->d_name, LINK_PREFIX, strlen(LINK_PREFIX)) || strlen(f->d_name) > 32)
			continue;
		if (unlink(guard_path(g, f->d_name, path)))
			bad = err_sys(e, errno, "cannot remove %s", path);
	}
	closedir(d);
	return bad;
}

const struct attach attach_tcx = {"tcx", tcx_probe, tcx_on, tcx_off, tcx_clean};
