// SPDX-License-Identifier: MIT
// holdfast-lab-shape: sends one attack shape inside the lab, and nowhere else.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "aim.h"
#include "base/addr.h"
#include "base/json.h"
#include "base/opt.h"
#include "connect.h"
#include "craft.h"
#include "fence.h"
#include "sender.h"

struct args {
	struct opt_list to;
	const char *lan, *from, *interface, *port, *source_port, *pulse;
	unsigned via;
	uint64_t rate, seconds, count, size, vlan, gso, seed, hops;
	bool sweep, chatty;
};

#define AT(field) offsetof(struct args, field)
static const struct opt options[] = {
    {"to", 't', OPT_LIST, AT(to), "PREFIX", "where to; several take turns"},
    {"lan", 0, OPT_TEXT, AT(lan), "PREFIX", "the lab's own home network may be sent to as well"},
    {"via", 'v', OPT_CHOICE, AT(via), "plain|raw|packet|bypass|xdp", "kind of socket"},
    {"from", 'f', OPT_TEXT, AT(from), "PREFIX", "source address (the host's own)"},
    {"port", 'p', OPT_TEXT, AT(port), "N[-N]", "destination port (9)"},
    {"source-port", 0, OPT_TEXT, AT(source_port), "N[-N]", "source port (1024-65535)"},
    {"rate", 'r', OPT_NUMBER, AT(rate), "N", "packets a second (1000)", 1, FENCE_RATE},
    {"seconds", 's', OPT_TIME, AT(seconds), "TIME", "how long (5 s)", 1000000,
     FENCE_SECONDS * 1000000000ull},
    {"count", 'n', OPT_NUMBER, AT(count), "N", "packets at most", 1, FENCE_PACKETS},
    {"size", 0, OPT_NUMBER, AT(size), "BYTES", "payload (64)", 0, 65000},
    {"pulse", 0, OPT_TEXT, AT(pulse), "ON:OFF", "milliseconds of sending and of silence"},
    {"vlan", 0, OPT_NUMBER, AT(vlan), "ID", "802.1Q tag (packet sockets)", 1, 4094},
    {"hops", 0, OPT_NUMBER, AT(hops), "N", "hop limit (64; raw and packet sockets)", 1, 255},
    {"gso", 0, OPT_NUMBER, AT(gso), "BYTES", "buffers to be cut into such segments", 1, 1472},
    {"seed", 0, OPT_NUMBER, AT(seed), "N", "other addresses and ports for other seeds", 0, 0},
    {"sweep", 0, OPT_FLAG, AT(sweep), NULL, "addresses and ports in order, not at random"},
    {"chatty", 0, OPT_FLAG, AT(chatty), NULL, "connect: send a request before closing"},
    {"interface", 'i', OPT_TEXT, AT(interface), "NAME", "for packet sockets (eth0)"},
    {0},
};

#define CRAFT_X(id, word, families, what) "  " word "\t" what "\n"
static const struct opt_use use = {
    "SHAPE",
    "send an attack shape inside the lab",
    options,
    1,
    1,
    "Shapes:\n" CRAFT_KINDS(CRAFT_X) "  connect\tordinary TCP connections, closed at once\n"
				     "Sends only to 198.18.0.0/15, 2001:2::/48 and the network of "
				     "--lan, only on a host that\n"
				     "lab/net made, and for at most 120 s.\n"};
#undef CRAFT_X

struct range {
	uint16_t low, high;
};

struct shape {
	struct args args;
	bool connect;
	enum craft_kind kind;
	struct aim aim;
	struct area to[AIM_AREAS], from;
	unsigned to_count;
	bool own_source;
	struct range port, source_port;
	uint64_t on, off; /* ns; off 0: no pulses */
	struct sender sender;
	struct connects connects;
	uint64_t offered, refused;
	int last_errno;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int read_range(const char *text, unsigned low, unsigned high, struct range *r, struct err *e)
{
	char more;
	int n;

	if (text) {
		n = sscanf(text, "%u-%u%c", &low, &high, &more);
		if (n == 1)
			high = low;
		if (n < 1 || n > 2 || low > high || high > 65535)
			return err_set(e, EXIT_WRONG_USE, "'%s' is no port or range of ports",
				       text);
	}
	*r = (struct range){(uint16_t)low, (uint16_t)high};
	return 0;
}

static int read_kind(struct shape *s, const char *word, struct err *e)
{
#define CRAFT_X(id, w, families, what) w,
	static const char *const words[] = {CRAFT_KINDS(CRAFT_X)};
#undef CRAFT_X
	s->connect = !strcmp(word, "connect");
	for (int i = 0; !s->connect && i < CRAFT_KIND_COUNT; i++) {
		if (!strcmp(word, words[i])) {
			s->kind = (enum craft_kind)i;
			return 0;
		}
	}
	return s->connect ? 0
			  : err_set(e, EXIT_WRONG_USE, "no shape '%s'; --help lists them", word);
}

static int read_pulse(struct shape *s, struct err *e)
{
	unsigned on, off;

	if (!s->args.pulse)
		return 0;
	if (sscanf(s->args.pulse, "%u:%u", &on, &off) != 2 || !on || on > 60000 || off > 60000)
		return err_set(e, EXIT_WRONG_USE, "'%s' is no pulse; like 200:1800", s->args.pulse);
	s->on = on * 1000000ull;
	s->off = off * 1000000ull;
	return 0;
}

static int read_targets(struct shape *s, struct err *e)
{
	struct area lan, *named = NULL;

	if (s->args.lan) {
		if (area_parse(s->args.lan, &lan, e) || fence_lan(&lan, s->args.lan, e))
			return -1;
		named = &lan;
	}
	if (!s->args.to.count || s->args.to.count > AIM_AREAS)
		return err_set(e, EXIT_WRONG_USE, "--to is needed, at most %d times", AIM_AREAS);
	for (unsigned i = 0; i < s->args.to.count; i++) {
		const char *text = s->args.to.item[i];

		if (area_parse(text, &s->to[i], e) || fence_check(&s->to[i], named, text, e))
			return -1;
		if (addr_is4(&s->to[i].addr) != addr_is4(&s->to[0].addr))
			return err_set(e, EXIT_WRONG_USE, "%s is of another family", text);
		s->to_count++;
	}
	s->sender.v6 = !addr_is4(&s->to[0].addr);
	return 0;
}

/* The address the kernel would use towards the first target. */
static int own_source(struct shape *s, struct err *e)
{
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
	struct sockaddr_in a4 = {.sin_family = AF_INET, .sin_port = htons(9)};
	socklen_t len = s->sender.v6 ? sizeof(a6) : sizeof(a4);
	void *a = s->sender.v6 ? (void *)&a6 : (void *)&a4;
	int fd = socket(s->sender.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0), rc;

	a4.sin_addr.s_addr = htonl(s->to[0].addr.w[3]);
	for (int i = 0; i < 4; i++)
		a6.sin6_addr.s6_addr32[i] = htonl(s->to[0].addr.w[i]);
	rc = connect(fd, a, len) || getsockname(fd, a, &len);
	close(fd);
	if (rc)
		return err_sys(e, errno, "no way to %s", s->args.to.item[0]);
	s->from.addr = s->sender.v6 ? addr_from6(&a6.sin6_addr) : addr_from4(&a4.sin_addr);
	s->from.mask = (struct lim_addr){{~0u, ~0u, ~0u, ~0u}};
	return 0;
}

static int read_source(struct shape *s, struct err *e)
{
	if (!s->args.from)
		return own_source(s, e);
	if (area_parse(s->args.from, &s->from, e))
		return -1;
	if (addr_is4(&s->from.addr) == s->sender.v6)
		return err_set(e, EXIT_WRONG_USE, "%s is of another family", s->args.from);
	if (s->connect || s->args.via == VIA_PLAIN)
		return err_set(e, EXIT_WRONG_USE, "--from needs --via raw or packet");
	return 0;
}

/* Not every shape exists over both families. */
static int check_family(const struct shape *s, const char *word, struct err *e)
{
#define CRAFT_X(id, w, families, what) families,
	static const uint8_t families[] = {CRAFT_KINDS(CRAFT_X)};
#undef CRAFT_X
	if (s->connect || families[s->kind] == 46 || families[s->kind] == (s->sender.v6 ? 6 : 4))
		return 0;
	return err_set(e, EXIT_WRONG_USE, "'%s' does not exist over IPv%d", word,
		       s->sender.v6 ? 6 : 4);
}

static int prepare(struct shape *s, int argc, char **argv, struct err *e)
{
	if (read_kind(s, argv[1], e) || read_pulse(s, e) || read_targets(s, e) ||
	    check_family(s, argv[1], e) || read_range(s->args.port, 9, 9, &s->port, e) ||
	    read_range(s->args.source_port, 1024, 65535, &s->source_port, e))
		return -1;
	if (fence_host(s->sender.gateway, e))
		return -1;
	if (read_source(s, e))
		return -1;
	s->aim = (struct aim){s->args.seed, s->args.sweep};
	connects_start(&s->connects);
	if (s->connect)
		return 0;
	s->sender.via = s->args.via;
	s->sender.interface = s->args.interface;
	s->sender.vlan = (uint16_t)s->args.vlan;
	s->sender.gso = (uint16_t)s->args.gso;
	return sender_open(&s->sender, s->kind, e);
}

/* One step of the shape. The sequence number of a SYN is known to whoever has the seed, so that
 * an accomplice can forge the answer. */
static int step(struct shape *s, uint64_t i, uint64_t t)
{
	const struct aim *a = &s->aim;
	struct craft c = {
	    .kind = s->kind,
	    .dst = aim_addr(a, AIM_REMOTE, s->to, s->to_count, i),
	    .src = aim_addr(a, s->kind == CRAFT_SYNACK ? AIM_REMOTE : AIM_SOURCE, &s->from, 1, i),
	    .dport = aim_port(a, AIM_REMOTE_PORT, s->port.low, s->port.high, i),
	    .sport = aim_port(a, AIM_LOCAL_PORT, s->source_port.low, s->source_port.high, i),
	    .seq = (uint32_t)aim_number(a, AIM_SEQ, i),
	    .ack = (uint32_t)aim_number(a, AIM_SEQ, i) + 1,
	    .ident = (uint16_t)aim_number(a, AIM_IDENT, i),
	    .payload = (uint32_t)s->args.size,
	    .hops = (uint8_t)s->args.hops,
	};

	if (s->connect)
		return connects_add(&s->connects, &c.dst, c.dport, t);
	memcpy(c.mac, s->sender.mac, 6);
	return sender_send(&s->sender, &c);
}

/* Time spent sending by t ns after the start: pauses of the pulses do not count. */
static uint64_t sending_time(const struct shape *s, uint64_t t)
{
	uint64_t cycle = s->on + s->off, in;

	if (!s->off)
		return t;
	in = t % cycle;
	return t / cycle * s->on + (in < s->on ? in : s->on);
}

static void wait_a_little(void)
{
	struct timespec t = {0, 500000};

	nanosleep(&t, NULL);
}

static void run(struct shape *s)
{
	uint64_t start = now(), t, due, tended = 0;

	while ((t = now() - start) < s->args.seconds && s->offered < s->args.count) {
		due = sending_time(s, t) * s->args.rate / 1000000000u + 1;
		if (s->connect && t - tended > 2000000) {
			connects_tend(&s->connects, s->args.chatty, now());
			tended = t;
		}
		if (s->offered >= due) {
			wait_a_little();
			continue;
		}
		for (int burst = 0; s->offered < due && s->offered < s->args.count && burst < 64;
		     burst++) {
			if (step(s, s->offered++, now())) {
				s->refused++;
				s->last_errno = errno;
			}
		}
	}
}

static void report(struct shape *s, double seconds)
{
	struct json j;

	json_start(&j, stdout, false);
	json_object(&j, NULL);
	json_num(&j, "seconds", seconds);
	json_u64(&j, "offered", s->offered);
	json_u64(&j, "refused", s->refused);
	json_str(&j, "last_error", s->refused ? strerror(s->last_errno) : NULL);
	if (s->connect)
		json_u64(&j, "opened", s->connects.opened);
	json_end(&j);
}

int main(int argc, char **argv)
{
	static struct shape s = {.args = {.rate = 1000,
					  .seconds = 5000000000ull,
					  .count = FENCE_PACKETS,
					  .size = 64,
					  .hops = 64,
					  .interface = "eth0"}};
	struct err e = {0};
	int n = opt_parse(&use, argc, argv, &s.args, &e);
	uint64_t start;

	if (n == OPT_WANTS_HELP) {
		opt_help(&use, "holdfast-lab-shape", stdout);
		return EXIT_DONE;
	}
	if (n < 0 || prepare(&s, argc, argv, &e)) {
		fprintf(stderr, "holdfast-lab-shape: %s\n", e.text);
		return e.code;
	}
	start = now();
	run(&s);
	report(&s, (double)(now() - start) / 1e9);
	connects_end(&s.connects);
	if (!s.connect)
		sender_close(&s.sender);
	return EXIT_DONE;
}
