/* SPDX-License-Identifier: MIT
 * mount(2) with the kernel's constants: <sys/mount.h> and <linux/mount.h> do not go together in
 * every libc, so this stands for both. */
#ifndef HOLDFAST_BASE_MOUNT_H
#define HOLDFAST_BASE_MOUNT_H

#include <linux/mount.h>

#ifndef MNT_DETACH
#define MNT_DETACH 2 /* umount(2); the kernel's header has it not */
#endif

int mount(const char *from, const char *to, const char *type, unsigned long flags,
	  const void *data);
int umount2(const char *at, int flags);

#endif
