// SPDX-License-Identifier: MIT
//
// The command, arguments and environment, at a place in memory that is hard to guess, and a number
// that nobody can: the filter knows the launcher's own exec by them.
#include "sandbox/state.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#define EXTRA_MAX 1024
#define OWN_ENVS  3 /* PATH, HOME, LC_CTYPE */

struct plan {
	size_t pointers, text; /* how many, and bytes of text */
	unsigned extras;
};

/* UTF-8, and not by LANG: the other parts of C.UTF-8 are those of C, but a libc reads a file for
 * each. */
#define OWN_CHARSET "LC_CTYPE=C.UTF-8"
static const char *const own_env[OWN_ENVS] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp",
					      OWN_CHARSET};

static int make_plan(struct plan *to, const struct profile *p, char *const extra[], struct err *e)
{
	*to = (struct plan){.pointers = p->args + 1u + OWN_ENVS + p->envs + 2u + 1u,
			    .text = p->text_used + 256};
	for (; extra && extra[to->extras]; to->extras++) {
		if (to->extras == EXTRA_MAX)
			return err_set(e, EXIT_WRONG_USE, "more than %d arguments", EXTRA_MAX);
		to->text += strlen(extra[to->extras]) + 1;
	}
	to->pointers += to->extras;
	return 0;
}

/* 64 bits of address space are more than 39 used ones on the smallest of such machines; and a place
 * that is taken is tried no second time. */
static void *map_anywhere(size_t size, size_t page)
{
	const unsigned bits = sizeof(void *) == 8 ? 46 : 30;

	for (int i = 0; i < 64; i++) {
		uint64_t r;
		uintptr_t at;
		void *got;

		if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
			return MAP_FAILED;
		at = (uintptr_t)(r & ((1ull << (i < 16 ? bits : bits - 8)) - 1)) + 0x10000000u;
		at &= ~(uintptr_t)(page - 1);
		got = mmap((void *)at, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (got == (void *)at)
			return got;
		if (got != MAP_FAILED)
			munmap(got, size);
	}
	return MAP_FAILED;
}

struct writer {
	char *text;
	char **pointer;
};

static char *put(struct writer *w, const char *s)
{
	size_t n = strlen(s) + 1;
	char *at = w->text;

	memcpy(at, s, n);
	w->text += n;
	*w->pointer++ = at;
	return at;
}

static bool given(const struct profile *p, const char *setting)
{
	size_t n = strcspn(setting, "=") + 1;

	for (unsigned i = 0; i < p->envs; i++)
		if (!strncmp(profile_str(p, p->env[i]), setting, n))
			return true;
	return false;
}

/* A profile that says anything of the language says all of it. */
static bool speaks(const struct profile *p)
{
	return given(p, "LANG=") || given(p, "LC_ALL=") || given(p, OWN_CHARSET);
}

static void put_environment(struct launch *l, struct writer *w)
{
	const struct profile *p = l->p;
	char watchdog[48];

	l->exec.envp = w->pointer;
	for (int i = 0; i < OWN_ENVS; i++)
		if (!(strcmp(own_env[i], OWN_CHARSET) ? given(p, own_env[i]) : speaks(p)))
			put(w, own_env[i]);
	for (unsigned i = 0; i < p->envs; i++)
		put(w, profile_str(p, p->env[i]));
	l->envs = (unsigned)(w->pointer - l->exec.envp);
	snprintf(watchdog, sizeof(watchdog), "WATCHDOG_USEC=%llu", p->watchdog * 1000000ull);
	l->env_sockets[0] = put(w, "NOTIFY_SOCKET=" LAUNCH_SOCKETS "/notify");
	l->env_sockets[1] = put(w, watchdog);
	*w->pointer++ = NULL;
}

static void fill(struct launch *l, const struct plan *plan, char *const extra[], size_t skip)
{
	const struct profile *p = l->p;
	char *base = (char *)l->exec.base + skip;
	struct writer w = {.pointer = (char **)(void *)base,
			   .text = base + plan->pointers * sizeof(char *)};

	l->exec.argv = w.pointer;
	l->exec.path = put(&w, profile_str(p, p->arg[0]));
	for (unsigned i = 1; i < p->args; i++)
		put(&w, profile_str(p, p->arg[i]));
	for (unsigned i = 0; i < plan->extras; i++)
		put(&w, extra[i]);
	*w.pointer++ = NULL;
	put_environment(l, &w);
}

int exec_area_make(struct launch *l, char *const extra[], struct err *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), need;
	struct {
		unsigned long folder;
		uint16_t skip;
	} chance;
	struct plan plan;
	uint16_t skip;

	if (make_plan(&plan, l->p, extra, e))
		return -1;
	if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return err_sys(e, errno, "no random numbers");
	l->exec.folder = chance.folder;
	/* Within the page too: pointers on a multiple of their size. */
	skip = (uint16_t)((chance.skip & (page - 1)) & ~(sizeof(char *) - 1));
	need = skip + plan.pointers * sizeof(char *) + plan.text;
	l->exec.size = (need + page - 1) & ~(page - 1);
	l->exec.base = map_anywhere(l->exec.size, page);
	if (l->exec.base == MAP_FAILED) {
		l->exec.base = NULL;
		return err_sys(e, errno, "memory for the command");
	}
	fill(l, &plan, extra, skip);
	return 0;
}

void exec_area_free(struct exec_area *a)
{
	if (a->base)
		munmap(a->base, a->size);
	a->base = NULL;
}
