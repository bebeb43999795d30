// SPDX-License-Identifier: MIT
#include "profile/change.h"

#include <stdio.h>
#include <string.h>

#include "profile/words.h"
#include "sandbox/profile_keys.h"

struct comparing {
	const struct source *a, *b; /* from, to */
	void (*each)(void *arg, const struct change *c);
	void *arg;
};

static void tell(const struct comparing *c, enum change_kind kind, int key, const char *from,
		 const char *to)
{
	c->each(c->arg, &(struct change){kind, key, from, to});
}

/* --- paths --- */

static bool at_or_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && (!path[n] || path[n] == '/');
}

/* Whether p allows already what the path w of another profile asks for. */
static bool allows_path(const struct profile *p, const char *path, unsigned access)
{
	for (unsigned i = 0; i < p->paths; i++) {
		const char *have = profile_str(p, p->path[i].path);
		unsigned as = p->path[i].access;

		if (access == PROFILE_EXEC || as == PROFILE_EXEC) {
			if (as == access && !strcmp(have, path))
				return true;
		} else if ((as == access || (as == PROFILE_WRITE && access == PROFILE_READ)) &&
			   at_or_below(path, have)) {
			return true;
		}
	}
	return false;
}

static int path_key(unsigned access)
{
	return access == PROFILE_READ	  ? PKEY_READ
	       : access == PROFILE_WRITE  ? PKEY_WRITE
	       : access == PROFILE_DEVICE ? PKEY_DEVICE
					  : PKEY_EXEC_ALSO;
}

/* Of the paths of one, those that the other does not allow. */
static void paths(const struct comparing *c, const struct profile *of, const struct profile *in,
		  enum change_kind kind)
{
	for (unsigned i = 0; i < of->paths; i++) {
		const char *path = profile_str(of, of->path[i].path);
		bool more = kind == CHANGE_WIDER;

		if (!allows_path(in, path, of->path[i].access))
			tell(c, kind, path_key(of->path[i].access), more ? NULL : path,
			     more ? path : NULL);
	}
}

/* --- ports --- */

static bool allows_port(const struct profile *p, const struct profile_port *w)
{
	for (unsigned i = 0; i < p->listens; i++) {
		const struct profile_port *have = &p->listen[i];

		if (have->proto == w->proto &&
		    (have->port == w->port || (!have->port && w->port > 1023)))
			return true;
	}
	return false;
}

static void ports(const struct comparing *c, const struct profile *of, const struct profile *in,
		  enum change_kind kind)
{
	char text[WORDS_PORT];

	for (unsigned i = 0; i < of->listens; i++) {
		bool more = kind == CHANGE_WIDER;

		words_port(&of->listen[i], text);
		if (!allows_port(in, &of->listen[i]))
			tell(c, kind, PKEY_LISTEN, more ? NULL : text, more ? text : NULL);
	}
}

/* --- bits and numbers --- */

static void bits(const struct comparing *c, int key, uint32_t a, uint32_t b,
		 const char *(*name)(unsigned))
{
	for (unsigned i = 0; i < 32; i++) {
		uint32_t bit = 1u << i;

		if (b & ~a & bit)
			tell(c, CHANGE_WIDER, key, NULL, name(i));
		if (a & ~b & bit)
			tell(c, CHANGE_NARROWER, key, name(i), NULL);
	}
}

static const char *power(unsigned i)
{
	return power_name((enum power)i);
}

static const char *layer(unsigned i)
{
	return layer_name((enum layer)i);
}

/* The default is a limit too, of a size that a profile does not know. */
static void limit(const struct comparing *c, int key)
{
	char x[WORDS_NUMBER], y[WORDS_NUMBER];
	uint64_t a = words_number_of(&c->a->p, key), b = words_number_of(&c->b->p, key);

	if (a == b)
		return;
	words_number(key, a, x);
	words_number(key, b, y);
	tell(c, !a || !b ? CHANGE_OTHER : b > a ? CHANGE_WIDER : CHANGE_NARROWER, key, x, y);
}

/* --- the command and whose it is --- */

static void texts(const struct comparing *c, int key, profile_text a, profile_text b)
{
	const char *x = profile_str(&c->a->p, a), *y = profile_str(&c->b->p, b);

	if (strcmp(x, y))
		tell(c, CHANGE_OTHER, key, *x ? x : NULL, *y ? y : NULL);
}

static void user(const struct comparing *c)
{
	const char *x = profile_str(&c->a->p, c->a->p.user),
		   *y = profile_str(&c->b->p, c->b->p.user);

	if (!strcmp(x, y))
		return;
	/* uid 0, even of a user namespace, may do more than any other. */
	tell(c,
	     !strcmp(y, "root")	  ? CHANGE_WIDER
	     : !strcmp(x, "root") ? CHANGE_NARROWER
				  : CHANGE_OTHER,
	     PKEY_USER, *x ? x : NULL, *y ? y : NULL);
}

static bool has_env(const struct profile *p, const char *s)
{
	for (unsigned i = 0; i < p->envs; i++)
		if (!strcmp(profile_str(p, p->env[i]), s))
			return true;
	return false;
}

static void program(const struct comparing *c)
{
	const struct profile *a = &c->a->p, *b = &c->b->p;
	char x[WORDS_COMMAND], y[WORDS_COMMAND];

	words_command(a, x);
	words_command(b, y);
	if (strcmp(a->name, b->name))
		tell(c, CHANGE_OTHER, PKEY_NAME, a->name, b->name);
	if (strcmp(x, y))
		tell(c, CHANGE_OTHER, PKEY_EXEC, x, y);
	user(c);
	texts(c, PKEY_GROUP, a->group, b->group);
	texts(c, PKEY_DIRECTORY, a->directory, b->directory);
	for (unsigned i = 0; i < a->envs; i++)
		if (!has_env(b, profile_str(a, a->env[i])))
			tell(c, CHANGE_OTHER, PKEY_ENVIRONMENT, profile_str(a, a->env[i]), NULL);
	for (unsigned i = 0; i < b->envs; i++)
		if (!has_env(a, profile_str(b, b->env[i])))
			tell(c, CHANGE_OTHER, PKEY_ENVIRONMENT, NULL, profile_str(b, b->env[i]));
}

static void choices(const struct comparing *c)
{
	static const int keys[] = {PKEY_RESTART,      PKEY_LOG,	     PKEY_REPORT,  PKEY_STOP_SIGNAL,
				   PKEY_STOP_TIMEOUT, PKEY_WATCHDOG, PKEY_LOG_SIZE};
	char x[WORDS_VALUE], y[WORDS_VALUE];

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		words_value(&c->a->p, keys[i], x);
		words_value(&c->b->p, keys[i], y);
		if (strcmp(x, y))
			tell(c, CHANGE_OTHER, keys[i], x, y);
	}
}

/* --- system calls --- */

static bool in_set(const uint8_t *set, unsigned i)
{
	return set[i / 8] >> i % 8 & 1;
}

/* Calls of one set that the other has not, by name, for the two may be of two architectures. */
static void calls(const struct comparing *c, int key, const struct source *of,
		  const struct source *in, enum change_kind kind)
{
	const uint8_t *set = (const uint8_t *)&of->p + profile_keys[key].at;
	const uint8_t *other = (const uint8_t *)&in->p + profile_keys[key].at;

	for (unsigned i = 0; i < PROFILE_CALLS; i++) {
		const char *name = in_set(set, i) ? of->arch->name_of(of->arch, i) : NULL;
		int there = name ? in->arch->index_of(in->arch, name) : -1;

		if (!name || (there >= 0 && in_set(other, (unsigned)there)))
			continue;
		tell(c, kind, key, of == c->a ? name : NULL, of == c->a ? NULL : name);
	}
}

static void call_lists(const struct comparing *c)
{
	const struct source *a = c->a, *b = c->b;

	if (a->p.learned != b->p.learned)
		tell(c, b->p.learned ? CHANGE_NARROWER : CHANGE_WIDER, PKEY_LIST,
		     a->p.learned ? "learned" : "default", b->p.learned ? "learned" : "default");
	/* The allow key of a list and of the default level are two things. */
	if (a->p.learned == b->p.learned) {
		calls(c, PKEY_CALL_ALLOW, b, a, CHANGE_WIDER);
		calls(c, PKEY_CALL_ALLOW, a, b, CHANGE_NARROWER);
	}
	calls(c, PKEY_CALL_DENY, b, a, CHANGE_NARROWER);
	calls(c, PKEY_CALL_DENY, a, b, CHANGE_WIDER);
}

void change_all(const struct source *from, const struct source *to,
		void (*each)(void *arg, const struct change *c), void *arg)
{
	static const int limits[] = {PKEY_MEMORY, PKEY_PROCESSES, PKEY_CPU, PKEY_FILES,
				     PKEY_FILE_SIZE};
	const struct comparing c = {from, to, each, arg};
	const struct profile *a = &from->p, *b = &to->p;

	program(&c);
	choices(&c);
	bits(&c, PKEY_ACCEPT_MISSING, a->accept_missing, b->accept_missing, layer);
	paths(&c, b, a, CHANGE_WIDER);
	paths(&c, a, b, CHANGE_NARROWER);
	ports(&c, b, a, CHANGE_WIDER);
	ports(&c, a, b, CHANGE_NARROWER);
	if (a->network != b->network)
		tell(&c, b->network == NETWORK_SHARED ? CHANGE_WIDER : CHANGE_NARROWER,
		     PKEY_NETWORK, a->network == NETWORK_SHARED ? "shared" : "none",
		     b->network == NETWORK_SHARED ? "shared" : "none");
	bits(&c, PKEY_POWER, a->powers, b->powers, power);
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		limit(&c, limits[i]);
	call_lists(&c);
}
