// SPDX-License-Identifier: MIT
#include "show/show.h"

#include <inttypes.h>
#include <string.h>

#include "base/addr.h"
#include "base/json.h"
#include "show/programs.h"

#define EVENTS_SHOWN 8

static const char *own4_text(const struct lim_own4 *o, char buf[static ADDR_TEXT])
{
	struct lim_addr a = {{0, 0, 0xffff, o->addr}};

	return addr_prefix_text(&a, (unsigned)__builtin_popcount(o->mask), buf);
}

static const char *own6_text(const struct lim_own6 *o, char buf[static ADDR_TEXT])
{
	struct lim_addr a;
	unsigned len = 0;

	memcpy(a.w, o->addr, sizeof(a.w));
	for (int i = 0; i < 4; i++)
		len += (unsigned)__builtin_popcount(o->mask[i]);
	return addr_prefix_text(&a, len, buf);
}

static const char *event_peer(const struct lim_event *e, char buf[static ADDR_TEXT + 8])
{
	char addr[ADDR_TEXT];

	addr_text(&e->peer, addr);
	if (!e->port)
		snprintf(buf, ADDR_TEXT + 8, "%s", addr);
	else
		snprintf(buf, ADDR_TEXT + 8, addr_is4(&e->peer) ? "%s:%u" : "[%s]:%u", addr,
			 e->port);
	return buf;
}

/* --- text --- */

static void head(FILE *out, const struct show *s, const struct show_style *style)
{
	char t[SHOW_TEXT], why[256];
	bool on = show_protected(s, why, sizeof(why));

	show_color(out, style, on ? SHOW_GOOD : SHOW_BAD);
	fputs(on ? "protected" : "NOT PROTECTED", out);
	show_color(out, style, SHOW_PLAIN);
	if (!on)
		fprintf(out, ": %s", why);
	fprintf(out, "\n\n");
	fprintf(out, "since       %s ago, holdfast %.23s, %.7s\n",
		show_time(show_since(s, s->meta->started + LIM_EPOCH), t), s->meta->program,
		s->meta->backend);
	if (s->daemon)
		fprintf(out, "daemon      running, process %d", s->daemon);
	else
		fprintf(out, "daemon      not running: the limits hold, but new interfaces and "
			     "addresses go unnoticed");
	if (s->meta->restarts)
		fprintf(out, ", %" PRIu32 " restarts", s->meta->restarts);
	fprintf(out, "\n");
}

static void places(FILE *out, const struct show *s)
{
	const struct lim_config *c = s->config;
	char a[ADDR_TEXT];

	fputs("interfaces ", out);
	if (!s->meta->iface_count)
		fputs(" none yet", out);
	for (lim_u32 i = 0; i < s->meta->iface_count && i < GUARD_IFACES; i++)
		fprintf(out, " %.15s%s", s->meta->iface[i].name,
			s->meta->iface[i].attached ? "" : " (open!)");
	fputs("\naddresses  ", out);
	if (!c->own4_count && !c->own6_count)
		fputs(" none yet", out);
	for (lim_u32 i = 0; i < c->own4_count && i < LIM_OWN4; i++)
		fprintf(out, " %s", own4_text(&c->own4[i], a));
	for (lim_u32 i = 0; i < c->own6_count && i < LIM_OWN6; i++)
		fprintf(out, " %s", own6_text(&c->own6[i], a));
	fputc('\n', out);
}

static const char *const lock_key[] = {
    [SHOW_LOCK_OFF] = "no", [SHOW_LOCK_PART] = "part", [SHOW_LOCK_ON] = "whole"};
static const char *const lock_text[] = {
    [SHOW_LOCK_OFF] = "off: root can take the limits off (holdfast lock)",
    [SHOW_LOCK_PART] = "in part: root can still take the limits off (holdfast lock --verify)",
    [SHOW_LOCK_ON] = "on until the next start"};

static void rest_of_head(FILE *out, const struct show *s, const struct show_style *style)
{
	char t[SHOW_TEXT], net[ADDR_TEXT];
	lim_u64 left = show_override_left(s);

	if (left) {
		show_color(out, style, SHOW_WARN);
		fprintf(out, "override    on for %s more, to %s\n", show_time(left, t),
			show_override_net(s, net, sizeof(net)));
		show_color(out, style, SHOW_PLAIN);
	} else {
		fprintf(out, "override    off\n");
	}
	if (s->config->forward)
		fprintf(out, "forwarding  for others, within this machine's limits\n");
	fprintf(out, "lock        %s\n", lock_text[s->lock]);
	fprintf(out, "memory      %s of kernel memory\n", show_bytes(s->memory, t));
}

static void levels(FILE *out, const struct show *s, const struct show_style *style)
{
	fprintf(out, "\nbudgets of the device: what is left\n");
	for (unsigned id = 0; id < LIM_B_COUNT; id++) {
		lim_u64 left, depth = budget_depth(s->config, id);

		if (!show_is_device_wide(s, id))
			continue;
		left = lim_left(s->state, s->config, id, s->now);
		fprintf(out, "  %-16s ", budget_rows[id].key);
		show_bar(out, style, left, depth, 24);
		fprintf(out, " %6" PRIu64 " of %" PRIu64 " %s\n", (uint64_t)left, (uint64_t)depth,
			budget_rows[id].unit);
	}
}

static void counts(FILE *out, const struct show *s, const char *title, unsigned from, unsigned to)
{
	char p[SHOW_TEXT], b[SHOW_TEXT];
	bool any = false;

	fprintf(out, "\n%s\n", title);
	for (unsigned r = from; r < to; r++) {
		if (!s->report->packets[r])
			continue;
		any = true;
		fprintf(out, "  %-20s %8s packets %9s  %s\n", lim_reason_key(r),
			show_count(s->report->packets[r], p), show_bytes(s->report->bytes[r], b),
			lim_reason_text(r));
	}
	if (!any)
		fprintf(out, "  nothing\n");
}

static void events(FILE *out, const struct show *s)
{
	char t[SHOW_TEXT], proto[SHOW_TEXT], peer[ADDR_TEXT + 8];
	const struct lim_event *e;

	if (!s->report->events)
		return;
	fprintf(out, "\nlast events\n");
	for (unsigned i = 0; i < EVENTS_SHOWN && (e = show_event(s->report, i)); i++)
		fprintf(out, "  %9s ago  %-6s %s: %s\n",
			show_time(show_since(s, e->time + LIM_EPOCH), t),
			show_proto(e->proto, proto), event_peer(e, peer),
			lim_reason_text(e->reason));
}

void show_status(FILE *out, const struct show *s, const struct show_style *style)
{
	head(out, s, style);
	places(out, s);
	rest_of_head(out, s, style);
	levels(out, s, style);
	counts(out, s, "passed", 0, LIM_FIRST_DROP);
	counts(out, s, "held back", LIM_FIRST_DROP, LIM_REASONS);
	events(out, s);
	if (s->programs)
		show_programs(out, s->programs, style);
}

/* --- JSON --- */

static double seconds(lim_u64 ns)
{
	return (double)(ns / LIM_MS) / 1000;
}

static void json_head(struct json *j, const struct show *s)
{
	char why[256];
	bool on = show_protected(s, why, sizeof(why));

	json_bool(j, "protected", on);
	json_str(j, "why_not", on ? NULL : why);
	json_str(j, "version", s->meta->program);
	json_str(j, "backend", s->meta->backend);
	json_num(j, "started_seconds_ago", seconds(show_since(s, s->meta->started + LIM_EPOCH)));
	json_u64(j, "daemon_pid", (uint64_t)s->daemon);
	json_u64(j, "restarts", s->meta->restarts);
	json_str(j, "locked", lock_key[s->lock]);
	json_u64(j, "memory_bytes", s->memory);
}

static void json_places(struct json *j, const struct show *s)
{
	const struct lim_config *c = s->config;
	char a[ADDR_TEXT];

	json_array(j, "interfaces");
	for (lim_u32 i = 0; i < s->meta->iface_count && i < GUARD_IFACES; i++) {
		json_object(j, NULL);
		json_str(j, "name", s->meta->iface[i].name);
		json_u64(j, "index", s->meta->iface[i].index);
		json_bool(j, "attached", s->meta->iface[i].attached);
		json_end(j);
	}
	json_end(j);
	json_array(j, "own_addresses");
	for (lim_u32 i = 0; i < c->own4_count && i < LIM_OWN4; i++)
		json_str(j, NULL, own4_text(&c->own4[i], a));
	for (lim_u32 i = 0; i < c->own6_count && i < LIM_OWN6; i++)
		json_str(j, NULL, own6_text(&c->own6[i], a));
	json_end(j);
}

static void json_override(struct json *j, const struct show *s)
{
	char net[ADDR_TEXT];
	lim_u64 left = show_override_left(s);

	if (!left) {
		json_str(j, "override", NULL);
		return;
	}
	json_object(j, "override");
	json_str(j, "network", show_override_net(s, net, sizeof(net)));
	json_num(j, "seconds_left", seconds(left));
	json_end(j);
}

static void json_levels(struct json *j, const struct show *s)
{
	json_array(j, "budgets");
	for (unsigned id = 0; id < LIM_B_COUNT; id++) {
		json_object(j, NULL);
		json_str(j, "key", budget_rows[id].key);
		json_str(j, "unit", budget_rows[id].unit);
		json_u64(j, "depth", budget_depth(s->config, id));
		json_num(j, "seconds_per_unit", (double)s->config->budget[id].period / LIM_S);
		if (show_is_device_wide(s, id))
			json_u64(j, "left", lim_left(s->state, s->config, id, s->now));
		json_str(j, "what", budget_rows[id].what);
		json_end(j);
	}
	json_end(j);
}

static void json_counts(struct json *j, const struct show *s, const char *key, unsigned from,
			unsigned to)
{
	json_array(j, key);
	for (unsigned r = from; r < to; r++) {
		json_object(j, NULL);
		json_str(j, "reason", lim_reason_key(r));
		json_u64(j, "packets", s->report->packets[r]);
		json_u64(j, "bytes", s->report->bytes[r]);
		json_str(j, "what", lim_reason_text(r));
		json_end(j);
	}
	json_end(j);
}

static void json_events(struct json *j, const struct show *s)
{
	const struct lim_event *e;
	char a[ADDR_TEXT];

	json_u64(j, "events_total", s->report->events);
	json_array(j, "events");
	for (unsigned i = 0; (e = show_event(s->report, i)); i++) {
		json_object(j, NULL);
		json_num(j, "seconds_ago", seconds(show_since(s, e->time + LIM_EPOCH)));
		json_str(j, "peer", addr_text(&e->peer, a));
		json_u64(j, "port", e->port);
		json_u64(j, "protocol", e->proto);
		json_u64(j, "bytes", e->len);
		json_str(j, "reason", lim_reason_key(e->reason));
		json_end(j);
	}
	json_end(j);
}

void show_status_json(FILE *out, const struct show *s)
{
	struct json j;

	json_start(&j, out, true);
	json_object(&j, NULL);
	json_head(&j, s);
	json_places(&j, s);
	json_override(&j, s);
	json_bool(&j, "forward", s->config->forward);
	json_levels(&j, s);
	json_counts(&j, s, "passed", 0, LIM_FIRST_DROP);
	json_counts(&j, s, "held", LIM_FIRST_DROP, LIM_REASONS);
	json_events(&j, s);
	if (s->programs)
		show_programs_json(&j, s->programs);
	json_end(&j);
}
