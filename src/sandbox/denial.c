// SPDX-License-Identifier: MIT
#include "sandbox/denial.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/profile_keys.h"

#define WORD 180 /* longest that fits on a line of a profile beside its key */

/* Calls that are let pass by something else than their name, or by nothing. The first row that
 * matches counts; a name that ends in '*' matches what begins so. `argument`: the row is about an
 * argument; without it the call by its name is what a profile can allow. */
static const struct row {
	const char *call, *line;
	bool argument;
} rows[] = {
    {"clone", "[allow] power = user-ns", true},
    {"unshare", "[allow] power = user-ns", true},
    {"mmap*", "[allow] power = jit", true},
    {"mprotect", "[allow] power = jit", true},
    {"pkey_mprotect", "[allow] power = jit", true},
    {"shmat", "[allow] power = jit", true},
    {"memfd_create", "[allow] power = memfd", true},
    {"chmod", "never: a file that runs with its owner's powers", true},
    {"fchmod*", "never: a file that runs with its owner's powers", true},
    {"open*", "never: a file that runs with its owner's powers", true},
    {"creat", "never: a file that runs with its owner's powers", true},
    {"mknod*", "never: a device node of its own, or a file with its owner's powers", true},
    {"renameat2", "never: a device node of its own", true},
    {"ioctl", "never: it would type into or take over a terminal", true},
    {"setsockopt", "[allow] power = net-raw", true},
    {"prctl", "never: it would change the layout of its own memory", true},
    {"personality", "never: it would be an easier target", true},
    {"seccomp", "never: it could let pass what this sandbox refuses", true},
    {"ptrace", "[allow] power = ptrace"},
    {"process_vm_*", "[allow] power = ptrace"},
    {"settimeofday", "[allow] power = time"},
    {"stime", "[allow] power = time"},
    {"clock_settime*", "[allow] power = time"},
    {"clock_adjtime*", "[allow] power = time"},
    {"adjtimex", "[allow] power = time"},
    {"chroot", "[allow] power = switch-user"},
    {"mount*", "never: it would change what it sees of the machine"},
    {"umount*", "never: it would change what it sees of the machine"},
    {"move_mount", "never: it would change what it sees of the machine"},
    {"open_tree*", "never: it would change what it sees of the machine"},
    {"fsopen", "never: it would change what it sees of the machine"},
    {"fsmount", "never: it would change what it sees of the machine"},
    {"fsconfig", "never: it would change what it sees of the machine"},
    {"fspick", "never: it would change what it sees of the machine"},
    {"pivot_root", "never: it would change what it sees of the machine"},
    {"setns", "never: it would leave its sandbox"},
    {"open_by_handle_at", "never: it would leave its sandbox"},
    {"pidfd_getfd", "never: it would take what others have open"},
    {"kcmp", "never: it would look into other programs"},
    {"bpf", "never: it would run code in the kernel"},
    {"perf_event_open", "never: it would look into the kernel"},
    {"userfaultfd", "never: made for attacks on the kernel as much as for anything else"},
    {"io_uring_*", "never: it would pass by the filter of system calls"},
    {"init_module", "never: it would run code in the kernel"},
    {"finit_module", "never: it would run code in the kernel"},
    {"delete_module", "never: it would change the kernel"},
    {"kexec_*", "never: it would replace the kernel"},
    {"reboot", "never: the supervisor stops and starts"},
    {"swapon", "never: it would change the whole machine"},
    {"swapoff", "never: it would change the whole machine"},
    {"acct", "never: it would change the whole machine"},
    {"quotactl*", "never: it would change the whole machine"},
    {"iopl", "never: it would reach the hardware past the kernel"},
    {"ioperm", "never: it would reach the hardware past the kernel"},
    {"fanotify_*", "never: it would watch the whole machine"},
};

static const struct row *find(const char *call, bool argument)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].call);

		if (rows[i].argument != argument)
			continue;
		if (rows[i].call[n - 1] == '*' ? !strncmp(rows[i].call, call, n - 1)
					       : !strcmp(rows[i].call, call))
			return &rows[i];
	}
	return NULL;
}

static const char *say(char *to, size_t n, const char *what)
{
	snprintf(to, n, "%s", what);
	return to;
}

static const char *call_line(const struct denial *d, char *to, size_t n)
{
	int i = call_index(d->call);
	const char *name = i < 0 ? NULL : call_name((unsigned)i);
	const struct row *row = name ? find(name, *d->detail) : NULL;

	if (!name)
		return say(to, n, "never: a system call that this program knows no name for");
	if (row)
		return say(to, n, row->line);
	if (*d->detail)
		return say(to, n, "never: not with this argument");
	snprintf(to, n, "[syscalls] allow = %s", name);
	return to;
}

/* As a word of a profile, quoted where it has to be; NULL when no profile can say it. */
static const char *quoted(const char *s, char to[static WORD])
{
	bool plain = true;
	size_t n = 0;

	for (const char *c = s; *c; c++) {
		if ((unsigned char)*c < 0x20 ||
		    (*c == ';' && c > s && isblank((unsigned char)c[-1])))
			return NULL;
		if (strchr(" \"'\\$`|&<>;#", *c))
			plain = false;
	}
	if (!plain)
		to[n++] = '\'';
	for (; *s && n < WORD - 6; s++) {
		/* A single quote ends the quoted part, stands escaped, and a new part begins. */
		if (*s == '\'')
			n += (size_t)sprintf(to + n, "'\\''");
		else
			to[n++] = *s;
	}
	if (*s)
		return NULL;
	if (!plain)
		to[n++] = '\'';
	to[n] = 0;
	return to;
}

static const char *path_line(const struct denial *d, enum profile_access access, char *to, size_t n)
{
	static const char *const keys[] = {[PROFILE_READ] = "read",
					   [PROFILE_WRITE] = "write",
					   [PROFILE_DEVICE] = "device",
					   [PROFILE_EXEC] = "exec-also"};
	char word[WORD];
	const char *why, *path;

	if (access != PROFILE_EXEC && !strncmp(d->detail, "/dev/", 5))
		access = PROFILE_DEVICE;
	if (strlen(d->detail) == DENIAL_DETAIL - 1)
		return say(to, n, "never: the path is too long to be shown whole, let alone named");
	why = profile_path_never(d->detail, access);
	if (why) {
		snprintf(to, n, "never: %s", strncmp(why, "never: ", 7) ? why : why + 7);
		return to;
	}
	path = quoted(d->detail, word);
	if (!path)
		return say(to, n,
			   "never: a path with characters that a profile has no way to write");
	snprintf(to, n, "[allow] %s = %s", keys[access], path);
	return to;
}

/* "554/tcp" and nothing else. */
static bool is_port(const char *s)
{
	unsigned port = 0;
	size_t n = strspn(s, "0123456789");

	for (size_t i = 0; i < n && i < 6; i++)
		port = port * 10 + (unsigned)(s[i] - '0');
	return n && n < 6 && *s != '0' && port < 65536 &&
	       (!strcmp(s + n, "/tcp") || !strcmp(s + n, "/udp"));
}

static const char *listen_line(const struct denial *d, char *to, size_t n)
{
	/* Port 0 is one of the kernel's choice, all of them above 1023. */
	if (!strcmp(d->detail, "0/tcp") || !strcmp(d->detail, "0/udp")) {
		snprintf(to, n, "[allow] listen = any%s", d->detail + 1);
		return to;
	}
	if (!is_port(d->detail))
		return say(to, n, "never: not a port of TCP or UDP");
	snprintf(to, n, "[allow] listen = %s", d->detail);
	return to;
}

static const char *net_line(const struct denial *d, char *to, size_t n)
{
	const char *space = strrchr(d->detail, ' ');

	if (!strcmp(d->detail, "packet") || (space && !strcmp(space, " raw")))
		return say(to, n, "[allow] power = net-raw");
	if (!strncmp(d->detail, "netlink", 7))
		return say(to, n, "never: of netlink there is addresses and routes alone");
	return say(to, n, "never: sockets are TCP, UDP, ping, unix and netlink's routes alone");
}

const char *denial_line(const struct denial *d, char *to, size_t n)
{
	switch (d->kind) {
	case DENIAL_CALL:
		return call_line(d, to, n);
	case DENIAL_READ:
		return path_line(d, PROFILE_READ, to, n);
	case DENIAL_WRITE:
		return path_line(d, PROFILE_WRITE, to, n);
	case DENIAL_EXEC:
		return path_line(d, PROFILE_EXEC, to, n);
	case DENIAL_LISTEN:
		return listen_line(d, to, n);
	case DENIAL_NET:
		return net_line(d, to, n);
	default:
		return say(to, n, "never: a refusal of no known kind");
	}
}
