// SPDX-License-Identifier: MIT
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Length of the valid UTF-8 sequence at s (RFC 3629), 0 if there is none. */
static unsigned utf8(const unsigned char *s)
{
	unsigned n, i;

	if (s[0] < 0x80)
		return 1;
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void text(FILE *to, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	unsigned n;

	putc('"', to);
	for (; *s; s += n) {
		n = utf8(s);
		if (n == 0) {
			fputs("\\ufffd", to);
			n = 1;
		} else if (*s == '"' || *s == '\\') {
			fprintf(to, "\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f) {
			fprintf(to, "\\u%04x", *s);
		} else {
			fwrite(s, 1, n, to);
		}
	}
	putc('"', to);
}

static void line(struct json *j)
{
	if (!j->pretty)
		return;
	putc('\n', j->to);
	for (unsigned i = 0; i < j->depth; i++)
		fputs("  ", j->to);
}

/* Everything that stands before a value: comma, line, key. */
static void before(struct json *j, const char *key)
{
	uint32_t bit = 1u << j->depth;

	if (j->more & bit)
		putc(',', j->to);
	j->more |= bit;
	if (j->depth)
		line(j);
	assert(!j->depth || !key == !!(j->array & bit));
	if (key) {
		text(j->to, key);
		fputs(j->pretty ? ": " : ":", j->to);
	}
}

static void open_level(struct json *j, const char *key, bool array)
{
	before(j, key);
	putc(array ? '[' : '{', j->to);
	j->depth++;
	assert(j->depth < JSON_DEPTH);
	j->more &= ~(1u << j->depth);
	j->array = (j->array & ~(1u << j->depth)) | (uint32_t)array << j->depth;
}

void json_start(struct json *j, FILE *to, bool pretty)
{
	*j = (struct json){.to = to, .pretty = pretty};
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, false);
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, true);
}

void json_end(struct json *j)
{
	bool filled, array;

	assert(j->depth > 0);
	filled = j->more >> j->depth & 1;
	array = j->array >> j->depth & 1;
	j->depth--;
	if (filled)
		line(j);
	putc(array ? ']' : '}', j->to);
	if (!j->depth)
		putc('\n', j->to);
}

void json_str(struct json *j, const char *key, const char *value)
{
	before(j, key);
	if (value)
		text(j->to, value);
	else
		fputs("null", j->to);
}

void json_u64(struct json *j, const char *key, uint64_t value)
{
	before(j, key);
	fprintf(j->to, "%" PRIu64, value);
}

void json_i64(struct json *j, const char *key, int64_t value)
{
	before(j, key);
	fprintf(j->to, "%" PRId64, value);
}

void json_num(struct json *j, const char *key, double value)
{
	before(j, key);
	if (isfinite(value))
		fprintf(j->to, "%.9g", value);
	else
		fputs("null", j->to);
}

void json_bool(struct json *j, const char *key, bool value)
{
	before(j, key);
	fputs(value ? "true" : "false", j->to);
}
