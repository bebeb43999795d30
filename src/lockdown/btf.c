// SPDX-License-Identifier: MIT
#include "lockdown/btf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NESTING 8 /* unnamed structures in one another, types that only rename */
#define HEAD	sizeof(struct btf_type)

/* Newer than the headers of the oldest system we build on. */
enum { FLOAT = 16, DECL_TAG = 17, TYPE_TAG = 18, ENUM64 = 19 };

static struct btf_type type_at(const struct btf *b, uint32_t off)
{
	struct btf_type t;

	memcpy(&t, b->types + off, sizeof t);
	return t;
}

static const char *text(const struct btf *b, uint32_t off)
{
	return off < b->strings_len ? b->strings + off : "";
}

/* Bytes behind the head of a type, or -1 for a kind that is not known. */
static long tail(const struct btf_type *t)
{
	long n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * (long)sizeof(struct btf_member);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return n * 8;
	case BTF_KIND_DATASEC:
	case ENUM64:
		return n * 12;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case FLOAT:
	case TYPE_TAG:
		return 0;
	}
	return -1;
}

static int index_types(struct btf *b, struct err *e)
{
	uint32_t off = 0;

	b->at = calloc(b->types_len / HEAD + 2, sizeof *b->at);
	if (!b->at)
		return err_set(e, EXIT_SYSTEM, "no memory");
	while (b->types_len - off >= HEAD) {
		struct btf_type t = type_at(b, off);
		long n = tail(&t);

		if (n < 0 || (unsigned long)n > b->types_len - off - HEAD)
			return err_set(e, EXIT_SYSTEM,
				       "type %u is of kind %u, which is not known or too long",
				       b->count + 1, BTF_INFO_KIND(t.info));
		b->at[++b->count] = off;
		off += HEAD + (uint32_t)n;
	}
	return off == b->types_len ? 0 : err_set(e, EXIT_SYSTEM, "the last type is cut short");
}

int btf_open(struct btf *b, const void *data, size_t len, struct err *e)
{
	struct btf_header h;

	memset(b, 0, sizeof *b);
	if (len < sizeof h || len > BTF_LARGEST)
		return err_set(e, EXIT_SYSTEM, "types of %zu bytes", len);
	memcpy(&h, data, sizeof h);
	if (h.magic != BTF_MAGIC || h.version != BTF_VERSION || h.hdr_len < sizeof h)
		return err_set(e, EXIT_SYSTEM, "not the kernel's types");
	if (h.hdr_len > len || h.type_off > len - h.hdr_len ||
	    h.type_len > len - h.hdr_len - h.type_off || h.str_off > len - h.hdr_len ||
	    h.str_len > len - h.hdr_len - h.str_off)
		return err_set(e, EXIT_SYSTEM, "types or names lie outside the file");
	b->types = (const uint8_t *)data + h.hdr_len + h.type_off;
	b->types_len = h.type_len;
	b->strings = (const char *)data + h.hdr_len + h.str_off;
	b->strings_len = h.str_len;
	if (!h.str_len || b->strings[h.str_len - 1])
		return err_set(e, EXIT_SYSTEM, "the names have no end");
	if (index_types(b, e)) {
		btf_close(b);
		return -1;
	}
	return 0;
}

static ssize_t read_all(int fd, char *to, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size && (n = read(fd, to + have, size - have)) != 0) {
		if (n < 0)
			return -1;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int btf_read(struct btf *b, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;
	ssize_t n;

	memset(b, 0, sizeof *b);
	if (fd < 0)
		return err_sys(e, errno, "%s (it needs CONFIG_DEBUG_INFO_BTF)", path);
	if (fstat(fd, &st) || st.st_size <= 0 || (uint64_t)st.st_size > BTF_LARGEST ||
	    !(data = malloc((size_t)st.st_size))) {
		close(fd);
		return err_set(e, EXIT_SYSTEM, "%s: too large", path);
	}
	n = read_all(fd, data, (size_t)st.st_size);
	close(fd);
	if (n < 0 || btf_open(b, data, (size_t)n, e)) {
		free(data);
		return n < 0 ? err_sys(e, errno, "%s", path) : -1;
	}
	b->owned = data;
	return 0;
}

void btf_close(struct btf *b)
{
	free(b->at);
	free(b->owned);
	memset(b, 0, sizeof *b);
}

uint32_t btf_function(const struct btf *b, const char *name)
{
	for (uint32_t i = 1; i <= b->count; i++) {
		struct btf_type t = type_at(b, b->at[i]);

		if (BTF_INFO_KIND(t.info) == BTF_KIND_FUNC && !strcmp(text(b, t.name_off), name))
			return i;
	}
	return 0;
}

/* The structure or union that a type is under other names, or 0. */
static uint32_t aggregate(const struct btf *b, uint32_t id)
{
	for (int i = 0; i < NESTING && id && id <= b->count; i++) {
		struct btf_type t = type_at(b, b->at[id]);

		switch (BTF_INFO_KIND(t.info)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			return id;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case TYPE_TAG:
			id = t.type;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

/* A look-up ends after so many members, whatever points to what. */
struct walk {
	const struct btf *b;
	unsigned left;
};
#define MEMBERS 100000

static long find(struct walk *w, uint32_t id, const char *path, int depth);

/* path begins with the name of this member? Then where it leads, else -1. */
static long follow(struct walk *w, const struct btf_member *m, const char *path, int depth)
{
	const char *name = text(w->b, m->name_off);
	size_t n = strlen(name);

	if (!n)
		return find(w, aggregate(w->b, m->type), path, depth + 1);
	if (strncmp(path, name, n) || (path[n] && path[n] != '.'))
		return -1;
	return path[n] ? find(w, aggregate(w->b, m->type), path + n + 1, depth + 1) : 0;
}

static long find(struct walk *w, uint32_t id, const char *path, int depth)
{
	const struct btf *b = w->b;
	struct btf_type t;

	if (!id || depth > NESTING)
		return -1;
	t = type_at(b, b->at[id]);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t.info) && w->left; i++, w->left--) {
		int bits = BTF_INFO_KFLAG(t.info) != 0;
		struct btf_member m;
		long inside;

		memcpy(&m, b->types + b->at[id] + HEAD + i * sizeof m, sizeof m);
		inside = follow(w, &m, path, depth);
		if (inside < 0)
			continue;
		if ((bits && BTF_MEMBER_BITFIELD_SIZE(m.offset)) ||
		    BTF_MEMBER_BIT_OFFSET(m.offset) % 8)
			return -1;
		return inside + (bits ? BTF_MEMBER_BIT_OFFSET(m.offset) : m.offset) / 8;
	}
	return -1;
}

long btf_member(const struct btf *b, const char *type, const char *member)
{
	struct walk w = {.b = b};

	for (uint32_t i = 1; i <= b->count; i++) {
		struct btf_type t = type_at(b, b->at[i]);
		long at;

		if (BTF_INFO_KIND(t.info) != BTF_KIND_STRUCT || strcmp(text(b, t.name_off), type))
			continue;
		w.left = MEMBERS;
		at = find(&w, i, member, 0);
		if (at >= 0)
			return at;
	}
	return -1;
}
