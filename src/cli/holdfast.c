// SPDX-License-Identifier: MIT
// holdfast: what runs on the device.
#include "cli/cli.h"
#include "cli/guard.h"

static const struct command commands[] = {
    {0},
};

int main(int argc, char **argv)
{
	return cli_dispatch("holdfast", commands, argc, argv);
}
