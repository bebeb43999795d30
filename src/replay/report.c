// SPDX-License-Identifier: MIT
#include "replay/report.h"

#include "replay/scope.h"

#include <inttypes.h>
#include <string.h>

#define NAME_WIDTH 44

#define BOLD  "\033[1m"
#define RED   "\033[31m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

void report_add(struct report_total *t, const struct result *r)
{
	t->files++;
	t->broken += r->broken;
	t->unusable += !r->usable;
	t->touched += r->dropped > 0;
	t->in_use += r->in_use;
	t->one_way += r->one_way;
	t->older += r->older;
	t->records += r->records;
	t->in += r->in;
	t->out += r->out;
	t->dropped += r->dropped;
	t->forwarded += r->forwarded;
	t->contacts += r->contacts;
	t->out_bytes += r->out_bytes;
	t->dropped_bytes += r->dropped_bytes;
	for (unsigned i = LIM_FIRST_DROP; i < LIM_REASONS; i++)
		t->reason[i] += r->report.packets[i];
}

char *report_reasons(const uint64_t packets[LIM_REASONS], char *buf, size_t size)
{
	bool said[LIM_REASONS] = {false};
	size_t n = 0;

	buf[0] = 0;
	for (;;) {
		unsigned most = LIM_FIRST_DROP;

		for (unsigned i = LIM_FIRST_DROP; i < LIM_REASONS; i++)
			if (!said[i] && (said[most] || packets[i] > packets[most]))
				most = i;
		if (said[most] || !packets[most] || n >= size)
			return buf;
		said[most] = true;
		n += (size_t)snprintf(buf + n, size - n, "%s%s %" PRIu64, n ? ", " : "",
				      lim_reason_key(most), packets[most]);
	}
}

const char *report_device(const struct device *d, char buf[ADDR_TEXT])
{
	if (d->has_addr)
		return addr_text(&d->addr, buf);
	return mac_text(d->mac, buf);
}

const char *report_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* The end of a long name tells more than its beginning. */
static void name_column(FILE *to, const char *path)
{
	const char *name = report_name(path);
	size_t len = strlen(name);

	if (len <= NAME_WIDTH)
		fprintf(to, "%-*s", NAME_WIDTH, name);
	else
		fprintf(to, "..%s", name + len - (NAME_WIDTH - 2));
}

void report_head(FILE *to, bool colour)
{
	fprintf(to, "%s%-*s %-17s %9s %9s %6s %9s %8s %12s  %s%s\n", colour ? BOLD : "", NAME_WIDTH,
		"capture", "device", "out", "dropped", "%", "forwarded", "contacts", "bytes out",
		"why", colour ? PLAIN : "");
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

void report_row(FILE *to, const struct result *r, bool colour)
{
	char device[ADDR_TEXT], why[256];

	name_column(to, r->file);
	if (!r->usable) {
		fprintf(to, " %s-%s\n", colour ? DIM : "", colour ? PLAIN : "");
		return;
	}
	fprintf(to, " %-17s %9" PRIu64 " ", report_device(&r->device, device), r->out);
	fprintf(to, "%s%9" PRIu64 " %6.2f%s", colour && r->dropped ? RED : "", r->dropped,
		percent(r->dropped, r->out), colour && r->dropped ? PLAIN : "");
	fprintf(to, " %9" PRIu64 " %8" PRIu64 " %12" PRIu64 "  ", r->forwarded, r->contacts,
		r->out_bytes);
	if (r->one_way)
		fprintf(to, "one direction recorded, not judged: ");
	fprintf(to, "%s%s\n", report_reasons(r->report.packets, why, sizeof why),
		r->broken ? " (broken file)" : "");
}

void report_sum(FILE *to, const struct report_total *t, bool colour)
{
	char why[512], name[NAME_WIDTH + 1];

	snprintf(name, sizeof name, "%u captures, %u touched", t->files, t->touched);
	fprintf(to,
		"%s%-*s %-17s %9" PRIu64 " %9" PRIu64 " %6.2f %9" PRIu64 " %8" PRIu64 " %12" PRIu64
		"  %s%s\n",
		colour ? BOLD : "", NAME_WIDTH, name, "", t->out, t->dropped,
		percent(t->dropped, t->out), t->forwarded, t->contacts, t->out_bytes,
		report_reasons(t->reason, why, sizeof why), colour ? PLAIN : "");
	if (t->in_use)
		fprintf(to,
			"%" PRIu64 " begin in the middle of the device's life; %" PRIu64
			" TCP connections are older than their recording (--fresh: as if not)\n",
			t->in_use, t->older);
	if (t->one_way)
		fprintf(to,
			"%" PRIu64 " not judged: one direction recorded, though it was answered\n",
			t->one_way);
}

static const char *proto_name(const struct lim_packet *p, char buf[8])
{
	if (p->kind == LIM_KIND_ARP)
		return "arp";
	if (p->kind == LIM_KIND_OTHER)
		return "frame";
	if (p->kind == LIM_KIND_BROKEN)
		return "broken";
	switch (p->proto) {
	case LIM_PROTO_TCP:
		return "tcp";
	case LIM_PROTO_UDP:
		return "udp";
	case LIM_PROTO_ICMP:
	case LIM_PROTO_ICMPV6:
		snprintf(buf, 8, "icmp%u", p->icmp_type);
		return buf;
	default:
		snprintf(buf, 8, "ip%u", p->proto);
		return buf;
	}
}

static void flags_text(uint8_t flags, char buf[12])
{
	static const char letters[] = "FSRPAUEC";
	size_t n = 0;

	for (unsigned i = 0; i < 8; i++)
		if (flags >> i & 1)
			buf[n++] = letters[i];
	buf[n] = 0;
}

void report_drops(FILE *to, const struct result *r)
{
	for (size_t i = 0; i < r->drops; i++) {
		const struct result_drop *d = &r->drop[i];
		const struct lim_packet *p = &d->packet;
		char src[ADDR_TEXT], dst[ADDR_TEXT], proto[8], flags[12];
		bool ports = p->flags & LIM_F_PORTS;

		flags_text(p->proto == LIM_PROTO_TCP ? p->tcp_flags : 0, flags);
		fprintf(to, "  #%-7" PRIu64 " %14.6f s  %-16s %-6s ", d->record,
			(double)d->time / 1e9, lim_reason_key(d->reason), proto_name(p, proto));
		if (ports)
			fprintf(to, "%s:%u > %s:%u", addr_text(&p->src, src), p->sport,
				addr_text(&p->dst, dst), p->dport);
		else
			fprintf(to, "%s > %s", addr_text(&p->src, src), addr_text(&p->dst, dst));
		fprintf(to, "  %u bytes", p->wire_len);
		if (p->segs > 1)
			fprintf(to, " in %u", p->segs);
		fprintf(to, " %s\n", flags);
	}
}
