// SPDX-License-Identifier: MIT
// Calls that do not come in by the native door, where a filter by number would look for them.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
/* i386 getpid is 20. */
static void int80(struct result *r, const char *word)
{
	long got;

	(void)word;
	__asm__ volatile("int $0x80" : "=a"(got) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	errno = got < 0 ? (int)-got : ENOSYS;
	accepted(r, got == getpid() ? 0 : -1, "int 0x80 reaches i386 getpid");
}

static void x32(struct result *r, const char *word)
{
	(void)word;
	accepted(r, syscall(0x40000000 | SYS_getpid) == getpid() ? 0 : -1, "x32 getpid");
}

/* For 64-bit mode, f(stack, far pointer): mov rax,rsp; mov rsp,rdi; push rax; lcall [rsi]; pop rsp;
 * ret. Then, for 32-bit mode: mov eax,20; int 0x80; lret. */
static const uint8_t narrow[] = {0x48, 0x89, 0xe0, 0x48, 0x89, 0xfc, 0x50, 0xff, 0x1e, 0x5c,
				 0xc3, 0xb8, 20,   0,	 0,    0,    0xcd, 0x80, 0xcb};
enum { NARROW_32 = 11 };

/* Our own file again, in the low 4 GB, executable: that is honest where memory is never writable
 * and executable. */
static uint8_t *own_file_low(void)
{
	size_t size;
	struct stat s;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint8_t *p;

	if (fd < 0 || fstat(fd, &s))
		return NULL;
	size = (size_t)s.st_size;
	p = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_32BIT, fd, 0);
	return p == MAP_FAILED ? NULL : memmem(p, size, narrow, sizeof(narrow));
}

/* By a far call to the 32-bit code segment of Linux, 0x23. */
static void far_call(struct result *r, const char *word)
{
	struct __attribute__((packed)) {
		uint32_t at;
		uint16_t segment;
	} to = {0, 0x23};
	uint8_t *code = own_file_low();
	uint8_t *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long (*function)(void *, void *);

	(void)word;
	if (!code || stack == MAP_FAILED)
		return refused(r, "low memory");
	to.at = (uint32_t)(uintptr_t)(code + NARROW_32);
	memcpy(&function, &code, sizeof(code));
	errno = ENOSYS;
	accepted(r, (int)function(stack + 65536 - 64, &to) == getpid() ? 0 : -1,
		 "i386 getpid from 32-bit code");
}

/* A call that is refused natively, asked for through the i386 door: unshare(CLONE_NEWUSER). */
static void int80_unshare(struct result *r, const char *word)
{
	long got;

	(void)word;
	__asm__ volatile("int $0x80"
			 : "=a"(got)
			 : "a"(310), "b"(0x10000000)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = (int)-got;
	accepted(r, got, "unshare(user) by int 0x80");
}
#else
static void int80(struct result *r, const char *word)
{
	(void)word;
	absent(r, "a door of x86");
}
#define x32	      int80
#define far_call      int80
#define int80_unshare int80
#endif

const struct attack abi_attacks[] = {
    {"int80", "an i386 call by int 0x80", int80, NULL},
    {"int80-unshare", "a user namespace by int 0x80", int80_unshare, NULL},
    {"x32", "a call with x32's bit", x32, NULL},
    {"far-call", "32-bit code by a far call", far_call, NULL},
    {0},
};
