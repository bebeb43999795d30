// SPDX-License-Identifier: MIT
#include "replay/guess.h"

#include "replay/capture.h"
#include "replay/report.h"
#include "replay/scope.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN 4 /* candidates listed */

static int survey_path(struct survey *s, const char *path, struct err *e)
{
	struct capture *c;
	struct frame f;
	struct lim_packet p;
	uint64_t now;
	int rc;
	FILE *file = fopen(path, "rb");

	if (!file)
		return err_sys(e, errno, "%s", path);
	c = capture_open_stream(file, path, e);
	if (!c)
		return -1;
	while ((rc = capture_next(c, &f, &now, e)) == 1)
		survey_frame(s, &f, &p, now);
	capture_close(c);
	return rc;
}

static void show_candidate(FILE *to, const struct survey *s, const struct pair *p, double score)
{
	char addr[ADDR_TEXT], mac[MAC_TEXT];

	fprintf(to,
		"    %5.2f  %-39s %s  out %" PRIu64 " in %" PRIu64
		" opened %u accepted %u of %zu, claims %u leases %u%s%s\n",
		score, addr_text(&p->addr, addr), mac_text(p->mac, mac), p->tx, p->rx, p->opened,
		p->accepted, s->talks.used, p->claims, p->leases,
		p->dhcp_answers ? ", DHCP server" : "",
		device_mac_speaks(s, p->mac, &p->addr) ? "" : ", MAC not its own");
}

static void show_candidates(FILE *to, const struct survey *s)
{
	double below = 1e9;

	for (unsigned n = 0; n < SHOWN; n++) {
		const struct pair *next = NULL;
		double most = -1;

		for (size_t i = 0; i < s->room; i++) {
			double score = s->pair[i].used ? device_score(s, &s->pair[i]) : -1;

			if (score > most && score < below) {
				most = score;
				next = &s->pair[i];
			}
		}
		if (!next)
			return;
		show_candidate(to, s, next, most);
		below = most;
	}
}

/* The MAC decides where both sides have one: that is what the packets are told apart by. */
static bool agrees(const struct device *d, const struct device_hint *known)
{
	if (known->has_addr && d->has_addr && addr_same(&d->addr, &known->addr))
		return true;
	return known->has_mac && !memcmp(d->mac, known->mac, 6);
}

int guess_explain(FILE *to, const struct manifest_row *row, struct guess_tally *tally,
		  struct err *e)
{
	static const struct device_hint nothing;
	char addr[ADDR_TEXT], mac[MAC_TEXT];
	bool known = row->device.has_addr || row->device.has_mac, right = false;
	struct survey s;
	struct device d;
	int rc;

	survey_start(&s);
	rc = survey_path(&s, row->path, e);
	if (rc == 0)
		rc = device_find(&d, &s, &nothing, e);
	if (rc == 0) {
		right = known && agrees(&d, &row->device);
		*(known ? right ? &tally->right : &tally->wrong : &tally->unknown) += 1;
		fprintf(to, "%-8s %-39s %s  %s\n", known ? right ? "right" : "differs" : "guess",
			report_device(&d, addr), mac_text(d.mac, mac), report_name(row->path));
		for (unsigned i = 0; !known && i < d.owns; i++)
			fprintf(to, "    own %s\n",
				addr_prefix_text(&d.own[i].addr, d.own[i].prefix, addr));
		if (!right)
			show_candidates(to, &s);
		if (known && !right && row->device.has_addr)
			fprintf(to, "    known: %s\n", addr_text(&row->device.addr, addr));
	}
	survey_free(&s);
	return rc;
}
