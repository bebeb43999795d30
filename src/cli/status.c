// SPDX-License-Identifier: MIT
// holdfast status: is this device protected?
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/look.h"

#include "base/json.h"
#include "lockdown/lock.h"

struct status_args {
	const char *pin;
	bool json;
};

static const struct opt options[] = {
    {"json", 'j', OPT_FLAG, offsetof(struct status_args, json), NULL, "print JSON"},
    {"pin", 0, OPT_TEXT, offsetof(struct status_args, pin), "DIR",
     "where the guard keeps its records (" GUARD_PIN_DEFAULT ")"},
    {0},
};

const struct opt_use status_use = {
    "",	     "is this device protected, and what was held back",
    options, 0,
    0,	     "Exit status: 0 protected, 1 not protected, 2 wrong use, 3 cannot be read.\n"};

_Static_assert((int)LOCK_IS_PART == SHOW_LOCK_PART && (int)LOCK_IS_WHOLE == SHOW_LOCK_ON, "same");

static int not_protected(const struct err *e, const struct show_programs *programs, bool as_json)
{
	struct show_style style = look_style();
	struct json j;

	if (as_json) {
		json_start(&j, stdout, true);
		json_object(&j, NULL);
		json_bool(&j, "protected", false);
		json_str(&j, "why_not", e->text);
		show_programs_json(&j, programs);
		json_end(&j);
	} else {
		printf("NOT PROTECTED: %s.\n\n"
		       "`holdfast guard` as root protects this device until it is switched off;\n"
		       "`systemctl enable --now holdfast-guard` does so at every start.\n",
		       e->text);
		show_programs(stdout, programs, &style);
	}
	return look_end(EXIT_NO);
}

int status_run(int argc, char **argv)
{
	static struct show_programs programs;
	static struct look look;
	struct status_args args = {0};
	struct show_style style;
	char why[256];
	struct show s;
	struct err e;
	int code;

	if (cli_options(&status_use, argc, argv, &args, &code) < 0)
		return code;
	look_programs(&programs);
	if (look_once(args.pin, &look, &s, &e))
		return e.code == EXIT_NO ? not_protected(&e, &programs, args.json) : cli_fail(&e);
	s.programs = &programs;
	s.lock = (enum show_lock)lock_is();
	style = look_style();
	if (args.json)
		show_status_json(stdout, &s);
	else
		show_status(stdout, &s, &style);
	return look_end(show_protected(&s, why, sizeof(why)) ? EXIT_DONE : EXIT_NO);
}
