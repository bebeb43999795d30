// SPDX-License-Identifier: MIT
// holdfast why ADDRESS: what would happen to a packet to it, and why?
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/look.h"

#include "base/addr.h"

struct why_args {
	const char *pin;
	bool json;
};

static const struct opt options[] = {
    {"json", 'j', OPT_FLAG, offsetof(struct why_args, json), NULL, "print JSON"},
    {"pin", 0, OPT_TEXT, offsetof(struct why_args, pin), "DIR",
     "where the guard keeps its records (" GUARD_PIN_DEFAULT ")"},
    {0},
};

const struct opt_use why_use = {
    "ADDRESS",
    "what would happen to a packet to ADDRESS, and why",
    options,
    1,
    1,
    "Exit status: 0 it would pass freely, 1 it is limited or held back, 2 wrong use,\n"
    "3 no guard in force, or it cannot be read.\n"};

int why_run(int argc, char **argv)
{
	static struct look look;
	struct why_args args = {0};
	struct lim_addr addr;
	struct show s;
	struct err e;
	int code;

	if (cli_options(&why_use, argc, argv, &args, &code) < 0)
		return code;
	if (addr_parse(argv[1], &addr, &e))
		return cli_fail(&e);
	if (look_once(args.pin, &look, &s, &e)) {
		/* 1 would read as "held back", and without a guard nothing is. */
		e.code = e.code == EXIT_NO ? EXIT_SYSTEM : e.code;
		return cli_fail(&e);
	}
	if (args.json)
		return look_end(show_why_json(stdout, &s, &addr) ? EXIT_DONE : EXIT_NO);
	return look_end(show_why(stdout, &s, &addr) ? EXIT_DONE : EXIT_NO);
}
