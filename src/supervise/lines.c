// SPDX-License-Identifier: MIT
#include "supervise/lines.h"

#include <string.h>

/* Length of the printable UTF-8 sequence at s (RFC 3629) in at most n bytes; 0: none. */
static size_t printable(const unsigned char *s, size_t n)
{
	size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 1;

	if (len == 1)
		return (s[0] >= 0x20 && s[0] < 0x7f) || s[0] == '\t';
	if (s[0] > 0xf4 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ||
	    (s[0] == 0xc2 && s[1] < 0xa0)) /* C1 */
		return 0;
	return len;
}

size_t lines_escape(const char *from, size_t n, char *to, size_t room)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)from;
	size_t out = 0;

	while (n && room - out >= 4) {
		size_t len = printable(s, n);

		if (len) {
			memcpy(to + out, s, len);
			out += len;
		} else {
			len = 1;
			to[out++] = '\\';
			to[out++] = 'x';
			to[out++] = hex[*s >> 4];
			to[out++] = hex[*s & 15];
		}
		s += len;
		n -= len;
	}
	return out;
}

void lines_flush(struct lines *l, lines_one *one, void *arg)
{
	char text[LINES_TEXT];
	size_t n = l->used;

	if (n && l->text[n - 1] == '\r')
		n--;
	if (l->used)
		one(arg, text, lines_escape(l->text, n, text, sizeof text));
	l->used = 0;
	l->cut = false;
}

void lines_feed(struct lines *l, const char *bytes, size_t n, lines_one *one, void *arg)
{
	while (n) {
		const char *end = memchr(bytes, '\n', n);
		size_t piece = end ? (size_t)(end - bytes) : n;
		size_t room = LINES_MOST - l->used, take = piece < room ? piece : room;

		if (!l->cut)
			memcpy(l->text + l->used, bytes, take);
		l->used = (uint16_t)(l->used + (l->cut ? 0 : take));
		l->cut |= take < piece;
		if (end)
			lines_flush(l, one, arg);
		bytes += piece + !!end;
		n -= piece + !!end;
	}
}
