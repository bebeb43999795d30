/* SPDX-License-Identifier: MIT
 *
 * Text inside HTML and SVG.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include <stdio.h>

/* Writes text with <, >, &, " and control characters made harmless. */
void xml_text(FILE *to, const char *text);

#endif
