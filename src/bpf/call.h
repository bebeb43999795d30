/* SPDX-License-Identifier: MIT
 *
 * bpf(2), as far as Holdfast needs it. Every function returns a descriptor or 0, or -errno.
 * Descriptors are close-on-exec. Source: bpf(2) and <linux/bpf.h>; the constants below are newer
 * than the headers of the oldest system we build on.
 */
#ifndef BPF_CALL_H
#define BPF_CALL_H

#include <linux/bpf.h>
#include <stddef.h>

#define CALL_TCX_INGRESS 46
#define CALL_TCX_EGRESS	 47
#define CALL_F_BEFORE	 (1u << 3) /* with nothing named: before all others */

/* type: an array. btf_fd 0: nothing known of the value, else it is of type btf_value there. */
int call_map_create(int type, const char *name, __u32 value_size, __u32 entries, int btf_fd,
		    __u32 btf_value);
/* A map of one u32 for each task that has one; keyed by a descriptor of the task's (pidfd). btf_fd:
 * types of which number 1 is a u32. Source: BPF_MAP_TYPE_TASK_STORAGE, Linux 5.11. */
int call_task_map_create(const char *name, int btf_fd);
int call_pin(int fd, const char *path);
int call_get(const char *path);
/* The same, for reading only. */
int call_get_to_read(const char *path);
/* flags: BPF_F_LOCK for a copy under the value's spin lock. */
int call_lookup(int map, __u32 index, void *value, __u64 flags);
int call_update(int map, __u32 index, const void *value);
int call_delete(int map, __u32 index);
/* log: a verifier's log of log_len bytes, or NULL. */
int call_prog_load(const char *name, const struct bpf_insn *code, __u32 count, char *log,
		   __u32 log_len);
/* An LSM program for the hook whose function has that number in the kernel's types. */
int call_lsm_load(const char *name, const struct bpf_insn *code, __u32 count, __u32 hook, char *log,
		  __u32 log_len);
/* Puts an LSM program in force. Returns a link. */
int call_lsm_attach(int prog);
/* Numbers of the maps there are; fails with -EPERM where bpf(2) is closed to this process. */
int call_next_map(__u32 after);
int call_btf_load(const void *btf, __u32 len);
int call_link_create(int prog, int ifindex, int where, __u32 flags);
int call_link_update(int link, int prog);
/* Steps that the verifier took over a program; 0 where the kernel does not tell (before 5.16). */
unsigned call_prog_steps(int prog);
/* Size of one value, or -errno. */
int call_map_value_size(int map);

#endif
