/* SPDX-License-Identifier: MIT
 *
 * Instructions of a filter, put from its end to its start: so each place that is jumped to is known
 * by then, and whoever returns the same shares one instruction. Half as many of them are half the
 * time to install it. Private to the filter.
 */
#ifndef SANDBOX_FILTER_CODE_H
#define SANDBOX_FILTER_CODE_H

#include "sandbox/filter.h"

/* An instruction, by how many there are from it to the end. 0 is none. */
typedef unsigned place;

#define FILTER_RETURNS 8 /* different ones */

struct filter_code {
	struct filter *f;
	struct {
		uint32_t k;
		place at; /* the last one put */
	} returns[FILTER_RETURNS];
};

/* Each returns the place to jump to. Past FILTER_MAX they only count. */

/* What to return, put anew only where the last one is out of reach of the next instruction. */
place filter_return(struct filter_code *c, uint32_t k);

/* The same place, or a jump to it where it is out of reach. */
place filter_near(struct filter_code *c, place to);

/* test: BPF_JEQ, BPF_JGE or BPF_JSET of what is loaded, with k. */
place filter_if(struct filter_code *c, uint16_t test, uint32_t k, place yes, place no);

/* Loads the word at offset `at` of struct seccomp_data and goes on at next. */
place filter_load(struct filter_code *c, uint32_t at, place next);

/* Keeps these bits of what is loaded. */
place filter_mask(struct filter_code *c, uint32_t bits, place next);

#endif
