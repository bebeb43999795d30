// SPDX-License-Identifier: MIT
#include "learn/libs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Format of glibc's dl-cache.h: both parts are told apart by their magic. */
#define CACHE_NEW "glibc-ld.so.cache1.1"
struct cache_head {
	char magic[20];
	uint32_t count, text_size;
	uint8_t flags, pad[3];
	uint32_t extension, unused[3];
};
struct cache_entry {
	int32_t flags;
	uint32_t key, value, os;
	uint64_t hwcap;
};
#define CACHE_X86_64 0x0303
#define CACHE_ARM64  0x0a03
#define CACHE_MAX    (16u << 20)

int libs_inside(const char *sysroot, const char *path, char to[static PATH_MAX])
{
	char at[PATH_MAX], link[PATH_MAX];
	int hops = 0;

	if (!*sysroot)
		return realpath(path, to) ? 0 : -1;
	if (snprintf(at, sizeof at, "%s", path) >= (int)sizeof at)
		return -1;
	/* Only the last component is followed by hand: folders of a root are links into it. */
	for (;;) {
		ssize_t n;

		if (snprintf(to, PATH_MAX, "%s%s", sysroot, at) >= PATH_MAX || hops++ > 16)
			return -1;
		n = readlink(to, link, sizeof link - 1);
		if (n < 0)
			return access(to, R_OK);
		link[n] = 0;
		if (*link == '/') {
			memcpy(at, link, (size_t)n + 1);
		} else {
			char *slash = strrchr(at, '/');
			size_t dir = slash ? (size_t)(slash - at) + 1 : 0;

			if (dir + (size_t)n >= sizeof at)
				return -1;
			memcpy(at + dir, link, (size_t)n + 1);
		}
	}
}

static bool fits(const struct elf_file *f, const char *path)
{
	uint8_t head[20];
	FILE *file = fopen(path, "rb");
	bool ok = file && fread(head, 1, sizeof head, file) == sizeof head &&
		  !memcmp(head, "\177ELF\2\1", 6) &&
		  head[18] == (f->machine == ELF_X86_64 ? 62 : 183);

	if (file)
		fclose(file);
	return ok;
}

static int in_folder(const struct elf_file *f, const char *folder, size_t length, const char *name,
		     const char *sysroot, char path[static PATH_MAX])
{
	char at[PATH_MAX];

	if (!length ||
	    snprintf(at, sizeof at, "%.*s/%s", (int)length, folder, name) >= (int)sizeof at)
		return -1;
	return libs_inside(sysroot, at, path) || !fits(f, path) ? -1 : 0;
}

/* A list "a:b:$ORIGIN/c". */
static int in_list(const struct elf_file *f, const char *list, const char *name,
		   const char *sysroot, char path[static PATH_MAX])
{
	char own[PATH_MAX], folder[PATH_MAX * 2];
	char *slash;

	snprintf(own, sizeof own, "%s", f->path);
	slash = strrchr(own, '/');
	if (slash)
		*slash = 0;
	while (list && *list) {
		size_t n = strcspn(list, ":");
		size_t skip = !strncmp(list, "$ORIGIN", 7)     ? 7
			      : !strncmp(list, "${ORIGIN}", 9) ? 9
							       : 0;

		if (skip && n >= skip) {
			snprintf(folder, sizeof folder, "%s%.*s", own, (int)(n - skip),
				 list + skip);
			if (!in_folder(f, folder, strlen(folder), name, "", path))
				return 0;
		} else if (!in_folder(f, list, n, name, sysroot, path)) {
			return 0;
		}
		list += n + (list[n] == ':');
	}
	return -1;
}

static int search_cache(const struct elf_file *f, const char *bytes, size_t size, const char *name,
			const char *sysroot, char path[static PATH_MAX])
{
	int32_t want = f->machine == ELF_X86_64 ? CACHE_X86_64 : CACHE_ARM64;
	struct cache_head h;
	const char *start = memmem(bytes, size, CACHE_NEW, sizeof CACHE_NEW - 1);
	size_t left;

	if (!start || (left = size - (size_t)(start - bytes)) < sizeof h)
		return -1;
	memcpy(&h, start, sizeof h);
	for (uint32_t i = 0; i < h.count && sizeof h + (i + 1) * sizeof(struct cache_entry) <= left;
	     i++) {
		struct cache_entry c;

		memcpy(&c, start + sizeof h + i * sizeof c, sizeof c);
		if (c.flags == want && c.key < left && c.value < left && !c.hwcap &&
		    !strncmp(start + c.key, name, left - c.key) &&
		    memchr(start + c.value, 0, left - c.value) &&
		    !libs_inside(sysroot, start + c.value, path))
			return 0;
	}
	return -1;
}

static int in_cache(const struct elf_file *f, const char *name, const char *sysroot,
		    char path[static PATH_MAX])
{
	static char bytes[CACHE_MAX];
	size_t size;
	FILE *file;

	snprintf(path, PATH_MAX, "%s/etc/ld.so.cache", sysroot);
	file = fopen(path, "rb");
	if (!file)
		return -1;
	size = fread(bytes, 1, sizeof bytes - 1, file);
	fclose(file);
	return search_cache(f, bytes, size, name, sysroot, path);
}

int libs_find(const struct elf_file *f, const char *name, const char *sysroot,
	      char path[static PATH_MAX])
{
	static const char x86_64[] = "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:"
				     "/usr/lib64:/lib:/usr/lib:/usr/local/lib";
	static const char arm64[] =
	    "/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib:"
	    "/usr/local/lib:/usr/aarch64-linux-gnu/lib";

	if (strchr(name, '/'))
		return libs_inside(sysroot, name, path);
	if (f->runpath && !in_list(f, f->runpath, name, sysroot, path))
		return 0;
	if (!*sysroot && !in_list(f, getenv("LD_LIBRARY_PATH"), name, "", path))
		return 0;
	if (!in_cache(f, name, sysroot, path))
		return 0;
	return in_list(f, f->machine == ELF_X86_64 ? x86_64 : arm64, name, sysroot, path);
}
