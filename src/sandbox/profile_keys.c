// SPDX-License-Identifier: MIT
#include "sandbox/profile_keys.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

const struct profile_key profile_keys[PKEY_COUNT] = {
#define KEY_X(id, section, key, type, field, form, min, max, help)                                 \
	{section, key, type, offsetof(struct profile, field), form, help, min, max},
    PROFILE_KEYS(KEY_X)
#undef KEY_X
};

static const struct {
	const char *name, *what;
} powers[] = {
#define POWER_X(id, name, what) {name, what},
    POWERS(POWER_X)
#undef POWER_X
};

static const struct {
	const char *name;
	unsigned number;
} signals[] = {{"TERM", SIGTERM}, {"INT", SIGINT},   {"QUIT", SIGQUIT},	  {"HUP", SIGHUP},
	       {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"WINCH", SIGWINCH}, {"KILL", SIGKILL}};
#define SIGNALS (sizeof signals / sizeof signals[0])

int profile_key_find(const char *section, const char *key)
{
	for (int i = 0; i < PKEY_COUNT; i++)
		if (!strcmp(profile_keys[i].section, section) && !strcmp(profile_keys[i].key, key))
			return i;
	return -1;
}

const char *power_name(enum power p)
{
	return powers[p].name;
}

const char *power_what(enum power p)
{
	return powers[p].what;
}

int power_from_name(const char *name)
{
	for (int i = 0; i < POWER_COUNT; i++)
		if (!strcmp(powers[i].name, name))
			return i;
	return -1;
}

const char *stop_signal_name(unsigned number)
{
	for (size_t i = 0; i < SIGNALS; i++)
		if (signals[i].number == number)
			return signals[i].name;
	return NULL;
}

unsigned stop_signal_number(const char *name)
{
	char *end;
	unsigned long n = strtoul(name, &end, 10);

	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (size_t i = 0; i < SIGNALS; i++)
		if (!strcmp(signals[i].name, name) ||
		    (end != name && !*end && n == signals[i].number))
			return signals[i].number;
	return 0;
}
