/* SPDX-License-Identifier: MIT
 *
 * Finds libraries as the dynamic linker of glibc or musl does: DT_RUNPATH, LD_LIBRARY_PATH,
 * /etc/ld.so.cache, the usual folders; below another root when one is given.
 */
#ifndef LEARN_LIBS_H
#define LEARN_LIBS_H

#include <limits.h>

#include "learn/elf_file.h"

/* Writes into path the file that `name` means to f. sysroot is "" for this machine. Returns 0, -1
 * when there is none. */
int libs_find(const struct elf_file *f, const char *name, const char *sysroot,
	      char path[static PATH_MAX]);

/* Writes sysroot + path, with symbolic links followed inside sysroot, into to. -1: not there. */
int libs_inside(const char *sysroot, const char *path, char to[static PATH_MAX]);

#endif
