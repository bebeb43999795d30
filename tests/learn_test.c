// SPDX-License-Identifier: MIT
// Learning: what static analysis finds in programs compiled for it, the lines of a profile and
// their merging, what becomes of paths, classes of calls.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "learn/classes.h"
#include "learn/lines.h"
#include "learn/paths.h"
#include "learn/room.h"
#include "learn/scan.h"
#include "learn/tracee.h"
#include "sandbox/profile_keys.h"

static bool has(const struct scan *s, const char *call)
{
	return scan_find(s, call) != NULL;
}

static void scan(struct scan *s, const char *path)
{
	struct err e = {0};

	memset(s, 0, sizeof *s);
	if (scan_program(s, path, NULL, "", &e))
		fail_msg("%s", e.text);
}

/* learn_sample.c says what is called, what is only there, and what is behind a wrapper. */
static void sample_is_right(const char *path)
{
	struct scan s;

	scan(&s, path);
	assert_true(has(&s, "write"));
	assert_true(has(&s, "getpriority")); /* syscall(SYS_...), a constant at the call */
	assert_true(has(&s, "ioprio_get"));  /* through a wrapper of the program's own */
	assert_true(has(&s, "sched_get_priority_max")); /* its own instruction */
	assert_true(has(&s, "umask"));			/* through a pointer taken */
	assert_true(has(&s, "getsid"));			/* through a table of pointers */
	assert_true(has(&s, "getpgid"));		/* one of two numbers */
	assert_true(has(&s, "getitimer"));
	assert_true(has(&s, "exit_group"));
	assert_false(has(&s, "reboot")); /* in a function that nobody calls */
	assert_false(has(&s, "kexec_load"));
	assert_false(has(&s, "ptrace"));
	assert_true(s.unknowns >= 1); /* a number that is computed */
	scan_free(&s);
}

static void test_dynamic(void **state)
{
	sample_is_right(LEARN_SAMPLE);
}

static void test_static(void **state)
{
	sample_is_right(LEARN_SAMPLE_STATIC);
}

static void test_nobody_calls(void **state)
{
	struct scan s;

	/* The function is there, and found when it counts. */
	scan(&s, LEARN_SAMPLE_ALL);
	assert_true(has(&s, "reboot"));
	assert_true(has(&s, "kexec_load"));
	scan_free(&s);
}

static void test_no_elf(void **state)
{
	struct scan s = {0};
	struct err e = {0};

	assert_int_equal(scan_program(&s, __FILE__ ".none", NULL, "", &e), -1);
	assert_int_equal(e.code, EXIT_SYSTEM);
	assert_int_equal(scan_program(&s, "/etc/passwd", NULL, "", &e), -1);
	assert_int_equal(e.code, EXIT_WRONG_USE);
	assert_string_equal(e.text, "/etc/passwd: no ELF file");
	assert_int_equal(scan_program(&s, "/", NULL, "", &e), -1);
	assert_int_equal(scan_program(&s, "/dev/zero", NULL, "", &e), -1);
	scan_free(&s);
}

static void test_cut_off(void **state)
{
	static char bytes[1 << 16];
	FILE *f = fopen(LEARN_SAMPLE, "rb");
	size_t n = fread(bytes, 1, sizeof bytes, f);

	fclose(f);
	for (size_t cut = 1; cut < n; cut += 997) {
		char *copy = room_or_end(malloc(n - cut));
		struct elf_file elf;
		struct err e = {0};

		memcpy(copy, bytes, n - cut);
		if (elf_open_bytes(&elf, "cut", copy, n - cut, &e))
			assert_non_null(strstr(e.text, "cut: "));
		else
			elf_close(&elf);
		free(copy);
	}
}

static void test_plain(void **state)
{
	static const char *const rows[][2] = {{"/a/b", "/a/b"},		{"//a///b/", "/a/b"},
					      {"/a/./b/.", "/a/b"},	{"/a/../b", "/b"},
					      {"/../../x", "/x"},	{"/", "/"},
					      {"/a/..", "/"},		{"/a/b/../../..", "/"},
					      {"/..a/b..", "/..a/b.."}, {"/a/.../b", "/a/.../b"}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[64];

		strcpy(path, rows[i][0]);
		path_plain(path);
		assert_string_equal(path, rows[i][1]);
	}
}

static void test_classes(void **state)
{
	const char *why = NULL;

	assert_int_equal(classes_of("read", &why), CLASS_HARMLESS);
	assert_int_equal(classes_of("rt_sigreturn", &why), CLASS_HARMLESS);
	assert_int_equal(classes_of("socket", &why), CLASS_NETWORK);
	assert_int_equal(classes_of("clone", &why), CLASS_PROCESS);
	assert_int_equal(classes_of("ptrace", &why), CLASS_DANGEROUS);
	assert_int_equal(classes_of("execve", &why), CLASS_DANGEROUS);
	/* Part of a name is not the name; an unknown one is dangerous. */
	assert_int_equal(classes_of("rea", &why), CLASS_DANGEROUS);
	assert_int_equal(classes_of("made_up", &why), CLASS_DANGEROUS);
	assert_non_null(why);
}

static void fact(struct facts *f, enum fact_kind kind, const char *text)
{
	facts_add(f, kind, text, 1.0);
}

static bool given(const struct lines *l, const char *key, const char *value)
{
	const struct line *n = lines_find(l, "allow", key, value);

	return n && n->origin == LINE_SEEN;
}

static void test_paths(void **state)
{
	struct facts f = {0};
	struct lines l = {0};

	fact(&f, FACT_READ, "/etc/passwd"); /* every sandbox shows it */
	fact(&f, FACT_READ, "/usr/lib/x.so");
	fact(&f, FACT_READ, "/etc/camera/a"); /* three of a folder */
	fact(&f, FACT_READ, "/etc/camera/b");
	fact(&f, FACT_READ, "/etc/camera/c");
	fact(&f, FACT_READ, "/etc/single.conf");      /* one of a shared folder */
	fact(&f, FACT_READ, "/etc/shadow");	      /* a secret */
	fact(&f, FACT_MAKE, "/var/lib/camera/x.new"); /* a name made: its folder */
	fact(&f, FACT_WRITE, "/var/lib/camera/x.new");
	fact(&f, FACT_MAKE, "/tmp/foo-XYZ"); /* private anyway */
	fact(&f, FACT_WRITE, "/tmp/foo-XYZ");
	fact(&f, FACT_READ, "/tmp/given-to-it");      /* not made by it */
	fact(&f, FACT_MAKE, "/var/log/gone.tmp");     /* made and removed in a shared folder */
	fact(&f, FACT_REMAKE, "/var/log/camera/log"); /* opened so that it is made if need be */
	fact(&f, FACT_MAKE, "/proc/52/fd/9");	      /* linkat() of what O_TMPFILE opened */
	fact(&f, FACT_DEVICE, "/dev/null");
	fact(&f, FACT_DEVICE, "/dev/video0");
	fact(&f, FACT_DEVICE, "/dev/ptmx");
	fact(&f, FACT_DEVICE, "/dev/pts/7");
	fact(&f, FACT_LIST, "/home");
	fact(&f, FACT_READ, "/srv/a b;c");
	paths_lines(&f, "/usr/bin/camera", &l);

	assert_false(given(&l, "read", "/etc/passwd"));
	assert_false(given(&l, "read", "/usr/lib/x.so"));
	assert_true(given(&l, "read", "/etc/camera"));
	assert_false(given(&l, "read", "/etc/camera/a"));
	assert_true(given(&l, "read", "/etc/single.conf"));
	assert_false(given(&l, "read", "/etc/shadow"));
	assert_int_equal(lines_find(&l, "allow", "read", "/etc/shadow")->origin, LINE_OFFERED);
	assert_true(given(&l, "write", "/var/lib/camera"));
	assert_false(given(&l, "write", "/var/lib/camera/x.new"));
	assert_false(given(&l, "write", "/tmp/foo-XYZ"));
	assert_true(given(&l, "read", "/tmp/given-to-it"));
	assert_false(given(&l, "write", "/var/log"));
	assert_true(given(&l, "write", "/var/log/camera"));
	assert_false(given(&l, "write", "/proc/52/fd"));
	assert_false(given(&l, "device", "/dev/null"));
	assert_true(given(&l, "device", "/dev/video0"));
	assert_int_equal(lines_find(&l, "allow", "device", "/dev/ptmx")->seen, 1);
	assert_false(given(&l, "device", "/dev/pts/7"));
	assert_false(given(&l, "read", "/home"));
	assert_true(given(&l, "read", "/srv/a b;c"));
	assert_int_equal(l.remarks, 2); /* gone.tmp, /home */
	facts_free(&f);
	lines_free(&l);
}

static bool told(const struct lines *l, const char *part)
{
	for (size_t i = 0; i < l->remarks; i++)
		if (strstr(l->remark[i], part))
			return true;
	return false;
}

/* A comment says so; what was read there, and what is beside it, stays. */
static void test_never_written(void **state)
{
	struct facts f = {0};
	struct lines l = {0};

	fact(&f, FACT_WRITE, "/etc/ld.so.preload");
	fact(&f, FACT_READ, "/boot/config.txt");
	fact(&f, FACT_WRITE, "/boot/config.txt");
	fact(&f, FACT_MAKE, "/usr/local/lib/camera/x"); /* its folder */
	fact(&f, FACT_WRITE, "/etc/systemd/a");		/* three of a folder */
	fact(&f, FACT_WRITE, "/etc/systemd/b");
	fact(&f, FACT_WRITE, "/etc/systemd/c\nwrite = /x");
	fact(&f, FACT_WRITE, "/etc/camera.conf");
	fact(&f, FACT_MAKE, "/var/lib/camera/x");
	paths_lines(&f, "/usr/bin/camera", &l);

	assert_true(told(&l, "wrote to /etc/ld.so.preload: not given, others run or obey"));
	assert_true(told(&l, "wrote to /boot/config.txt: not given, the machine starts from"));
	assert_true(told(&l, "wrote to /usr/local/lib/camera: not given, code that others run"));
	assert_true(told(&l, "wrote to /etc/systemd/a: not given"));
	assert_true(told(&l, "wrote to /etc/systemd/c?write = /x: not given"));
	for (size_t i = 0; i < l.remarks; i++)
		assert_null(strchr(l.remark[i], '\n'));
	assert_true(given(&l, "read", "/boot/config.txt"));
	assert_true(given(&l, "write", "/etc/camera.conf"));
	assert_true(given(&l, "write", "/var/lib/camera"));
	for (size_t i = 0; i < l.count; i++)
		if (!strcmp(l.line[i].key, "write"))
			assert_null(profile_path_never(l.line[i].value, PROFILE_WRITE));
	facts_free(&f);
	lines_free(&l);
}

static void test_fold(void **state)
{
	struct lines l = {0};

	(void)state;
	lines_add(&l, "allow", "write", "/var/a", LINE_KEPT, 0, "");
	lines_add(&l, "allow", "read", "-/var/a", LINE_SEEN, 1, "");
	lines_add(&l, "allow", "read", "/var/a/b", LINE_SEEN, 1, "");
	lines_add(&l, "allow", "read", "/srv", LINE_SEEN, 1, "");
	lines_add(&l, "allow", "read", "/srv/by/hand", LINE_KEPT, 0, "");
	lines_add(&l, "allow", "read", "/etc/offered", LINE_OFFERED, 0, "");
	lines_add(&l, "allow", "read", "/etc/offered/a", LINE_SEEN, 1, "");
	lines_fold(&l);
	assert_int_equal(l.count, 5);
	assert_null(lines_find(&l, "allow", "read", "-/var/a"));
	assert_null(lines_find(&l, "allow", "read", "/var/a/b"));
	lines_free(&l);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_merge(void **state)
{
	char path[64] = "/tmp/holdfast-learn-test-XXXXXX", again[80];
	struct lines l = {0}, m = {0};
	struct err e = {0};
	FILE *f;

	close(mkstemp(path));
	put(path, "; learned: 3 runs\n"
		  "[program]\nexec = /usr/bin/x -a \"b ;c\"\nuser = camera\n"
		  "[allow]\nread = /etc/a \"/etc/b c\" ; seen in 2 of 3 runs: read first at 1.0 s\n"
		  "[allow] write = /var/lib/x -/usr/lib/x\n"
		  "[limits]\nmemory = 24M ; seen: 1.0 M\ncpu = 80%\n"
		  "[syscalls]\nlist = learned\nallow = read write ; seen in 3 of 3 runs\n"
		  "allow = dup ; reachable: perror -> dup\n;allow = ptrace ; not seen\n"
		  "[syscalls  arm64]\nallow = dup3 ; reachable: perror -> dup3\n");
	assert_int_equal(lines_read(&l, path, &e), 0);
	assert_int_equal(l.runs, 3);
	assert_int_equal(lines_find(&l, "allow", "read", "/etc/b c")->seen, 2);
	assert_int_equal(lines_find(&l, "allow", "write", "/var/lib/x")->origin, LINE_KEPT);
	assert_null(lines_find(&l, "allow", "write", "-/usr/lib/x"));
	assert_true(told(&l, "write = /usr/lib/x of a profile that was merged: left out, code"));
	assert_int_equal(lines_find(&l, "syscalls", "allow", "dup")->origin, LINE_REACHABLE);
	assert_null(lines_find(&l, "syscalls", "allow", "ptrace"));

	/* A fourth run. */
	l.runs++;
	lines_add(&l, "program", "user", "root", LINE_SET, 0, "");
	lines_add(&l, "limits", "memory", "32M", LINE_SET, 0, "seen: 4.0 M");
	lines_add(&l, "limits", "cpu", "200%", LINE_SET, 0, "");
	lines_add(&l, "syscalls", "allow", "dup", LINE_SEEN, 1, "1 times");
	lines_add(&l, "syscalls", "allow", "read", LINE_SEEN, 1, "evil\n[program]");
	assert_string_equal(lines_find(&l, "program", "user", NULL)->value, "camera");
	assert_string_equal(lines_find(&l, "limits", "memory", NULL)->value, "32M");
	assert_string_equal(lines_find(&l, "limits", "cpu", NULL)->value, "80%"); /* by hand */
	assert_int_equal(lines_find(&l, "syscalls", "allow", "dup")->origin, LINE_SEEN);
	assert_int_equal(lines_find(&l, "syscalls", "allow", "read")->seen, 4);
	assert_null(strchr(lines_find(&l, "syscalls", "allow", "read")->note, '\n'));

	/* What is written is read back as the same. */
	snprintf(again, sizeof again, "%s.2", path);
	f = fopen(again, "w");
	assert_int_equal(lines_write(&l, "x", f, &e), 0);
	fclose(f);
	assert_int_equal(lines_read(&m, again, &e), 0);
	assert_int_equal(m.runs, 4);
	assert_int_equal(m.count, l.count);
	for (size_t i = 0; i < l.count; i++) {
		const struct line *n = &l.line[i];
		const struct line *k = lines_find(&m, n->section, n->key, n->value);

		assert_non_null(k);
		assert_int_equal(k->seen, n->seen);
	}
	lines_free(&l);
	lines_free(&m);

	put(path, "[allow]\nread\n");
	assert_int_equal(lines_read(&l, path, &e), -1);
	assert_non_null(strstr(e.text, ":2: 'read'"));
	put(path, "[allow\n");
	assert_int_equal(lines_read(&l, path, &e), -1);
	put(path, "read = /x\n");
	assert_int_equal(lines_read(&l, path, &e), -1);
	lines_free(&l);
	unlink(path);
	unlink(again);
}

/* Names come from whoever makes files: none may become a line of the profile. */
static void test_names_that_break_lines(void **state)
{
	char path[64] = "/tmp/holdfast-learn-test-XXXXXX", name[400] = "/srv/long/";
	struct facts f = {0};
	struct lines l = {0}, m = {0};
	struct err e = {0};
	FILE *to;

	memset(name + 10, 'x', 300);
	fact(&f, FACT_READ, "/srv/a\npower = ptrace");
	fact(&f, FACT_MAKE, "/var/log/b\npower = ptrace");
	fact(&f, FACT_DEVICE, "/dev/c\npower = ptrace");
	fact(&f, FACT_READ, name);
	fact(&f, FACT_READ, "/srv/d ;e");
	paths_lines(&f, "/usr/bin/x", &l);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.remarks, 4);
	close(mkstemp(path));
	to = fopen(path, "w");
	assert_int_equal(lines_write(&l, "x", to, &e), 0);
	fclose(to);
	assert_int_equal(lines_read(&m, path, &e), 0);
	assert_int_equal(m.count, 1);
	assert_non_null(lines_find(&m, "allow", "read", "/srv/d ;e"));
	unlink(path);
	facts_free(&f);
	lines_free(&l);
	lines_free(&m);
}

static void test_continued(void **state)
{
	char path[64] = "/tmp/holdfast-learn-test-XXXXXX", again[80];
	struct lines l = {0}, m = {0};
	struct err e = {0};
	FILE *to;

	close(mkstemp(path));
	put(path, "[program]\nexec = /usr/bin/x\n  -a=b\n\t\"c d\" ; by hand\n"
		  "  directory = \"/a b\"\n"
		  "[allow]\nread = /etc/a ; seen in 2 of 3 runs\n  /etc/b\n  write = /var/x\n");
	assert_int_equal(lines_read(&l, path, &e), 0);
	assert_string_equal(lines_find(&l, "program", "exec", NULL)->value,
			    "/usr/bin/x -a=b \"c d\"");
	assert_string_equal(lines_find(&l, "program", "directory", NULL)->value, "/a b");
	assert_int_equal(lines_find(&l, "allow", "read", "/etc/b")->seen, 2);
	assert_non_null(lines_find(&l, "allow", "write", "/var/x"));

	/* A long command is continued when it is written, and read back as it was. */
	for (char c = 'a'; c < 'h'; c++) {
		char *value = l.line[0].value, word[64];

		snprintf(word, sizeof word, " \"%c a word of some length, to make a line long\"",
			 c);
		l.line[0].value = room_or_end(realloc(value, strlen(value) + strlen(word) + 1));
		strcat(l.line[0].value, word);
	}
	snprintf(again, sizeof again, "%s.2", path);
	to = fopen(again, "w");
	assert_int_equal(lines_write(&l, "x", to, &e), 0);
	fclose(to);
	assert_int_equal(lines_read(&m, again, &e), 0);
	assert_string_equal(lines_find(&m, "program", "exec", NULL)->value,
			    lines_find(&l, "program", "exec", NULL)->value);
	assert_string_equal(lines_find(&m, "program", "directory", NULL)->value, "/a b");
	lines_free(&l);
	lines_free(&m);
	unlink(path);
	unlink(again);
}

static void test_settle(void **state)
{
	struct lines l = {.runs = 2};

	lines_add(&l, "allow", "network", "none", LINE_SEEN, 1, "");
	lines_settle(&l);
	assert_int_equal(l.count, 0); /* the other run had a network */
	lines_add(&l, "allow", "network", "none", LINE_SEEN, 1, "");
	lines_add(&l, "allow", "network", "none", LINE_SEEN, 1, "");
	lines_settle(&l);
	assert_int_equal(l.count, 1);
	lines_free(&l);
	lines_add(&l, "allow", "network", "none", LINE_KEPT, 0, ""); /* by hand */
	l.runs = 2;
	lines_settle(&l);
	assert_int_equal(l.count, 1);
	lines_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dynamic),	  cmocka_unit_test(test_static),
	    cmocka_unit_test(test_nobody_calls),  cmocka_unit_test(test_no_elf),
	    cmocka_unit_test(test_cut_off),	  cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_classes),	  cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_never_written), cmocka_unit_test(test_fold),
	    cmocka_unit_test(test_merge),	  cmocka_unit_test(test_names_that_break_lines),
	    cmocka_unit_test(test_continued),	  cmocka_unit_test(test_settle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
