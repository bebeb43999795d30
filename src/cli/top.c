// SPDX-License-Identifier: MIT
// holdfast top: peers, consent, budgets, what is held back, and the supervised programs, live.
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/look.h"
#include "cli/term.h"

#include <string.h>
#include <time.h>

#define FRAME 65536

struct top_args {
	const char *pin;
	bool once;
	uint64_t interval;
	unsigned order;
};

static const struct opt options[] = {
    {"interval", 'i', OPT_TIME, offsetof(struct top_args, interval), "TIME",
     "between two pictures (1s)", .min = 100 * LIM_MS, .max = 3600 * LIM_S},
    {"once", '1', OPT_FLAG, offsetof(struct top_args, once), NULL,
     "print one picture, with rates over one interval, and end"},
    {"order", 'o', OPT_CHOICE, offsetof(struct top_args, order), "out|in|held",
     "which peers come first (out)"},
    {"pin", 0, OPT_TEXT, offsetof(struct top_args, pin), "DIR",
     "where the guard keeps its records (" GUARD_PIN_DEFAULT ")"},
    {0},
};

const struct opt_use top_use = {
    "",
    "peers, consent, budgets, what is held back and supervised programs, live",
    options,
    0,
    0,
    "Keys: q ends, o, i and h put the peers most sent to, received from or held back first,\n"
    "space stops and goes on.\n\n"
    "Exit status: 0 done, 1 no guard in force, 2 wrong use, 3 cannot be read.\n"};

/* Two moments, by turns the current and the one before. */
struct top {
	struct guard guard;
	struct look look[2];
	struct show show[2];
	struct show_programs programs[2];
	unsigned at;
	bool has_before;
};

static int next(struct top *t, struct err *e)
{
	t->at ^= 1;
	if (look_take(&t->guard, &t->look[t->at], &t->show[t->at], e))
		return -1;
	look_programs(&t->programs[t->at]);
	t->show[t->at].programs = &t->programs[t->at];
	return 0;
}

static void draw(const struct top *t, const struct show_style *style, enum show_order order,
		 FILE *out)
{
	show_top(out, &t->show[t->at], t->has_before ? &t->show[t->at ^ 1] : NULL, style, order);
}

static int once(struct top *t, const struct top_args *args, struct err *e)
{
	struct timespec pause = {.tv_sec = (time_t)(args->interval / LIM_S),
				 .tv_nsec = (long)(args->interval % LIM_S)};
	struct show_style style = look_style();

	style.height = 0;
	if (next(t, e))
		return -1;
	nanosleep(&pause, NULL);
	t->has_before = true;
	if (next(t, e))
		return -1;
	draw(t, &style, args->order, stdout);
	return 0;
}

static void paint(const struct top *t, enum show_order order)
{
	static char frame[FRAME];
	struct show_style style = look_style();
	FILE *out = fmemopen(frame, sizeof(frame), "w");

	if (!style.width || !style.height) { /* a serial line does not tell */
		style.width = 80;
		style.height = 24;
	}
	if (!out)
		return;
	draw(t, &style, order, out);
	fclose(out);
	term_paint(frame, style.width, style.height);
}

static int live(struct top *t, const struct top_args *args, struct err *e)
{
	enum show_order order = args->order;
	lim_u64 due = 0;
	bool still = false;
	int key;

	if (term_open(e))
		return -1;
	for (;;) {
		lim_u64 now = guard_now();

		if (now >= due && !still) {
			t->has_before = due != 0;
			if (next(t, e)) {
				term_close();
				return -1;
			}
			due = now + args->interval;
		}
		paint(t, order);
		key = term_key(still || due <= now ? args->interval : due - now);
		if (key == 'q' || key < 0)
			break;
		order = key == 'o'   ? SHOW_BY_OUT
			: key == 'i' ? SHOW_BY_IN
			: key == 'h' ? SHOW_BY_HELD
				     : order;
		still ^= key == ' ';
	}
	term_close();
	return 0;
}

int top_run(int argc, char **argv)
{
	static struct top top;
	struct top_args args = {.interval = LIM_S};
	struct err e;
	int code;

	if (cli_options(&top_use, argc, argv, &args, &code) < 0)
		return code;
	if (guard_open(&top.guard, args.pin, &e))
		return cli_fail(&e);
	code = args.once ? once(&top, &args, &e) : live(&top, &args, &e);
	guard_close(&top.guard);
	return code ? cli_fail(&e) : look_end(EXIT_DONE);
}
