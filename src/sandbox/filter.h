/* SPDX-License-Identifier: MIT
 *
 * Compiles a policy into a program for seccomp (classic BPF, seccomp(2)). Pure. The call number is
 * looked up in a balanced tree of ranges, because a list of 300 comparisons costs twenty times as
 * much to install and to run.
 */
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stdint.h>

#include "base/err.h"
#include "sandbox/policy.h"

#define FILTER_MAX 2048 /* instructions; the kernel takes 4096 */

/* The arguments of the launcher's own execveat: a number where a folder would stand (nothing looks
 * at it, as the path is absolute), and three pointers. Nobody else knows them. */
struct filter_exec {
	uint64_t folder, path, argv, envp;
};

/* Made from its end to its start, so it lies at the end of code. */
struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned len;
};

static inline struct sock_filter *filter_start(struct filter *f)
{
	return f->code + FILTER_MAX - f->len;
}

/* refuse: what a refused call returns to the kernel, SECCOMP_RET_USER_NOTIF or an errno.
 * Fails (OUR_BUG) only if the program would be longer than FILTER_MAX. */
int filter_build(struct filter *to, const struct policy *p, const struct filter_exec *own,
		 uint32_t refuse, struct err *e);

#endif
