// SPDX-License-Identifier: MIT
#include "fleet/team.h"

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEAM_THREADS 256
#define MODULE	     "holdfast-mpi.so"

int team_launched(void)
{
	return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

/* Beside the program in the build folder, or where `make install` puts it. */
static void *open_module(void)
{
	static const char *const places[] = {"../fleet/" MODULE, "../" FLEET_LIBDIR "/" MODULE};
	char self[PATH_MAX], path[2 * PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	void *m = NULL;

	if (n <= 0)
		return NULL;
	self[n] = 0;
	for (size_t i = 0; i < sizeof places / sizeof *places && !m; i++) {
		char copy[PATH_MAX];

		strcpy(copy, self);
		snprintf(path, sizeof path, "%s/%s", dirname(copy), places[i]);
		if (!access(path, R_OK))
			m = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	}
	return m;
}

int team_begin(struct team *t, unsigned threads, struct err *e)
{
	void *module;
	const char *why;

	t->threads = threads < TEAM_THREADS ? threads : TEAM_THREADS;
	t->rank = 0;
	t->ranks = 1;
	t->module = NULL;
	if (!team_launched())
		return 0;
	dlerror();
	module = open_module();
	if (module)
		t->module = dlsym(module, RANKS_SYMBOL);
	if (!t->module) {
		why = dlerror();
		return err_set(e, EXIT_SYSTEM,
			       "started by mpirun, but %.160s (install openmpi-bin, or build with "
			       "libopenmpi-dev)",
			       why ? why : "there is no " MODULE);
	}
	if (t->module->begin(&t->rank, &t->ranks))
		return err_set(e, EXIT_SYSTEM, "MPI does not start");
	return 0;
}

void team_end(struct team *t, int code)
{
	if (!t->module)
		return;
	if (code)
		t->module->abort(code);
	else
		t->module->end();
}

struct pool {
	struct team *team;
	const struct work *work;
	uint64_t mine; /* jobs of this rank */
	_Atomic uint64_t next, done;
	atomic_int refused;
	pthread_mutex_t lock;
	uint64_t *sum;
};

static void report(struct pool *p, uint64_t n)
{
	uint64_t done = atomic_fetch_add(&p->done, n) + n;

	if (!p->team->tick || pthread_mutex_trylock(&p->lock))
		return;
	p->team->tick(p->team->arg, done, p->mine);
	pthread_mutex_unlock(&p->lock);
}

static void do_jobs(struct pool *p, uint64_t *sum, void *own)
{
	const struct work *w = p->work;
	uint64_t at;

	while ((at = atomic_fetch_add(&p->next, w->chunk)) < p->mine) {
		uint64_t end = at + w->chunk < p->mine ? at + w->chunk : p->mine;

		for (uint64_t i = at; i < end; i++)
			w->job(w->arg, i * p->team->ranks + p->team->rank, sum, own);
		report(p, end - at);
	}
}

static void *worker(void *arg)
{
	struct pool *p = arg;
	const struct work *w = p->work;
	uint64_t *sum = calloc(w->words, sizeof *sum);
	void *own = sum ? w->open(w->arg) : NULL;

	if (own) {
		do_jobs(p, sum, own);
		w->close(own);
		pthread_mutex_lock(&p->lock);
		for (size_t i = 0; i < w->words; i++)
			p->sum[i] += sum[i];
		pthread_mutex_unlock(&p->lock);
	} else {
		atomic_store(&p->refused, 1);
	}
	free(sum);
	return NULL;
}

int team_do(struct team *t, const struct work *w, uint64_t *sum, struct err *e)
{
	struct pool p = {.team = t, .work = w, .sum = sum};
	pthread_t thread[TEAM_THREADS];
	unsigned started = 0;

	p.mine = w->jobs / t->ranks + (t->rank < w->jobs % t->ranks);
	memset(sum, 0, w->words * sizeof *sum);
	pthread_mutex_init(&p.lock, NULL);
	for (; started < t->threads; started++)
		if (pthread_create(&thread[started], NULL, worker, &p))
			break;
	for (unsigned i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	pthread_mutex_destroy(&p.lock);
	if (!started)
		return err_set(e, EXIT_SYSTEM, "no thread can be started");
	if (atomic_load(&p.refused))
		return err_set(e, EXIT_SYSTEM, "out of memory");
	if (t->module && t->module->sum(sum, w->words))
		return err_set(e, EXIT_SYSTEM, "MPI cannot add the results up");
	return 0;
}
