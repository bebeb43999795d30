// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/profile_keys.h"

struct checking {
	const struct profile *p;
	profile_fault_fn *each;
	void *arg;
	unsigned n;
};

static void fault(struct checking *c, int key, const char *value, const char *why)
{
	c->n++;
	c->each(c->arg, key, value, why);
}

static bool power(const struct profile *p, enum power w)
{
	return p->powers & POWER_BIT(w);
}

/* --- shape: what everything else relies on --- */

static bool good_text(const struct profile *p, profile_text t)
{
	return t < p->text_used;
}

static bool texts_end(const struct profile *p)
{
	if (!p->text_used || p->text_used > PROFILE_TEXT || p->text[0] || p->text[p->text_used - 1])
		return false;
	if (!good_text(p, p->user) || !good_text(p, p->group) || !good_text(p, p->directory) ||
	    !good_text(p, p->log_file))
		return false;
	for (unsigned i = 0; i < p->args; i++)
		if (!p->arg[i] || !good_text(p, p->arg[i]))
			return false;
	for (unsigned i = 0; i < p->envs; i++)
		if (!p->env[i] || !good_text(p, p->env[i]))
			return false;
	for (unsigned i = 0; i < p->paths; i++)
		if (!p->path[i].path || !good_text(p, p->path[i].path))
			return false;
	return true;
}

static bool counts_hold(const struct profile *p)
{
	return p->args <= PROFILE_ARGS && p->envs <= PROFILE_ENV && p->paths <= PROFILE_PATHS &&
	       p->listens <= PROFILE_PORTS && memchr(p->name, 0, sizeof p->name);
}

static bool words_hold(const struct profile *p)
{
	if (p->log > LOG_NULL || p->restart > RESTART_NEVER || p->report > REPORT_NONE ||
	    p->network > NETWORK_NONE || p->powers >> POWER_COUNT ||
	    (LAYER_COUNT < 32 && p->accept_missing >> LAYER_COUNT))
		return false;
	for (unsigned i = 0; i < p->paths; i++)
		if (p->path[i].access > PROFILE_EXEC || p->path[i].optional > 1)
			return false;
	for (unsigned i = 0; i < p->listens; i++)
		if (p->listen[i].proto > PROFILE_UDP || p->listen[i].pad)
			return false;
	return true;
}

static bool has_shape(struct checking *c)
{
	if (!counts_hold(c->p))
		fault(c, -1, "", "counts beyond what a profile holds");
	else if (!texts_end(c->p))
		fault(c, -1, "", "text beyond its end");
	else if (!words_hold(c->p))
		fault(c, -1, "", "a value that has no meaning");
	return !c->n;
}

/* --- [program] --- */

/* NULL when it is well formed. */
static const char *path_fault(const char *s)
{
	if (*s != '/')
		return "not an absolute path";
	for (const char *c = s; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "a path with control characters";
	for (const char *c = s; *c; c += strcspn(c, "/")) {
		size_t n = strcspn(++c, "/");

		if (!n && (*c || c > s + 1))
			return "write it without // and without / at the end";
		if ((n == 1 && *c == '.') || (n == 2 && !memcmp(c, "..", 2)))
			return "write it without . and ..";
	}
	return NULL;
}

static void check_name(struct checking *c)
{
	const char *s = c->p->name;

	if (!*s)
		fault(c, PKEY_NAME, "", "the file's name is none for a program: give one");
	else if (strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != strlen(s) ||
		 strchr("-.", *s))
		fault(c, PKEY_NAME, s, "only a-z 0-9 - _ . and neither - nor . first");
}

static void check_exec(struct checking *c)
{
	const char *s = c->p->args ? profile_str(c->p, c->p->arg[0]) : "";
	const char *why = path_fault(s);

	if (!c->p->args)
		fault(c, PKEY_EXEC, "", "missing: which program is it?");
	else if (why)
		fault(c, PKEY_EXEC, s, why);
	else if (!s[1])
		fault(c, PKEY_EXEC, s, "not a program");
}

static bool is_account(const char *s)
{
	size_t n = strlen(s), digits = strspn(s, "0123456789");

	if (digits ==
	    n) /* 0 is root, and has to be called so; -1 means "no change" to the kernel */
		return n && n <= 10 && *s != '0' && strtoull(s, NULL, 10) < 0xffffffffu;
	return n < 33 && (islower((unsigned char)*s) || *s == '_') &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == n;
}

static void check_user(struct checking *c)
{
	const struct profile *p = c->p;
	const char *user = profile_str(p, p->user), *group = profile_str(p, p->group);

	if (*user && !is_account(user))
		fault(c, PKEY_USER, user,
		      strspn(user, "0") == strlen(user)
			  ? "say root: it gets uid 0 without its powers"
			  : "neither the name of a user nor a number above 0");
	if (*group && !is_account(group))
		fault(c, PKEY_GROUP, group, "neither the name of a group nor a number above 0");
	if (!strcmp(group, "root"))
		fault(c, PKEY_GROUP, group, "the files of the system belong to this group");
	if (!*user && *group)
		fault(c, PKEY_GROUP, group, "a group alone: name the user as well");
	if (!strcmp(user, "root") && *group)
		fault(c, PKEY_GROUP, group, "user = root has a group of its own");
	if (!strcmp(user, "root") && p->accept_missing & LAYER_BIT(LAYER_USER))
		fault(c, PKEY_ACCEPT_MISSING, "user",
		      "without it user = root would be root of the whole machine");
}

static void check_env(struct checking *c)
{
	const struct profile *p = c->p;

	for (unsigned i = 0; i < p->envs; i++) {
		const char *s = profile_str(p, p->env[i]);
		size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
				     "0123456789");

		if (!n || s[n] != '=' || isdigit((unsigned char)*s))
			fault(c, PKEY_ENVIRONMENT, s, "not NAME=VALUE");
		for (unsigned j = 0; j < i; j++)
			if (!strncmp(profile_str(p, p->env[j]), s, n + 1))
				fault(c, PKEY_ENVIRONMENT, s, "this variable is given twice");
	}
}

static void check_log(struct checking *c)
{
	const struct profile *p = c->p;
	const char *file = profile_str(p, p->log_file), *why = path_fault(file);

	if (p->log == LOG_FILE && why)
		fault(c, PKEY_LOG, file, why);
	else if (p->log == LOG_FILE && !file[1])
		fault(c, PKEY_LOG, file, "a folder");
	else if (p->log == LOG_FILE && profile_write_never(file)) /* the text is the program's */
		fault(c, PKEY_LOG, file, profile_write_never(file));
	if (p->log != LOG_FILE && *file)
		fault(c, PKEY_LOG, file, "a log file, and yet the log goes elsewhere");
	if (p->log != LOG_FILE && p->log_size)
		fault(c, PKEY_LOG_SIZE, "", "there is no log file: say log = /PATH as well");
}

static void check_rest_of_program(struct checking *c)
{
	const char *dir = profile_str(c->p, c->p->directory), *why = path_fault(dir);

	if (*dir && why)
		fault(c, PKEY_DIRECTORY, dir, why);
	if (!stop_signal_name(c->p->stop_signal))
		fault(c, PKEY_STOP_SIGNAL, "", "not a signal that asks a program to end");
}

/* --- [allow] --- */

static int key_of_access(unsigned access)
{
	static const int keys[] = {[PROFILE_READ] = PKEY_READ,
				   [PROFILE_WRITE] = PKEY_WRITE,
				   [PROFILE_DEVICE] = PKEY_DEVICE,
				   [PROFILE_EXEC] = PKEY_EXEC_ALSO};

	return keys[access];
}

static void check_same_path(struct checking *c, unsigned i)
{
	const struct profile *p = c->p;
	const char *s = profile_str(p, p->path[i].path);

	for (unsigned j = 0; j < i; j++) {
		unsigned a = p->path[i].access, b = p->path[j].access;

		if (strcmp(profile_str(p, p->path[j].path), s))
			continue;
		if (a + b == PROFILE_READ + PROFILE_WRITE && a != b)
			fault(c, PKEY_READ, s, "also in write, which includes reading");
		else if (a == b)
			fault(c, key_of_access(a), s, "given twice, with and without the '-'");
		else if (a + b == PROFILE_WRITE + PROFILE_EXEC &&
			 (a == PROFILE_WRITE || b == PROFILE_WRITE))
			fault(c, PKEY_EXEC_ALSO, s,
			      "also in write: what it writes it may not execute");
	}
}

const char *profile_path_never(const char *path, enum profile_access access)
{
	const char *why = path_fault(path);

	return why ? why : profile_access_never(path, access);
}

static void check_paths(struct checking *c)
{
	const struct profile *p = c->p;

	for (unsigned i = 0; i < p->paths; i++) {
		const char *s = profile_str(p, p->path[i].path);
		const char *why = profile_path_never(s, (enum profile_access)p->path[i].access);

		if (why)
			fault(c, key_of_access(p->path[i].access), s, why);
		check_same_path(c, i);
	}
}

/* A file that may be executed and lies in a folder that may be written: the noexec of the folder
 * wins, so it would not run. */
static void check_exec_paths(struct checking *c)
{
	const struct profile *p = c->p;

	for (unsigned i = 0; i < p->paths; i++) {
		const char *folder = profile_str(p, p->path[i].path);

		if (p->path[i].access != PROFILE_WRITE || profile_path_never(folder, PROFILE_WRITE))
			continue; /* the latter is told already */
		if (p->args && profile_path_in(profile_str(p, p->arg[0]), folder))
			fault(c, PKEY_EXEC, profile_str(p, p->arg[0]),
			      "lies in what it may write: what it writes it may not execute");
		for (unsigned j = 0; j < p->paths; j++)
			if (p->path[j].access == PROFILE_EXEC &&
			    profile_path_in(profile_str(p, p->path[j].path), folder) &&
			    strcmp(profile_str(p, p->path[j].path), folder))
				fault(c, PKEY_EXEC_ALSO, profile_str(p, p->path[j].path),
				      "lies in what it may write: what it writes it may not "
				      "execute");
	}
}

static void check_network(struct checking *c)
{
	const struct profile *p = c->p;
	bool none = p->network == NETWORK_NONE, low = false;

	for (unsigned i = 0; i < p->listens; i++)
		low = low || (p->listen[i].port && p->listen[i].port < 1024);
	if (none && p->listens)
		fault(c, PKEY_NETWORK, "none", "but it listens");
	if (none && power(p, POWER_NET_RAW))
		fault(c, PKEY_NETWORK, "none", "but it has power = net-raw");
	if (none && power(p, POWER_NET_ADMIN))
		fault(c, PKEY_NETWORK, "none", "but it has power = net-admin");
	if (none && p->accept_missing & LAYER_BIT(LAYER_NET))
		fault(c, PKEY_NETWORK, "none", "but accept-missing = net lets it have one");
	if (power(p, POWER_BIND_LOW) && !low)
		fault(c, PKEY_POWER, "bind-low", "no port below 1024 is in listen");
	if (!power(p, POWER_BIND_LOW) && low)
		fault(c, PKEY_LISTEN, "", "a port below 1024 without the power bind-low");
}

static void check_powers(struct checking *c)
{
	const struct profile *p = c->p;

	if (power(p, POWER_SWITCH_USER) && strcmp(profile_str(p, p->user), "root"))
		fault(c, PKEY_POWER, "switch-user", "only with user = root");
	if (power(p, POWER_JIT) && p->accept_missing & LAYER_BIT(LAYER_MDWE))
		fault(c, PKEY_ACCEPT_MISSING, "mdwe", "power = jit does without it anyway");
}

/* --- [limits] and [syscalls] --- */

static void check_limits(struct checking *c)
{
	for (int i = 0; i < PKEY_COUNT; i++) {
		const struct profile_key *k = &profile_keys[i];
		const void *at = (const char *)c->p + k->at;
		uint64_t n;

		if (k->type == KEY_SIZE)
			n = *(const uint64_t *)at;
		else if (k->type == KEY_COUNT || k->type == KEY_PERCENT || k->type == KEY_SECONDS)
			n = *(const uint32_t *)at;
		else
			continue;
		if (n && (n < k->min || n > k->max))
			fault(c, i, "", "beyond its limits");
	}
	if (!c->p->stop_timeout)
		fault(c, PKEY_STOP_TIMEOUT, "0", "beyond its limits");
}

static void check_calls(struct checking *c)
{
	const struct profile *p = c->p;
	bool any = false, both = false;

	for (unsigned i = 0; i < PROFILE_CALLS / 8; i++) {
		any = any || p->call_allow[i];
		both = both || p->call_allow[i] & p->call_deny[i];
	}
	if (p->learned && p->unlisted)
		fault(c, PKEY_LIST, "learned", "both a call list and none for this machine");
	if (p->learned && !any)
		fault(c, PKEY_LIST, "learned", "and no call in allow: nothing would run");
	if (both)
		fault(c, PKEY_CALL_DENY, "", "a call that is in allow as well");
}

unsigned profile_faults(const struct profile *p, profile_fault_fn *each, void *arg)
{
	static void (*const checks[])(struct checking *) = {
	    check_name,	  check_exec,	    check_user,
	    check_env,	  check_log,	    check_rest_of_program,
	    check_paths,  check_exec_paths, check_network,
	    check_powers, check_limits,	    check_calls};
	struct checking c = {p, each, arg, 0};

	if (!has_shape(&c))
		return c.n;
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		checks[i](&c);
	return c.n;
}

struct first {
	struct err *e;
	bool have;
};

static void keep_first(void *arg, int key, const char *value, const char *why)
{
	struct first *f = arg;

	if (f->have)
		return;
	f->have = true;
	if (key >= 0)
		err_set(f->e, EXIT_WRONG_USE, "[%s] %s = %.80s: %s", profile_keys[key].section,
			profile_keys[key].key, value, why);
	else
		err_set(f->e, EXIT_WRONG_USE, "%s", why);
	/* Of a record, any bytes. */
	for (char *c = f->e ? f->e->text : NULL; c && *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

int profile_check(const struct profile *p, struct err *e)
{
	struct first f = {e, false};

	return profile_faults(p, keep_first, &f) ? -1 : 0;
}

void profile_default(struct profile *p)
{
	memset(p, 0, sizeof *p);
	p->text_used = 1;
	p->stop_signal = (uint8_t)stop_signal_number("TERM");
	p->stop_timeout = 10;
}
