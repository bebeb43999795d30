/* SPDX-License-Identifier: MIT
 *
 * The program, from the code embedded at build time (embed.c) into the kernel.
 */
#ifndef GUARD_LOAD_H
#define GUARD_LOAD_H

#include "guard/guard.h"

/* What the code leaves open: five maps by descriptor, one fact. */
#define GUARD_PLACES(X)                                                                            \
	X(map_state) X(map_report) X(map_config) X(map_active) X(map_cpu) X(fact_link)
#define LOAD_X(name) PLACE_##name,
enum guard_place_name { GUARD_PLACES(LOAD_X) PLACES };
#undef LOAD_X

/* Loads the program for one direction, over these maps, for interfaces of this kind. Returns its
 * descriptor, or -1 with e naming what is missing. */
int load_program(int egress, enum lim_link link, const int map[PLACE_fact_link], struct err *e);

/* A state map needs its layout told, for its spin lock: returns the descriptor of a type
 * description (BTF) whose type LOAD_STATE_TYPE is a lock followed by size - 4 bytes, or -1. */
#define LOAD_STATE_TYPE 5
int load_state_type(lim_u32 size, struct err *e);

#endif
