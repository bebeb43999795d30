// SPDX-License-Identifier: MIT
// Devices: made, found, opened.
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/random.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Makes the node and opens it. */
static void make(struct result *r, const char *word)
{
	bool block = !strcmp(word, "block");
	dev_t dev = block ? makedev(7, 0) : makedev(1, 11); /* /dev/kmsg */
	char path[192];
	struct stat s;
	int fd;

	if (!stat("/", &s) && block && major(s.st_dev))
		dev = s.st_dev;
	if (!scratch(path, sizeof(path), "node"))
		return refused(r, "no place to write");
	if (mknod(path, (block ? S_IFBLK : S_IFCHR) | 0600, dev))
		return refused(r, "mknod");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	accepted(r, fd, word);
	unlink(path);
}

/* The first that opens, of a list ended by an empty word. */
static void open_any(struct result *r, const char *const *list, int flags)
{
	errno = ENOENT;
	refused(r, *list);
	for (; **list; list++) {
		int fd = open(*list, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

		if (fd >= 0)
			return succeeded(r, "%s", *list);
		if (errno != ENOENT)
			refused(r, *list);
	}
}

static void memory(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/mem",	 "/dev/kmem",	   "/dev/port",
					   "/dev/nvram", "/dev/cpu/0/msr", ""};

	(void)word;
	open_any(r, list, O_RDONLY);
}

static void kernel_log(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/kmsg", ""};

	(void)word;
	open_any(r, list, O_WRONLY);
}

static void disks(struct result *r, const char *word)
{
	DIR *d = opendir("/dev");
	struct dirent *e;

	(void)word;
	errno = ENOENT;
	refused(r, "no disk in sight");
	while (d && (e = readdir(d))) {
		char path[300];
		struct stat s;

		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		if (stat(path, &s) || !S_ISBLK(s.st_mode) || major(s.st_rdev) == 7)
			continue;
		if (open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) >= 0)
			return succeeded(r, "%s", path);
		refused(r, path);
	}
}

static void consoles(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/tty0",	 "/dev/tty1", "/dev/console",
					   "/dev/ttyS0", "/dev/vcs",  ""};

	(void)word;
	open_any(r, list, O_RDWR);
}

/* Opening one would start it. */
static void watchdog(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/watchdog", "/dev/watchdog0"};

	(void)word;
	for (unsigned i = 0; i < 2; i++) {
		if (!access(list[i], W_OK))
			return succeeded(r, "%s may be written", list[i]);
	}
	if (errno == ENOENT)
		refused(r, "no watchdog in sight");
	else
		refused(r, list[0]);
}

static void fuse(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/fuse", "/dev/cuse", ""};

	(void)word;
	open_any(r, list, O_RDWR);
}

static void loops(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/loop-control", "/dev/loop0", "/dev/mapper/control",
					   "/dev/md0",		"/dev/nbd0",  ""};

	(void)word;
	open_any(r, list, O_RDWR);
}

static void other_devices(struct result *r, const char *word)
{
	static const char *const list[] = {"/dev/input/event0",
					   "/dev/uinput",
					   "/dev/dri/card0",
					   "/dev/snd/controlC0",
					   "/dev/i2c-0",
					   "/dev/gpiochip0",
					   "/dev/kvm",
					   "/dev/vhost-net",
					   "/dev/vhost-vsock",
					   "/dev/vfio/vfio",
					   "/dev/rfkill",
					   "/dev/hpet",
					   "/dev/rtc0",
					   "/dev/vsock",
					   "/dev/userfaultfd",
					   "/dev/udmabuf",
					   "/dev/mapper/control",
					   "/dev/ppp",
					   "/dev/hwrng",
					   "/dev/autofs",
					   "/dev/btrfs-control",
					   "/dev/cpu_dma_latency",
					   ""};

	(void)word;
	open_any(r, list, O_RDWR);
}

static void tunnel(struct result *r, const char *word)
{
	struct ifreq q = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	(void)word;
	if (fd < 0)
		return refused(r, "/dev/net/tun");
	accepted(r, ioctl(fd, TUNSETIFF, &q), "an interface of its own");
}

/* No bytes are added; the permission is what counts. */
static void entropy(struct result *r, const char *word)
{
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC), none = 0;

	(void)word;
	if (fd < 0)
		return refused(r, "/dev/urandom");
	accepted(r, ioctl(fd, RNDADDTOENTCNT, &none), "RNDADDTOENTCNT");
}

/* A rename that leaves the node of no device in the old place: the kernel asks for no right. */
static void leave_node(struct result *r, const char *word)
{
	char from[192], to[192];
	struct stat st;
	long rc;

	(void)word;
	if (!scratch(from, sizeof(from), "white") || !scratch(to, sizeof(to), "moved") ||
	    write_file(from, "", 0, 0644))
		return refused(r, "no place to write");
	rc = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 4 /* RENAME_WHITEOUT */);
	if (rc)
		refused(r, "renameat2");
	else if (!lstat(from, &st) && S_ISCHR(st.st_mode))
		succeeded(r, "a device node");
	unlink(from);
	unlink(to);
}

const struct attack device_attacks[] = {
    {"mknod-char", "makes /dev/kmsg and opens it", make, "char"},
    {"mknod-block", "makes a disk and opens it", make, "block"},
    {"whiteout", "a device node by renameat2", leave_node, NULL},
    {"dev-mem", "physical memory, I/O ports, registers", memory, NULL},
    {"dev-kmsg", "writes into the kernel's log", kernel_log, NULL},
    {"dev-disk", "reads a disk", disks, NULL},
    {"dev-console", "a console or serial line", consoles, NULL},
    {"dev-watchdog", "the hardware's watchdog", watchdog, NULL},
    {"dev-fuse", "a file system of its own", fuse, NULL},
    {"dev-loop", "block devices of its own", loops, NULL},
    {"dev-other", "input, picture, sound, buses, virtual machines", other_devices, NULL},
    {"dev-tun", "a network interface of its own", tunnel, NULL},
    {"dev-random", "claims entropy", entropy, NULL},
    {0},
};
