// SPDX-License-Identifier: MIT
#include "sandbox/landlock.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From the kernel's uapi header, whose older editions lack the newer ones. */
enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_BLOCK = 1 << 11,
	FS_REFER = 1 << 13,
	FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	FS_FIRST = (1 << 13) - 1, /* all of ABI 1 */
	NET_BIND_TCP = 1 << 0,
	SCOPE_ABSTRACT_UNIX = 1 << 0,
	SCOPE_SIGNAL = 1 << 1,
};
#define CREATE_RULESET_VERSION 1
#define RULE_PATH	       1
#define RULE_PORT	       2

struct ruleset_attr {
	uint64_t fs, net, scoped;
};
struct path_attr {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));
struct port_attr {
	uint64_t allowed, port;
};

int landlock_abi(void)
{
	int abi = (int)syscall(__NR_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : abi;
}

static uint64_t handled_fs(int abi)
{
	return FS_FIRST | (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0) |
	       (abi >= 5 ? FS_IOCTL_DEV : 0);
}

static uint64_t rights(const struct view_entry *n)
{
	const uint64_t read = FS_READ_FILE | FS_READ_DIR;
	uint64_t r = 0;

	if (n->flags & VIEW_START)
		r |= FS_READ_FILE | FS_EXECUTE; /* a file: the rest would be refused */
	if (n->flags & VIEW_DEVICE)
		r |= read | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV;
	else if (n->flags & VIEW_WRITE)
		r |= ~(uint64_t)(FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_BLOCK | FS_IOCTL_DEV);
	return r;
}

static void add(struct landlock_rules *r, const char *path, uint64_t access)
{
	r->path[r->paths++] = (struct landlock_path){path, access & r->fs};
}

/* Everything in the view may be read; whatever was left out of it is not below its root. The
 * devices that everybody has are one rule, their folder's. */
static void add_paths(struct landlock_rules *r, const struct view *v)
{
	add(r, "/", FS_READ_FILE | FS_READ_DIR);
	for (unsigned i = 0; i < v->count; i++) {
		const struct view_entry *n = &v->entry[i];

		if (n->kind == VIEW_DIR && !strcmp(n->at, "dev"))
			add(r, n->at, rights(&view_devices[0]));
		else if (n->kind != VIEW_NODE && rights(n))
			add(r, n->at, rights(n));
	}
}

void landlock_make(struct landlock_rules *to, const struct profile *p, const struct view *v,
		   int abi)
{
	to->fs = handled_fs(abi);
	to->net = abi >= 4 ? NET_BIND_TCP : 0;
	to->scoped = abi >= 6 ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0;
	to->paths = to->ports = 0;
	add_paths(to, v);
	for (unsigned i = 0; i < p->listens; i++) {
		if (p->listen[i].proto != PROFILE_TCP)
			continue;
		if (!p->listen[i].port)
			to->net = 0; /* any: there is no rule for a range */
		to->port[to->ports++] = p->listen[i].port;
	}
	if (!to->net)
		to->ports = 0;
	else
		to->port[to->ports++] = 0; /* a port of the kernel's choice */
}

/* Paths are of the root, wherever the program starts. Directory rights on a file are refused by the
 * kernel. */
static int add_path(int ruleset, int root, const struct landlock_path *p)
{
	const uint64_t file =
	    FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV;
	struct path_attr attr = {.allowed = p->access};
	int rc;

	attr.parent = strcmp(p->path, "/") ? openat(root, p->path, O_PATH | O_CLOEXEC) : root;
	if (attr.parent < 0)
		return errno == ENOENT ? 0 : -1;
	rc = (int)syscall(__NR_landlock_add_rule, ruleset, RULE_PATH, &attr, 0);
	if (rc && errno == EINVAL) {
		attr.allowed &= file;
		rc = (int)syscall(__NR_landlock_add_rule, ruleset, RULE_PATH, &attr, 0);
	}
	if (attr.parent != root)
		close(attr.parent);
	return rc;
}

static int add_port(int ruleset, uint16_t port)
{
	struct port_attr attr = {NET_BIND_TCP, port};

	return (int)syscall(__NR_landlock_add_rule, ruleset, RULE_PORT, &attr, 0);
}

int landlock_enter(const struct landlock_rules *r, struct err *e)
{
	struct ruleset_attr attr = {r->fs, r->net, r->scoped};
	/* Kernels refuse a size that they do not know, unless the rest is 0; old ones even then. */
	size_t size = r->scoped ? sizeof(attr) : r->net ? 16 : 8;
	int fd = (int)syscall(__NR_landlock_create_ruleset, &attr, size, 0), rc = 0;
	int root = open("/", O_PATH | O_CLOEXEC);

	if (fd < 0 || root < 0)
		return err_sys(e, errno, "layer landlock");
	for (unsigned i = 0; i < r->paths && !rc; i++)
		if (add_path(fd, root, &r->path[i]))
			rc = err_sys(e, errno, "layer landlock: '%s'", r->path[i].path);
	for (unsigned i = 0; i < r->ports && !rc; i++)
		if (add_port(fd, r->port[i]))
			rc = err_sys(e, errno, "layer landlock: port %u", r->port[i]);
	if (!rc && syscall(__NR_landlock_restrict_self, fd, 0))
		rc = err_sys(e, errno, "layer landlock");
	close(fd);
	return rc;
}
