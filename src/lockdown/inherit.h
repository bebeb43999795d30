/* SPDX-License-Identifier: MIT
 *
 * For kernels whose decisions ask no BPF programs: the lockdown as something that children inherit
 * and cannot shed. Holds root's children as well; says nothing about processes started elsewhere.
 */
#ifndef LOCKDOWN_INHERIT_H
#define LOCKDOWN_INHERIT_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* Between fork() and exec(), as root: gives up what is taken away here for good, for this process
 * and all that come from it:
 *   capabilities (bounding set, permitted, inheritable, ambient), but for those in keep (bit n:
 *   capability n) and the harmless ones (INHERIT_CAPS);
 *   system calls (seccomp, native calls only): bpf, mount and its family, modules, kexec, ptrace
 * and its like, perf, io_uring, namespaces, swap, ports, sockets of odd families and raw ones;
 *   writing beneath /proc and /sys, but for devices, and to disks and memory in /dev (Landlock).
 *   signals, limits and scheduling for the process spare (the guard's daemon; 0: none), and signals
 * to everybody at once. *landlock: 0 where the kernel has no Landlock, then the last of these is
 * open. Does not set no_new_privs: set-user-id programs go on working, and gain nothing. Returns 0,
 * or -1 with e (EXIT_SYSTEM) naming the step; then the process must not go on. */
int lock_inherit(uint64_t keep, pid_t spare, int *landlock, struct err *e);

/* CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_BROADCAST
 * IPC_LOCK IPC_OWNER SYS_CHROOT SYS_NICE SYS_RESOURCE SYS_TIME LEASE AUDIT_WRITE SETFCAP WAKE_ALARM
 */
#define INHERIT_CAPS                                                                               \
	(1ull << 0 | 1ull << 1 | 1ull << 3 | 1ull << 4 | 1ull << 5 | 1ull << 6 | 1ull << 7 |       \
	 1ull << 8 | 1ull << 10 | 1ull << 11 | 1ull << 14 | 1ull << 15 | 1ull << 18 | 1ull << 23 | \
	 1ull << 24 | 1ull << 25 | 1ull << 28 | 1ull << 29 | 1ull << 31 | 1ull << 35)

#endif
