/* SPDX-License-Identifier: MIT
 *
 * The kernel's settings that are files: under /proc/sys and /sys/kernel/security.
 */
#ifndef LOCKDOWN_FILES_H
#define LOCKDOWN_FILES_H

#include <stddef.h>

/* Each returns 0, or -1 with errno. Text is without its final newline. */
int files_read(const char *path, char *buf, size_t size);
int files_write(const char *path, const char *value);

/* A file of the security file system ("lsm", "lockdown"), mounted or not: read through a mount that
 * nobody sees. */
int files_read_security(const char *name, char *buf, size_t size);
int files_lsm_list(char *buf, size_t size);

/* Writes value into a file of the security file system, through a mount that nobody sees. */
int files_write_security(const char *name, const char *value);

#endif
