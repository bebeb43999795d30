/* SPDX-License-Identifier: MIT
 *
 * Devices that run from their initramfs: its root is the first of all mounts, which pivot_root(2)
 * cannot take away.
 */
#ifndef SANDBOX_FIRST_ROOT_H
#define SANDBOX_FIRST_ROOT_H

/* In a mount namespace of its own, with the working directory on a mount: makes that mount the
 * root, over the first one, and lets go of all other mounts. What stays below cannot be named any
 * more: no path leads there, and only CAP_SYS_ADMIN over this namespace could uncover it. Returns
 * 0, or -1 with errno; EINVAL where "/" is a chroot(2) and no mount: below that there is more than
 * we know. */
int first_root_cover(void);

#endif
