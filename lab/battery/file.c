// SPDX-License-Identifier: MIT
// Files that are not the program's.
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static void planted(struct result *r, const char *path)
{
	if (!path)
		return absent(r, "not told which");
	if (!read_secret(r, path))
		refused(r, path);
}

static void secret(struct result *r, const char *word)
{
	(void)word;
	planted(r, facts.secret);
}

static void readable(struct result *r, const char *word)
{
	(void)word;
	planted(r, facts.readable);
}

static void climb(struct result *r, const char *word)
{
	char path[320];

	(void)word;
	if (!facts.readable)
		return absent(r, "not told which");
	snprintf(path, sizeof(path), "/../../../../../../../..%s", facts.readable);
	planted(r, path);
}

static void shadow(struct result *r, const char *word)
{
	static const char *const list[] = {"/etc/shadow", "/etc/shadow-", "/etc/gshadow"};
	char byte;

	(void)word;
	for (unsigned i = 0; i < 3; i++) {
		int fd = open(list[i], O_RDONLY | O_CLOEXEC);

		if (fd >= 0 && read(fd, &byte, 1) == 1)
			return succeeded(r, "%s", list[i]);
		refused(r, list[i]);
	}
}

/* Something in a folder, other than the way to what was given to the program. */
static void list_folder(struct result *r, const char *word)
{
	DIR *d = opendir(word);
	struct dirent *e;

	if (!d)
		return refused(r, word);
	errno = ENOENT;
	refused(r, "there is nothing in it");
	while ((e = readdir(d))) {
		char path[320];

		snprintf(path, sizeof(path), "%s/%s/", word, e->d_name);
		if (facts.state && !strncmp(facts.state, path, strlen(path)))
			continue;
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			return succeeded(r, "%s/%s", word, e->d_name);
	}
}

/* Creates a file where the system's are. */
static void plant(struct result *r, const char *word)
{
	static const char *const folders[] = {"/usr/bin",
					      "/usr/sbin",
					      "/usr/lib",
					      "/bin",
					      "/lib",
					      "/etc",
					      "/etc/init.d",
					      "/etc/cron.d",
					      "/var/spool/cron",
					      "/etc/systemd/system",
					      "/usr/local/bin",
					      "/boot",
					      "/opt",
					      "/usr/share"};
	char path[96];

	(void)word;
	for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/.holdfast-battery", folders[i]);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd >= 0) {
			unlink(path);
			return succeeded(r, "%s", path);
		}
		if (i == 0 || errno != ENOENT)
			refused(r, folders[i]);
	}
}

/* Opens one for writing, without writing. */
static void overwrite(struct result *r, const char *word)
{
	static const char *const files[] = {
	    "/etc/passwd",	  "/etc/hosts",	  "/etc/resolv.conf", "/etc/ld.so.cache",
	    "/etc/ld.so.preload", "/etc/crontab", "/bin/sh",	      "/usr/lib/os-release"};

	(void)word;
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (open(files[i], O_WRONLY | O_CLOEXEC) >= 0 || errno == ETXTBSY)
			return succeeded(r, "%s", files[i]);
		if (i == 0 || errno != ENOENT)
			refused(r, files[i]);
	}
}

static void shared_memory(struct result *r, const char *word)
{
	int id;
	char *p;

	if (!facts.key)
		return absent(r, "not told which");
	if (!strcmp(word, "posix")) {
		char path[64];

		snprintf(path, sizeof(path), "/dev/shm/hf-battery-%u", (unsigned)facts.key);
		return planted(r, path);
	}
	id = shmget((key_t)facts.key, 64, 0);
	p = id < 0 ? (char *)-1 : shmat(id, NULL, SHM_RDONLY);
	if (p == (char *)-1)
		return refused(r, "shmget");
	errno = ENODATA;
	if (!found_secret(r, "a SysV segment", p, 64))
		refused(r, "nothing in it");
}

/* A name of one's own for another's file. */
static void hard_link(struct result *r, const char *word)
{
	char path[192];

	(void)word;
	if (!facts.readable)
		return absent(r, "not told which");
	if (!scratch(path, sizeof(path), "link"))
		return refused(r, "no place to write");
	accepted(r, link(facts.readable, path), "a hard link to another's file");
	unlink(path);
}

static void hard_link_self(struct result *r, const char *word)
{
	char path[192];

	(void)word;
	if (!scratch(path, sizeof(path), "link"))
		return refused(r, "no place to write");
	accepted(r, linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, path, AT_SYMLINK_FOLLOW),
		 "a hard link to its own program");
	unlink(path);
}

/* Descriptors that were open when it started: a file, a folder to start from, a kernel object. */
static void inherited(struct result *r, const char *word)
{
	errno = EBADF;
	refused(r, "no such descriptor");
	for (int fd = 3; fd < 1024; fd++) {
		char name[64], to[256] = "", text[256];
		struct stat s;
		ssize_t n;

		if (fstat(fd, &s))
			continue;
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		n = readlink(name, to, sizeof(to) - 1);
		if (!strcmp(word, "any")) {
			return succeeded(r, "%d: %s", fd, n > 0 ? to : "open");
		} else if (!strcmp(word, "file") && S_ISREG(s.st_mode)) {
			n = pread(fd, text, sizeof(text), 0);
			if (n > 0 && found_secret(r, to, text, (size_t)n))
				return;
		} else if (!strcmp(word, "folder") && S_ISDIR(s.st_mode) && facts.readable) {
			int in = openat(fd, facts.readable + 1, O_RDONLY | O_CLOEXEC);

			n = in < 0 ? 0 : read(in, text, sizeof(text));
			if (n > 0 && found_secret(r, to, text, (size_t)n))
				return;
		} else if (!strcmp(word, "kernel") && !strncmp(to, "anon_inode:", 11)) {
			return succeeded(r, "%d: %s", fd, to);
		} else if (!strcmp(word, "socket") && S_ISSOCK(s.st_mode)) {
			return succeeded(r, "%d: %s", fd, to);
		}
	}
}

/* chroot to a folder while holding the old one, then up: out of any chroot. */
static void break_chroot(struct result *r, const char *word)
{
	char folder[192];

	(void)word;
	if (!facts.readable)
		return absent(r, "not told which");
	if (!scratch(folder, sizeof(folder), "chroot") || mkdir(folder, 0700))
		return refused(r, "no place to write");
	if (chroot(folder)) {
		refused(r, "chroot");
		rmdir(folder);
		return;
	}
	for (int i = 0; i < 64; i++) {
		if (chdir(".."))
			break;
	}
	if (chroot("."))
		return refused(r, "chroot(.)");
	rmdir(folder); /* by its name again */
	if (!read_secret(r, facts.readable))
		succeeded(r, "chroot was possible");
}

/* A descriptor of a path only, turned into more. */
static void path_only(struct result *r, const char *word)
{
	char name[320];
	int fd = open("/", O_PATH | O_CLOEXEC);

	(void)word;
	if (!facts.readable)
		return absent(r, "not told which");
	snprintf(name, sizeof(name), "../../../../../..%s", facts.readable);
	fd = openat(fd, name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return refused(r, "O_PATH");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	planted(r, name);
}

static void change_owner(struct result *r, const char *word)
{
	char path[192];

	(void)word;
	if (!scratch(path, sizeof(path), "owner") || write_file(path, "", 0, 0644))
		return refused(r, "no place to write");
	accepted(r, chown(path, getuid() + 1, (gid_t)-1), "a file given to another user");
	unlink(path);
}

/* Powers on a file, for whoever executes it. */
static void file_power(struct result *r, const char *word)
{
	/* version 2, effective; cap_net_raw permitted */
	static const uint32_t power[5] = {0x02000001, 1 << 13, 0, 0, 0};
	char path[192];

	(void)word;
	if (!scratch(path, sizeof(path), "power") || write_file(path, "", 0, 0755))
		return refused(r, "no place to write");
	accepted(r, setxattr(path, "security.capability", power, sizeof(power), 0),
		 "a file with cap_net_raw");
	unlink(path);
}

/* What its start left behind: secrets in the environment, ways for a loader to be led astray. */
static void environment(struct result *r, const char *word)
{
	extern char **environ;
	static const char *const leads[] = {
	    "LD_", "GCONV_PATH=", "GLIBC_TUNABLES=", "NLSPATH=", "LOCPATH=", "MALLOC_"};
	bool loader = !strcmp(word, "loader");

	errno = ENOENT;
	refused(r, "nothing in the environment");
	for (char **e = environ; *e; e++) {
		if (!loader && found_secret(r, "the environment", *e, strlen(*e)))
			return;
		for (unsigned i = 0; loader && i < sizeof(leads) / sizeof(leads[0]); i++) {
			if (!strncmp(*e, leads[i], strlen(leads[i])))
				return succeeded(r, "%s", *e);
		}
	}
}

/* The outside part gives a folder in which the profile's writable folder was replaced by a link. */
static void state_secret(struct result *r, const char *word)
{
	char path[320];

	if (!facts.state)
		return absent(r, "not told which");
	snprintf(path, sizeof(path), "%s/%s", facts.state, word);
	planted(r, path);
}

const struct attack file_attacks[] = {
    {"read-secret", "another user's file", secret, NULL},
    {"read-other", "another program's readable file", readable, NULL},
    {"climb", "the same by /../../..", climb, NULL},
    {"read-shadow", "the passwords", shadow, NULL},
    {"list-root", "root's home", list_folder, "/root"},
    {"list-home", "people's homes", list_folder, "/home"},
    {"list-state", "other programs' state", list_folder, "/var/lib"},
    {"list-spool", "what others have spooled", list_folder, "/var/spool"},
    {"list-log", "the logs", list_folder, "/var/log"},
    {"write-system", "a new file in a folder of the system", plant, NULL},
    {"overwrite", "changes a file of the system", overwrite, NULL},
    {"shm-outside", "another program's /dev/shm", shared_memory, "posix"},
    {"sysv-outside", "another program's SysV segment", shared_memory, "sysv"},
    {"hard-link", "a hard link to another's file", hard_link, NULL},
    {"hard-link-exe", "a hard link to its own program", hard_link_self, NULL},
    {"fd-any", "any descriptor left open", inherited, "any"},
    {"fd-file", "a file left open", inherited, "file"},
    {"fd-folder", "a folder left open", inherited, "folder"},
    {"fd-socket", "a socket left open", inherited, "socket"},
    {"fd-kernel", "a kernel object left open", inherited, "kernel"},
    {"chroot", "chroot and out of it", break_chroot, NULL},
    {"path-only", "an O_PATH descriptor turned into more", path_only, NULL},
    {"chown", "gives a file away", change_owner, NULL},
    {"file-power", "a file with powers", file_power, NULL},
    {"env-secret", "secrets in the environment", environment, "secret"},
    {"env-loader", "leads for the loader in the environment", environment, "loader"},
    {"state-link", "its own folder was replaced by a link", state_secret, "secret"},
    {0},
};
