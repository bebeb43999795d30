/* SPDX-License-Identifier: MIT
 *
 * Reads the kernel's description of its own types: which number has a function, where in a
 * structure lies a member. Bounded: whatever the bytes are, it answers or refuses.
 * Source: Documentation/bpf/btf.rst, <linux/btf.h>.
 */
#ifndef LOCKDOWN_BTF_H
#define LOCKDOWN_BTF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define BTF_FILE    "/sys/kernel/btf/vmlinux"
#define BTF_LARGEST (64u << 20) /* bytes */

struct btf {
	const uint8_t *types;
	const char *strings;
	uint32_t types_len, strings_len;
	uint32_t *at; /* of type n (from 1), its offset in types; allocated */
	uint32_t count;
	void *owned; /* the file's bytes, if btf_read() read it */
};

/* Looks through len bytes at data, which must outlive b. 0, or -1 with e (EXIT_SYSTEM) saying what
 * is wrong with them. Ends with btf_close(). */
int btf_open(struct btf *b, const void *data, size_t len, struct err *e);
/* The same for a file (BTF_FILE). */
int btf_read(struct btf *b, const char *path, struct err *e);
void btf_close(struct btf *b);

/* Number of the function of that name, 0 for none. */
uint32_t btf_function(const struct btf *b, const char *name);

/* Where in structure `type` the member lies, in bytes; dots lead into members ("f_path.dentry"),
 * unnamed structures and unions are looked through. -1: there is none, or it is a bit field. */
long btf_member(const struct btf *b, const char *type, const char *member);

#endif
