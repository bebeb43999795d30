// SPDX-License-Identifier: MIT
#include "profile/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *words_port(const struct profile_port *port, char to[static WORDS_PORT])
{
	const char *proto = port->proto == PROFILE_UDP ? "udp" : "tcp";

	if (port->port)
		snprintf(to, WORDS_PORT, "%u/%s", port->port, proto);
	else
		snprintf(to, WORDS_PORT, "any/%s", proto);
	return to;
}

static const void *field(const struct profile *p, int key)
{
	return (const char *)p + profile_keys[key].at;
}

uint64_t words_number_of(const struct profile *p, int key)
{
	const void *at = field(p, key);

	return profile_keys[key].type == KEY_SIZE ? *(const uint64_t *)at : *(const uint32_t *)at;
}

static void size_text(uint64_t n, char to[static WORDS_NUMBER])
{
	static const char units[] = {'K', 'M', 'G', 'T'};
	unsigned i = 0;

	while (i < sizeof units && n && !(n & 1023)) {
		n >>= 10;
		i++;
	}
	if (i)
		snprintf(to, WORDS_NUMBER, "%" PRIu64 "%c", n, units[i - 1]);
	else
		snprintf(to, WORDS_NUMBER, "%" PRIu64, n);
}

const char *words_number(int key, uint64_t n, char to[static WORDS_NUMBER])
{
	enum profile_key_type type = profile_keys[key].type;

	if (!n)
		snprintf(to, WORDS_NUMBER, "default");
	else if (type == KEY_SIZE)
		size_text(n, to);
	else
		snprintf(to, WORDS_NUMBER, "%" PRIu64 "%s", n,
			 type == KEY_PERCENT   ? "%"
			 : type == KEY_SECONDS ? "s"
					       : "");
	return to;
}

/* Word n of "a|b|c". */
static void choice(const char *form, unsigned n, char to[static WORDS_VALUE])
{
	for (; n && strchr(form, '|'); n--)
		form = strchr(form, '|') + 1;
	snprintf(to, WORDS_VALUE, "%.*s", (int)strcspn(form, "|"), form);
}

static const char *log_text(const struct profile *p)
{
	switch (p->log) {
	case LOG_SYSLOG:
		return "syslog";
	case LOG_INHERIT:
		return "inherit";
	case LOG_FILE:
		return profile_str(p, p->log_file);
	default:
		return "none";
	}
}

const char *words_value(const struct profile *p, int key, char to[static WORDS_VALUE])
{
	const struct profile_key *k = &profile_keys[key];
	const void *at = field(p, key);

	switch (k->type) {
	case KEY_CHOICE:
		choice(k->form, *(const uint8_t *)at, to);
		break;
	case KEY_LIST:
		choice(k->form, *(const bool *)at, to);
		break;
	case KEY_LOG:
		snprintf(to, WORDS_VALUE, "%s", log_text(p));
		break;
	case KEY_SIGNAL:
		snprintf(to, WORDS_VALUE, "%s", stop_signal_name(*(const uint8_t *)at));
		break;
	case KEY_USER:
	case KEY_PATH:
		snprintf(to, WORDS_VALUE, "%s", profile_str(p, *(const profile_text *)at));
		break;
	default:
		return words_number(key, words_number_of(p, key), to);
	}
	return to;
}

static size_t word(const char *s, char *to, size_t max)
{
	const char *quote = !*s || strpbrk(s, " \t\"'\\$`|&<>;#") ? "'" : "";

	if (strchr(s, '\''))
		quote = "\"";
	return (size_t)snprintf(to, max, "%s%s%s", quote, s, quote);
}

const char *words_command(const struct profile *p, char to[static WORDS_COMMAND])
{
	size_t n = 0;

	*to = 0;
	for (unsigned i = 0; i < p->args && n < WORDS_COMMAND - 1; i++) {
		if (i)
			to[n++] = ' ';
		n += word(profile_str(p, p->arg[i]), to + n, WORDS_COMMAND - n);
	}
	return to;
}
