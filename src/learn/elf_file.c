// SPDX-License-Identifier: MIT
#include "learn/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "learn/elf_parts.h"
#include "learn/room.h"

static int bad(const struct elf_file *f, struct err *e, const char *what)
{
	return err_set(e, EXIT_WRONG_USE, "%s: %s", f->path, what);
}

static int read_header(struct elf_file *f, struct err *e)
{
	GElf_Ehdr h;

	if (elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &h))
		return bad(f, e, "no ELF file");
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_ident[EI_DATA] != ELFDATA2LSB ||
	    (h.e_machine != EM_X86_64 && h.e_machine != EM_AARCH64))
		return bad(f, e, "an ELF file, but not for x86-64 or arm64");
	if (h.e_type != ET_EXEC && h.e_type != ET_DYN)
		return bad(f, e, "an ELF file, but no program or library");
	f->machine = h.e_machine == EM_X86_64 ? ELF_X86_64 : ELF_ARM64;
	f->fixed = h.e_type == ET_EXEC;
	f->entry = h.e_entry;
	return 0;
}

/* *loaded: bytes of all parts so far. Hardly any are in two, and many in thousands would take for
 * ever. */
static int read_part(struct elf_file *f, const GElf_Phdr *p, size_t *loaded)
{
	uint64_t size = p->p_filesz;

	if (p->p_offset >= f->size || p->p_vaddr + size < p->p_vaddr)
		return 0;
	if (size > f->size - p->p_offset)
		size = f->size - p->p_offset;
	*loaded += size;
	if (*loaded > 2 * f->size)
		return -1;
	f->part = room_for_one(f->part, f->parts, &f->parts_held, sizeof *f->part);
	f->part[f->parts++] = (struct elf_part){
	    p->p_vaddr, size, (const uint8_t *)f->map + p->p_offset, p->p_flags & PF_X};
	return 0;
}

static int read_parts(struct elf_file *f, struct err *e)
{
	size_t n = 0, left, loaded = 0;

	if (elf_getphdrnum(f->elf, &n))
		return bad(f, e, "damaged: no program header");
	for (size_t i = 0; i < n && i < 4096; i++) {
		GElf_Phdr p;

		if (!gelf_getphdr(f->elf, (int)i, &p))
			return bad(f, e, "damaged: a program header is cut off");
		if (p.p_type == PT_LOAD && read_part(f, &p, &loaded))
			return bad(f, e, "damaged: its parts are one over another");
		left = p.p_offset < f->size ? f->size - p.p_offset : 0;
		if (p.p_type == PT_INTERP && p.p_filesz && p.p_filesz <= left &&
		    !((const char *)f->map)[p.p_offset + p.p_filesz - 1])
			f->interp = (const char *)f->map + p.p_offset;
	}
	return f->parts ? 0 : bad(f, e, "damaged: nothing in it is loaded");
}

static int by_slot(const void *a, const void *b)
{
	const struct elf_slot *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int by_name(const void *a, const void *b)
{
	const struct elf_export *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : x->at < y->at ? -1 : x->at > y->at;
}

static int read_all(struct elf_file *f, struct err *e)
{
	if (!f->elf)
		return bad(f, e, "no ELF file");
	if (read_header(f, e) || read_parts(f, e))
		return -1;
	if (elf_read_sections(f))
		return bad(f, e, "damaged, or its section headers were removed");
	elf_sort_funcs(f);
	if (f->slots)
		qsort(f->slot, f->slots, sizeof *f->slot, by_slot);
	if (f->exports)
		qsort(f->export, f->exports, sizeof *f->export, by_name);
	return 0;
}

int elf_open_bytes(struct elf_file *f, const char *path, void *bytes, size_t size, struct err *e)
{
	memset(f, 0, sizeof *f);
	f->path = room_text(path);
	elf_version(EV_CURRENT);
	f->size = size;
	f->elf = size ? elf_memory(bytes, size) : NULL;
	f->map = bytes;
	if (!read_all(f, e))
		return 0;
	f->map = NULL; /* the caller's */
	elf_close(f);
	return -1;
}

int elf_open(struct elf_file *f, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *map;

	memset(f, 0, sizeof *f);
	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    st.st_size > ELF_FILE_MAX) {
		close(fd);
		return err_set(e, EXIT_WRONG_USE, "%s: no ELF file (or one over 1 GB)", path);
	}
	/* Private and writable: libelf may convert in place. */
	map = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return err_sys(e, errno, "%s", path);
	if (elf_open_bytes(f, path, map, (size_t)st.st_size, e)) {
		munmap(map, (size_t)st.st_size);
		return -1;
	}
	return 0;
}

void elf_close(struct elf_file *f)
{
	if (f->elf)
		elf_end(f->elf);
	free(f->path);
	free(f->part);
	free(f->func);
	free(f->slot);
	free(f->export);
	free(f->root);
	free(f->object);
	free(f->needed);
	memset(f, 0, sizeof *f);
}

static const struct elf_part *part_at(const struct elf_file *f, uint64_t at)
{
	for (size_t i = 0; i < f->parts; i++)
		if (at - f->part[i].at < f->part[i].size)
			return &f->part[i];
	return NULL;
}

const uint8_t *elf_bytes(const struct elf_file *f, uint64_t at, size_t *n)
{
	const struct elf_part *p = part_at(f, at);

	if (!p)
		return NULL;
	*n = p->size - (at - p->at);
	return p->bytes + (at - p->at);
}

bool elf_is_code(const struct elf_file *f, uint64_t at)
{
	const struct elf_part *p = part_at(f, at);

	return p && p->code;
}

bool elf_is_data(const struct elf_file *f, uint64_t at)
{
	const struct elf_part *p = part_at(f, at);

	return p && !p->code;
}

void elf_add_func(struct elf_file *f, uint64_t at, const char *name)
{
	f->func = room_for_one(f->func, f->funcs, &f->funcs_held, sizeof *f->func);
	f->func[f->funcs++] = (struct elf_func){at, name};
}

/* Of two at one address the one with a name comes first, and stays. */
static int by_func(const void *a, const void *b)
{
	const struct elf_func *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return !x->name - !y->name;
}

void elf_sort_funcs(struct elf_file *f)
{
	size_t n = 0;

	if (f->funcs)
		qsort(f->func, f->funcs, sizeof *f->func, by_func);
	for (size_t i = 0; i < f->funcs; i++)
		if (elf_is_code(f, f->func[i].at) && (!n || f->func[n - 1].at != f->func[i].at))
			f->func[n++] = f->func[i];
	f->funcs = n;
}

long elf_func_at(const struct elf_file *f, uint64_t at)
{
	size_t low = 0, high = f->funcs;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (f->func[mid].at <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low && at < elf_func_end(f, low - 1) ? (long)low - 1 : -1;
}

uint64_t elf_func_end(const struct elf_file *f, size_t i)
{
	const struct elf_part *p = part_at(f, f->func[i].at);
	uint64_t end = p ? p->at + p->size : f->func[i].at;

	return i + 1 < f->funcs && f->func[i + 1].at < end ? f->func[i + 1].at : end;
}

size_t elf_slot_from(const struct elf_file *f, uint64_t at)
{
	size_t low = 0, high = f->slots;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (f->slot[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct elf_slot *elf_slot_at(const struct elf_file *f, uint64_t at)
{
	size_t i = elf_slot_from(f, at);

	return i < f->slots && f->slot[i].at == at ? &f->slot[i] : NULL;
}

const struct elf_export *elf_export(const struct elf_file *f, const char *name)
{
	size_t low = 0, high = f->exports;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(f->export[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->exports && !strcmp(f->export[low].name, name) ? &f->export[low] : NULL;
}
