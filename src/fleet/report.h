/* SPDX-License-Identifier: MIT
 *
 * The results, for people and for programs. Nothing here computes a result.
 */
#ifndef FLEET_REPORT_H
#define FLEET_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "fleet/fleet.h"

/* A table; colour: red and green for what holds and what does not. */
void fleet_text(FILE *to, const struct fleet *f, bool colour);
void fleet_csv(FILE *to, const struct fleet *f);
void fleet_json(FILE *to, const struct fleet *f);
/* One page that needs nothing else. */
void fleet_html(FILE *to, const struct fleet *f);
/* The page's first picture alone, as SVG. */
void fleet_svg(FILE *to, const struct fleet *f);

/* "1.02 Tbit/s": value with a decimal prefix and its unit; "75 min" for seconds ("s"). */
#define UNITS_TEXT 48
const char *fleet_units(double value, const char *unit, char buf[static UNITS_TEXT]);
/* "1.02 Tbit/s, published 1 Tbit/s +- 5 %" */
const char *fleet_check_text(const struct fleet_check *c, char buf[static 160]);

#endif
