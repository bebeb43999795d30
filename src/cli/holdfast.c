// SPDX-License-Identifier: MIT
// holdfast: what runs on the device.
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/denials.h"
#include "cli/guard.h"
#include "cli/supervise.h"

static const struct command commands[] = {
    {"guard", cli_guard, "limits the harm that this machine can do to others", &cli_guard_use},
    {"run", run_run, "a program in its sandbox, in the foreground", &run_use},
    {"probe", probe_run, "which layers of a sandbox this kernel has", &probe_use},
    {"status", status_run, "is this device protected, and what was held back", &status_use},
    {"supervise", cli_supervise, "the programs of a folder in their sandboxes, restarted",
     &cli_supervise_use},
    {"top", top_run, "peers, consent, budgets, what is held back and supervised programs, live",
     &top_use},
    {"why", why_run, "what would happen to a packet to an address, and why", &why_use},
    {"denials", cli_denials, "what was refused to sandboxed programs", &cli_denials_use},
    {"lock", lock_run, "takes away, until the next start, whatever could undo the rest", &lock_use},
    {0},
};

int main(int argc, char **argv)
{
	return cli_dispatch("holdfast", commands, argc, argv);
}
