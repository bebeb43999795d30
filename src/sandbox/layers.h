/* SPDX-License-Identifier: MIT
 *
 * The layers of a sandbox, one row each: `accept-missing`, `holdfast probe`, `holdfast status` and
 * the manual all speak of these and of no others.
 */
#ifndef SANDBOX_LAYERS_H
#define SANDBOX_LAYERS_H

#include <stdint.h>

/* identifier, name in profiles and tables, kernel option that gives it, what it does */
#define LAYERS(X)                                                                                  \
	X(MOUNT, "mount", "CONFIG_NAMESPACES", "a tree of its own, read-only but for its state")   \
	X(PID, "pid", "CONFIG_PID_NS", "sees and signals no process but its own")                  \
	X(IPC, "ipc", "CONFIG_IPC_NS", "no shared memory or queues with others")                   \
	X(UTS, "uts", "CONFIG_UTS_NS", "cannot change the host name")                              \
	X(CGROUP_NS, "cgroup-ns", "CONFIG_CGROUPS", "does not see the tree of control groups")     \
	X(NET, "net", "CONFIG_NET_NS", "no network at all, where the profile says so")             \
	X(USER, "user", "CONFIG_USER_NS", "uid 0 without its powers, for programs that insist")    \
	X(CAPS, "capabilities", "CONFIG_MULTIUSER", "a uid of its own, no capability, no setuid")  \
	X(LANDLOCK, "landlock", "CONFIG_SECURITY_LANDLOCK", "files, ports and scopes it may use")  \
	X(SECCOMP, "seccomp", "CONFIG_SECCOMP_FILTER", "calls it may make, native ones only")      \
	X(MDWE, "mdwe", "CONFIG_MMU", "memory is never writable and executable")                   \
	X(MEMFD, "memfd", "CONFIG_SYSCTL", "nothing without a file name is ever executed")         \
	X(MEMORY, "memory", "CONFIG_MEMCG", "its share of memory")                                 \
	X(PIDS, "pids", "CONFIG_CGROUP_PIDS", "its number of processes")                           \
	X(CPU, "cpu", "CONFIG_CFS_BANDWIDTH", "its share of the processor")

enum layer {
#define LAYER_X(id, name, option, what) LAYER_##id,
	LAYERS(LAYER_X)
#undef LAYER_X
	    LAYER_COUNT
};

typedef uint32_t layer_set; /* bit n: layer n */
#define LAYER_BIT(l) ((layer_set)1 << (l))
_Static_assert(LAYER_COUNT <= 32, "a layer_set holds every layer");

/* "landlock" for LAYER_LANDLOCK; layer_from_name() returns -1 for a name that is none. */
const char *layer_name(enum layer l);
int layer_from_name(const char *name);

#endif
