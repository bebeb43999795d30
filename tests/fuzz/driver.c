// SPDX-License-Identifier: MIT
//
// Drives a libFuzzer target (LLVMFuzzerTestOneInput) without libFuzzer, so that CI fuzzes with any
// compiler: random inputs and changed copies of the files given. Speaks TAP. Each run depends only
// on the seed and its number: `--seed S --first K --runs 1` repeats the one that failed.
// Usage: NAME_fuzz [--runs N] [--seed S] [--first K] [--max BYTES] [FILE...]
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX (1u << 20)
#define SAMPLES	  4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*f)(void)) __attribute__((weak));

struct sample {
	uint8_t *data;
	size_t size;
};

static struct {
	const char *name;
	uint64_t runs, seed, first, run, rng;
	size_t max;
	struct sample sample[SAMPLES];
	size_t samples;
	uint8_t *input;
} d = {.runs = 10000, .seed = 1, .max = 4096};

static uint64_t rnd(void)
{
	d.rng ^= d.rng >> 12;
	d.rng ^= d.rng << 25;
	d.rng ^= d.rng >> 27;
	return d.rng * 0x2545F4914F6CDD1Dull;
}

static size_t below(size_t n)
{
	return n ? (size_t)((rnd() >> 32) % n) : 0;
}

static void died(void)
{
	char line[256];
	int n = snprintf(line, sizeof line,
			 "not ok 1 - %s: run %" PRIu64 " failed; repeat: --seed %" PRIu64
			 " --first %" PRIu64 " --runs 1\n",
			 d.name, d.run, d.seed, d.run);

	if (n > 0 && write(1, line, (size_t)n) < 0)
		_exit(1);
}

static void on_abort(int sig)
{
	died();
	signal(sig, SIG_DFL);
	raise(sig);
}

static size_t random_input(void)
{
	size_t n = below(2) ? below(64) : below(d.max);

	for (size_t i = 0; i < n; i++)
		d.input[i] = (uint8_t)(rnd() >> 56);
	return n;
}

static size_t move_piece(size_t n)
{
	size_t from = below(n), len = below(n - from), to = below(n);

	if (len > d.max - n)
		len = d.max - n;
	memmove(d.input + to + len, d.input + to, n - to);
	memmove(d.input + to, d.input + from, len);
	return n + len;
}

static size_t change(size_t n)
{
	static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, 4, 6, 8, 16, 20, 40, 64};
	size_t at = below(n), len;

	switch (n ? below(6) : 6) {
	case 0:
		d.input[at] ^= (uint8_t)(1u << below(8));
		return n;
	case 1:
		d.input[at] = telling[below(sizeof telling)];
		return n;
	case 2:
		d.input[at] = (uint8_t)(rnd() >> 56);
		return n;
	case 3:
		return below(4) ? n : at; /* cut off */
	case 4:
		len = below(n - at);
		memmove(d.input + at, d.input + at + len, n - at - len);
		return n - len;
	case 5:
		return move_piece(n);
	default:
		return random_input();
	}
}

static size_t sample_input(void)
{
	const struct sample *s = &d.sample[below(d.samples)];
	size_t n = s->size < d.max ? s->size : d.max;

	memcpy(d.input, s->data, n);
	for (size_t k = below(16); k; k--)
		n = change(n);
	return n;
}

static void run_one(uint64_t run)
{
	uint8_t *exact;
	size_t n;

	d.run = run;
	d.rng = (d.seed ^ run * 0x9E3779B97F4A7C15ull) | 1u;
	rnd();
	n = d.samples && below(8) ? sample_input() : random_input();
	exact = malloc(n ? n : 1); /* of its own size, so that the sanitizer sees its end */
	if (!exact)
		exit(3);
	memcpy(exact, d.input, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

static int add_sample(const char *path)
{
	struct sample *s = &d.sample[d.samples];
	FILE *f = fopen(path, "rb");

	if (!f || d.samples == SAMPLES)
		return -1;
	s->data = malloc(INPUT_MAX);
	if (!s->data)
		return -1;
	s->size = fread(s->data, 1, INPUT_MAX, f);
	s->data = realloc(s->data, s->size ? s->size : 1);
	fclose(f);
	d.samples++;
	return s->data ? 0 : -1;
}

static int wrong_use(const char *what)
{
	fprintf(stderr,
		"%s: %s\nusage: %s [--runs N] [--seed S] [--first K] [--max BYTES] [FILE...]\n",
		d.name, what, d.name);
	return 2;
}

static int option(const char *name, const char *value)
{
	if (!value)
		return -1;
	if (!strcmp(name, "--runs"))
		d.runs = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--seed"))
		d.seed = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--first"))
		d.first = strtoull(value, NULL, 0);
	else if (!strcmp(name, "--max"))
		d.max = strtoull(value, NULL, 0);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	d.name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--", 2)) {
			if (option(argv[i], argv[i + 1]))
				return wrong_use(argv[i]);
			i++;
		} else if (add_sample(argv[i])) {
			return wrong_use(argv[i]);
		}
	}
	if (!d.runs || !d.max || d.max > INPUT_MAX)
		return wrong_use("--runs and --max must be above zero, --max at most 1048576");
	d.input = malloc(2 * (size_t)INPUT_MAX);
	if (!d.input)
		return 3;
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(died);
	else
		signal(SIGSEGV, on_abort);
	signal(SIGABRT, on_abort);
	printf("1..1\n");
	fflush(stdout);
	for (uint64_t run = d.first; run < d.first + d.runs; run++)
		run_one(run);
	printf("ok 1 - %s: %" PRIu64 " runs, seed %" PRIu64 ", %zu samples\n", d.name, d.runs,
	       d.seed, d.samples);
	return 0;
}
