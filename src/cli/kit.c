// SPDX-License-Identifier: MIT
// holdfast-kit: what runs on a PC.
#include "cli/cli.h"

static const struct command commands[] = {
	{0},
};

int main(int argc, char **argv)
{
	return cli_dispatch("holdfast-kit", commands, argc, argv);
}
