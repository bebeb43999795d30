// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lockdown/btf.h"
#include "lockdown/inherit.h"
#include "lockdown/try.h"

/* --- types --- */

#define INFO(kind, n) ((uint32_t)(kind) << 24 | (n))
#define BITS	      (1u << 31)

/* 1: int; 2: struct in {x at 4}; 3: typedef of 2; 4: union {unnamed 5}; 5: struct {y at 8};
 * 6: struct task_struct {a: 1 at 0; in: 3 at 16; unnamed: 4 at 32; bit: 1, 3 bits at 64};
 * 7: func_proto; 8: func bpf_lsm_bpf */
static const char names[] = "\0int\0x\0y\0task_struct\0a\0in\0bit\0bpf_lsm_bpf";
enum { N_INT = 1, N_X = 5, N_Y = 7, N_TASK = 9, N_A = 21, N_IN = 23, N_BIT = 26, N_BPF = 30 };

static const uint32_t types[] = {
    N_INT,
    INFO(1, 0),
    4,
    32, /* 1 */
    N_IN,
    INFO(4, 1),
    8,
    N_X,
    1,
    4 * 8, /* 2 */
    N_IN,
    INFO(8, 0),
    2, /* 3 */
    0,
    INFO(5, 1),
    16,
    0,
    5,
    0, /* 4 */
    0,
    INFO(4, 1),
    16,
    N_Y,
    1,
    8 * 8, /* 5 */
    N_TASK,
    INFO(4, 4) | BITS,
    80,
    N_A,
    1,
    0,
    N_IN,
    3,
    16 * 8,
    0,
    4,
    32 * 8, /* 6 */
    N_BIT,
    1,
    3u << 24 | 64 * 8,
    0,
    INFO(13, 0),
    1, /* 7 */
    N_BPF,
    INFO(12, 0),
    7, /* 8 */
};

struct blob {
	struct btf_header h;
	uint8_t rest[sizeof types + sizeof names];
};

static struct blob blob(void)
{
	struct blob b = {.h = {.magic = BTF_MAGIC,
			       .version = BTF_VERSION,
			       .hdr_len = sizeof b.h,
			       .type_len = sizeof types,
			       .str_off = sizeof types,
			       .str_len = sizeof names}};

	memcpy(b.rest, types, sizeof types);
	memcpy(b.rest + sizeof types, names, sizeof names);
	return b;
}

static void members_are_found(void **state)
{
	struct blob raw = blob();
	struct err e;
	struct btf b;

	assert_int_equal(btf_open(&b, &raw, sizeof raw, &e), 0);
	assert_int_equal(b.count, 8);
	assert_int_equal(btf_function(&b, "bpf_lsm_bpf"), 8);
	assert_int_equal(btf_function(&b, "int"), 0);
	assert_int_equal(btf_member(&b, "task_struct", "a"), 0);
	assert_int_equal(btf_member(&b, "task_struct", "in"), 16);
	assert_int_equal(btf_member(&b, "task_struct", "in.x"), 20);
	assert_int_equal(btf_member(&b, "task_struct", "y"), 40); /* through what has no name */
	assert_int_equal(btf_member(&b, "task_struct", "bit"), -1);
	assert_int_equal(btf_member(&b, "task_struct", "in.y"), -1);
	assert_int_equal(btf_member(&b, "task_struct", "i"), -1);
	assert_int_equal(btf_member(&b, "nothing", "a"), -1);
	btf_close(&b);
}

static void what_is_cut_short_is_refused(void **state)
{
	struct blob raw = blob();
	struct err e;
	struct btf b;

	for (size_t n = 0; n < sizeof raw.h + sizeof types + sizeof names; n++)
		assert_int_equal(btf_open(&b, &raw, n, &e), -1);
	raw.h.type_len -= 4;
	assert_int_equal(btf_open(&b, &raw, sizeof raw, &e), -1);
	raw = blob();
	raw.h.str_off = UINT32_MAX;
	assert_int_equal(btf_open(&b, &raw, sizeof raw, &e), -1);
	raw = blob();
	raw.rest[7] = 30; /* the kind of the first type */
	assert_int_equal(btf_open(&b, &raw, sizeof raw, &e), -1);
	assert_non_null(strstr(e.text, "kind 30"));
}

/* A structure that holds itself ends, too. */
static void a_circle_ends(void **state)
{
	struct blob raw = blob();
	uint32_t *t = (uint32_t *)raw.rest;
	struct err e;
	struct btf b;

	t[17] = 4; /* the union holds itself: its member's type */
	assert_int_equal(btf_open(&b, &raw, sizeof raw, &e), 0);
	assert_int_equal(btf_member(&b, "task_struct", "y"), -1);
	btf_close(&b);
}

static void this_kernel_has_every_fact(void **state)
{
	struct err e;
	struct btf b;

	if (access(BTF_FILE, R_OK))
		skip();
	assert_int_equal(btf_read(&b, BTF_FILE, &e), 0);
#define FACT_X(name, type, member) assert_true(btf_member(&b, type, member) >= 0);
	LOCK_FACTS(FACT_X)
#undef FACT_X
	assert_int_equal(btf_member(&b, "list_head", "prev"), sizeof(void *));
	btf_close(&b);
}

/* --- rows --- */

static void every_row_is_complete(void **state)
{
	lock_hook_set used = 0;

	for (int i = 0; i < LOCK_ROW_COUNT; i++) {
		const struct lock_row *r = &lock_rows[i];

		assert_non_null(r->name);
		assert_int_equal(lock_row_from_name(r->name), i);
		assert_true(*r->what && *r->option);
		assert_true(r->hooks || r->setting[0].path);
		assert_true(!r->for_good || r->setting[0].path);
		used |= r->hooks;
	}
	assert_int_equal(lock_row_from_name("nothing"), -1);
	/* The second way into ioctl and the memory of names need no row of their own. */
	used |= LOCK_BIT(file_ioctl_compat);
	assert_true(used == ((lock_hook_set)1 << LOCK_HOOK_COUNT) - 1);
}

static void every_row_is_tried(void **state)
{
	static const struct attempt *const tables[] = {try_kernel, try_net, try_place, try_process};
	unsigned tried[LOCK_ROW_COUNT] = {0}, all = 0;

	for (size_t t = 0; t < 4; t++) {
		for (const struct attempt *a = tables[t]; a->what; a++, all++) {
			assert_true(a->run && (int)a->row < LOCK_ROW_COUNT);
			tried[a->row]++;
		}
	}
	for (int i = 0; i < LOCK_ROW_COUNT; i++)
		assert_true(tried[i] || i == ROW_GUARD);
	assert_true(all >= 90);
}

static void results_have_words(void **state)
{
	char text[64];

	assert_string_equal(try_text(TRY_OPEN, text), "OPEN");
	assert_string_equal(try_text(EPERM, text), "refused (Operation not permitted)");
	assert_true(try_is_open(TRY_OPEN) && try_is_open(TRY_UNKNOWN));
	assert_false(try_is_open(EPERM) || try_is_open(TRY_ABSENT) || try_is_open(TRY_DIED));
	errno = ENOSYS;
	assert_int_equal(try_result(-1), TRY_ABSENT);
	errno = EACCES;
	assert_int_equal(try_result(-1), EACCES);
	assert_int_equal(try_result(3), TRY_OPEN);
}

/* --- what children inherit --- */

#define REFUSED(call) ((call) == -1 && errno == EPERM)

static int probe(pid_t spare)
{
	int ends[2], one = 1, landlock, fd;
	struct err e;

	if (lock_inherit(0, spare, &landlock, &e))
		return 2;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || socket(AF_UNIX, SOCK_STREAM, 0) < 0 || pipe(ends) || kill(getpid(), 0))
		return 3;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one))
		return 4;
	if (!REFUSED(socket(AF_PACKET, SOCK_RAW, 0)) || !REFUSED(socket(AF_INET, SOCK_RAW, 255)) ||
	    !REFUSED(socket(44, SOCK_RAW, 0)) ||
	    !REFUSED(setsockopt(fd, 263, 20, &one, sizeof one)))
		return 5;
	if (!REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL)) ||
	    !REFUSED(syscall(SYS_unshare, 0)) || !REFUSED(syscall(SYS_bpf, 0, NULL, 0)) ||
	    !REFUSED(syscall(SYS_ptrace, 0, 0, 0, 0)))
		return 6;
	if (!REFUSED(kill(spare, 0)) || !REFUSED(kill(-1, 0)) || !REFUSED(kill(-spare, 0)) ||
	    !REFUSED(fcntl(ends[0], F_SETOWN, spare)) || fcntl(ends[0], F_SETOWN, getpid()))
		return 7;
	fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);
	return landlock && fd >= 0 ? 8 : 0;
}

static void children_inherit(void **state)
{
	pid_t spare = getppid(), pid;
	int status;

	if (geteuid())
		skip();
	pid = fork();
	if (!pid)
		_exit(probe(spare));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(members_are_found),     cmocka_unit_test(what_is_cut_short_is_refused),
	    cmocka_unit_test(a_circle_ends),	     cmocka_unit_test(this_kernel_has_every_fact),
	    cmocka_unit_test(every_row_is_complete), cmocka_unit_test(every_row_is_tried),
	    cmocka_unit_test(results_have_words),    cmocka_unit_test(children_inherit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
