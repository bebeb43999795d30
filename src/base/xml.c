// SPDX-License-Identifier: MIT
#include "base/xml.h"

void xml_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '<' || c == '>' || c == '&' || c == '"')
			fprintf(to, "&#%u;", c);
		else if (c < 0x20 || c == 0x7f)
			putc('?', to);
		else
			putc(c, to);
	}
}
