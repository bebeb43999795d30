// SPDX-License-Identifier: MIT
// What attacks drop and run: a program of a few instructions, and whether it ran.
#include "attack.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD_AT 0x400000

#if defined(__x86_64__)
#define PAYLOAD_MACHINE EM_X86_64
/* write(1, mark, 21); exit(42) */
static const uint8_t program[] = {
    0xbf, 1,	0,    0,  0,	      /* mov edi,1 */
    0x48, 0x8d, 0x35, 24, 0, 0,	   0, /* lea rsi,[rip+24] */
    0xba, 21,	0,    0,  0,	      /* mov edx,21 */
    0xb8, 1,	0,    0,  0, 0x0f, 5, /* mov eax,1; syscall */
    0xbf, 42,	0,    0,  0,	      /* mov edi,42 */
    0xb8, 60,	0,    0,  0, 0x0f, 5, /* mov eax,60; syscall */
};
_Static_assert(sizeof(program) == 36, "the mark follows");
const uint8_t code42[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov eax,42; ret */
#elif defined(__aarch64__)
#define PAYLOAD_MACHINE EM_AARCH64
static const uint8_t program[] = {
    0x20, 0x00, 0x80, 0xd2, /* mov x0,#1 */
    0xe1, 0x00, 0x00, 0x10, /* adr x1,mark */
    0xa2, 0x02, 0x80, 0xd2, /* mov x2,#21 */
    0x08, 0x08, 0x80, 0xd2, /* mov x8,#64 */
    0x01, 0x00, 0x00, 0xd4, /* svc 0 */
    0x40, 0x05, 0x80, 0xd2, /* mov x0,#42 */
    0xa8, 0x0b, 0x80, 0xd2, /* mov x8,#93 */
    0x01, 0x00, 0x00, 0xd4, /* svc 0 */
};
const uint8_t code42[] = {0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6}; /* mov w0,#42; ret */
#else
#error "the payload is written for x86-64 and arm64"
#endif
const size_t code42_size = sizeof(code42);

size_t payload(uint8_t *to, size_t n)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr load;
		uint8_t code[sizeof(program)];
		char mark[sizeof(PAYLOAD_MARK)];
	} file = {0};

	memcpy(file.head.e_ident, "\177ELF\2\1\1", 7);
	file.head.e_type = ET_EXEC;
	file.head.e_machine = PAYLOAD_MACHINE;
	file.head.e_version = EV_CURRENT;
	file.head.e_entry = LOAD_AT + sizeof(file.head) + sizeof(file.load);
	file.head.e_phoff = sizeof(file.head);
	file.head.e_ehsize = sizeof(file.head);
	file.head.e_phentsize = sizeof(file.load);
	file.head.e_phnum = 1;
	file.load = (Elf64_Phdr){.p_type = PT_LOAD,
				 .p_flags = PF_R | PF_X,
				 .p_vaddr = LOAD_AT,
				 .p_filesz = sizeof(file),
				 .p_memsz = sizeof(file),
				 .p_align = 4096};
	memcpy(file.code, program, sizeof(program));
	memcpy(file.mark, PAYLOAD_MARK, sizeof(PAYLOAD_MARK));
	if (n < sizeof(file))
		return 0;
	memcpy(to, &file, sizeof(file));
	return sizeof(file);
}

int call_code(const void *code)
{
	int (*function)(void);

	__builtin___clear_cache((char *)code, (char *)code + code42_size);
	memcpy(&function, &code, sizeof(code));
	return function();
}

int write_file(const char *path, const void *data, size_t n, mode_t mode)
{
	int fd, error;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return -1;
	if (write(fd, data, n) != (ssize_t)n || fchmod(fd, mode)) {
		error = errno;
		close(fd);
		unlink(path);
		errno = error;
		return -1;
	}
	return close(fd);
}

bool ran(void (*start)(const void *arg), const void *arg)
{
	int out[2], status = 0;
	char text[256] = "";
	ssize_t n, have = 0;
	pid_t child;

	if (pipe(out))
		return false;
	child = fork();
	if (child < 0)
		return false;
	if (!child) {
		int none = open("/dev/null", O_RDWR);

		dup2(out[1], 1);
		dup2(none, 2);
		close(out[0]);
		start(arg);
		_exit(errno & 127);
	}
	close(out[1]);
	while (have < (ssize_t)sizeof(text) - 1 &&
	       (n = read(out[0], text + have, sizeof(text) - 1 - (size_t)have)) > 0)
		have += n;
	close(out[0]);
	if (waitpid(child, &status, 0) < 0)
		return false;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
	return strstr(text, PAYLOAD_MARK) != NULL;
}
