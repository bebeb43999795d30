// SPDX-License-Identifier: MIT
#include "learn/elf_parts.h"

#include <gelf.h>
#include <string.h>

#include "learn/elf_unwind.h"
#include "learn/room.h"

/* elf.h of Debian 12 has it; older ones do not. */
#ifndef SHT_RELR
#define SHT_RELR 19
#endif

static void add_slot(struct elf_file *f, uint64_t at, uint64_t to, const char *name)
{
	f->slot = room_for_one(f->slot, f->slots, &f->slots_held, sizeof *f->slot);
	f->slot[f->slots++] = (struct elf_slot){at, to, name};
}

static void add_root(struct elf_file *f, uint64_t at)
{
	f->root = room_for_one(f->root, f->roots, &f->roots_held, sizeof *f->root);
	f->root[f->roots++] = at;
}

static void add_object(struct elf_file *f, uint64_t at)
{
	f->object = room_for_one(f->object, f->objects, &f->objects_held, sizeof *f->object);
	f->object[f->objects++] = at;
}

static const char *text_of(struct elf_file *f, size_t section, size_t offset)
{
	return elf_strptr(f->elf, section, offset);
}

static void add_export(struct elf_file *f, const char *name, const GElf_Sym *s)
{
	int type = GELF_ST_TYPE(s->st_info);

	if (!name || !*name || GELF_ST_BIND(s->st_info) == STB_LOCAL)
		return;
	f->export = room_for_one(f->export, f->exports, &f->exports_held, sizeof *f->export);
	f->export[f->exports++] =
	    (struct elf_export){name, s->st_value, s->st_size, type != STT_OBJECT};
}

static void read_symbols(struct elf_file *f, const GElf_Shdr *h, Elf_Data *d)
{
	size_t n = h->sh_entsize ? d->d_size / h->sh_entsize : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name;
		GElf_Sym s;
		int type;

		if (!gelf_getsym(d, (int)i, &s) || s.st_shndx == SHN_UNDEF)
			continue;
		name = text_of(f, h->sh_link, s.st_name);
		type = GELF_ST_TYPE(s.st_info);
		if (type == STT_FUNC || type == STT_GNU_IFUNC) {
			elf_add_func(f, s.st_value, name);
		} else if (type == STT_OBJECT) {
			add_object(f, s.st_value);
		} else if (type != STT_NOTYPE) {
			continue;
		}
		if (h->sh_type == SHT_DYNSYM)
			add_export(f, name, &s);
	}
}

/* The symbol of a relocation: its name when it is somewhere else, its address when it is here. */
static const char *symbol(struct elf_file *f, const GElf_Shdr *symbols, Elf_Data *d, size_t i,
			  uint64_t *at)
{
	GElf_Sym s;

	*at = 0;
	if (!d || !i || !gelf_getsym(d, (int)i, &s))
		return NULL;
	*at = s.st_value;
	return text_of(f, symbols->sh_link, s.st_name);
}

static bool is_relative(const struct elf_file *f, uint32_t type)
{
	if (f->machine == ELF_X86_64)
		return type == R_X86_64_RELATIVE || type == R_X86_64_IRELATIVE;
	return type == R_AARCH64_RELATIVE || type == R_AARCH64_IRELATIVE;
}

static bool is_symbolic(const struct elf_file *f, uint32_t type)
{
	if (f->machine == ELF_X86_64)
		return type == R_X86_64_64 || type == R_X86_64_GLOB_DAT ||
		       type == R_X86_64_JUMP_SLOT || type == R_X86_64_COPY;
	return type == R_AARCH64_ABS64 || type == R_AARCH64_GLOB_DAT ||
	       type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_COPY;
}

static void read_relocations(struct elf_file *f, const GElf_Shdr *h, Elf_Data *d)
{
	Elf_Scn *link = elf_getscn(f->elf, h->sh_link);
	Elf_Data *symbols = NULL;
	GElf_Shdr sh = {0};

	if (h->sh_link && link && gelf_getshdr(link, &sh) &&
	    (sh.sh_type == SHT_DYNSYM || sh.sh_type == SHT_SYMTAB))
		symbols = elf_getdata(link, NULL);
	for (size_t i = 0; i < d->d_size / sizeof(Elf64_Rela); i++) {
		const char *name;
		uint64_t at;
		GElf_Rela r;

		if (!gelf_getrela(d, (int)i, &r))
			return;
		if (is_relative(f, (uint32_t)GELF_R_TYPE(r.r_info))) {
			add_slot(f, r.r_offset, (uint64_t)r.r_addend, NULL);
		} else if (is_symbolic(f, (uint32_t)GELF_R_TYPE(r.r_info))) {
			name = symbol(f, &sh, symbols, GELF_R_SYM(r.r_info), &at);
			if (name && *name)
				add_slot(f, r.r_offset, at, name);
			else if (at)
				add_slot(f, r.r_offset, at + (uint64_t)r.r_addend, NULL);
		}
	}
}

static void add_slot_in_place(struct elf_file *f, uint64_t at)
{
	size_t left;
	const uint8_t *p = elf_bytes(f, at, &left);
	uint64_t to;

	if (!p || left < 8)
		return;
	memcpy(&to, p, 8);
	add_slot(f, at, to, NULL);
}

/* DT_RELR: an even word is an address, an odd one a bitmap of the 63 words that follow. */
static void read_relr(struct elf_file *f, Elf_Data *d)
{
	uint64_t next = 0;

	for (size_t i = 0; i < d->d_size / 8; i++) {
		uint64_t word;

		memcpy(&word, (const char *)d->d_buf + i * 8, 8);
		if (!(word & 1)) {
			add_slot_in_place(f, word);
			next = word + 8;
			continue;
		}
		for (unsigned bit = 1; bit < 64; bit++)
			if (word >> bit & 1)
				add_slot_in_place(f, next + 8 * (bit - 1));
		next += 63 * 8;
	}
}

static void read_dynamic(struct elf_file *f, const GElf_Shdr *h, Elf_Data *d)
{
	for (size_t i = 0; i < d->d_size / sizeof(Elf64_Dyn); i++) {
		GElf_Dyn y;

		if (!gelf_getdyn(d, (int)i, &y) || y.d_tag == DT_NULL)
			return;
		if (y.d_tag == DT_NEEDED) {
			const char *name = text_of(f, h->sh_link, y.d_un.d_val);

			f->needed = room_for_one(f->needed, f->neededs, &f->neededs_held,
						 sizeof *f->needed);
			if (name && *name)
				f->needed[f->neededs++] = name;
		} else if (y.d_tag == DT_RUNPATH || (y.d_tag == DT_RPATH && !f->runpath)) {
			f->runpath = text_of(f, h->sh_link, y.d_un.d_val);
		} else if (y.d_tag == DT_SONAME) {
			f->soname = text_of(f, h->sh_link, y.d_un.d_val);
		} else if (y.d_tag == DT_INIT || y.d_tag == DT_FINI) {
			add_root(f, y.d_un.d_ptr);
		}
	}
}

/* .init_array and the like: each word is an address, in the file or by a relocation. */
static void read_array(struct elf_file *f, const GElf_Shdr *h, Elf_Data *d)
{
	for (size_t i = 0; i < d->d_size / 8; i++) {
		uint64_t to;

		memcpy(&to, (const char *)d->d_buf + i * 8, 8);
		if (elf_is_code(f, to))
			add_root(f, to);
		add_object(f, h->sh_addr + i * 8);
	}
	/* The relocations are read in any order: the address of the array stands for them. */
	add_root(f, h->sh_addr);
}

static void read_named(struct elf_file *f, const GElf_Shdr *h, Elf_Data *d, const char *name)
{
	if (!strcmp(name, ".eh_frame_hdr")) {
		unwind_read_table(f, h->sh_addr, d->d_buf, d->d_size);
	} else if (!strcmp(name, ".eh_frame")) {
		unwind_read_frames(f, h->sh_addr, d->d_buf, d->d_size);
	} else if (!strcmp(name, ".init") || !strcmp(name, ".fini")) {
		add_root(f, h->sh_addr);
	} else if (!strcmp(name, ".got") || !strcmp(name, ".got.plt")) {
		unsigned i = !strcmp(name, ".got.plt");

		f->got[i].at = h->sh_addr;
		f->got[i].size = h->sh_size;
	}
	if (h->sh_flags & SHF_EXECINSTR)
		f->code_size += d->d_size;
}

static void read_section(struct elf_file *f, const GElf_Shdr *h, Elf_Data *d, const char *name)
{
	if (h->sh_type == SHT_DYNSYM || h->sh_type == SHT_SYMTAB)
		read_symbols(f, h, d);
	else if (h->sh_type == SHT_RELA)
		read_relocations(f, h, d);
	else if (h->sh_type == SHT_RELR)
		read_relr(f, d);
	else if (h->sh_type == SHT_DYNAMIC)
		read_dynamic(f, h, d);
	else if (h->sh_type == SHT_INIT_ARRAY || h->sh_type == SHT_FINI_ARRAY ||
		 h->sh_type == SHT_PREINIT_ARRAY)
		read_array(f, h, d);
	else if (name)
		read_named(f, h, d, name);
}

int elf_read_sections(struct elf_file *f)
{
	size_t names = 0, n = 0, left = 2 * f->size;
	Elf_Scn *s = NULL;

	if (elf_getshdrnum(f->elf, &n) || !n || elf_getshdrstrndx(f->elf, &names))
		return -1;
	if (f->entry)
		elf_add_func(f, f->entry, NULL);
	while ((s = elf_nextscn(f->elf, s))) {
		GElf_Shdr h;
		Elf_Data *d;

		if (!gelf_getshdr(s, &h))
			return -1;
		if (h.sh_type == SHT_NOBITS || !h.sh_size)
			continue;
		d = elf_getdata(s, NULL);
		if (!d || !d->d_buf)
			continue;
		/* Sections share no bytes; thousands that do would take for ever. */
		if (d->d_size > left)
			return -1;
		left -= d->d_size;
		read_section(f, &h, d, text_of(f, names, h.sh_name));
	}
	for (size_t i = 0; i < f->roots; i++)
		elf_add_func(f, f->root[i], NULL);
	return 0;
}
