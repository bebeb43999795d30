/* SPDX-License-Identifier: MIT
 *
 * Small pictures for an HTML page. Colours are the page's: classes "passed", "dropped", "axis".
 */
#ifndef REPLAY_SVG_H
#define REPLAY_SVG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* n steps of time, what was dropped standing on what passed, scaled to the highest step.
 * title: what a reader who hovers, or cannot see, is told. */
void svg_steps(FILE *to, const uint64_t *passed, const uint64_t *dropped, size_t n, unsigned width,
	       unsigned height, const char *title);

/* A bar of part/whole of the width. */
void svg_bar(FILE *to, uint64_t part, uint64_t whole, unsigned width);

#endif
