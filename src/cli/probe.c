// SPDX-License-Identifier: MIT
// holdfast probe: which layers of a sandbox this kernel has.
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/look.h"

#include "base/json.h"
#include "sandbox/probe.h"

struct probe_args {
	bool json;
};

static const struct opt options[] = {
    {"json", 'j', OPT_FLAG, offsetof(struct probe_args, json), NULL, "print JSON"},
    {0},
};

const struct opt_use probe_use = {
    "",	     "which layers of a sandbox this kernel has, found by trying each",
    options, 0,
    0,	     "Exit status: 0 all of them, 1 some are missing or only in part, 2 wrong use.\n"};

static const char *const state_names[] = {"missing", "in part", "yes"};
static const char *const tier_names[] = {"none", "reduced", "full"};
static const char *const tier_says[] = {
    "No program can be confined here: what is missing cannot be done without.",
    "Programs can be confined, with less. Each profile has to accept what is missing by name\n"
    "(accept-missing = LAYER); what is there in part is used as far as it goes.",
    "Every layer is there."};

static void print_table(const struct probe *p)
{
	printf("%-13s %-8s %-30s %s\n", "layer", "here", "found", "does");
	for (int i = 0; i < LAYER_COUNT; i++)
		printf("%-13s %-8s %-30s %s\n", layer_name((enum layer)i),
		       state_names[p->row[i].state], p->row[i].found, layer_what((enum layer)i));
	printf("\n");
	for (int i = 0; i < LAYER_COUNT; i++)
		if (p->row[i].state == PROBE_MISSING)
			printf("%s comes with the kernel option %s.\n", layer_name((enum layer)i),
			       layer_option((enum layer)i));
	printf("Tier: %s. %s\n", tier_names[p->tier], tier_says[p->tier]);
}

static void print_json(const struct probe *p)
{
	struct json j;

	json_start(&j, stdout, true);
	json_object(&j, NULL);
	json_str(&j, "tier", tier_names[p->tier]);
	json_array(&j, "layers");
	for (int i = 0; i < LAYER_COUNT; i++) {
		json_object(&j, NULL);
		json_str(&j, "layer", layer_name((enum layer)i));
		json_str(&j, "state",
			 p->row[i].state == PROBE_PARTLY ? "partly" : state_names[p->row[i].state]);
		json_str(&j, "found", p->row[i].found);
		json_str(&j, "option", layer_option((enum layer)i));
		json_str(&j, "does", layer_what((enum layer)i));
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

int probe_run(int argc, char **argv)
{
	static struct probe p;
	struct probe_args args = {0};
	int code;

	if (cli_options(&probe_use, argc, argv, &args, &code) < 0)
		return code;
	probe_all(&p);
	if (args.json)
		print_json(&p);
	else
		print_table(&p);
	return look_end(p.tier == TIER_FULL ? EXIT_DONE : EXIT_NO);
}
