// SPDX-License-Identifier: MIT
#include "learn/classes.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A rare error path uses what its libc offers: memory, files that are open, files by name (which
 * the tree of the sandbox bounds), time, signals to itself, waiting. None of it gives code in the
 * sandbox more than it has; so it is allowed when it can be reached. */
static const struct {
	enum call_class class;
	const char *why;
	const char *calls; /* between blanks */
} rows[] = {
    {CLASS_HARMLESS, "memory of its own; written memory is never executed, whatever is asked for",
     " brk mmap munmap mprotect mremap madvise "},
    {CLASS_HARMLESS, "ends, or is told of signals; abort() and assertions end so",
     " exit exit_group rt_sigaction rt_sigprocmask rt_sigreturn restart_syscall tgkill "},
    {CLASS_HARMLESS, "reads, writes and closes what is open already",
     " read readv pread64 write writev lseek close fcntl dup dup2 pipe pipe2 "},
    {CLASS_HARMLESS, "files by name: the tree and Landlock decide which",
     " open openat stat fstat lstat newfstatat access readlink getcwd chdir getdents64 "},
    {CLASS_FILES, "what a program that writes files does with them when a disk or a log is full",
     " unlink unlinkat rename renameat2 mkdir rmdir umask ftruncate pwrite64 fsync fdatasync "},
    {CLASS_HARMLESS, "waits", " poll select epoll_wait nanosleep clock_nanosleep "},
    {CLASS_HARMLESS, "asks for the time", " clock_gettime gettimeofday "},
    {CLASS_HARMLESS, "asks about itself and its limits",
     " getpid getppid gettid getuid geteuid getgid getegid getrandom uname prlimit64 sysinfo "
     "sched_getaffinity sched_yield "},
    {CLASS_HARMLESS, "how a thread begins and locks",
     " futex set_robust_list set_tid_address rseq arch_prctl "},
    {CLASS_HARMLESS, "asks a descriptor; the filter refuses what types into terminals", " ioctl "},
    {CLASS_NETWORK, "what a program that speaks with the network may do with its connections",
     " socket connect accept accept4 bind listen getsockname getpeername getsockopt setsockopt "
     "sendto recvfrom sendmsg recvmsg sendmmsg shutdown "},
    {CLASS_PROCESS, "what a program with processes or threads does to start and await them",
     " clone wait4 kill "},
    {CLASS_DANGEROUS, "another program in its place or beside it",
     " execve execveat fork vfork clone3 "},
    {CLASS_DANGEROUS, "looks into or changes other processes",
     " ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd pidfd_open "
     "pidfd_send_signal process_mrelease "},
    {CLASS_DANGEROUS, "changes users or powers",
     " setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset "},
    {CLASS_DANGEROUS, "changes what the system looks like",
     " mount umount2 pivot_root chroot unshare setns fsopen fsconfig fsmount fspick open_tree "
     "move_mount mount_setattr sethostname setdomainname "},
    {CLASS_DANGEROUS, "a large interface of the kernel, with a record of faults",
     " bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key "
     "request_key keyctl fanotify_init fanotify_mark modify_ldt remap_file_pages memfd_create "
     "vmsplice splice tee "},
    {CLASS_DANGEROUS, "runs the machine",
     " reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff "
     "syslog acct quotactl ioperm iopl settimeofday clock_settime adjtimex clock_adjtime vhangup "
     "nfsservctl uselib personality "},
    {CLASS_DANGEROUS, "changes owners, modes and kinds of files",
     " chmod fchmod fchmodat chown fchown lchown fchownat mknod mknodat link linkat symlink "
     "symlinkat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr "
     "name_to_handle_at open_by_handle_at "},
    {CLASS_DANGEROUS, "another form of a call, which libc uses only when it is asked to",
     " faccessat faccessat2 readlinkat statx creat mkdirat renameat dup3 ppoll pselect6 "
     "epoll_pwait time clock_getres getrlimit getrusage sigaltstack "},
    {CLASS_DANGEROUS, "seldom used: seen it would be allowed",
     " prctl seccomp mlock mlock2 mlockall setpriority sched_setscheduler sched_setparam "
     "sched_setaffinity shmget shmat shmdt shmctl semget semop semctl msgget msgsnd msgrcv msgctl "
     "mq_open mq_unlink mincore msync truncate fallocate setsid setpgid setrlimit "},
};

enum call_class classes_of(const char *call, const char **why)
{
	size_t n = strlen(call);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *at = rows[i].calls;

		while ((at = strstr(at, call))) {
			if (at[-1] == ' ' && at[n] == ' ') {
				*why = rows[i].why;
				return rows[i].class;
			}
			at += n;
		}
	}
	*why = "in no class of calls that are known to be harmless";
	return CLASS_DANGEROUS;
}
