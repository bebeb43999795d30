// SPDX-License-Identifier: MIT
// Every way to execute something that is not the program itself.
#include "attack.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct run {
	const char *path;
	const char *arg[6];
	int fd;
};

static void by_path(const void *arg)
{
	const struct run *run = arg;

	execve(run->path, (char **)run->arg, environ);
}

static void by_descriptor(const void *arg)
{
	const struct run *run = arg;

	syscall(SYS_execveat, run->fd, "", run->arg, environ, 0x1000 /* AT_EMPTY_PATH */);
}

static bool drop_payload(const char *path)
{
	uint8_t file[1024];

	return !write_file(path, file, payload(file, sizeof(file)), 0755);
}

/* In word, or in every place that can be written. */
static void dropped(struct result *r, const char *word)
{
	struct places p = {.count = 0};
	char path[192];

	if (word)
		snprintf(p.at[p.count++], sizeof(p.at[0]), "%s", word);
	else
		writable_places(&p);
	errno = EROFS;
	refused(r, "no place to write");
	for (unsigned i = 0; i < p.count; i++) {
		struct run run = {path, {path}, -1};

		snprintf(path, sizeof(path), "%s/payload-%d", p.at[i], getpid());
		if (!drop_payload(path)) {
			refused(r, "no place to write");
			continue;
		}
		if (ran(by_path, &run))
			succeeded(r, "%s ran", path);
		else
			refused(r, path);
		unlink(path);
		if (r->outcome == SUCCEEDED)
			return;
	}
}

static const char *loader(void)
{
	static const char *const known[] = {
	    "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1",
	    "/usr/lib64/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"};

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!access(known[i], F_OK))
			return known[i];
	}
	return NULL;
}

static void loader_payload(struct result *r, const char *word)
{
	const char *ld = loader();
	char path[192];
	struct run run = {ld, {ld, path}, -1};

	(void)word;
	if (!ld)
		return errno = ENOENT, refused(r, "no ld.so in sight");
	if (!scratch(path, sizeof(path), "payload") || !drop_payload(path))
		return refused(r, "no place to write");
	if (ran(by_path, &run))
		succeeded(r, "%s %s ran", ld, path);
	else
		refused(r, ld);
	unlink(path);
}

/* A shell, or whatever prints, started through ld.so. */
static void loader_other(struct result *r, const char *word)
{
	static const char *const shells[] = {"/usr/bin/dash", "/usr/bin/bash", "/bin/sh",
					     "/bin/busybox"};
	const char *ld = loader();

	(void)word;
	if (!ld)
		return errno = ENOENT, refused(r, "no ld.so in sight");
	errno = ENOENT;
	refused(r, "no program in sight");
	for (unsigned i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		struct run run = {ld, {ld, shells[i], "-c", "echo holdfast-payload-ran"}, -1};

		if (access(shells[i], F_OK))
			continue;
		if (ran(by_path, &run))
			return succeeded(r, "%s %s ran", ld, shells[i]);
		refused(r, shells[i]);
	}
}

static void interpreter(struct result *r, const char *word)
{
	/* program, option; the script comes last */
	static const char *const any[][3] = {
	    {"/bin/sh", "-c", "echo holdfast-payload-ran"},
	    {"/bin/busybox", "echo", "holdfast-payload-ran"},
	    {"/usr/bin/python3", "-c", "print('holdfast-payload-ran')"},
	    {"/usr/bin/perl", "-e", "print \"holdfast-payload-ran\\n\""},
	    {"/usr/bin/awk", "BEGIN{print \"holdfast-payload-ran\"}", NULL},
	    {"/usr/bin/env", "echo", "holdfast-payload-ran"},
	};

	(void)word;
	errno = ENOENT;
	refused(r, "none in sight");
	for (unsigned i = 0; i < sizeof(any) / sizeof(any[0]); i++) {
		struct run run = {any[i][0], {any[i][0], any[i][1], any[i][2]}, -1};

		if (ran(by_path, &run))
			return succeeded(r, "%s ran", any[i][0]);
		if (errno != ENOENT)
			refused(r, any[i][0]);
	}
}

static void sh_command(struct result *r, const char *word)
{
	struct run run = {"/bin/sh", {"/bin/sh", "-c", "echo holdfast-payload-ran"}, -1};

	(void)word;
	if (ran(by_path, &run))
		succeeded(r, "/bin/sh -c ran");
	else
		refused(r, "/bin/sh -c");
}

static void script(struct result *r, const char *word)
{
	static const char text[] = "#!/bin/sh\necho holdfast-payload-ran\n";
	char path[192];
	struct run direct = {path, {path}, -1}, by_shell = {"/bin/sh", {"/bin/sh", path}, -1};

	if (!scratch(path, sizeof(path), "script") ||
	    write_file(path, text, sizeof(text) - 1, 0755))
		return refused(r, "no place to write");
	if (ran(by_path, strcmp(word, "sh") ? &direct : &by_shell))
		succeeded(r, "%s %s ran", word, path);
	else
		refused(r, path);
	unlink(path);
}

static int payload_memfd(unsigned flags)
{
	uint8_t file[1024];
	size_t n = payload(file, sizeof(file));
	int fd = (int)syscall(SYS_memfd_create, "payload", flags);

	if (fd >= 0 && write(fd, file, n) != (ssize_t)n)
		return -1;
	return fd;
}

static void memfd(struct result *r, const char *word)
{
	char path[64];
	struct run run = {path, {"payload"}, payload_memfd(strcmp(word, "exec") ? 1 : 0x10)};

	if (run.fd < 0)
		return refused(r, "memfd_create");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", run.fd);
	if (ran(strcmp(word, "path") ? by_descriptor : by_path, &run))
		succeeded(r, "payload ran from a memfd");
	else
		refused(r, "execute a memfd");
}

/* A file without a name, or unlinked before it runs. */
static void nameless(struct result *r, const char *word)
{
	uint8_t file[1024];
	size_t n = payload(file, sizeof(file));
	char path[192], proc[64];
	struct run run = {proc, {"payload"}, -1};
	int fd;

	if (!scratch(path, sizeof(path), "nameless") || write_file(path, file, n, 0755))
		return refused(r, "no place to write");
	run.fd = fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!strcmp(word, "unlinked"))
		unlink(path);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	if (ran(strcmp(word, "execveat") ? by_path : by_descriptor, &run))
		succeeded(r, "%s ran", word);
	else
		refused(r, word);
	unlink(path);
}

/* Through the directory descriptor and a relative path, as a filter by path text would miss. */
static void relative(struct result *r, const char *word)
{
	char path[192];
	char *slash;
	struct run run;

	(void)word;
	if (!scratch(path, sizeof(path), "payload") || !drop_payload(path))
		return refused(r, "no place to write");
	slash = strrchr(path, '/');
	*slash = 0;
	run = (struct run){slash + 1, {slash + 1}, -1};
	if (chdir(path) == 0 && ran(by_path, &run))
		succeeded(r, "%s ran", slash + 1);
	else
		refused(r, "a relative path");
	*slash = '/';
	unlink(path);
}

/* Maps the descriptor's first page executable and calls what is there. */
static void call_mapped(struct result *r, int fd, const char *what)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (code == MAP_FAILED)
		refused(r, what);
	else if (call_code(code) == 42)
		succeeded(r, "code of %s ran", what);
}

static void map_file(struct result *r, const char *word)
{
	struct places p = {.count = 0};
	char path[192];

	if (word)
		snprintf(p.at[p.count++], sizeof(p.at[0]), "%s", word);
	else
		writable_places(&p);
	errno = EROFS;
	refused(r, "no place to write");
	for (unsigned i = 0; i < p.count && r->outcome == REFUSED; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/code-%d", p.at[i], getpid());
		if (write_file(path, code42, code42_size, 0755)) {
			refused(r, "no place to write");
			continue;
		}
		fd = open(path, O_RDONLY | O_CLOEXEC);
		unlink(path);
		call_mapped(r, fd, path);
		close(fd);
	}
}

static void map_memfd(struct result *r, const char *word)
{
	int fd = (int)syscall(SYS_memfd_create, "code", 1u);

	(void)word;
	if (fd < 0)
		return refused(r, "memfd_create");
	if (write(fd, code42, code42_size) < 0)
		return refused(r, "write");
	call_mapped(r, fd, "a memfd");
}

static void map_shm(struct result *r, const char *word)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700);
	void *write_at, *code;

	(void)word;
	if (id < 0)
		return refused(r, "shmget");
	write_at = shmat(id, NULL, 0);
	code = shmat(id, NULL, SHM_EXEC | SHM_RDONLY);
	refused(r, "shmat(SHM_EXEC)");
	shmctl(id, IPC_RMID, NULL);
	if (write_at == (void *)-1 || code == (void *)-1)
		return;
	memcpy(write_at, code42, code42_size);
	if (call_code(code) == 42)
		succeeded(r, "code of a SysV segment ran");
}

/* A file mapped for code without PROT_EXEC, and made executable afterwards. */
static void map_then_protect(struct result *r, const char *word)
{
	char path[192];
	void *code;
	int fd;

	(void)word;
	if (!scratch(path, sizeof(path), "code") || write_file(path, code42, code42_size, 0755))
		return refused(r, "no place to write");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	code = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (code == MAP_FAILED || mprotect(code, 4096, PROT_READ | PROT_EXEC))
		return refused(r, "mprotect of a dropped file");
	if (call_code(code) == 42)
		succeeded(r, "code of %s ran", path);
}

#ifdef BATTERY_STATIC
static void load_library(struct result *r, const char *word)
{
	(void)word;
	absent(r, "a static program has no dlopen");
}
#else
/* A copy of a library of the system, from a place of ours. */
static void load_library(struct result *r, const char *word)
{
	static char bytes[4 << 20];
	char path[192];
	glob_t found = {0};
	void *library;
	ssize_t n;
	int fd;

	(void)word;
	if (glob("/usr/lib/*/libm.so.6", 0, NULL, &found) ||
	    !scratch(path, sizeof(path), "library"))
		return refused(r, "no library to copy, or no place");
	fd = open(found.gl_pathv[0], O_RDONLY | O_CLOEXEC);
	n = read(fd, bytes, sizeof(bytes));
	if (n <= 0 || write_file(path, bytes, (size_t)n, 0755))
		return refused(r, "copy the library");
	errno = EACCES;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library && dlsym(library, "cos"))
		succeeded(r, "%s was loaded", path);
	else
		refused(r, "dlopen");
	unlink(path);
}
#endif

/* Is there a process, started by us, with another effective uid than ours? */
static bool gains_root(const char *path, char *const argv[])
{
	char status[64], line[256];
	const struct timespec nap = {0, 20000000};
	unsigned uid = 1, effective = 1;
	int in[2];
	pid_t child;

	if (pipe(in))
		return false;
	child = fork();
	if (!child) {
		int none = open("/dev/null", O_RDWR);

		dup2(in[0], 0);
		dup2(none, 1);
		dup2(none, 2);
		close(in[1]);
		execve(path, argv, environ);
		_exit(1);
	}
	snprintf(status, sizeof(status), "/proc/%d/status", child);
	for (int i = 0; i < 20 && effective; i++) {
		FILE *f;

		nanosleep(&nap, NULL);
		f = fopen(status, "re");
		while (f && fgets(line, sizeof(line), f)) {
			if (sscanf(line, "Uid: %u %u", &uid, &effective) == 2)
				break;
		}
		if (f)
			fclose(f);
	}
	close(in[0]);
	close(in[1]);
	kill(child, SIGKILL);
	return !effective && uid;
}

static void setuid_program(struct result *r, const char *word)
{
	static const char *const programs[] = {"/usr/bin/su", "/usr/bin/passwd", "/usr/bin/chfn",
					       "/usr/bin/newgrp"};

	(void)word;
	if (!getuid())
		return absent(r, "is uid 0 already");
	errno = ENOENT;
	for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		char *const argv[] = {(char *)programs[i], NULL};

		if (!access(programs[i], F_OK) && gains_root(programs[i], argv))
			return succeeded(r, "%s runs as root", programs[i]);
	}
	refused(r, "no program becomes root");
}

static void make_setuid(struct result *r, const char *word)
{
	char path[192];
	struct stat s = {0};

	(void)word;
	if (!scratch(path, sizeof(path), "setuid") || write_file(path, "", 0, 0755))
		return refused(r, "no place to write");
	if (chmod(path, 04755) || stat(path, &s) || !(s.st_mode & S_ISUID))
		refused(r, "chmod u+s");
	else
		succeeded(r, "%s is setuid %u", path, (unsigned)s.st_uid);
	unlink(path);
}

/* The same by other calls, for whoever watches chmod alone. */
static void make_setuid_otherwise(struct result *r, const char *word)
{
	bool open_it = !strcmp(word, "open");
	char path[192];
	struct stat s = {0};
	int fd;

	if (!scratch(path, sizeof(path), "setuid"))
		return refused(r, "no place to write");
	umask(0);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, open_it ? 04755 : 0755);
	if (fd < 0)
		return refused(r, "open");
	if (!open_it && syscall(452 /* fchmodat2 */, AT_FDCWD, path, 04755, 0))
		refused(r, "fchmodat2");
	else if (fstat(fd, &s) || !(s.st_mode & S_ISUID))
		refused(r, word);
	else
		succeeded(r, "%s is setuid %u", path, (unsigned)s.st_uid);
	unlink(path);
}

static void binfmt(struct result *r, const char *word)
{
	char folder[192], path[224];
	int fd = open("/proc/sys/fs/binfmt_misc/register", O_WRONLY | O_CLOEXEC);

	(void)word;
	if (fd >= 0)
		return succeeded(r, "binfmt_misc/register is open");
	if (!scratch(folder, sizeof(folder), "binfmt") || mkdir(folder, 0700))
		return refused(r, "no place to write");
	if (mount("none", folder, "binfmt_misc", 0, NULL)) {
		refused(r, "mount binfmt_misc");
	} else {
		snprintf(path, sizeof(path), "%s/register", folder);
		accepted(r, open(path, O_WRONLY | O_CLOEXEC), "binfmt_misc/register is open");
		umount2(folder, MNT_DETACH);
	}
	rmdir(folder);
}

static void itself(struct result *r, const char *word)
{
	struct run run = {"/proc/self/exe", {"holdfast-lab-battery", "--mark"}, -1};

	(void)word;
	if (ran(by_path, &run))
		succeeded(r, "/proc/self/exe ran again");
	else
		refused(r, "/proc/self/exe");
}

const struct attack exec_attacks[] = {
    {"exec-anywhere", "a dropped program file, in every place that can be written", dropped, NULL},
    {"exec-tmp", "the same in /tmp", dropped, "/tmp"},
    {"exec-shm", "the same in /dev/shm", dropped, "/dev/shm"},
    {"exec-var-tmp", "the same in /var/tmp", dropped, "/var/tmp"},
    {"exec-relative", "the same by a relative path", relative, NULL},
    {"exec-descriptor", "the same by execveat on a descriptor", nameless, "execveat"},
    {"exec-proc-fd", "the same by /proc/self/fd", nameless, "proc"},
    {"exec-unlinked", "the same when its name is gone", nameless, "unlinked"},
    {"ld-payload", "ld.so with a dropped program", loader_payload, NULL},
    {"ld-other", "ld.so with another installed program", loader_other, NULL},
    {"exec-sh", "/bin/sh -c", sh_command, NULL},
    {"exec-other", "any other installed interpreter", interpreter, NULL},
    {"sh-script", "sh with a dropped script", script, "sh"},
    {"script", "a dropped #! script", script, "#!"},
    {"memfd-execveat", "a memfd by execveat", memfd, "execveat"},
    {"memfd-exec-flag", "a memfd made with MFD_EXEC", memfd, "exec"},
    {"memfd-path", "a memfd by /proc/self/fd", memfd, "path"},
    {"map-file", "code of a dropped file, mapped", map_file, NULL},
    {"map-shm-file", "the same in /dev/shm", map_file, "/dev/shm"},
    {"map-memfd", "code of a memfd, mapped", map_memfd, NULL},
    {"map-sysv", "code of a SysV segment", map_shm, NULL},
    {"map-protect", "a dropped file mapped, then made executable", map_then_protect, NULL},
    {"dlopen", "a dropped library", load_library, NULL},
    {"setuid-program", "an installed setuid program becomes root", setuid_program, NULL},
    {"setuid-create", "makes a setuid file", make_setuid, NULL},
    {"setuid-open", "makes a setuid file by open", make_setuid_otherwise, "open"},
    {"setuid-chmodat", "makes a setuid file by fchmodat2", make_setuid_otherwise, "fchmodat2"},
    {"binfmt", "a handler of its own for a binary format", binfmt, NULL},
    {"exec-itself", "its own file once more", itself, NULL},
    {0},
};
