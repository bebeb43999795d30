// SPDX-License-Identifier: MIT
#include "profile/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "profile/risk.h"
#include "profile/words.h"
#include "sandbox/profile_keys.h"

struct telling {
	const struct source *s;
	const struct profile *p;
	void (*each)(void *arg, const struct explain *x);
	void *arg;
};

__attribute__((format(printf, 5, 6))) static void tell(const struct telling *t,
						       enum explain_part part, int key,
						       const char *value, const char *fmt, ...)
{
	char words[WORDS_COMMAND + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	t->each(t->arg, &(struct explain){part, key, value, words});
}

static bool power(const struct profile *p, enum power w)
{
	return p->powers & POWER_BIT(w);
}

static unsigned paths_of(const struct profile *p, unsigned access)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->paths; i++)
		n += p->path[i].access == access;
	return n;
}

/* --- how it is run --- */

static void tell_user(const struct telling *t)
{
	const char *user = profile_str(t->p, t->p->user), *group = profile_str(t->p, t->p->group);

	if (!*user)
		tell(t, EXPLAIN_IS, PKEY_USER, NULL, "as a uid of its own, made from its name");
	else if (!strcmp(user, "root"))
		tell(t, EXPLAIN_IS, PKEY_USER, user,
		     "as uid 0 of a user namespace: root to itself, nobody to the machine");
	else
		tell(t, EXPLAIN_IS, PKEY_USER, user, "as user %s%s%s", user,
		     *group ? ", group " : "", group);
}

static void tell_supervision(const struct telling *t)
{
	static const char *const restarts[] = {[RESTART_ALWAYS] = "started again whenever it ends",
					       [RESTART_ON_FAILURE] = "started again when it fails",
					       [RESTART_NEVER] = "not started again"};
	const struct profile *p = t->p;
	char log[WORDS_VALUE];

	tell(t, EXPLAIN_IS, PKEY_RESTART, NULL, "%s; the more it crashes, the later",
	     restarts[p->restart]);
	if (p->watchdog)
		tell(t, EXPLAIN_IS, PKEY_WATCHDOG, NULL,
		     "started again after %u s without a sign of life", p->watchdog);
	tell(t, EXPLAIN_IS, PKEY_STOP_SIGNAL, NULL, "asked to end by SIG%s, killed after %u s",
	     stop_signal_name(p->stop_signal), p->stop_timeout);
	tell(t, EXPLAIN_IS, PKEY_LOG, NULL, "what it prints goes to: %s",
	     words_value(p, PKEY_LOG, log));
	for (unsigned i = 0; i < p->envs; i++)
		tell(t, EXPLAIN_IS, PKEY_ENVIRONMENT, profile_str(p, p->env[i]), "with %s set",
		     profile_str(p, p->env[i]));
}

static void tell_is(const struct telling *t)
{
	char command[WORDS_COMMAND];
	const char *dir = profile_str(t->p, t->p->directory);

	tell(t, EXPLAIN_IS, PKEY_EXEC, profile_str(t->p, t->p->arg[0]), "runs %s",
	     words_command(t->p, command));
	tell_user(t);
	if (*dir)
		tell(t, EXPLAIN_IS, PKEY_DIRECTORY, dir, "in %s", dir);
	tell_supervision(t);
}

/* --- what it may do --- */

static void tell_paths(const struct telling *t)
{
	static const struct {
		int key;
		const char *words;
	} of[] = {[PROFILE_READ] = {PKEY_READ, "reads"},
		  [PROFILE_WRITE] = {PKEY_WRITE, "reads and writes, and executes nothing in,"},
		  [PROFILE_DEVICE] = {PKEY_DEVICE, "reads and writes the device"},
		  [PROFILE_EXEC] = {PKEY_EXEC_ALSO, "executes"}};
	const struct profile *p = t->p;

	for (unsigned i = 0; i < p->paths; i++) {
		const char *path = profile_str(p, p->path[i].path);
		unsigned access = p->path[i].access;

		tell(t, EXPLAIN_OPENS, of[access].key, path, "%s %s%s", of[access].words, path,
		     p->path[i].optional ? ", where it exists" : "");
	}
}

static void tell_network(const struct telling *t)
{
	const struct profile *p = t->p;
	char port[WORDS_PORT];

	if (p->network == NETWORK_NONE)
		return;
	tell(t, EXPLAIN_OPENS, PKEY_NETWORK, "shared",
	     "connects by TCP and UDP; the guard limits what nobody answers");
	for (unsigned i = 0; i < p->listens; i++) {
		words_port(&p->listen[i], port);
		tell(t, EXPLAIN_OPENS, PKEY_LISTEN, port, "listens on %s%s", port,
		     p->listen[i].port ? "" : ", above 1023");
	}
}

static void tell_limits(const struct telling *t)
{
	static const struct {
		int key;
		const char *words;
	} limits[] = {{PKEY_MEMORY, "memory"},
		      {PKEY_PROCESSES, "processes and threads"},
		      {PKEY_CPU, "of one processor"},
		      {PKEY_FILES, "open files in each process"},
		      {PKEY_FILE_SIZE, "in one file"}};
	char n[WORDS_NUMBER];

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		uint64_t value = words_number_of(t->p, limits[i].key);

		words_number(limits[i].key, value, n);
		if (value)
			tell(t, EXPLAIN_OPENS, limits[i].key, n, "takes at most %s %s", n,
			     limits[i].words);
	}
}

static void tell_calls(const struct telling *t)
{
	const uint8_t *set = t->p->call_allow, *deny = t->p->call_deny;
	char names[PROFILE_CALLS * 24], denied[PROFILE_CALLS * 24];
	size_t n = 0, d = 0;
	unsigned count = 0;

	names[0] = denied[0] = 0;
	for (unsigned i = 0; i < PROFILE_CALLS; i++) {
		bool in = set[i / 8] >> i % 8 & 1, out = deny[i / 8] >> i % 8 & 1;
		const char *name = in || out ? t->s->arch->name_of(t->s->arch, i) : NULL;

		count += in;
		if (in && n + 40 < sizeof names)
			n += (size_t)sprintf(names + n, " %.30s", name ? name : "?");
		if (out && d + 40 < sizeof denied)
			d += (size_t)sprintf(denied + d, " %.30s", name ? name : "?");
	}
	if (t->p->learned)
		tell(t, EXPLAIN_OPENS, PKEY_CALL_ALLOW, NULL, "makes these %u system calls:%s",
		     count, names);
	else
		tell(t, EXPLAIN_OPENS, PKEY_LIST, "default",
		     "makes the system calls that ordinary services make%s%s",
		     t->p->unlisted ? ": there is no list for " : "",
		     t->p->unlisted ? t->s->arch->name : "");
	if (!t->p->learned && count)
		tell(t, EXPLAIN_OPENS, PKEY_CALL_ALLOW, NULL, "and makes:%s", names);
	if (d)
		tell(t, EXPLAIN_SHUT, PKEY_CALL_DENY, NULL, "these system calls are refused:%s",
		     denied);
}

static void tell_opens(const struct telling *t)
{
	tell(t, EXPLAIN_OPENS, -1, NULL,
	     "sees libraries, /usr/share, what of /etc holds no secret, and its own processes");
	tell(t, EXPLAIN_OPENS, -1, NULL, "writes to a /tmp of its own, which ends with it");
	tell_paths(t);
	tell_network(t);
	for (int i = 0; i < POWER_COUNT; i++)
		if (power(t->p, (enum power)i))
			tell(t, EXPLAIN_OPENS, i == POWER_BIND_LOW ? PKEY_LISTEN : PKEY_POWER,
			     power_name((enum power)i), "%s", power_what((enum power)i));
	tell_limits(t);
}

/* --- what it may not --- */

static void tell_shut(const struct telling *t)
{
	const struct profile *p = t->p;

	if (!paths_of(p, PROFILE_EXEC))
		tell(t, EXPLAIN_SHUT, PKEY_EXEC_ALSO, NULL,
		     "no program is executed after itself: no shell, no script, no file it wrote");
	else
		tell(t, EXPLAIN_SHUT, PKEY_EXEC_ALSO, NULL,
		     "no other program is executed, and no file it wrote");
	if (!paths_of(p, PROFILE_WRITE))
		tell(t, EXPLAIN_SHUT, PKEY_WRITE, NULL, "nothing that lasts is written");
	else
		tell(t, EXPLAIN_SHUT, PKEY_WRITE, NULL, "nothing else that lasts is written");
	if (!paths_of(p, PROFILE_DEVICE))
		tell(t, EXPLAIN_SHUT, PKEY_DEVICE, NULL,
		     "no device but null, zero, full and random");
	if (p->network == NETWORK_NONE)
		tell(t, EXPLAIN_SHUT, PKEY_NETWORK, "none", "no network at all");
	else if (!p->listens)
		tell(t, EXPLAIN_SHUT, PKEY_LISTEN, NULL, "no port is listened on");
	else
		tell(t, EXPLAIN_SHUT, PKEY_LISTEN, NULL, "no other port is listened on");
	if (!power(p, POWER_NET_RAW))
		tell(t, EXPLAIN_SHUT, PKEY_POWER, NULL, "no raw or packet sockets, no sniffing");
	if (!power(p, POWER_JIT))
		tell(t, EXPLAIN_SHUT, PKEY_POWER, NULL, "no memory is written and then executed");
	if (!power(p, POWER_PTRACE))
		tell(t, EXPLAIN_SHUT, PKEY_POWER, NULL, "no process is looked into, not its own");
	tell(t, EXPLAIN_SHUT, -1, NULL,
	     "other programs' files, processes and memory are not there to be seen");
	tell(t, EXPLAIN_SHUT, -1, NULL,
	     "mounts, modules, BPF, io_uring, keys, the clock's and the machine's settings are "
	     "refused, for what no line above opens");
}

/* --- what to think about --- */

static void on_risk(void *arg, int key, const char *value, const char *why)
{
	tell(arg, EXPLAIN_RISK, key, value, "%s", why);
}

void explain_all(const struct source *s, void (*each)(void *arg, const struct explain *x),
		 void *arg)
{
	struct telling t = {s, &s->p, each, arg};

	tell_is(&t);
	tell_opens(&t);
	tell_calls(&t);
	tell_shut(&t);
	risk_all(s, on_risk, &t);
}
