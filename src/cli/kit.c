// SPDX-License-Identifier: MIT
// holdfast-kit: what runs on a PC.
#include "cli/cli.h"
#include "cli/kit_adversary.h"
#include "cli/kit_fleet.h"
#include "cli/kit_learn.h"
#include "cli/kit_profile.h"
#include "cli/kit_replay.h"
#include "cli/kit_throttle.h"

static const struct command commands[] = {
    {"replay", kit_replay, "run captures through the limiter", &kit_replay_use},
    {"adversary", kit_adversary, "look for the schedule that gets most past the limiter",
     &kit_adversary_use},
    {"throttle", kit_throttle, "how long a loop of crashes takes under the supervisor",
     &kit_throttle_use},
    {"profile", kit_profile, "check, pack, compare and explain what programs may do",
     &kit_profile_use},
    {"learn", kit_learn, "write the profile of a program from watching it", &kit_learn_use},
    {"fleet", kit_fleet, "what many devices could do at worst: floods and epidemics",
     &kit_fleet_use},
    {0},
};

int main(int argc, char **argv)
{
	return cli_dispatch("holdfast-kit", commands, argc, argv);
}
