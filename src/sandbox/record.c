// SPDX-License-Identifier: MIT
#include "sandbox/record.h"

#include <string.h>

#include "sandbox/calls.h"

#define HEADER 20
#define CRC_AT 16

/* The part "numbers", in this order. */
static const struct number {
	uint16_t at;
	uint8_t size;
} numbers[] = {
#define N(field)                                                                                   \
	{                                                                                          \
		offsetof(struct profile, field), sizeof((struct profile *)0)->field                \
	}
    N(user),	 N(group),	    N(directory), N(log_file),	N(log),		N(restart),
    N(report),	 N(stop_signal),    N(network),	  N(learned),	N(unlisted),	N(stop_timeout),
    N(watchdog), N(accept_missing), N(powers),	  N(processes), N(cpu_percent), N(files),
    N(memory),	 N(file_size),	    N(log_size),
#undef N
};
#define NUMBERS (sizeof numbers / sizeof numbers[0])
_Static_assert(sizeof(bool) == 1, "learned and unlisted are one byte");

static uint32_t crc32(uint32_t crc, const uint8_t *p, size_t n)
{
	crc = ~crc;
	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static uint32_t checksum(const uint8_t *record, size_t n)
{
	return crc32(crc32(0, record, CRC_AT), record + HEADER, n - HEADER);
}

static bool has_calls(const struct profile *p)
{
	for (unsigned i = 0; i < PROFILE_CALLS / 8; i++)
		if (p->call_allow[i] || p->call_deny[i])
			return true;
	return false;
}

/* A field of the profile, whatever its size and the machine's byte order. */
static uint64_t field_get(const struct profile *p, const struct number *f)
{
	const void *at = (const char *)p + f->at;

	return f->size == 1   ? *(const uint8_t *)at
	       : f->size == 2 ? *(const uint16_t *)at
	       : f->size == 4 ? *(const uint32_t *)at
			      : *(const uint64_t *)at;
}

static void field_set(struct profile *p, const struct number *f, uint64_t v)
{
	void *at = (char *)p + f->at;

	if (f->size == 1)
		*(uint8_t *)at = (uint8_t)v;
	else if (f->size == 2)
		*(uint16_t *)at = (uint16_t)v;
	else if (f->size == 4)
		*(uint32_t *)at = (uint32_t)v;
	else
		*(uint64_t *)at = v;
}

/* --- packing --- */

struct out {
	uint8_t *to;
	size_t n, part; /* part: where the length of the open one belongs */
};

static void put(struct out *o, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		o->to[o->n++] = (uint8_t)(v >> 8 * i);
}

static void put_bytes(struct out *o, const void *from, size_t n)
{
	memcpy(o->to + o->n, from, n);
	o->n += n;
}

static void part_open(struct out *o)
{
	o->part = o->n;
	o->n += 2;
}

static void part_close(struct out *o)
{
	size_t n = o->n - o->part - 2;

	o->to[o->part] = (uint8_t)n;
	o->to[o->part + 1] = (uint8_t)(n >> 8);
}

static void put_part(struct out *o, const void *from, size_t n)
{
	part_open(o);
	put_bytes(o, from, n);
	part_close(o);
}

static void put_texts(struct out *o, const profile_text *t, unsigned n)
{
	part_open(o);
	for (unsigned i = 0; i < n; i++)
		put(o, t[i], 2);
	part_close(o);
}

static void put_calls(struct out *o, const uint8_t *set)
{
	size_t n = PROFILE_CALLS / 8;

	while (n && !set[n - 1])
		n--;
	put_part(o, set, n);
}

static void put_rows(struct out *o, const struct profile *p)
{
	part_open(o);
	for (unsigned i = 0; i < p->paths; i++) {
		put(o, p->path[i].path, 2);
		put(o, p->path[i].access, 1);
		put(o, p->path[i].optional, 1);
	}
	part_close(o);
	part_open(o);
	for (unsigned i = 0; i < p->listens; i++) {
		put(o, p->listen[i].port, 2);
		put(o, p->listen[i].proto, 1);
	}
	part_close(o);
}

size_t record_encode(const struct profile *p, uint32_t arch, uint8_t to[static RECORD_MAX])
{
	struct out o = {to, 0, 0};

	put_bytes(&o, RECORD_MAGIC, 4);
	put(&o, RECORD_VERSION, 4);
	put(&o, has_calls(p) ? arch : 0, 4);
	o.n = HEADER;
	put_part(&o, p->name, strlen(p->name));
	part_open(&o);
	for (size_t i = 0; i < NUMBERS; i++)
		put(&o, field_get(p, &numbers[i]), numbers[i].size);
	part_close(&o);
	put_part(&o, p->text, p->text_used);
	put_texts(&o, p->arg, p->args);
	put_texts(&o, p->env, p->envs);
	put_rows(&o, p);
	put_calls(&o, p->call_allow);
	put_calls(&o, p->call_deny);
	put(&(struct out){to, 12, 0}, o.n, 4);
	put(&(struct out){to, CRC_AT, 0}, checksum(to, o.n), 4);
	return o.n;
}

/* --- unpacking --- */

/* Bytes that are left; ok turns false for good when more was wanted than there was. */
struct in {
	const uint8_t *at;
	size_t left;
	bool ok;
};

static uint64_t get(struct in *in, unsigned size)
{
	uint64_t v = 0;

	if (!in->ok || in->left < size) {
		in->ok = false;
		return 0;
	}
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)in->at[i] << 8 * i;
	in->at += size;
	in->left -= size;
	return v;
}

/* The next part, of at most max things of size bytes each; *n says how many. */
static struct in part(struct in *in, unsigned size, size_t max, size_t *n)
{
	size_t len = get(in, 2);
	struct in part = {in->at, len, in->ok};

	if (!in->ok || len > in->left || len % size || len / size > max) {
		in->ok = false;
		*n = 0;
		return (struct in){0};
	}
	in->at += len;
	in->left -= len;
	*n = len / size;
	return part;
}

static void get_bytes(struct in *in, void *to, size_t max, size_t *n)
{
	struct in p = part(in, 1, max, n);

	if (*n)
		memcpy(to, p.at, *n);
}

static uint16_t get_texts(struct in *in, profile_text *to, size_t max)
{
	size_t n;
	struct in p = part(in, 2, max, &n);

	for (size_t i = 0; i < n; i++)
		to[i] = (profile_text)get(&p, 2);
	return (uint16_t)n;
}

static void get_calls(struct in *in, uint8_t *set)
{
	size_t n;

	get_bytes(in, set, PROFILE_CALLS / 8, &n);
	if (n && !set[n - 1])
		in->ok = false; /* there is one way to write a set */
}

static void get_numbers(struct in *in, struct profile *p)
{
	size_t n;
	struct in part_in = part(in, 1, 256, &n);

	for (size_t i = 0; i < NUMBERS; i++) {
		uint64_t v = get(&part_in, numbers[i].size);

		/* Any other byte would not be a bool. */
		if ((numbers[i].at == offsetof(struct profile, learned) ||
		     numbers[i].at == offsetof(struct profile, unlisted)) &&
		    v > 1)
			in->ok = false;
		else
			field_set(p, &numbers[i], v);
	}
	if (!part_in.ok || part_in.left)
		in->ok = false;
}

static void get_rows(struct in *in, struct profile *p)
{
	size_t n;
	struct in rows = part(in, 4, PROFILE_PATHS, &n);

	p->paths = (uint16_t)n;
	for (size_t i = 0; i < n; i++) {
		p->path[i].path = (profile_text)get(&rows, 2);
		p->path[i].access = (uint8_t)get(&rows, 1);
		p->path[i].optional = (uint8_t)get(&rows, 1);
	}
	rows = part(in, 3, PROFILE_PORTS, &n);
	p->listens = (uint16_t)n;
	for (size_t i = 0; i < n; i++) {
		p->listen[i].port = (uint16_t)get(&rows, 2);
		p->listen[i].proto = (uint8_t)get(&rows, 1);
	}
}

static void get_parts(struct in *in, struct profile *p)
{
	size_t n;

	get_bytes(in, p->name, PROFILE_NAME - 1, &n);
	if (memchr(p->name, 0, n))
		in->ok = false;
	get_numbers(in, p);
	get_bytes(in, p->text, PROFILE_TEXT, &n);
	p->text_used = (uint32_t)n;
	p->args = get_texts(in, p->arg, PROFILE_ARGS);
	p->envs = get_texts(in, p->env, PROFILE_ENV);
	get_rows(in, p);
	get_calls(in, p->call_allow);
	get_calls(in, p->call_deny);
	if (in->left)
		in->ok = false;
}

bool record_is(const void *bytes, size_t n)
{
	return n >= 4 && !memcmp(bytes, RECORD_MAGIC, 4);
}

static int refuse(struct err *e, const char *why)
{
	return err_set(e, EXIT_WRONG_USE, "not a whole profile record: %s; compile it again", why);
}

static int read_header(struct in *in, const uint8_t *bytes, uint32_t *arch, struct err *e)
{
	size_t n = in->left;
	uint64_t version, length, sum;

	if (!record_is(bytes, n))
		return refuse(e, "it does not begin like one");
	get(in, 4);
	version = get(in, 4);
	*arch = (uint32_t)get(in, 4);
	length = get(in, 4);
	sum = get(in, 4);
	if (!in->ok || length != n)
		return refuse(e, length > n ? "cut short" : "longer than it says");
	if (sum != checksum(bytes, n))
		return refuse(e, "the checksum differs");
	if (version != RECORD_VERSION)
		return err_set(e, EXIT_WRONG_USE,
			       "a profile record of version %u, and version %u is what this "
			       "program reads: compile it again",
			       (unsigned)version, RECORD_VERSION);
	return 0;
}

int record_decode(struct profile *p, uint32_t *arch, const void *bytes, size_t n, struct err *e)
{
	struct in in = {bytes, n, true};

	memset(p, 0, sizeof *p);
	if (read_header(&in, bytes, arch, e))
		return -1;
	get_parts(&in, p);
	if (!in.ok)
		return refuse(e, "its parts do not fit");
	if (has_calls(p) != !!*arch || (*arch && !call_arch_name(*arch)))
		return refuse(e, "system calls of no known architecture");
	return profile_check(p, e);
}
