// SPDX-License-Identifier: MIT
//
// The programs that the guard loads, run by the kernel on the test packets through
// BPF_PROG_TEST_RUN, against the same code in user space: each verdict, and the whole state and
// report, byte by byte. Only the clock differs from what is shipped: GUARD_TEST_CLOCK.
// Speaks TAP. Usage: kernel_verdicts [SEED [PACKETS]]
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/call.h"
#include "guard/counts.h"
#include "guard/load.h"
#include "traffic.h"

struct buffer {
	const uint8_t *data;
	uint32_t len;
};

static int read_buffer(const struct buffer *b, uint32_t off, void *to, uint32_t n)
{
	if (off > b->len || n > b->len - off)
		return -1;
	memcpy(to, b->data + off, n);
	return 0;
}

#define LIM_CTX			   const struct buffer *
#define LIM_READ(ctx, off, buf, n) read_buffer(ctx, off, buf, n)
#include "limiter/parse.h"

#define EVERY 5000 /* packets between two comparisons of the state */
#define AWAY  500  /* packets after each of which the device has lost its IPv4 address */

struct side {
	struct lim_state state;
	struct lim_report report;
};

static struct {
	struct lim_config config[2]; /* as ever; without the IPv4 address */
	const struct lim_config *now;
	uint32_t changes;
	struct side user, kernel;
	struct traffic traffic;
	int map[PLACE_fact_link], prog[2][2];
	uint64_t run, passed, refused;
} t;

static int skip(const char *why)
{
	printf("1..1\nok 1 - verdicts in the kernel # SKIP %s\n", why);
	return 0;
}

static int bad(const char *what, uint64_t at)
{
	printf("1..1\nnot ok 1 - %s after packet %" PRIu64 "\n", what, at);
	return 1;
}

static int make_maps(struct err *e)
{
	int type = load_state_type(sizeof t.user.state, e);

	if (type < 0)
		return -1;
	t.map[PLACE_map_state] = call_map_create(BPF_MAP_TYPE_ARRAY, "state", sizeof t.user.state,
						 1, type, LOAD_STATE_TYPE);
	close(type);
	t.map[PLACE_map_report] =
	    call_map_create(BPF_MAP_TYPE_ARRAY, "report", sizeof t.user.report, 1, 0, 0);
	t.map[PLACE_map_config] =
	    call_map_create(BPF_MAP_TYPE_ARRAY, "config", sizeof t.config[0], 2, 0, 0);
	t.map[PLACE_map_active] = call_map_create(BPF_MAP_TYPE_ARRAY, "active", 4, 1, 0, 0);
	t.map[PLACE_map_cpu] =
	    call_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "cpu", sizeof(struct lim_own_cpu), 1, 0, 0);
	for (int i = 0; i < PLACE_fact_link; i++)
		if (t.map[i] < 0)
			return err_sys(e, -t.map[i], "map %d", i);
	return 0;
}

/* As guard/bpf.c does: the other place, then the count. */
static int configure(int away)
{
	t.now = &t.config[away];
	t.changes++;
	return call_update(t.map[PLACE_map_config], t.changes & 1, t.now) ||
	       call_update(t.map[PLACE_map_active], 0, &t.changes);
}

static int prepare(uint64_t seed, struct err *e)
{
	traffic_config(&t.config[0]);
	t.config[1] = t.config[0];
	t.config[1].own4_count = 0;
	t.config[1].value[LIM_V_CONSENT] /= 2;
	traffic_start(&t.traffic, seed, TRAFFIC_WHOLE);
	lim_start(&t.user.state, &t.config[0], t.traffic.now);
	if (make_maps(e))
		return -1;
	for (int link = 0; link < 2; link++)
		for (int out = 0; out < 2; out++) {
			t.prog[link][out] = load_program(out, (enum lim_link)link, t.map, e);
			if (t.prog[link][out] < 0)
				return -1;
		}
	if (configure(0) || call_update(t.map[PLACE_map_state], 0, &t.user.state))
		return err_set(e, EXIT_SYSTEM, "cannot fill the maps");
	return 0;
}

/* The program's answer, or -errno. */
static int in_kernel(const struct traffic_packet *p, uint32_t segs)
{
	struct __sk_buff ctx;
	union bpf_attr a;

	memset(&ctx, 0, sizeof ctx);
	memset(&a, 0, sizeof a);
	ctx.tstamp = p->now;
	ctx.gso_segs = segs;
	ctx.gso_size = p->gso_size;
	a.test.prog_fd = (uint32_t)t.prog[p->link][p->egress];
	a.test.data_in = (uintptr_t)p->data;
	a.test.data_size_in = p->len;
	a.test.ctx_in = (uintptr_t)&ctx;
	a.test.ctx_size_in = sizeof ctx;
	a.test.repeat = 1;
	if (syscall(__NR_bpf, BPF_PROG_TEST_RUN, &a, sizeof a) < 0)
		return -errno;
	return (int)a.test.retval;
}

static enum lim_reason in_user_space(const struct traffic_packet *p, uint32_t segs)
{
	struct buffer b = {p->data, p->len};
	struct lim_packet parsed;

	lim_parse_at(&parsed, (enum lim_link)p->link, &b, p->len, segs);
	if (p->egress)
		return lim_egress(&t.user.state, t.now, &t.user.report, &parsed, p->now);
	return lim_ingress(&t.user.state, t.now, &t.user.report, &parsed, p->now);
}

static const char *compare(void)
{
	if (call_lookup(t.map[PLACE_map_state], 0, &t.kernel.state, 0) ||
	    counts_read(t.map[PLACE_map_report], t.map[PLACE_map_cpu], &t.kernel.report))
		return "the maps cannot be read";
	t.kernel.state.lock = t.user.state.lock;
	if (memcmp(&t.user.report, &t.kernel.report, sizeof t.user.report))
		return "the reports differ";
	if (memcmp(&t.user.state, &t.kernel.state, sizeof t.user.state))
		return "the states differ";
	return NULL;
}

/* 0, or 1 with the reason printed. */
static int step(uint64_t i)
{
	const struct traffic_packet *p = traffic_next(&t.traffic);
	uint32_t segs = p->gso_size ? 1 + (p->wire_len - p->len) / 1254 : 0;
	int verdict;

	verdict = in_kernel(p, segs);
	if (verdict == -EINVAL) { /* TEST_RUN takes no packet shorter than its network header */
		t.refused++;
		return 0;
	}
	if (verdict < -1) { /* TC_ACT_UNSPEC is -1 */
		printf("# packet of %u bytes: %s\n", p->len, strerror(-verdict));
		return bad("the kernel does not run the program", i);
	}
	if ((verdict == 2) != lim_drops(in_user_space(p, segs)))
		return bad("the verdicts differ", i);
	t.run++;
	t.passed += verdict != 2;
	return 0;
}

/* What went the short ways: out, in, nowhere. Programs without atomic instructions have none. */
static int short_ways(uint64_t *out, uint64_t *in, uint64_t *nowhere)
{
	static struct lim_own_cpu of[COUNTS_CPUS];
	int cpus = counts_cpus();

	*out = *in = *nowhere = 0;
	if (cpus < 0 || call_lookup(t.map[PLACE_map_cpu], 0, of, 0))
		return -1;
	for (int i = 0; i < cpus; i++)
		for (int why = 0; why < LIM_REASONS; why++)
			*(lim_drops((enum lim_reason)why) ? nowhere
			  : why == LIM_PASS_INBOUND	  ? in
							  : out) += of[i].count[why].packets;
	return !*out == !*nowhere && !*in == !*nowhere ? 0 : -1;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	uint64_t packets = argc > 2 ? strtoull(argv[2], NULL, 0) : 200000;
	uint64_t out, in, nowhere;
	struct err e;

	if (prepare(seed, &e))
		return e.code == EXIT_SYSTEM ? skip(e.text) : bad(e.text, 0);
	for (uint64_t i = 0; i < packets; i++) {
		const char *what;

		if ((i % EVERY == EVERY - AWAY || i % EVERY == 0) && configure(i % EVERY != 0))
			return bad("the configuration cannot be changed", i);
		if (step(i))
			return 1;
		what = i % EVERY == EVERY - 1 || i + 1 == packets ? compare() : NULL;
		if (what)
			return bad(what, i);
	}
	if (t.refused > packets / 50)
		return bad("the kernel takes too few of the packets", packets);
	if (short_ways(&out, &in, &nowhere))
		return bad("one of the short ways was not taken", packets);
	printf("# without the lock: %" PRIu64 " out, %" PRIu64 " in, %" PRIu64 " dropped\n", out,
	       in, nowhere);
	printf("1..1\nok 1 - verdicts, states and reports in the kernel are those of user space: "
	       "%" PRIu64 " packets, %" PRIu64 " passed, %" PRIu64 " not taken\n",
	       t.run, t.passed, t.refused);
	return 0;
}
