// SPDX-License-Identifier: MIT
#include "guard/bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guard/aside.h"
#include "guard/attach.h"
#include "bpf/call.h"
#include "guard/counts.h"
#include "guard/load.h"

/* Maps come first and in the order of enum guard_part, then the programs as [link][egress]. */
enum { ACTIVE = GUARD_PARTS, CPU, MAPS, PROGS = MAPS, ASIDE = PROGS + 4, FDS };
_Static_assert((int)FDS <= GUARD_FDS, "descriptors fit");
_Static_assert(LIM_ETHERNET == 0 && LIM_RAW_IP == 1, "index of programs");

#define FLAG_CLSACT 1u /* which attach.h is in use */
#define FLAG_CHOSEN 2u

static const struct map {
	const char *name;
	lim_u32 size, entries;
	int type; /* 0: BPF_MAP_TYPE_ARRAY */
} maps[MAPS] = {
    [GUARD_STATE] = {"state", sizeof(struct lim_state), 1},
    [GUARD_CONFIG] = {"config", sizeof(struct lim_config), 2},
    [GUARD_REPORT] = {"report", sizeof(struct lim_report), 1},
    [GUARD_META] = {"meta", sizeof(struct guard_meta), 1},
    [ACTIVE] = {"active", sizeof(lim_u32), 1},
    [CPU] = {"cpu", sizeof(struct lim_own_cpu), 1, BPF_MAP_TYPE_PERCPU_ARRAY},
};

const char *guard_path(const struct guard *g, const char *name, char buf[static PIN_PATH])
{
	snprintf(buf, PIN_PATH, "%s/%s", g->dir, name);
	return buf;
}

static const struct attach *attacher(const struct guard *g)
{
	return g->flags & FLAG_CLSACT ? &attach_clsact : &attach_tcx;
}

static void bpf_close(struct guard *g)
{
	for (int i = 0; i < FDS; i++) {
		if (g->fd[i] >= 0)
			close(g->fd[i]);
		g->fd[i] = -1;
	}
}

static int bpf_probe(struct err *e)
{
	int fd = load_state_type(64, e);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* --- records --- */

static int bpf_read(struct guard *g, enum guard_part part, void *to, struct err *e)
{
	lim_u32 at = 0;
	int n = 0;

	if (part == GUARD_CONFIG)
		n = call_lookup(g->fd[ACTIVE], 0, &at, 0);
	if (part == GUARD_REPORT)
		n = counts_read(g->fd[GUARD_REPORT], g->fd[CPU], to);
	else if (!n)
		n = call_lookup(g->fd[part], at & 1, to, part == GUARD_STATE ? BPF_F_LOCK : 0);
	return n ? err_sys(e, -n, "cannot read %s/%s", g->dir, maps[part].name) : 0;
}

/* After this no program still works on what was active before. */
static void wait_for_readers(void)
{
	const struct timespec long_enough = {.tv_nsec = 100000000};

	if (syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		nanosleep(&long_enough, NULL);
}

static int write_config(struct guard *g, const void *from)
{
	lim_u32 at = 0;
	int n = call_lookup(g->fd[ACTIVE], 0, &at, 0);

	at++; /* a number that comes again only after 2^32 changes: what was found by it is void */
	if (!n)
		n = call_update(g->fd[GUARD_CONFIG], at & 1, from);
	if (!n)
		n = call_update(g->fd[ACTIVE], 0, &at);
	if (!n)
		wait_for_readers();
	return n;
}

static int bpf_write(struct guard *g, enum guard_part part, const void *from, struct err *e)
{
	int n = part == GUARD_CONFIG ? write_config(g, from) : call_update(g->fd[part], 0, from);

	return n ? err_sys(e, -n, "cannot write %s/%s", g->dir, maps[part].name) : 0;
}

static lim_u64 map_memory(int fd)
{
	char path[40], text[512];
	const char *at;
	ssize_t n;
	int info;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return 0;
	n = read(info, text, sizeof text - 1);
	close(info);
	text[n > 0 ? n : 0] = 0;
	at = strstr(text, "memlock:");
	return at ? strtoull(at + 8, NULL, 10) : 0;
}

static lim_u64 bpf_memory(const struct guard *g)
{
	lim_u64 sum = 0;

	for (int i = 0; i < MAPS; i++)
		sum += map_memory(g->fd[i]);
	return sum;
}

/* --- opening and starting --- */

static int open_maps(struct guard *g, struct err *e)
{
	char path[PIN_PATH];

	for (int i = 0; i < MAPS; i++) {
		int size;

		g->fd[i] = call_get(guard_path(g, maps[i].name, path));
		if (g->fd[i] == -EPERM) /* on a locked machine looking is what is left */
			g->fd[i] = call_get_to_read(path);
		if (g->fd[i] == -EPERM || g->fd[i] == -EACCES)
			return err_set(e, EXIT_SYSTEM,
				       "not allowed to open %s: needs CAP_BPF (or root)", path);
		if (g->fd[i] < 0)
			return err_set(e, EXIT_NO, "no guard is in force at %s", g->dir);
		size = call_map_value_size(g->fd[i]);
		if (size != (int)maps[i].size)
			return err_set(e, EXIT_NO,
				       "%s is of another version of Holdfast: restart the guard",
				       path);
	}
	return 0;
}

static int bpf_open(struct guard *g, struct err *e)
{
	struct guard_meta m;
	struct {
		lim_u32 magic, version;
	} c[sizeof(struct lim_config) / 8];

	if (open_maps(g, e) || bpf_read(g, GUARD_META, &m, e) || bpf_read(g, GUARD_CONFIG, c, e))
		goto fail;
	if (m.magic != GUARD_META_MAGIC || m.version != LIM_VERSION || c[0].magic != LIM_MAGIC ||
	    c[0].version != LIM_VERSION) {
		err_set(e, EXIT_NO, "%s holds no guard of this version: restart the guard", g->dir);
		goto fail;
	}
	g->flags |= FLAG_CHOSEN | (!strcmp(m.backend, attach_clsact.name) ? FLAG_CLSACT : 0);
	return 0;
fail:
	bpf_close(g);
	return -1;
}

static int create_maps(struct guard *g, struct err *e)
{
	int type = load_state_type(sizeof(struct lim_state), e);

	if (type < 0)
		return -1;
	for (int i = 0; i < MAPS; i++) {
		g->fd[i] = call_map_create(maps[i].type ? maps[i].type : BPF_MAP_TYPE_ARRAY,
					   maps[i].name, maps[i].size, maps[i].entries,
					   i == GUARD_STATE ? type : 0, LOAD_STATE_TYPE);
		if (g->fd[i] < 0) {
			err_sys(e, -g->fd[i], "cannot create the map '%s' of %u bytes",
				maps[i].name, maps[i].size * maps[i].entries);
			close(type);
			return -1;
		}
	}
	close(type);
	return 0;
}

/* Each pin is replaced in one step; until the programs are renewed the old ones go on with the old
 * maps, which they hold. */
static int pin_maps(struct guard *g, struct err *e)
{
	char path[PIN_PATH], fresh[PIN_PATH];

	for (int i = 0; i < MAPS; i++) {
		int n;

		guard_path(g, maps[i].name, path);
		guard_path(g, "new", fresh);
		unlink(fresh);
		n = call_pin(g->fd[i], fresh);
		if (n || rename(fresh, path))
			return err_sys(e, n ? -n : errno, "cannot pin %s", path);
	}
	return 0;
}

static int load_one(struct guard *g, enum lim_link link, int egress, struct err *e)
{
	int map[PLACE_fact_link], *fd = &g->fd[PROGS + 2 * (int)link + egress];

	if (*fd >= 0)
		return 0;
	map[PLACE_map_state] = g->fd[GUARD_STATE];
	map[PLACE_map_report] = g->fd[GUARD_REPORT];
	map[PLACE_map_config] = g->fd[GUARD_CONFIG];
	map[PLACE_map_active] = g->fd[ACTIVE];
	map[PLACE_map_cpu] = g->fd[CPU];
	*fd = load_program(egress, link, map, e);
	return *fd < 0 ? -1 : 0;
}

static int load_raw(void *arg, int fd[2], struct err *e)
{
	struct guard *g = arg;

	close(g->dir_fd); /* a daemon that is killed must not seem to live on */
	if (load_one(g, LIM_RAW_IP, 0, e) || load_one(g, LIM_RAW_IP, 1, e))
		return -1;
	memcpy(fd, &g->fd[PROGS + 2 * LIM_RAW_IP], 2 * sizeof *fd);
	return 0;
}

static int bpf_prepared(struct guard *g, struct err *e)
{
	int aside = g->fd[ASIDE];

	g->fd[ASIDE] = -1;
	return aside < 0 ? 0 : aside_take(aside, &g->fd[PROGS + 2 * LIM_RAW_IP], e);
}

/* What was not to be had aside is tried again here, for its reason to be told with the interface.
 */
static int load_pair(struct guard *g, enum lim_link link, struct err *e)
{
	if (link == LIM_RAW_IP)
		bpf_prepared(g, NULL);
	return load_one(g, link, 0, e) || load_one(g, link, 1, e) ? -1 : 0;
}

/* tcx where the kernel has it, else clsact; HOLDFAST_ATTACH=clsact is there for the tests. */
static int choose(struct guard *g, struct err *e)
{
	const char *want = getenv("HOLDFAST_ATTACH");
	int prog = g->fd[PROGS];

	if (g->flags & FLAG_CHOSEN)
		return attacher(g)->probe(prog, e);
	g->flags |= FLAG_CHOSEN;
	if ((!want || strcmp(want, attach_clsact.name)) && !attach_tcx.probe(prog, NULL))
		return 0;
	g->flags |= FLAG_CLSACT;
	return attach_clsact.probe(prog, e);
}

static int bpf_start(struct guard *g, const struct lim_state *s, const struct lim_config *c,
		     const struct guard_meta *m, struct err *e)
{
	struct guard_meta named;

	if (!s)
		return load_pair(g, LIM_ETHERNET, e) || choose(g, e) ? -1 : 0;
	if (create_maps(g, e) || load_pair(g, LIM_ETHERNET, e) || choose(g, e))
		goto fail;
	named = *m;
	snprintf(named.backend, sizeof named.backend, "%s", attacher(g)->name);
	if (bpf_write(g, GUARD_STATE, s, e) || bpf_write(g, GUARD_CONFIG, c, e) ||
	    bpf_write(g, GUARD_META, &named, e) || pin_maps(g, e))
		goto fail;
	return 0;
fail:
	bpf_close(g);
	return -1;
}

/* --- interfaces --- */

static int bpf_attach(struct guard *g, struct guard_iface *i, struct err *e)
{
	const int *prog = &g->fd[PROGS + 2 * i->link];

	if (load_pair(g, (enum lim_link)i->link, e))
		return -1;
	return attacher(g)->on(g, i, prog[0], prog[1], e);
}

static int bpf_prepare(struct guard *g, struct err *e)
{
	if (g->fd[PROGS + 2 * LIM_RAW_IP + 1] < 0)
		g->fd[ASIDE] = aside_start(load_raw, g, e);
	return g->fd[ASIDE];
}

static int bpf_detach(struct guard *g, const struct guard_iface *i, struct err *e)
{
	return attacher(g)->off(g, i, e);
}

static int bpf_off(struct guard *g, struct err *e)
{
	char path[PIN_PATH];
	struct guard_meta m;
	int bad = bpf_read(g, GUARD_META, &m, e);

	for (lim_u32 i = 0; !bad && i < m.iface_count && i < GUARD_IFACES; i++)
		if (m.iface[i].attached)
			bad |= attacher(g)->off(g, &m.iface[i], e);
	bad |= attacher(g)->clean(g, e);
	for (int i = 0; i < MAPS && !bad; i++)
		if (unlink(guard_path(g, maps[i].name, path)) && errno != ENOENT)
			bad = err_sys(e, errno, "cannot remove %s", path);
	return bad ? -1 : 0;
}

const struct guard_backend guard_bpf = {
    .name = "bpf",
    .probe = bpf_probe,
    .open = bpf_open,
    .start = bpf_start,
    .attach = bpf_attach,
    .prepare = bpf_prepare,
    .prepared = bpf_prepared,
    .detach = bpf_detach,
    .read = bpf_read,
    .write = bpf_write,
    .off = bpf_off,
    .memory = bpf_memory,
    .close = bpf_close,
};
