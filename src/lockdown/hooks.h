/* SPDX-License-Identifier: MIT
 *
 * The kernel's decisions that the lockdown takes part in, and what of its structures the programs
 * look at. From these two lists come the programs' places, the loader's table and the tests.
 */
#ifndef LOCKDOWN_HOOKS_H
#define LOCKDOWN_HOOKS_H

/* name of the LSM hook (function bpf_lsm_NAME in the kernel's types); 1: a kernel may lack it, and
 * then something else gives the same. Source: <linux/lsm_hook_defs.h> of Linux 6.1 to 6.18. */
#define LOCK_HOOKS(X)                                                                              \
	X(task_alloc, 0)                                                                           \
	X(bprm_committing_creds, 0)                                                                \
	X(task_kill, 0)                                                                            \
	X(task_setrlimit, 0)                                                                       \
	X(task_setnice, 0)                                                                         \
	X(task_setscheduler, 0)                                                                    \
	X(file_send_sigiotask, 0)                                                                  \
	X(ptrace_access_check, 0)                                                                  \
	X(ptrace_traceme, 0)                                                                       \
	X(capable, 0)                                                                              \
	X(userns_create, 1) /* 6.1 */                                                              \
	X(sb_mount, 0)                                                                             \
	X(sb_umount, 0)                                                                            \
	X(sb_remount, 0)                                                                           \
	X(sb_kern_mount, 0)                                                                        \
	X(sb_pivotroot, 0)                                                                         \
	X(move_mount, 0)                                                                           \
	X(kernel_load_data, 0)                                                                     \
	X(kernel_read_file, 0)                                                                     \
	X(perf_event_open, 1) /* CONFIG_PERF_EVENTS */                                             \
	X(locked_down, 0)                                                                          \
	X(inode_init_security_anon, 0)                                                             \
	X(socket_create, 0)                                                                        \
	X(socket_setsockopt, 0)                                                                    \
	X(socket_sendmsg, 0)                                                                       \
	X(netlink_send, 0)                                                                         \
	X(file_ioctl, 0)                                                                           \
	X(file_ioctl_compat, 1) /* 6.8; before, file_ioctl sees both */                            \
	X(file_open, 0)                                                                            \
	X(inode_mkdir, 0)                                                                          \
	X(inode_unlink, 0)                                                                         \
	X(inode_rmdir, 0)                                                                          \
	X(inode_rename, 0)                                                                         \
	X(bpf, 0) /* last: what it closes the others need */

/* place in the programs, structure, member (dots lead into members) */
#define LOCK_FACTS(X)                                                                              \
	X(task_flags, "task_struct", "flags")                                                      \
	X(task_tgid, "task_struct", "tgid")                                                        \
	X(file_mode, "file", "f_mode")                                                             \
	X(file_inode, "file", "f_inode")                                                           \
	X(file_dentry, "file", "f_path.dentry")                                                    \
	X(inode_mode, "inode", "i_mode")                                                           \
	X(inode_rdev, "inode", "i_rdev")                                                           \
	X(inode_sb, "inode", "i_sb")                                                               \
	X(sb_magic, "super_block", "s_magic")                                                      \
	X(dentry_parent, "dentry", "d_parent")                                                     \
	X(dentry_name, "dentry", "d_name.name")                                                    \
	X(qstr_name, "qstr", "name")                                                               \
	X(socket_sk, "socket", "sk")                                                               \
	X(sock_family, "sock", "__sk_common.skc_family")                                           \
	X(sock_protocol, "sock", "sk_protocol")                                                    \
	X(skb_data, "sk_buff", "data")                                                             \
	X(skb_len, "sk_buff", "len")

/* What a task may be named for; kept with the task itself, so that neither a number used again nor
 * another program in its place can take it over. */
#define LOCK_ALL 1u /* the guard's daemon, the supervisor, `holdfast lock` while it works */
#define LOCK_NET 2u /* links, packet sockets, generic netlink: a DHCP or Wi-Fi client */

#endif
