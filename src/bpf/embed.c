// SPDX-License-Identifier: MIT
// Build-time tool: turns the BPF object into C, so that the device needs no ELF reader.
//
// embed OBJECT.o PREFIX >code.h
//
// For each section tc/NAME or lsm/NAME it writes the instructions as struct bpf_insn initialisers
// (fields, not bytes: right for either byte order) and the places where the loader fills in a map
// or a fact, named by the symbol that the object's relocations name there. Anything else in the
// object that would need a loader's care is an error.
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define R_BPF_64_64 1
#define INSN_BYTES  8

static unsigned char file[1 << 20];
static size_t file_len;
static int big; /* the object's byte order */
static const char *prefix;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "embed: %s\n", what);
	exit(1);
}

static uint64_t get(size_t off, unsigned n)
{
	uint64_t v = 0;

	if (off + n > file_len)
		die("object is cut short");
	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)file[off + i] << 8 * (big ? n - 1 - i : i);
	return v;
}

/* Field f of the ELF64 structure type t at offset off. */
#define GET(t, off, f) get((off) + offsetof(t, f), sizeof((t){0}.f))

static size_t section(unsigned i)
{
	return GET(Elf64_Ehdr, 0, e_shoff) + i * sizeof(Elf64_Shdr);
}

static const char *text(size_t strings, size_t at)
{
	size_t off = GET(Elf64_Shdr, strings, sh_offset) + at;

	if (off >= file_len || !memchr(file + off, 0, file_len - off))
		die("bad name");
	return (const char *)file + off;
}

static const char *section_name(size_t s)
{
	return text(section(GET(Elf64_Ehdr, 0, e_shstrndx)), GET(Elf64_Shdr, s, sh_name));
}

static void write_code(size_t s, const char *name)
{
	size_t at = GET(Elf64_Shdr, s, sh_offset), n = GET(Elf64_Shdr, s, sh_size) / INSN_BYTES;

	printf("static const struct bpf_insn %s_%s[] = {\n", prefix, name);
	for (size_t i = 0; i < n; i++, at += INSN_BYTES) {
		unsigned code = get(at, 1), regs = get(at + 1, 1);
		unsigned dst = big ? regs >> 4 : regs & 15, src = big ? regs & 15 : regs >> 4;

		if (code == 0x85 && src != 0)
			die("a function that was not inlined");
		printf("{0x%02x,%u,%u,%d,%d},\n", code, dst, src, (int16_t)get(at + 2, 2),
		       (int32_t)get(at + 4, 4));
	}
	printf("};\n");
}

static void write_places(size_t rel, const char *name)
{
	size_t at = GET(Elf64_Shdr, rel, sh_offset);
	size_t n = GET(Elf64_Shdr, rel, sh_size) / sizeof(Elf64_Rel);
	size_t symbols = section(GET(Elf64_Shdr, rel, sh_link));
	size_t strings = section(GET(Elf64_Shdr, symbols, sh_link));

	printf("static const struct %s_place %s_%s_places[] = {\n", prefix, prefix, name);
	for (size_t i = 0; i < n; i++, at += sizeof(Elf64_Rel)) {
		uint64_t info = GET(Elf64_Rel, at, r_info);
		size_t symbol =
		    GET(Elf64_Shdr, symbols, sh_offset) + ELF64_R_SYM(info) * sizeof(Elf64_Sym);
		const char *s = text(strings, GET(Elf64_Sym, symbol, st_name));

		if (ELF64_R_TYPE(info) != R_BPF_64_64)
			die("a relocation that is not a 64-bit load");
		if (strncmp(s, "map_", 4) && strncmp(s, "fact_", 5))
			die("a relocation to something that is neither map nor fact");
		printf("{%u, PLACE_%s},\n", (unsigned)(GET(Elf64_Rel, at, r_offset) / INSN_BYTES),
		       s);
	}
	printf("};\nenum { %s_%s_place_count = %zu };\n", prefix, name, n);
}

/* C has no empty array: a program without places gets one that is not counted. */
static void write_no_places(const char *of, const char *name)
{
	for (unsigned i = 0; i < GET(Elf64_Ehdr, 0, e_shnum); i++) {
		const char *other = section_name(section(i));

		if (!strncmp(other, ".rel", 4) && !strcmp(other + 4, of))
			return;
	}
	printf("static const struct %s_place %s_%s_places[] = {{0}};\n", prefix, prefix, name);
	printf("enum { %s_%s_place_count = 0 };\n", prefix, name);
}

/* NAME of a section KIND/NAME, or NULL. */
static const char *program(const char *section, const char *before)
{
	static const char *const kinds[] = {"tc/", "lsm/"};
	size_t skip = strlen(before);

	if (strncmp(section, before, skip))
		return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strncmp(section + skip, kinds[i], strlen(kinds[i])))
			return section + skip + strlen(kinds[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	FILE *in = argc == 3 ? fopen(argv[1], "rb") : NULL;
	unsigned found = 0;

	if (!in)
		die("usage: embed OBJECT.o PREFIX");
	prefix = argv[2];
	file_len = fread(file, 1, sizeof file, in);
	if (file_len == sizeof file || file_len < sizeof(Elf64_Ehdr) ||
	    memcmp(file, ELFMAG, SELFMAG))
		die("not an ELF object of sensible size");
	big = file[EI_DATA] == ELFDATA2MSB;
	printf("/* Made by embed.c from the BPF object. */\n");
	for (unsigned i = 0; i < GET(Elf64_Ehdr, 0, e_shnum); i++) {
		const char *name = section_name(section(i)), *of;

		if ((of = program(name, ""))) {
			write_code(section(i), of);
			write_no_places(name, of);
			found++;
		} else if ((of = program(name, ".rel"))) {
			write_places(section(i), of);
		} else if (!strcmp(name, ".text") && GET(Elf64_Shdr, section(i), sh_size)) {
			die("a function that was not inlined");
		}
	}
	if (found < 2)
		die("expected two programs or more");
	return 0;
}
