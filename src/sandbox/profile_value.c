// SPDX-License-Identifier: MIT
#include "sandbox/profile_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "sandbox/nearest.h"

#define FIELD(type) ((type *)((char *)v->p + k->at))

__attribute__((format(printf, 2, 3))) static int refuse(struct value *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->why, sizeof v->why, fmt, ap);
	va_end(ap);
	return -1;
}

static int refuse_near(struct value *v, const char *what, const struct nearest *n)
{
	return n->word ? refuse(v, "%s; did you mean '%s'?", what, n->word) : refuse(v, "%s", what);
}

static int add_text(struct value *v, const char *s, profile_text *to)
{
	struct profile *p = v->p;
	size_t n = strlen(s) + 1;

	if (n > PROFILE_TEXT - p->text_used)
		return refuse(v, "too much text for one profile (%d bytes)", PROFILE_TEXT);
	memcpy(p->text + p->text_used, s, n);
	*to = (profile_text)p->text_used;
	p->text_used += (uint32_t)n;
	return 0;
}

/* --- words --- */

/* What a shell would do something with. Nothing is expanded here, so it is most likely a mistake,
 * and taken literally it would be a silent one. */
static bool is_shell(char c, char quote)
{
	return quote == '\'' ? false
	       : quote	     ? strchr("$`", c) != NULL
			     : strchr("$`|&<>;", c) != NULL;
}

static int put(struct value *v, size_t *n, char c)
{
	if (*n + 1 == sizeof v->word)
		return refuse(v, "a word of more than %zu characters", sizeof v->word - 1);
	v->word[(*n)++] = c;
	v->word[*n] = 0;
	return 0;
}

/* Takes the next word from *at into v->word: 1, 0 at the end, -1 when it is none. */
static int next_word(struct value *v, const char **at)
{
	const char *s = *at + strspn(*at, " \t");
	char quote = 0;
	size_t n = 0;

	v->word[0] = 0;
	if (!*s)
		return 0;
	for (; *s && (quote || !strchr(" \t", *s)); s++) {
		if (!quote && (*s == '"' || *s == '\'')) {
			quote = *s;
		} else if (*s == quote) {
			quote = 0;
		} else if (*s == '\\' && quote != '\'') {
			if (!s[1])
				return refuse(v, "nothing behind the last \\");
			if (put(v, &n, *++s))
				return -1;
		} else if (is_shell(*s, quote)) {
			return refuse(v,
				      "'%c' has no meaning here, there is no shell: write '%c' in "
				      "single quotes, or run /bin/sh -c",
				      *s, *s);
		} else if (put(v, &n, *s)) {
			return -1;
		}
	}
	if (quote)
		return refuse(v, "a %c is not closed on its line", quote);
	*at = s;
	return 1;
}

/* --- lists, a word at a time --- */

static int word_arg(struct value *v, const struct profile_key *k)
{
	struct profile *p = v->p;

	if (p->args == PROFILE_ARGS)
		return refuse(v, "more than %d words", PROFILE_ARGS);
	if (add_text(v, v->word, &p->arg[p->args]))
		return -1;
	p->args++;
	return 0;
}

static int word_env(struct value *v, const struct profile_key *k)
{
	struct profile *p = v->p;

	if (p->envs == PROFILE_ENV)
		return refuse(v, "more than %d variables", PROFILE_ENV);
	if (!strchr(v->word, '='))
		return refuse(v, "not NAME=VALUE");
	if (add_text(v, v->word, &p->env[p->envs]))
		return -1;
	p->envs++;
	return 0;
}

static void no_slash_at_end(char *path)
{
	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = 0;
}

static bool has_path(const struct profile *p, const char *path, const struct profile_path *as)
{
	for (unsigned i = 0; i < p->paths; i++)
		if (p->path[i].access == as->access && p->path[i].optional == as->optional &&
		    !strcmp(profile_str(p, p->path[i].path), path))
			return true;
	return false;
}

static int word_path(struct value *v, const struct profile_key *k)
{
	struct profile *p = v->p;
	struct profile_path *to = &p->path[p->paths], as = {0};
	char *path = v->word;

	as.access = (uint8_t)k->min;
	as.optional = *path == '-';
	path += as.optional;
	if (*path != '/')
		return refuse(v, "not an absolute path");
	no_slash_at_end(path);
	if (has_path(p, path, &as))
		return 0;
	if (p->paths == PROFILE_PATHS)
		return refuse(v, "more than %d paths", PROFILE_PATHS);
	if (add_text(v, path, &as.path))
		return -1;
	*to = as;
	p->paths++;
	return 0;
}

static int word_port(struct value *v, const struct profile_key *k)
{
	struct profile *p = v->p;
	struct profile_port port = {0};
	char *slash = strchr(v->word, '/'), *end;
	unsigned long n;

	if (!slash || (strcmp(slash, "/tcp") && strcmp(slash, "/udp")))
		return refuse(v, "not PORT/tcp or PORT/udp");
	port.proto = !strcmp(slash, "/udp") ? PROFILE_UDP : PROFILE_TCP;
	if (strncmp(v->word, "any/", 4)) {
		n = strtoul(v->word, &end, 10);
		if (end != slash || !isdigit((unsigned char)*v->word) || !n || n > 65535)
			return refuse(v, "not a port from 1 to 65535, nor 'any'");
		port.port = (uint16_t)n;
	}
	for (unsigned i = 0; i < p->listens; i++)
		if (!memcmp(&p->listen[i], &port, sizeof port))
			return 0;
	if (p->listens == PROFILE_PORTS)
		return refuse(v, "more than %d ports", PROFILE_PORTS);
	p->listen[p->listens++] = port;
	/* Follows from the port, so that nobody has to know. */
	if (port.port && port.port < 1024)
		p->powers |= POWER_BIT(POWER_BIND_LOW);
	return 0;
}

static int word_power(struct value *v, const struct profile_key *k)
{
	int i = power_from_name(v->word);
	struct nearest n = nearest_start(v->word);

	if (i >= 0) {
		v->p->powers |= POWER_BIT(i);
		return 0;
	}
	for (i = 0; i < POWER_COUNT; i++)
		nearest_offer(&n, power_name((enum power)i));
	return refuse_near(v, "no such power", &n);
}

static int word_layer(struct value *v, const struct profile_key *k)
{
	int i = layer_from_name(v->word);
	struct nearest n = nearest_start(v->word);

	if (i >= 0) {
		v->p->accept_missing |= LAYER_BIT(i);
		return 0;
	}
	for (i = 0; i < LAYER_COUNT; i++)
		nearest_offer(&n, layer_name((enum layer)i));
	return refuse_near(v, "no such layer", &n);
}

static int word_call(struct value *v, const struct profile_key *k)
{
	int i = v->foreign ? 0 : v->arch->index_of(v->arch, v->word);
	struct nearest n = nearest_start(v->word);
	unsigned best = 0;
	char what[64];

	if (v->foreign)
		return 0;
	if (i >= 0 && i < PROFILE_CALLS) {
		FIELD(uint8_t)[i / 8] |= (uint8_t)(1u << i % 8);
		return 0;
	}
	for (unsigned c = 0; c < PROFILE_CALLS; c++) {
		const char *name = v->arch->name_of(v->arch, c), *had = n.word;
		unsigned distance = n.distance;

		if (!name)
			continue;
		nearest_offer(&n, name);
		if (n.distance < distance || (n.word && !had))
			best = c;
	}
	/* A name is good until the one after the next is asked for. */
	if (n.word)
		n.word = v->arch->name_of(v->arch, best);
	snprintf(what, sizeof what, "%s has no such call", v->arch->name);
	return refuse_near(v, what, &n);
}

/* --- single values --- */

static int word_text(struct value *v, const struct profile_key *k, profile_text *to)
{
	if (k->type != KEY_USER)
		no_slash_at_end(v->word);
	return *v->word ? add_text(v, v->word, to) : refuse(v, "empty");
}

static int word_choice(struct value *v, const struct profile_key *k, unsigned *to)
{
	const char *s = k->form;

	for (unsigned i = 0;; i++) {
		size_t n = strcspn(s, "|");

		if (n == strlen(v->word) && !memcmp(s, v->word, n)) {
			*to = i;
			return 0;
		}
		if (!s[n])
			return refuse(v, "none of %s", k->form);
		s += n + 1;
	}
}

static int word_name(struct value *v, const struct profile_key *k)
{
	if (strlen(v->word) >= PROFILE_NAME)
		return refuse(v, "more than %d characters", PROFILE_NAME - 1);
	strcpy(v->p->name, v->word);
	return 0;
}

static int word_log(struct value *v, const struct profile_key *k)
{
	static const struct {
		const char *word;
		enum profile_log log;
	} words[] = {{"syslog", LOG_SYSLOG}, {"inherit", LOG_INHERIT}, {"none", LOG_NULL}};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(v->word, words[i].word)) {
			v->p->log = (uint8_t)words[i].log;
			return 0;
		}
	if (*v->word != '/')
		return refuse(v, "none of %s", k->form);
	v->p->log = LOG_FILE;
	return word_text(v, k, &v->p->log_file);
}

static int word_signal(struct value *v, const struct profile_key *k)
{
	*FIELD(uint8_t) = (uint8_t)stop_signal_number(v->word);
	return *FIELD(uint8_t) ? 0
			       : refuse(v, "none of TERM, INT, QUIT, HUP, USR1, USR2, WINCH, KILL");
}

static int number(const char *text, uint64_t *n, const char **end)
{
	char *e;

	errno = 0;
	*n = strtoull(text, &e, 10);
	*end = e;
	return errno || !isdigit((unsigned char)*text) ? -1 : 0;
}

static int within(struct value *v, const struct profile_key *k, uint64_t n, const char *unit)
{
	if (n >= k->min && n <= k->max)
		return 0;
	return refuse(v, "not from %llu%s to %llu%s", (unsigned long long)k->min, unit,
		      (unsigned long long)k->max, unit);
}

static int word_size(struct value *v, const struct profile_key *k)
{
	static const char units[] = "KMGT";
	const char *end, *unit;
	uint64_t n;
	unsigned shift = 0;

	if (number(v->word, &n, &end))
		return refuse(v, "not a size such as 512K, 24M or 1G");
	if (*end) {
		unit = strchr(units, *end);
		if (!unit || end[1])
			return refuse(v, "not a size such as 512K, 24M or 1G");
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (n > UINT64_MAX >> shift || within(v, k, n << shift, ""))
		return refuse(v, "not from %llu to %llu bytes", (unsigned long long)k->min,
			      (unsigned long long)k->max);
	*FIELD(uint64_t) = n << shift;
	return 0;
}

static int word_number(struct value *v, const struct profile_key *k, const char *unit)
{
	const char *end;
	uint64_t n;

	if (number(v->word, &n, &end) || strcmp(end, unit))
		return *unit ? refuse(v, "not a share such as 80%%") : refuse(v, "not a number");
	if (within(v, k, n, unit))
		return -1;
	*FIELD(uint32_t) = (uint32_t)n;
	return 0;
}

static int word_seconds(struct value *v, const struct profile_key *k)
{
	const uint64_t s = 1000000000;
	uint64_t ns;

	if (opt_time(v->word, &ns) || ns % s)
		return refuse(v, "not whole seconds such as 30s or 2min");
	if (within(v, k, ns / s, "s"))
		return -1;
	*FIELD(uint32_t) = (uint32_t)(ns / s);
	return 0;
}

static int word_of_choice(struct value *v, const struct profile_key *k)
{
	unsigned n = 0;

	if (word_choice(v, k, &n))
		return -1;
	if (k->type == KEY_LIST && !v->foreign)
		*FIELD(bool) = n;
	else if (k->type == KEY_CHOICE)
		*FIELD(uint8_t) = (uint8_t)n;
	return 0;
}

static int set_word(struct value *v, const struct profile_key *k)
{
	switch (k->type) {
	case KEY_NAME:
		return word_name(v, k);
	case KEY_COMMAND:
		return word_arg(v, k);
	case KEY_USER:
	case KEY_PATH:
		return word_text(v, k, FIELD(profile_text));
	case KEY_ENV:
		return word_env(v, k);
	case KEY_CHOICE:
	case KEY_LIST:
		return word_of_choice(v, k);
	case KEY_LOG:
		return word_log(v, k);
	case KEY_SIGNAL:
		return word_signal(v, k);
	case KEY_SECONDS:
		return word_seconds(v, k);
	case KEY_LAYERS:
		return word_layer(v, k);
	case KEY_PATHS:
		return word_path(v, k);
	case KEY_PORTS:
		return word_port(v, k);
	case KEY_POWERS:
		return word_power(v, k);
	case KEY_SIZE:
		return word_size(v, k);
	case KEY_COUNT:
		return word_number(v, k, "");
	case KEY_PERCENT:
		return word_number(v, k, "%");
	case KEY_CALLS:
		return word_call(v, k);
	}
	return refuse(v, "a key without a type");
}

bool value_is_list(const struct profile_key *k)
{
	return k->type == KEY_ENV || k->type == KEY_LAYERS || k->type == KEY_PATHS ||
	       k->type == KEY_PORTS || k->type == KEY_POWERS || k->type == KEY_CALLS;
}

int value_set(struct value *v, const struct profile_key *k, const char *text)
{
	bool several = value_is_list(k) || k->type == KEY_COMMAND;
	unsigned words = 0;
	int rc;

	while ((rc = next_word(v, &text)) > 0) {
		if (words++ && !several)
			return refuse(v, "one word too many, %s takes one", k->key);
		if (set_word(v, k))
			return -1;
	}
	if (rc < 0)
		return -1;
	return words ? 0 : refuse(v, "nothing given; leave the key out for its default");
}

const char *value_nearest_key(const char *section, const char *key)
{
	struct nearest n = nearest_start(key);

	for (int i = 0; i < PKEY_COUNT; i++)
		if (!section)
			nearest_offer(&n, profile_keys[i].section);
		else if (!strcmp(profile_keys[i].section, section))
			nearest_offer(&n, profile_keys[i].key);
	return n.word;
}
