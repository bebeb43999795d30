// SPDX-License-Identifier: MIT
// A program with every way to ask the kernel that the analysis has to find, and some that it must
// not: tests/learn_test.c and tests/learn/*.bats say which. Compiled for x86-64 and arm64.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

long never(void);
long own_instruction(long a);
long wrapper(int what, long number, long a, long b);
long one_of_two(int which);
long computed(int which);

__attribute__((noinline)) long own_instruction(long a)
{
#if defined __x86_64__
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "0"(SYS_sched_get_priority_max), "D"(a)
			 : "rcx", "r11", "memory");
	return r;
#elif defined __aarch64__
	register long x8 __asm__("x8") = SYS_sched_get_priority_max, x0 __asm__("x0") = a;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8) : "memory");
	return x0;
#else
	return syscall(SYS_sched_get_priority_max, a);
#endif
}

/* The number is the second argument: it has to be followed through two calls. */
__attribute__((noinline)) long wrapper(int what, long number, long a, long b)
{
	if (what)
		puts("asked");
	return syscall(number, a, b);
}

__attribute__((noinline)) long one_of_two(int which)
{
	long number = SYS_getpgid;

	if (which > 1) {
		puts("more than one");
		number = SYS_getitimer;
	}
	return syscall(number, 0, 0);
}

/* Nothing that can be followed: reported as unknown. */
__attribute__((noinline)) long computed(int which)
{
	return syscall(SYS_getresuid + 2L * which, 0, 0, 0);
}

/* In no list of what is reachable, unless ALL asks for it. */
__attribute__((noinline, used)) long never(void)
{
	return syscall(SYS_reboot, 0, 0, 0, 0) + wrapper(0, SYS_kexec_load, 0, 0);
}

static mode_t by_pointer(mode_t m)
{
	return umask(m);
}

static long from_table(void)
{
	return getsid(0);
}

static long (*const table[])(void) = {from_table,
#ifdef ALL
				      never,
#endif
				      NULL};

int main(int argc, char **argv)
{
	mode_t (*volatile taken)(mode_t) = by_pointer;
	long sum = 0;

	if (argc > 2)
		return 0;
	sum += syscall(SYS_getpriority, 0, 0);
	sum += wrapper(argc, SYS_ioprio_get, 1, 0);
	sum += own_instruction(0);
	sum += one_of_two(argc) + computed(argc - 1);
	sum += (long)taken(022);
	sum += table[argc > 1 ? 0 : strlen(argv[0]) > 1000]();
	printf("%ld\n", sum);
	return 0;
}
