// SPDX-License-Identifier: MIT
// What a program sees, what Landlock says of it, which interpreters it needs, which limits it gets:
// the launcher's pure parts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <elf.h>
#include <fcntl.h>

#include "sandbox/landlock.h"
#include "sandbox/opens.h"
#include "sandbox/program.h"
#include "sandbox/resources.h"
#include "sandbox/view.h"

static struct profile p;
static struct view v;
static struct landlock_rules rules;

static profile_text text(const char *s)
{
	profile_text at = (profile_text)p.text_used;

	strcpy(p.text + at, s);
	p.text_used += (uint32_t)strlen(s) + 1;
	return at;
}

static void profile(const char *exec)
{
	memset(&p, 0, sizeof(p));
	p.text_used = 1;
	p.arg[0] = text(exec);
	p.args = 1;
}

static void allow(enum profile_access access, const char *path)
{
	p.path[p.paths++] = (struct profile_path){.path = text(path), .access = (uint8_t)access};
}

static const char *devices; /* the folder that all share */

static int make_with(const char *interpreter)
{
	const char *const list[] = {interpreter, NULL};
	const struct view_extra x = {
	    .etc = "/run/holdfast/etc", .dev = devices, .interpreters = list};

	return view_make(&v, &p, &x, NULL);
}

static void make(void)
{
	assert_int_equal(make_with("/lib64/ld-linux-x86-64.so.2"), 0);
}

static const struct view_entry *at(const char *path)
{
	const struct view_entry *n = view_find(&v, path);

	assert_non_null(n);
	assert_string_equal(n->at, path + 1);
	return n;
}

static bool seen(const char *path)
{
	const struct view_entry *n = view_find(&v, path);

	return n && (n->kind != VIEW_DIR || !strcmp(n->at, path + 1));
}

static uint64_t access_to(const char *path)
{
	for (unsigned i = 0; i < rules.paths; i++)
		if (!strcmp(rules.path[i].path, path))
			return rules.path[i].access;
	return 0;
}

static void the_least_profile_sees_libraries_and_nothing_of_others(void **state)
{
	(void)state;
	profile("/usr/bin/camerad");
	make();
	assert_int_equal(at("/usr/lib")->flags & (VIEW_WRITE | VIEW_EXEC), VIEW_EXEC);
	assert_int_equal(at("/usr/share")->flags & (VIEW_WRITE | VIEW_EXEC), 0);
	assert_int_equal(at("/tmp")->kind, VIEW_TMPFS);
	assert_int_equal(at("/usr/bin/camerad")->flags & VIEW_START, VIEW_START);
	assert_int_equal(at("/usr/bin")->kind, VIEW_DIR);
	assert_false(seen("/usr/bin/sh"));
	assert_false(seen("/home"));
	assert_false(seen("/sys"));
	assert_false(seen("/var/lib/other"));
	assert_string_equal(at("/etc")->from, "/run/holdfast/etc");
}

/* Landlock has the devices by their folder, whoever made it. */
static void devices_are_shared_unless_there_are_others(void **state)
{
	uint64_t alone;

	(void)state;
	profile("/usr/bin/camerad");
	make();
	landlock_make(&rules, &p, &v, 7);
	assert_int_equal(at("/dev/null")->kind, VIEW_NODE);
	assert_int_equal(at("/dev")->kind, VIEW_DIR);
	alone = access_to("dev");
	assert_int_not_equal(alone, 0);
	devices = "/run/holdfast/dev";
	make();
	landlock_make(&rules, &p, &v, 7);
	assert_string_equal(at("/dev")->from, devices);
	assert_int_equal(at("/dev")->flags & (VIEW_DEVICE | VIEW_WRITE | VIEW_EXEC), VIEW_DEVICE);
	assert_int_equal(access_to("dev"), alone);
	assert_string_equal(view_find(&v, "/dev/null")->at, "dev");
	allow(PROFILE_DEVICE, "/dev/video0");
	make();
	devices = NULL;
	assert_int_equal(at("/dev")->kind, VIEW_DIR);
	assert_int_equal(at("/dev/null")->kind, VIEW_NODE);
	assert_int_equal(at("/dev/video0")->kind, VIEW_BIND);
}

static void folders_come_before_what_is_in_them(void **state)
{
	(void)state;
	profile("/opt/cam/bin/camerad");
	allow(PROFILE_WRITE, "/var/lib/cam");
	allow(PROFILE_READ, "/var/lib/cam/config");
	allow(PROFILE_WRITE, "/usr/share/cam/cache");
	make();
	for (unsigned i = 0; i < v.count; i++)
		for (unsigned k = i + 1; k < v.count; k++) {
			size_t n = strlen(v.entry[k].at);

			assert_false(!strncmp(v.entry[k].at, v.entry[i].at, n) &&
				     v.entry[i].at[n] == '/');
			assert_string_not_equal(v.entry[i].at, v.entry[k].at);
		}
	assert_int_equal(at("/var/lib/cam/config")->flags & (VIEW_WRITE | VIEW_INSIDE),
			 VIEW_INSIDE);
	assert_int_equal(at("/usr/share/cam/cache")->flags & (VIEW_WRITE | VIEW_INSIDE),
			 VIEW_WRITE | VIEW_INSIDE);
	assert_int_equal(at("/usr/share/cam/cache")->kind, VIEW_BIND);
}

static void what_is_shown_already_is_not_mounted_again(void **state)
{
	(void)state;
	profile("/usr/lib/cam/camerad");
	allow(PROFILE_READ, "/usr/lib/cam/plugins");
	make();
	assert_int_equal(at("/usr/lib/cam/camerad")->kind, VIEW_SEEN);
	assert_int_equal(at("/usr/lib/cam/plugins")->kind, VIEW_SEEN);
	assert_int_equal(at("/lib64/ld-linux-x86-64.so.2")->kind, VIEW_SEEN);
}

static void with_more_of_etc_the_copies_are_links(void **state)
{
	(void)state;
	profile("/usr/bin/x");
	allow(PROFILE_READ, "/etc/x.conf");
	make();
	assert_int_equal(at("/etc")->kind, VIEW_DIR);
	assert_int_equal(at("/etc/x.conf")->kind, VIEW_BIND);
	assert_int_equal(at("/etc/resolv.conf")->kind, VIEW_LINK);
	assert_false(seen("/etc/shadow"));
}

static void the_root_is_no_path(void **state)
{
	(void)state;
	profile("/usr/bin/x");
	allow(PROFILE_READ, "/");
	assert_int_equal(make_with("/lib/ld.so"), -1);
}

static void the_biggest_profile_fits(void **state)
{
	char name[32];

	(void)state;
	profile("/usr/bin/x");
	for (int i = 0; i < PROFILE_PATHS; i++) {
		snprintf(name, sizeof(name), "/d%d/e/f", i);
		if (p.text_used + sizeof(name) < PROFILE_TEXT)
			allow(PROFILE_READ, name);
	}
	assert_int_equal(make_with("/lib/ld.so"), -1); /* too many folders, and said so */
	profile("/usr/bin/x");
	for (int i = 0; i < PROFILE_PATHS; i++) {
		snprintf(name, sizeof(name), "/srv/d%d", i);
		allow(PROFILE_WRITE, name);
	}
	make();
	landlock_make(&rules, &p, &v, 7);
	assert_true(rules.paths <= VIEW_MAX);
}

enum { EXECUTE = 1, WRITE_FILE = 2, READ_FILE = 4, MAKE_CHAR = 64, REFER = 1 << 13 };

static void landlock_has_the_same_rules(void **state)
{
	(void)state;
	profile("/usr/bin/camerad");
	allow(PROFILE_WRITE, "/var/lib/cam");
	allow(PROFILE_DEVICE, "/dev/video0");
	make();
	landlock_make(&rules, &p, &v, 7);
	assert_int_equal(access_to("/") & (EXECUTE | WRITE_FILE | READ_FILE), READ_FILE);
	assert_int_equal(access_to("usr/bin/camerad") & (EXECUTE | WRITE_FILE), EXECUTE);
	assert_int_equal(access_to("lib64/ld-linux-x86-64.so.2") & EXECUTE, EXECUTE);
	assert_int_equal(access_to("var/lib/cam") & (EXECUTE | WRITE_FILE | MAKE_CHAR), WRITE_FILE);
	assert_int_equal(access_to("dev/video0") & (EXECUTE | WRITE_FILE), WRITE_FILE);
	for (unsigned i = 0; i < rules.paths; i++)
		assert_int_equal(rules.path[i].access & ~rules.fs, 0);
	landlock_make(&rules, &p, &v, 1);
	assert_int_equal(rules.fs & REFER, 0);
	assert_int_equal(rules.net | rules.scoped, 0);
}

static void landlock_binds_listed_ports_alone(void **state)
{
	(void)state;
	profile("/usr/bin/x");
	p.listen[p.listens++] = (struct profile_port){.port = 554, .proto = PROFILE_TCP};
	p.listen[p.listens++] = (struct profile_port){.port = 53, .proto = PROFILE_UDP};
	make();
	landlock_make(&rules, &p, &v, 4);
	assert_int_equal(rules.ports, 2);
	assert_int_equal(rules.port[0], 554);
	assert_int_equal(rules.port[1], 0);
	assert_int_not_equal(rules.net, 0);
	p.listen[p.listens++] = (struct profile_port){.port = 0, .proto = PROFILE_TCP};
	landlock_make(&rules, &p, &v, 4);
	assert_int_equal(rules.net, 0);
}

static void terminals_are_its_own(void **state)
{
	(void)state;
	profile("/usr/bin/x");
	make();
	assert_int_equal(view_find(&v, "/dev/pts")->kind, VIEW_DIR);
	allow(PROFILE_DEVICE, "/dev/ptmx");
	make();
	assert_int_equal(view_find(&v, "/dev/pts")->kind, VIEW_PTS);
	assert_string_equal(view_find(&v, "/dev/ptmx")->from, "pts/ptmx");
	assert_int_equal(view_find(&v, "/dev/tty")->kind, VIEW_NODE);
	assert_int_equal(opens_by_view(&v, "/dev/pts/0", O_RDWR), OPENS_FINE);
	assert_int_equal(opens_by_view(&v, "/dev/ptmx", O_RDWR), OPENS_FINE);
}

static void what_the_view_keeps_back_is_known(void **state)
{
	(void)state;
	profile("/usr/bin/x");
	allow(PROFILE_WRITE, "/var/lib/x");
	allow(PROFILE_DEVICE, "/dev/video0");
	make();
	assert_int_equal(opens_by_view(&v, "/usr/lib/libc.so", O_RDONLY), OPENS_FINE);
	assert_int_equal(opens_by_view(&v, "/usr/lib/libc.so", O_RDWR), OPENS_NOT_WRITABLE);
	assert_int_equal(opens_by_view(&v, "/var/lib/x/y", O_RDWR | O_CREAT), OPENS_FINE);
	assert_int_equal(opens_by_view(&v, "/dev/video0", O_RDWR), OPENS_FINE);
	assert_int_equal(opens_by_view(&v, "/dev/null", O_WRONLY), OPENS_FINE);
	assert_int_equal(opens_by_view(&v, "/tmp/y", O_WRONLY | O_CREAT), OPENS_LOOK);
	assert_int_equal(opens_by_view(&v, "/etc/x.conf", O_RDONLY), OPENS_LOOK);
	assert_int_equal(opens_by_view(&v, "/root/.profile", O_RDONLY), OPENS_LOOK);
	assert_int_equal(opens_by_view(&v, "/root/.profile", O_WRONLY), OPENS_NOT_WRITABLE);
	assert_int_equal(opens_by_view(&v, "/proc/self/comm", O_WRONLY), OPENS_FINE);
}

static void interpreters_are_found(void **state)
{
	char to[PROGRAM_PATH];
	static uint8_t elf[512];
	Elf64_Ehdr *h = (Elf64_Ehdr *)(void *)elf;
	Elf64_Phdr *ph = (Elf64_Phdr *)(void *)(elf + 64);

	(void)state;
	assert_int_equal(program_interpreter((const uint8_t *)"#! /bin/sh -e\n", 14, to), 1);
	assert_string_equal(to, "/bin/sh");
	assert_int_equal(program_interpreter((const uint8_t *)"#!\n", 3, to), -1);
	assert_int_equal(program_interpreter((const uint8_t *)"#!sh\n", 5, to), -1);
	assert_int_equal(program_interpreter((const uint8_t *)"hello", 5, to), -1);
	memcpy(elf, ELFMAG, SELFMAG);
	elf[EI_CLASS] = ELFCLASS64;
	h->e_phoff = 64;
	h->e_phnum = 1;
	ph->p_type = PT_LOAD;
	assert_int_equal(program_interpreter(elf, sizeof(elf), to), 0);
	ph->p_type = PT_INTERP;
	ph->p_offset = 200;
	ph->p_filesz = 8;
	memcpy(elf + 200, "/lib/ld", 8);
	assert_int_equal(program_interpreter(elf, sizeof(elf), to), 1);
	assert_string_equal(to, "/lib/ld");
	ph->p_offset = 510;
	assert_int_equal(program_interpreter(elf, sizeof(elf), to), -1);
	h->e_phoff = UINT64_MAX - 8;
	assert_int_equal(program_interpreter(elf, sizeof(elf), to), -1);
}

static void there_is_always_a_limit(void **state)
{
	struct limits l;

	(void)state;
	profile("/usr/bin/x");
	limits_make(&l, &p, 64ull << 20, 1);
	assert_int_equal(l.memory, 32 << 20);
	assert_int_equal(l.tmp_size, 8 << 20);
	assert_true(l.processes && l.files && l.file_size && l.cpu_percent);
	limits_make(&l, &p, 64ull << 30, 8);
	assert_int_equal(l.memory, 256 << 20);
	p.memory = 24 << 20;
	limits_make(&l, &p, 64ull << 30, 8);
	assert_int_equal(l.memory, 24 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_least_profile_sees_libraries_and_nothing_of_others),
	    cmocka_unit_test(devices_are_shared_unless_there_are_others),
	    cmocka_unit_test(folders_come_before_what_is_in_them),
	    cmocka_unit_test(what_is_shown_already_is_not_mounted_again),
	    cmocka_unit_test(with_more_of_etc_the_copies_are_links),
	    cmocka_unit_test(the_root_is_no_path),
	    cmocka_unit_test(the_biggest_profile_fits),
	    cmocka_unit_test(landlock_has_the_same_rules),
	    cmocka_unit_test(landlock_binds_listed_ports_alone),
	    cmocka_unit_test(terminals_are_its_own),
	    cmocka_unit_test(what_the_view_keeps_back_is_known),
	    cmocka_unit_test(interpreters_are_found),
	    cmocka_unit_test(there_is_always_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
