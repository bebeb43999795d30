// SPDX-License-Identifier: MIT
// holdfast: what runs on the device.
#include "cli/cli.h"
#include "cli/guard.h"

static const struct command commands[] = {
    {"guard", cli_guard, "limits the harm that this machine can do to others", &cli_guard_use},
    {0},
};

int main(int argc, char **argv)
{
	return cli_dispatch("holdfast", commands, argc, argv);
}
