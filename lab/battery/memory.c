// SPDX-License-Identifier: MIT
// Memory that is written and then executed, whatever the way; and layout made predictable.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

static void run_at(struct result *r, void *code, const char *what)
{
	if (call_code(code) == 42)
		succeeded(r, "%s", what);
}

static void map_wx(struct result *r, const char *word)
{
	int flags = strcmp(word, "shared") ? MAP_PRIVATE : MAP_SHARED;
	void *p =
	    mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return refused(r, "mmap(PROT_WRITE | PROT_EXEC)");
	memcpy(p, code42, code42_size);
	run_at(r, p, "written and executed in one mapping");
}

static void *written_page(void)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		memcpy(p, code42, code42_size);
	return p;
}

static void protect(struct result *r, const char *word)
{
	void *p = written_page();
	int prot = PROT_READ | PROT_EXEC | (strcmp(word, "wx") ? 0 : PROT_WRITE);

	if (p == MAP_FAILED || mprotect(p, PAGE, prot))
		return refused(r, "mprotect(PROT_EXEC)");
	run_at(r, p, "written, then made executable");
}

static void protect_key(struct result *r, const char *word)
{
	void *p = written_page();

	(void)word;
	if (p == MAP_FAILED || syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ | PROT_EXEC, -1))
		return refused(r, "pkey_mprotect(PROT_EXEC)");
	run_at(r, p, "written, then made executable");
}

/* A page that was executable from the start, made writable and executable again. */
static void protect_back(struct result *r, const char *word)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)word;
	if (p == MAP_FAILED || mprotect(p, PAGE, PROT_READ | PROT_WRITE))
		return refused(r, "mprotect(PROT_WRITE)");
	memcpy(p, code42, code42_size);
	if (mprotect(p, PAGE, PROT_READ | PROT_EXEC))
		return refused(r, "mprotect(PROT_EXEC)");
	run_at(r, p, "executable, written, executable");
}

__attribute__((noinline, aligned(4096))) static int victim(void)
{
	__asm__ volatile("");
	return 7;
}

/* The program's own code. */
static void own_code(struct result *r, const char *word)
{
	uintptr_t at = (uintptr_t)victim & ~(PAGE - 1);

	(void)word;
	if (mprotect((void *)at, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC))
		return refused(r, "mprotect of own code");
	memcpy((void *)(uintptr_t)victim, code42, code42_size);
	run_at(r, (void *)(uintptr_t)victim, "own code overwritten");
}

static void stack(struct result *r, const char *word)
{
	uint8_t place[64] __attribute__((aligned(16)));
	uintptr_t at = (uintptr_t)place & ~(PAGE - 1);

	(void)word;
	memcpy(place, code42, code42_size);
	if (mprotect((void *)at, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC))
		return refused(r, "mprotect of the stack");
	run_at(r, place, "code on the stack ran");
}

/* Pages of a file that may be executed, copied by writing, then made executable again. */
static void private_file(struct result *r, const char *word)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	(void)word;
	if (fd < 0 || p == MAP_FAILED)
		return refused(r, "map own file");
	memcpy(p, code42, code42_size);
	if (mprotect(p, PAGE, PROT_READ | PROT_EXEC))
		return refused(r, "mprotect(PROT_EXEC)");
	run_at(r, p, "a copied page of an executable file");
}

static int twice_fd(const char *word)
{
	char path[192];
	int fd;

	if (!strcmp(word, "memfd"))
		return (int)syscall(SYS_memfd_create, "twice", 0);
	if (!strcmp(word, "file"))
		return scratch(path, sizeof(path), "twice") &&
			       (fd = open(path, O_RDWR | O_CREAT, 0700)) >= 0
			   ? (unlink(path), fd)
			   : -1;
	fd = open("/dev/shm/battery-twice", O_RDWR | O_CREAT, 0700);
	unlink("/dev/shm/battery-twice");
	return fd;
}

/* The same memory at two addresses: one is written, the other executed. */
static void twice(struct result *r, const char *word)
{
	int fd = twice_fd(word);
	void *data, *code;

	if (fd < 0 || ftruncate(fd, (off_t)PAGE))
		return refused(r, "a file to map");
	data = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	code = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED || code == MAP_FAILED)
		return refused(r, "a second, executable mapping");
	memcpy(data, code42, code42_size);
	run_at(r, code, "written at one address, executed at another");
}

/* mremap of length 0 makes a second mapping of shared memory. */
static void remap(struct result *r, const char *word)
{
	void *data = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	void *code = mremap(data, 0, PAGE, MREMAP_MAYMOVE);

	(void)word;
	if (data == MAP_FAILED || code == MAP_FAILED || mprotect(code, PAGE, PROT_READ | PROT_EXEC))
		return refused(r, "mprotect of a second mapping");
	memcpy(data, code42, code42_size);
	run_at(r, code, "written at one address, executed at another");
}

static void *code_first(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Executable from the first, so nothing gains the right: the second place gives it up and writes.
 */
static void remap_code(struct result *r, const char *word)
{
	void *code = code_first(), *data;

	(void)word;
	if (code == MAP_FAILED)
		return refused(r, "shared memory of no file, executable");
	data = mremap(code, 0, PAGE, MREMAP_MAYMOVE);
	if (data == MAP_FAILED || mprotect(data, PAGE, PROT_READ | PROT_WRITE))
		return refused(r, "a second mapping that is written");
	memcpy(data, code42, code42_size);
	run_at(r, code, "executable first, written through a second mapping");
}

static void child_writes_code(struct result *r, const char *word)
{
	void *code = code_first();
	int status = 0;
	pid_t pid;

	(void)word;
	if (code == MAP_FAILED)
		return refused(r, "shared memory of no file, executable");
	pid = fork();
	if (!pid) {
		if (mprotect(code, PAGE, PROT_READ | PROT_WRITE))
			_exit(1);
		memcpy(code, code42, code42_size);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return refused(r, "mprotect in a child");
	run_at(r, code, "executable here, written by a child");
}

static void segment_wx(struct result *r, const char *word)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
	void *p = id < 0 ? (void *)-1 : shmat(id, NULL, SHM_EXEC);

	(void)word;
	refused(r, "shmat(SHM_EXEC)");
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
	if (p == (void *)-1)
		return;
	memcpy(p, code42, code42_size);
	run_at(r, p, "written and executed in a SysV segment");
}

/* /proc/PID/mem writes where mprotect would not let. */
static void proc_mem(struct result *r, const char *word)
{
	int fd = open(word, O_RDWR | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, code42, code42_size, (off_t)(uintptr_t)victim) < 0)
		return refused(r, word);
	run_at(r, (void *)(uintptr_t)victim, "own code overwritten");
}

/* A child that waits, to be looked into. */
static pid_t waiting_child(void)
{
	pid_t child = fork();

	while (!child)
		pause();
	return child;
}

static void poke_child(struct result *r, const char *word)
{
	pid_t child = waiting_child();
	int status;
	long code = 0;

	(void)word;
	if (child < 0 || ptrace(PTRACE_ATTACH, child, NULL, NULL))
		return refused(r, "ptrace(PTRACE_ATTACH)");
	waitpid(child, &status, 0);
	memcpy(&code, code42, sizeof(code) < code42_size ? sizeof(code) : code42_size);
	accepted(r, ptrace(PTRACE_POKETEXT, child, (void *)(uintptr_t)victim, (void *)code),
		 "a child's code overwritten");
}

static void traced_child(struct result *r, const char *word)
{
	pid_t child = fork();
	int status = 0;

	(void)word;
	if (!child)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno & 127 : 0);
	waitpid(child, &status, 0);
	errno = WEXITSTATUS(status);
	accepted(r, status ? -1 : 0, "ptrace(PTRACE_TRACEME)");
}

static void write_child(struct result *r, const char *word)
{
	static char there[8] = "before", here[8] = "after";
	struct iovec from = {here, sizeof(here)}, to = {there, sizeof(there)};
	pid_t child = waiting_child();

	(void)word;
	accepted(r, process_vm_writev(child, &from, 1, &to, 1, 0), "process_vm_writev to a child");
}

static void fault(struct result *r, const char *word)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | (strcmp(word, "user") ? 0 : 1));

	if (fd < 0 && !strcmp(word, "kernel")) {
		int error = errno;

		fd = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
		errno = error;
	}
	accepted(r, fd, "userfaultfd");
}

static void implies_exec(struct result *r, const char *word)
{
	void *p;

	(void)word;
	if (personality(READ_IMPLIES_EXEC) < 0)
		return refused(r, "personality(READ_IMPLIES_EXEC)");
	p = written_page();
	if (p == MAP_FAILED)
		return refused(r, "mmap");
	run_at(r, p, "readable memory is executable");
}

static void no_randomness(struct result *r, const char *word)
{
	(void)word;
	if (personality(ADDR_NO_RANDOMIZE) < 0)
		return refused(r, "personality(ADDR_NO_RANDOMIZE)");
	accepted(r, personality(0xffffffff) & ADDR_NO_RANDOMIZE ? 0 : -1,
		 "addresses of what it starts are no longer random");
}

/* Page 0, where a null pointer of the kernel or of another program would lead. */
static void page_zero(struct result *r, const char *word)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		       -1, 0);

	(void)word;
	accepted(r, p == MAP_FAILED ? -1 : 0, "page 0 mapped");
}

const struct attack memory_attacks[] = {
    {"wx-map", "mmap writable and executable", map_wx, "private"},
    {"wx-map-shared", "the same, shared", map_wx, "shared"},
    {"wx-protect", "mprotect from writable to executable", protect, "x"},
    {"wx-protect-both", "mprotect to writable and executable", protect, "wx"},
    {"wx-protect-key", "pkey_mprotect from writable to executable", protect_key, NULL},
    {"wx-back", "executable, writable, executable again", protect_back, NULL},
    {"wx-own-code", "overwrites its own code after mprotect", own_code, NULL},
    {"wx-stack", "an executable stack", stack, NULL},
    {"wx-private-file", "a private page of an executable file", private_file, NULL},
    {"wx-twice-memfd", "a memfd mapped twice", twice, "memfd"},
    {"wx-twice-file", "a file mapped twice", twice, "file"},
    {"wx-twice-shm", "a file of /dev/shm mapped twice", twice, "shm"},
    {"wx-remap", "shared memory mapped twice by mremap", remap, NULL},
    {"wx-remap-code", "executable shared memory, a second mapping that writes", remap_code, NULL},
    {"wx-child-code", "executable shared memory that a child writes", child_writes_code, NULL},
    {"wx-sysv", "a SysV segment, writable and executable", segment_wx, NULL},
    {"wx-proc-mem", "own code through /proc/self/mem", proc_mem, "/proc/self/mem"},
    {"wx-thread-mem", "own code through /proc/thread-self/mem", proc_mem, "/proc/thread-self/mem"},
    {"ptrace-poke", "a child's code by ptrace", poke_child, NULL},
    {"ptrace-traceme", "is traced by its parent", traced_child, NULL},
    {"vm-write", "a child's memory by process_vm_writev", write_child, NULL},
    {"userfault-user", "userfaultfd, user mode only", fault, "user"},
    {"userfault-kernel", "userfaultfd that stops the kernel", fault, "kernel"},
    {"read-implies-exec", "personality: all memory executable", implies_exec, NULL},
    {"no-aslr", "personality: no random addresses", no_randomness, NULL},
    {"page-zero", "maps page 0", page_zero, NULL},
    {0},
};
