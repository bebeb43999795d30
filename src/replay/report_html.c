// SPDX-License-Identifier: MIT
#include "replay/report_html.h"

#include "base/xml.h"
#include "replay/scope.h"
#include "replay/svg.h"

#include <inttypes.h>

static const char page_head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<title>Holdfast: captures through the limiter</title>\n<style>\n"
    ":root{--bg:#fff;--fg:#1b1f24;--soft:#5b6570;--line:#d8dee4;--card:#f6f8fa;"
    "--passed:#4a7fb5;--dropped:#c9402b}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#e4e8ec;--soft:#9aa5b1;"
    "--line:#323a43;--card:#1c2229;--passed:#6ea3d8;--dropped:#f0705a}}\n"
    "body{background:var(--bg);color:var(--fg);font:15px/1.45 system-ui,sans-serif;"
    "max-width:76rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .6rem}"
    "h3{font-size:1rem;margin:0 0 .4rem;overflow-wrap:anywhere}\n"
    ".soft,caption{color:var(--soft)}\n"
    ".cards{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0}\n"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:6px;"
    "padding:.7rem 1rem}\n.card b{display:block;font-size:1.5rem}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.87rem}\n"
    "th,td{padding:.3rem .55rem;text-align:right;border-bottom:1px solid var(--line);"
    "white-space:nowrap}\nth{color:var(--soft);font-weight:600}"
    "td.t,th.t{text-align:left}td.f{text-align:left;white-space:normal;"
    "overflow-wrap:anywhere;min-width:14rem}\n"
    ".passed{fill:var(--passed)}.dropped{fill:var(--dropped)}.axis{fill:none;"
    "stroke:var(--line)}\nsection svg{max-width:100%}svg{vertical-align:middle}\n"
    ".key i{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 1em}"
    ".no{color:var(--dropped);font-weight:600}\n"
    "section{border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;"
    "margin:.8rem 0}section table{width:auto}section td,section th{border:0}\n</style>\n";

static void card(FILE *to, uint64_t value, const char *what)
{
	fprintf(to, "<div class=\"card\"><b>%" PRIu64 "</b>%s</div>\n", value, what);
}

static void cards(FILE *to, const struct report_total *t)
{
	fputs("<div class=\"cards\">\n", to);
	card(to, t->files, "captures");
	card(to, t->files - t->touched - t->unusable, "untouched");
	card(to, t->out, "packets out");
	card(to, t->dropped, "held back");
	card(to, t->forwarded, "forwarded for others");
	if (t->broken || t->unusable)
		card(to, t->broken > t->unusable ? t->broken : t->unusable, "broken or unusable");
	fputs("</div>\n", to);
}

static void reason_rows(FILE *to, const uint64_t packets[LIM_REASONS], uint64_t whole)
{
	fputs("<table>\n", to);
	for (unsigned i = LIM_FIRST_DROP; i < LIM_REASONS; i++) {
		if (!packets[i])
			continue;
		fprintf(to, "<tr><td class=\"t\">%s<td>%" PRIu64 "<td class=\"t\">",
			lim_reason_key(i), packets[i]);
		svg_bar(to, packets[i], whole, 220);
		fprintf(to, "<td class=\"t soft\">%s\n", lim_reason_text(i));
	}
	fputs("</table>\n", to);
}

static void picture(FILE *to, const struct result *r, unsigned width, unsigned height)
{
	char title[160];

	snprintf(title, sizeof title,
		 "%" PRIu64 " packets passed, %" PRIu64 " held back over %.0f s",
		 r->out - r->dropped, r->dropped, (double)r->duration / 1e9);
	svg_steps(to, r->bin_passed, r->bin_dropped, RESULT_BINS, width, height, title);
}

static void row(FILE *to, const struct result *r)
{
	char device[ADDR_TEXT], why[256];

	fputs("<tr><td class=\"f\">", to);
	xml_text(to, report_name(r->file));
	if (!r->usable) {
		fputs("<td class=\"t no\" colspan=\"7\">", to);
		xml_text(to, r->error.text);
		putc('\n', to);
		return;
	}
	fprintf(to,
		"<td class=\"t\">%s<td>%" PRIu64 "<td%s>%" PRIu64 "<td>%" PRIu64 "<td>%" PRIu64
		"<td class=\"t\">",
		report_device(&r->device, device), r->out, r->dropped ? " class=\"no\"" : "",
		r->dropped, r->forwarded, r->contacts);
	picture(to, r, 180, 26);
	fprintf(to, "<td class=\"t\">%s%s\n", report_reasons(r->report.packets, why, sizeof why),
		r->broken ? " <span class=\"no\">broken file</span>" : "");
}

static void rows(FILE *to, const struct manifest *m, const struct result *results, unsigned group)
{
	fputs(
	    "<div class=\"wide\"><table><tr><th class=\"t\">capture<th class=\"t\">device<th>out"
	    "<th>held back<th>forwarded<th>contacts<th class=\"t\">over time<th class=\"t\">why\n",
	    to);
	for (size_t i = 0; i < m->rows; i++)
		if (!m->judged || m->row[i].group == group)
			row(to, &results[i]);
	fputs("</table></div>\n", to);
}

static void load_row(FILE *to, const char *what, const struct result_load *l)
{
	fprintf(to,
		"<tr><td class=\"t\">%s<td>%.2f packets/s<td>%.0f bytes/s<td>%.2f new "
		"addresses/s\n",
		what, (double)l->packets / 60, (double)l->bytes / 60, (double)l->contacts / 60);
}

static void detail(FILE *to, const struct result *r)
{
	fputs("<section><h3>", to);
	xml_text(to, r->file);
	fputs("</h3>\n", to);
	picture(to, r, 960, 90);
	fprintf(to, "<p class=\"soft\">%.0f s of capture", (double)r->duration / 1e9);
	if (r->pause < r->duration)
		fprintf(to, "; pauses longer than %.3g s are cut", (double)r->pause / 1e9);
	fputs(".</p>\n", to);
	reason_rows(to, r->report.packets, r->dropped);
	fputs("<table>\n", to);
	load_row(to, "passed, most in any 60 s", &r->passed_60);
	load_row(to, "of that unanswered", &r->silent_60);
	fputs("</table></section>\n", to);
}

static void group(FILE *to, const struct manifest *m, const struct result *results,
		  const struct verdict *v, unsigned g)
{
	if (m->judged && !v->files)
		return;
	if (m->judged)
		fprintf(to, "<h2>%s: %u captures, %u touched</h2>\n", manifest_group_name(g),
			v->files, v->touched);
	rows(to, m, results, g);
}

void report_html(FILE *to, const struct manifest *m, const struct result *results,
		 const struct report_total *t, const struct verdict v[GROUPS])
{
	fputs(page_head, to);
	fputs(
	    "<h1>Captures through the limiter</h1>\n<p class=\"soft\">What a device sent, replayed "
	    "in virtual time through the decision that runs on it. Holdfast " HOLDFAST_VERSION
	    ".</p>\n",
	    to);
	cards(to, t);
	fputs("<p class=\"key soft\">Pictures: packets out over time, long pauses cut."
	      "<i style=\"background:var(--passed)\"></i>passed"
	      "<i style=\"background:var(--dropped)\"></i>held back</p>\n",
	      to);
	if (t->dropped) {
		fputs("<h2>Why packets were held back</h2>\n", to);
		reason_rows(to, t->reason, t->dropped);
	}
	for (unsigned g = 0; g < (m->judged ? GROUPS : 1); g++)
		group(to, m, results, &v[g], g);
	if (t->dropped)
		fputs("<h2>Captures that were touched</h2>\n", to);
	for (size_t i = 0; i < m->rows; i++)
		if (results[i].dropped)
			detail(to, &results[i]);
	fputs("</html>\n", to);
}
