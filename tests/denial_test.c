// SPDX-License-Identifier: MIT
// Refusals: the line that allows each, and the log of the last ones.
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "sandbox/calls.h"
#include "sandbox/denial.h"
#include "sandbox/denial_log.h"
#include "sandbox/profile_ini.h"

#define SECOND 1000000000ull

static struct profile p;
static struct err e;

static struct denial denial(enum denial_kind kind, long call, const char *detail)
{
	struct denial d = {.time = 1, .pid = 7, .call = (int32_t)call, .kind = (uint8_t)kind};

	strcpy(d.program, "camera");
	strcpy(d.comm, "camerad");
	snprintf(d.detail, sizeof d.detail, "%s", detail);
	return d;
}

static const char *line(enum denial_kind kind, long call, const char *detail)
{
	static char to[DENIAL_LINE];
	struct denial d = denial(kind, call, detail);

	return denial_line(&d, to, sizeof to);
}

/* The line, pasted under a profile, is taken: then p holds it. */
static bool pastes(const char *l, const char *user)
{
	char text[DENIAL_LINE + 100];
	struct profile_source s = {text, 0, "x.conf", NULL};

	s.len =
	    (size_t)snprintf(text, sizeof text, "[program]\nexec = /usr/bin/x\n%s%s\n", user, l);
	return !profile_ini(&p, &s, &e);
}

static void each_kind_has_its_line(void **state)
{
	assert_string_equal(line(DENIAL_READ, 0, "/etc/shadow"), "[allow] read = /etc/shadow");
	assert_string_equal(line(DENIAL_WRITE, 0, "/var/x"), "[allow] write = /var/x");
	assert_non_null(strstr(line(DENIAL_WRITE, 0, "/usr/lib/x"), "never: code that others run"));
	assert_string_equal(line(DENIAL_WRITE, 0, "/etc/x/y"), "[allow] write = /etc/x/y");
	assert_string_equal(line(DENIAL_READ, 0, "/dev/video0"), "[allow] device = /dev/video0");
	assert_string_equal(line(DENIAL_EXEC, 0, "/bin/sh"), "[allow] exec-also = /bin/sh");
	assert_string_equal(line(DENIAL_LISTEN, 0, "23/tcp"), "[allow] listen = 23/tcp");
	assert_string_equal(line(DENIAL_NET, 0, "inet raw"), "[allow] power = net-raw");
	assert_string_equal(line(DENIAL_CALL, SYS_ptrace, ""), "[allow] power = ptrace");
	assert_string_equal(line(DENIAL_CALL, SYS_add_key, ""), "[syscalls] allow = add_key");
	assert_string_equal(line(DENIAL_CALL, SYS_clock_settime, ""), "[allow] power = time");
	assert_string_equal(line(DENIAL_LISTEN, 0, "0/tcp"), "[allow] listen = any/tcp");
	/* Refused as a whole, or for one argument: two lines. */
	assert_string_equal(line(DENIAL_CALL, SYS_mprotect, ""), "[syscalls] allow = mprotect");
	assert_string_equal(line(DENIAL_CALL, SYS_mprotect, "with 0x7"), "[allow] power = jit");
	assert_string_equal(line(DENIAL_CALL, SYS_fchmod, ""), "[syscalls] allow = fchmod");
}

static void what_nothing_allows_says_why(void **state)
{
	static const struct {
		enum denial_kind kind;
		long call;
		const char *detail;
	} rows[] = {
	    {DENIAL_CALL, SYS_mount, ""},
	    {DENIAL_CALL, SYS_move_mount, ""},
	    {DENIAL_CALL, SYS_bpf, ""},
	    {DENIAL_CALL, SYS_io_uring_setup, ""},
	    {DENIAL_CALL, SYS_kexec_load, ""},
	    {DENIAL_CALL, 100000, ""},
	    {DENIAL_CALL, SYS_fchmod, "with 04755"},
	    {DENIAL_CALL, SYS_ioctl, "with 0x5412"},
	    {DENIAL_CALL, SYS_getpid, "with 0x0"},
	    {DENIAL_CALL, -1, ""},
	    {DENIAL_WRITE, 0, "/proc/sys/kernel/core_pattern"},
	    {DENIAL_READ, 0, "/"},
	    {DENIAL_READ, 0, "etc/x"},
	    {DENIAL_READ, 0, "/etc/../x"},
	    {DENIAL_READ, 0, "/dev/mem"},
	    {DENIAL_READ, 0, "/a\n[allow] read = /"},
	    {DENIAL_READ, 0, "/a ;b"},
	    {DENIAL_LISTEN, 0, "99999/tcp"},
	    {DENIAL_LISTEN, 0, "80/tcp x"},
	    {DENIAL_LISTEN, 0, ""},
	    {DENIAL_NET, 0, "family 40"},
	    {DENIAL_NET, 0, "netlink 9"},
	    {DENIAL_KINDS, 0, ""},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *l = line(rows[i].kind, rows[i].call, rows[i].detail);

		if (strncmp(l, "never: ", 7) || strchr(l, '\n'))
			fail_msg("row %zu: %s", i, l);
	}
}

static void every_line_can_be_pasted(void **state)
{
	static const char *const paths[] = {
	    "/etc/x",	"/with blank", "/it's", "/a\"b",     "/a\\b", "/$HOME", "/a;b",
	    "/a & b|c", "/#x",	       "/a=b",	"/\xc3\xa4", "/<>`",  "/'",	"/a' ; 'b"};
	char path[DENIAL_DETAIL], l[DENIAL_LINE];

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		strcpy(l, line(DENIAL_READ, 0, paths[i]));
		if (!strncmp(l, "never: ", 7))
			continue;
		if (!pastes(l, ""))
			fail_msg("%s: %s", l, e.text);
		assert_int_equal(p.paths, 1);
		assert_string_equal(profile_str(&p, p.path[0].path), paths[i]);
	}
	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[DENIAL_DETAIL - 2] = 0; /* the longest that is known to be whole */
	strcpy(l, line(DENIAL_READ, 0, path));
	assert_true(pastes(l, ""));
	for (unsigned i = 0; i < PROFILE_CALLS; i++) {
		strcpy(l, line(DENIAL_CALL, call_number(i), ""));
		if (strncmp(l, "never: ", 7) &&
		    !pastes(l, strstr(l, "switch-user") ? "user = root\n" : ""))
			fail_msg("%s: %s", l, e.text);
	}
}

/* --- the log --- */

static char dir[64], path[96];
static struct denial_log log_a, log_b;
static struct denial_view view;

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/holdfast-denial.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/" DENIAL_LOG_FILE, dir);
	return 0;
}

static int remove_dir(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static void opened(struct denial_log *l)
{
	if (denial_log_open(l, dir, &e))
		fail_msg("%s", e.text);
}

static void seen(unsigned count)
{
	if (denial_log_read(&view, dir, &e))
		fail_msg("%s", e.text);
	assert_int_equal(view.count, count);
}

static void add(struct denial_log *l, const char *program, const char *detail, uint64_t now)
{
	struct denial d = denial(DENIAL_READ, 0, detail);

	snprintf(d.program, sizeof d.program, "%s", program);
	d.time = now;
	denial_log_add(l, &d, now);
}

static void no_log_is_an_empty_one(void **state)
{
	seen(0);
}

static void the_same_is_counted(void **state)
{
	struct stat st;

	opened(&log_a);
	opened(&log_b);
	for (unsigned i = 0; i < 5; i++)
		add(&log_a, "a", "/x", 10 + i);
	add(&log_b, "a", "/x", 20);
	add(&log_b, "a", "/y", 21);
	add(&log_a, "b", "/x", 22);
	add(&log_a, "a", "/x", 23);
	seen(3);
	assert_string_equal(view.d[0].detail, "/y");
	assert_string_equal(view.d[1].program, "b");
	assert_string_equal(view.d[2].detail, "/x");
	assert_int_equal(view.d[2].count, 7);
	assert_int_equal(view.d[2].time, 23);
	assert_true(view.at[0] < view.at[1] && view.at[1] < view.at[2]);
	denial_log_close(&log_a);
	denial_log_close(&log_b);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 256 * (DENIAL_SLOTS + 1));
}

static void a_flood_is_counted_but_not_written_each_time(void **state)
{
	opened(&log_a);
	for (unsigned i = 0; i < 100000; i++)
		add(&log_a, "a", "/x", SECOND + i);
	seen(1);
	assert_int_equal(view.at[0], DENIAL_BURST);
	add(&log_a, "a", "/x", 2 * SECOND);
	seen(1);
	assert_int_equal(view.d[0].count, 100001);
	for (unsigned i = 0; i < 1000; i++)
		add(&log_a, "a", "/x", 2 * SECOND);
	denial_log_close(&log_a);
	seen(1);
	assert_int_equal(view.d[0].count, 101001);
	assert_int_equal(view.unwritten, 0);
}

static void a_flood_of_different_ones_leaves_others_room(void **state)
{
	char name[40];
	uint64_t sum = 0;

	opened(&log_a);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "/quiet%u", i);
		add(&log_a, "quiet", name, SECOND);
	}
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(name, sizeof name, "/loud%u", i);
		add(&log_a, "loud", name, SECOND + i * SECOND / 100);
	}
	add(&log_a, "other", "/x", 200 * SECOND);
	denial_log_close(&log_a);
	seen(DENIAL_SLOTS);
	for (unsigned i = 0; i < view.count; i++) {
		sum += view.d[i].count;
		if (!strcmp(view.d[i].program, "quiet"))
			sum += 1000000;
		if (!strcmp(view.d[i].program, "other"))
			sum += 100000000;
	}
	assert_int_equal(sum / 1000000, 120);
	/* 100 s at the rate, the burst, and each found in a record or in the sum. */
	assert_true(view.at[view.count - 1] <= 100 * DENIAL_RATE + DENIAL_BURST + 21);
	assert_true(view.unwritten > 7000 && view.unwritten < 10000 - 100 * DENIAL_RATE);
}

static void several_writers_lose_nothing(void **state)
{
	uint64_t sum = 0;
	pid_t pid[4];
	int status;

	opened(&log_a);
	denial_log_close(&log_a);
	for (int i = 0; i < 4; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i])
			continue;
		opened(&log_a);
		for (unsigned k = 0; k < 500; k++) {
			add(&log_a, "a", k % 2 ? "/x" : "/y", SECOND * k);
			/* Somebody else's turn may last: then it stays pending. */
		}
		denial_log_close(&log_a);
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	seen(2);
	for (unsigned i = 0; i < view.count; i++)
		sum += view.d[i].count;
	assert_int_equal(sum + view.unwritten, 2000);
}

static void it_outlives_a_killed_writer(void **state)
{
	int status, fd;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		opened(&log_a);
		add(&log_a, "a", "/x", 1);
		add(&log_a, "a", "/y", 2);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	seen(2);
	/* As if it had died in the middle of the second. */
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "half", 4, 2 * 256 + 100), 4);
	close(fd);
	seen(1);
	opened(&log_a);
	add(&log_a, "a", "/z", 3);
	denial_log_close(&log_a);
	seen(2);
}

static void a_stopped_writer_stops_nobody(void **state)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd;

	opened(&log_a);
	add(&log_a, "a", "/x", 1);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &l), 0);
	add(&log_a, "a", "/x", 2);
	seen(1);
	assert_int_equal(view.d[0].count, 1);
	close(fd);
	add(&log_a, "a", "/x", 3);
	seen(1);
	assert_int_equal(view.d[0].count, 3);
	denial_log_close(&log_a);
}

static void a_file_that_is_no_log(void **state)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, "nonsense", 8), 8);
	close(fd);
	assert_int_equal(denial_log_read(&view, dir, &e), -1);
	assert_int_equal(e.code, EXIT_WRONG_USE);
	opened(&log_a);
	denial_log_close(&log_a);
	seen(0);
	unlink(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(denial_log_open(&log_a, dir, &e), -1);
	add(&log_a, "a", "/x", 1); /* of no effect */
	assert_int_equal(log_a.fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_has_its_line),
	    cmocka_unit_test(what_nothing_allows_says_why),
	    cmocka_unit_test(every_line_can_be_pasted),
#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
	    WITH_DIR(no_log_is_an_empty_one),
	    WITH_DIR(the_same_is_counted),
	    WITH_DIR(a_flood_is_counted_but_not_written_each_time),
	    WITH_DIR(a_flood_of_different_ones_leaves_others_room),
	    WITH_DIR(several_writers_lose_nothing),
	    WITH_DIR(it_outlives_a_killed_writer),
	    WITH_DIR(a_stopped_writer_stops_nobody),
	    WITH_DIR(a_file_that_is_no_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
