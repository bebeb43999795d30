// SPDX-License-Identifier: MIT
// The filter of system calls, run here by an interpreter of the kernel's instructions: every call
// number, every rule on arguments.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include "sandbox/calls.h"
#include "sandbox/filter.h"

#define NOSYS  (SECCOMP_RET_ERRNO | ENOSYS)
#define REFUSE SECCOMP_RET_USER_NOTIF
#define ALLOW  SECCOMP_RET_ALLOW

static const struct filter_exec own = {0xfedcba9876543210ull, 0x123456789abcull, 0x123456789d00ull,
				       0x123456789e00ull};
static struct filter filter;
static struct policy policy;
static unsigned longest; /* instructions run for one call */

static uint32_t run(const struct seccomp_data *d)
{
	uint32_t a = 0;
	unsigned steps = 0;

	for (unsigned pc = 0; pc < filter.len; pc++) {
		const struct sock_filter *i = &filter_start(&filter)[pc];
		int yes = 0;

		if (++steps > longest)
			longest = steps;
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k + 4 <= sizeof(*d) && i->k % 4 == 0);
			memcpy(&a, (const char *)d + i->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = (a & i->k) != 0;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			fail_msg("instruction %u has code %#x", pc, i->code);
		}
		pc += yes ? i->jt : i->jf;
	}
	fail_msg("ran past the end");
	return 0;
}

static uint32_t call(long nr, uint64_t a0, uint64_t a1, uint64_t a2)
{
	const struct seccomp_data d = {
	    .nr = (int)nr, .arch = call_native.audit, .args = {a0, a1, a2}};

	return run(&d);
}

static uint32_t with_last(long nr, uint64_t a2, uint64_t a3, uint64_t a4)
{
	const struct seccomp_data d = {
	    .nr = (int)nr, .arch = call_native.audit, .args = {0, 4096, a2, a3, a4}};

	return run(&d);
}

static void build(const struct profile *p, bool mdwe)
{
	policy_make(&policy, p, mdwe, true);
	assert_int_equal(filter_build(&filter, &policy, &own, REFUSE, NULL), 0);
}

static struct profile plain;

static int plain_filter(void **state)
{
	(void)state;
	memset(&plain, 0, sizeof(plain));
	build(&plain, true);
	return 0;
}

static void every_number_gets_its_verdict(void **state)
{
	(void)state;
	for (unsigned n = 0; n < PROFILE_CALLS; n++) {
		uint32_t got = call(call_number(n), 0, 0, 0);

		switch (policy.verdict[n]) {
		case VERDICT_ALLOW:
			assert_int_equal(got, ALLOW);
			break;
		case VERDICT_NOSYS:
			assert_int_equal(got, NOSYS);
			break;
		case VERDICT_REFUSE:
		case VERDICT_ASK:
			assert_int_equal(got, REFUSE);
			break;
		default:
			assert_true(got == ALLOW || got == REFUSE);
		}
	}
}

static void newer_calls_are_not_there(void **state)
{
	(void)state;
	for (long n = POLICY_KNOWN; n < 2000; n++)
		assert_int_equal(call(POLICY_BASE + n, 0, 0, 0), NOSYS);
	assert_int_equal(call(0x3fffffff, 0, 0, 0), NOSYS);
}

static void foreign_calls_kill(void **state)
{
	struct seccomp_data d = {.nr = __NR_getpid, .arch = call_native.audit ^ 1};

	(void)state;
	assert_int_equal(run(&d), SECCOMP_RET_KILL_PROCESS);
	d.arch = AUDIT_ARCH_I386;
	if (call_native.audit != AUDIT_ARCH_I386)
		assert_int_equal(run(&d), SECCOMP_RET_KILL_PROCESS);
#ifdef __x86_64__
	assert_int_equal(call(0x40000000 + __NR_getpid, 0, 0, 0), SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(call(-1, 0, 0, 0), SECCOMP_RET_KILL_PROCESS);
#endif
}

static void only_the_launchers_own_exec_passes(void **state)
{
	struct seccomp_data d = {.nr = __NR_execveat,
				 .arch = call_native.audit,
				 .args = {own.folder, own.path, own.argv, own.envp}};

	(void)state;
	assert_int_equal(run(&d), ALLOW);
	for (int arg = 0; arg <= 3; arg++)
		for (int bit = 0; bit < 64; bit++) {
			d.args[arg] ^= 1ull << bit;
			assert_int_equal(run(&d), REFUSE);
			d.args[arg] ^= 1ull << bit;
		}
	d.nr = __NR_execve;
	assert_int_equal(run(&d), REFUSE);
}

static void with_a_list_of_programs_exec_is_left_to_the_tree(void **state)
{
	struct profile p = {.paths = 1, .path = {{.access = PROFILE_EXEC}}};

	(void)state;
	build(&p, true);
	assert_int_equal(call(__NR_execve, 1, 2, 3), ALLOW);
	build(&plain, true);
}

static void namespaces_are_refused_threads_are_not(void **state)
{
	const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
	const uint64_t spaces[] = {CLONE_NEWNS,	 CLONE_NEWUSER, CLONE_NEWPID,	CLONE_NEWNET,
				   CLONE_NEWIPC, CLONE_NEWUTS,	CLONE_NEWCGROUP};

	(void)state;
	assert_int_equal(call(__NR_clone, thread, 0, 0), ALLOW);
	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		assert_int_equal(call(__NR_clone, thread | spaces[i], 0, 0), REFUSE);
		assert_int_equal(call(__NR_unshare, spaces[i], 0, 0), REFUSE);
	}
	assert_int_equal(call(__NR_unshare, CLONE_FILES, 0, 0), ALLOW);
	assert_int_equal(call(__NR_clone3, 0, 0, 0), NOSYS);
}

static void sockets_are_of_four_families(void **state)
{
	(void)state;
	for (unsigned family = 0; family < 64; family++) {
		bool inet = family == AF_INET || family == AF_INET6;
		bool fine = inet || family == AF_UNIX || family == AF_NETLINK;

		assert_int_equal(call(__NR_socket, family, SOCK_DGRAM, 0), fine ? ALLOW : REFUSE);
		assert_int_equal(call(__NR_socket, family, SOCK_RAW | SOCK_CLOEXEC, 0),
				 fine && !inet ? ALLOW : REFUSE);
		assert_int_equal(call(__NR_socketpair, family, SOCK_STREAM, 0),
				 family == AF_UNIX ? ALLOW : REFUSE);
	}
	assert_int_equal(call(__NR_socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 6), ALLOW);
	assert_int_equal(call(__NR_socket, AF_INET, SOCK_STREAM, 132), REFUSE); /* SCTP */
	assert_int_equal(call(__NR_socket, AF_NETLINK, SOCK_RAW, 9), REFUSE);
}

static void raw_sockets_are_a_power(void **state)
{
	struct profile p = {.powers = POWER_BIT(POWER_NET_RAW)};

	(void)state;
	build(&p, true);
	assert_int_equal(call(__NR_socket, AF_INET, SOCK_RAW, 1), ALLOW);
	assert_int_equal(call(__NR_socket, AF_PACKET, SOCK_RAW, 0), ALLOW);
	assert_int_equal(call(__NR_socket, AF_VSOCK, SOCK_STREAM, 0), REFUSE);
	build(&plain, true);
}

static void memory_is_written_or_executed(void **state)
{
	(void)state;
	for (unsigned prot = 0; prot < 8; prot++) {
		bool both = (prot & PROT_WRITE) && (prot & PROT_EXEC);

#ifdef __NR_mmap
		assert_int_equal(call(__NR_mmap, 0, 4096, prot), both ? REFUSE : ALLOW);
#endif
		assert_int_equal(call(__NR_mprotect, 0, 4096, prot), both ? REFUSE : ALLOW);
	}
#ifdef __NR_mmap
	/* That of no file is never executed: it has no content but by a second place. */
	for (unsigned prot = 0; prot < 2; prot++) {
		const int how = MAP_ANONYMOUS | (prot ? MAP_SHARED : MAP_PRIVATE);

		assert_int_equal(with_last(__NR_mmap, prot | PROT_EXEC, how, 0), REFUSE);
		assert_int_equal(with_last(__NR_mmap, PROT_READ | PROT_WRITE, how, 0), ALLOW);
	}
	assert_int_equal(with_last(__NR_mmap, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0), ALLOW);
	assert_int_equal(with_last(__NR_mmap, PROT_READ, MAP_ANONYMOUS | MAP_HUGETLB, 0),
			 SECCOMP_RET_ERRNO | ENOMEM);
	build(&(const struct profile){.powers = POWER_BIT(POWER_JIT)}, true);
	assert_int_equal(with_last(__NR_mmap, PROT_WRITE | PROT_EXEC, MAP_ANONYMOUS, 0), ALLOW);
	assert_int_equal(with_last(__NR_mmap, PROT_READ, MAP_ANONYMOUS | MAP_HUGETLB, 0),
			 SECCOMP_RET_ERRNO | ENOMEM);
#endif
	build(&plain, false);
	assert_int_equal(call(__NR_mprotect, 0, 4096, PROT_EXEC), REFUSE);
	assert_int_equal(call(__NR_mprotect, 0, 4096, PROT_READ | PROT_WRITE), ALLOW);
	build(&plain, true);
	assert_int_equal(call(__NR_shmat, 0, 0, SHM_EXEC), REFUSE);
	assert_int_equal(call(__NR_shmat, 0, 0, SHM_RDONLY), ALLOW);
	assert_int_equal(call(__NR_memfd_create, 0, 0, 0), REFUSE);
}

static void bits_of_other_users_are_refused(void **state)
{
	(void)state;
	assert_int_equal(call(__NR_fchmodat, 0, 0, 0755), ALLOW);
	assert_int_equal(call(__NR_fchmodat, 0, 0, 04755), REFUSE);
	assert_int_equal(call(__NR_fchmod, 0, 02755, 0), REFUSE);
	assert_int_equal(call(__NR_mknodat, 0, 0, S_IFIFO | 0600), ALLOW);
	assert_int_equal(call(__NR_mknodat, 0, 0, S_IFCHR | 0600), REFUSE);
	assert_int_equal(call(__NR_mknodat, 0, 0, S_IFBLK | 0600), REFUSE);
	/* A device node, if of no device. */
	assert_int_equal(with_last(__NR_renameat2, 0, 0, RENAME_WHITEOUT), REFUSE);
	assert_int_equal(with_last(__NR_renameat2, 0, 0, RENAME_NOREPLACE), ALLOW);
}

static void terminals_are_not_typed_into(void **state)
{
	(void)state;
	assert_int_equal(call(__NR_ioctl, 0, TIOCSTI, 0), REFUSE);
	assert_int_equal(call(__NR_ioctl, 0, (1ull << 32) | TIOCSTI, 0), REFUSE);
	assert_int_equal(call(__NR_ioctl, 0, TIOCLINUX, 0), REFUSE);
	assert_int_equal(call(__NR_ioctl, 0, TCGETS, 0), ALLOW);
}

static void other_odds_and_ends(void **state)
{
	(void)state;
	assert_int_equal(call(__NR_personality, 0xffffffff, 0, 0), ALLOW);
	assert_int_equal(call(__NR_personality, 0x400000, 0, 0), REFUSE);
	assert_int_equal(call(__NR_prctl, 35, 0, 0), REFUSE); /* PR_SET_MM */
	assert_int_equal(call(__NR_prctl, 15, 0, 0), ALLOW);  /* PR_SET_NAME */
	assert_int_equal(call(__NR_prctl, 59, 1, 0), SECCOMP_RET_ERRNO | EINVAL);
	assert_int_equal(call(__NR_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER, 0), REFUSE);
	assert_int_equal(call(__NR_seccomp, 1, 0, 0), ALLOW);
}

static void filters_of_sockets_are_a_power(void **state)
{
	struct profile p = {.powers = POWER_BIT(POWER_NET_RAW)};

	(void)state;
	assert_int_equal(call(__NR_setsockopt, 3, SOL_SOCKET, SO_ATTACH_FILTER), REFUSE);
	assert_int_equal(call(__NR_setsockopt, 3, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF), REFUSE);
	assert_int_equal(call(__NR_setsockopt, 3, SOL_SOCKET, SO_REUSEADDR), ALLOW);
	assert_int_equal(call(__NR_setsockopt, 3, IPPROTO_TCP, SO_ATTACH_FILTER), ALLOW);
	build(&p, true);
	assert_int_equal(call(__NR_setsockopt, 3, SOL_SOCKET, SO_ATTACH_FILTER), ALLOW);
	build(&plain, true);
}

static uint32_t prlimit_of(uint64_t resource, uint64_t new, uint64_t old)
{
	const struct seccomp_data d = {
	    .nr = __NR_prlimit64, .arch = call_native.audit, .args = {0, resource, new, old}};

	return run(&d);
}

static void the_limit_of_dumps_stays(void **state)
{
	const uint64_t low = 0x1000, high = 1ull << 32;

	(void)state;
	assert_int_equal(prlimit_of(RLIMIT_CORE, low, 0), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(prlimit_of(RLIMIT_CORE, high, low), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(prlimit_of(RLIMIT_CORE, 0, low), ALLOW);
	assert_int_equal(prlimit_of(RLIMIT_NOFILE, low, low), ALLOW);
#ifdef __NR_setrlimit
	assert_int_equal(call(__NR_setrlimit, RLIMIT_CORE, low, 0), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(call(__NR_setrlimit, RLIMIT_NOFILE, low, 0), ALLOW);
#endif
}

static void allow_call(struct profile *p, long nr)
{
	int n = call_index(nr);

	p->call_allow[n / 8] |= (uint8_t)(1 << (n % 8));
}

static void a_learned_list_is_the_whole_list(void **state)
{
	struct profile p = {.learned = true};

	(void)state;
	allow_call(&p, __NR_read);
	allow_call(&p, __NR_clone3);
	allow_call(&p, __NR_socket);
	build(&p, true);
	for (unsigned n = 0; n < POLICY_KNOWN; n++) {
		long nr = call_number(n);
		uint32_t got = call(nr, AF_UNIX, 0, 0);

		if (nr == __NR_read || nr == __NR_socket || nr == __NR_clone || nr == __NR_exit ||
		    nr == __NR_exit_group || nr == __NR_rt_sigreturn || nr == __NR_restart_syscall)
			assert_int_equal(got, ALLOW);
		else
			assert_true(got == REFUSE || got == NOSYS);
	}
	assert_int_equal(call(__NR_socket, AF_PACKET, 0, 0), REFUSE);
	assert_int_equal(call(__NR_clone, CLONE_NEWUSER, 0, 0), REFUSE);
	build(&plain, true);
}

static void a_profile_adds_and_takes_single_calls(void **state)
{
	struct profile p = {0};
	int n = call_index(__NR_read);

	(void)state;
	allow_call(&p, __NR_ptrace);
	p.call_deny[n / 8] |= (uint8_t)(1 << (n % 8));
	build(&p, true);
	assert_int_equal(call(__NR_ptrace, 0, 0, 0), ALLOW);
	assert_int_equal(call(__NR_read, 0, 0, 0), REFUSE);
	assert_int_equal(call(__NR_bpf, 0, 0, 0), REFUSE);
	build(&plain, true);
}

/* Size and depth, at their worst: every second call refused. */
static void it_stays_small_and_shallow(void **state)
{
	struct profile p = {0};

	(void)state;
	memset(p.call_deny, 0x55, sizeof(p.call_deny));
	build(&p, false);
	assert_true(filter.len < FILTER_MAX);
	longest = 0;
	for (unsigned n = 0; n < PROFILE_CALLS; n++)
		call(call_number(n), 0, 0, 0);
	assert_true(longest < 60);
	build(&plain, true);
	assert_true(filter.len < 256);
	longest = 0;
	for (unsigned n = 0; n < PROFILE_CALLS; n++)
		call(call_number(n), 0, 0, 0);
	assert_true(longest < 48);
	longest = 0;
	call(__NR_read, 0, 0, 0);
	assert_true(longest < 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_number_gets_its_verdict),
	    cmocka_unit_test(newer_calls_are_not_there),
	    cmocka_unit_test(foreign_calls_kill),
	    cmocka_unit_test(only_the_launchers_own_exec_passes),
	    cmocka_unit_test(with_a_list_of_programs_exec_is_left_to_the_tree),
	    cmocka_unit_test(namespaces_are_refused_threads_are_not),
	    cmocka_unit_test(sockets_are_of_four_families),
	    cmocka_unit_test(raw_sockets_are_a_power),
	    cmocka_unit_test(filters_of_sockets_are_a_power),
	    cmocka_unit_test(the_limit_of_dumps_stays),
	    cmocka_unit_test(memory_is_written_or_executed),
	    cmocka_unit_test(bits_of_other_users_are_refused),
	    cmocka_unit_test(terminals_are_not_typed_into),
	    cmocka_unit_test(other_odds_and_ends),
	    cmocka_unit_test(a_learned_list_is_the_whole_list),
	    cmocka_unit_test(a_profile_adds_and_takes_single_calls),
	    cmocka_unit_test(it_stays_small_and_shallow),
	};

	return cmocka_run_group_tests(tests, plain_filter, NULL);
}
