// SPDX-License-Identifier: MIT
// Profiles packed and unpacked, and loaded from files of either kind.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "sandbox/calls.h"
#include "sandbox/profile_ini.h"
#include "sandbox/profile_load.h"
#include "sandbox/record.h"

#define PLAIN "[program]\nname = x\nexec = /usr/bin/x\n"
#define FULL                                                                                       \
	"[program]\nname = cam-1\nexec = /usr/bin/camerad 'a b' \"\"\nuser = camera\n"             \
	"directory = /var\nenvironment = A=b C=d\nlog = /var/log/x\nreport = none\n"               \
	"stop-signal = INT\nstop-timeout = 3s\nwatchdog = 60s\naccept-missing = cpu\n"             \
	"[allow]\nread = /etc/x -/etc/y\nwrite = /var/lib/x\ndevice = /dev/video0\n"               \
	"exec-also = /usr/bin/ffmpeg\nlisten = 554/tcp any/udp\npower = time\n"                    \
	"[limits]\nmemory = 5000M\nprocesses = 16\ncpu = 150%\nfiles = 64\nfile-size = 5G\n"       \
	"log-size = 1M\n[syscalls]\nlist = learned\nallow = read write mseal\ndeny = ptrace\n"

static uint8_t bytes[RECORD_MAX + 1];
static struct profile p, q;
static struct err e;

static size_t pack(const char *text)
{
	const struct profile_source s = {text, strlen(text), "x.conf", NULL};

	if (profile_ini(&p, &s, &e))
		fail_msg("%s", e.text);
	return record_encode(&p, call_native.audit, bytes);
}

static int unpack(size_t n)
{
	uint32_t arch;

	memset(&e, 0, sizeof e);
	return record_decode(&q, &arch, bytes, n, &e);
}

static void refused(size_t n, const char *words)
{
	assert_int_equal(unpack(n), -1);
	assert_int_equal(e.code, EXIT_WRONG_USE);
	if (!strstr(e.text, words))
		fail_msg("'%s' is not in '%s'", words, e.text);
}

/* The checksum again, written another way, so that changed records get past it. */
static void sign(size_t n)
{
	uint32_t table[256], crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int k = 0; k < 8; k++)
			table[i] = table[i] & 1 ? 0xedb88320 ^ table[i] >> 1 : table[i] >> 1;
	}
	for (size_t i = 0; i < n; i++)
		if (i < 16 || i >= 20)
			crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
	crc = ~crc;
	for (int i = 0; i < 4; i++)
		bytes[16 + i] = (uint8_t)(crc >> 8 * i);
}

static void there_and_back(void **state)
{
	static const char *const texts[] = {
	    PLAIN, FULL,
	    PLAIN "[syscalls]\nlist = default\n[syscalls mips64]\nlist = learned\nallow = read\n"};
	uint8_t again[RECORD_MAX];
	uint32_t arch;

	for (int i = 0; i < 3; i++) {
		size_t n = pack(texts[i]);

		assert_int_equal(record_decode(&q, &arch, bytes, n, &e), 0);
		assert_int_equal(arch, i == 1 ? call_native.audit : 0);
		assert_int_equal(q.unlisted, i == 2);
		assert_memory_equal(&p, &q, sizeof p);
		assert_int_equal(record_encode(&q, arch, again), n);
		assert_memory_equal(bytes, again, n);
	}
}

static void the_bytes_are_these_on_every_machine(void **state)
{
	static const uint8_t begin[] = {0x89, 'H', 'F', 'P', 2, 0, 0, 0, 0, 0, 0, 0};
	size_t n = pack(PLAIN);

	assert_memory_equal(bytes, begin, sizeof begin);
	assert_int_equal(bytes[12] | bytes[13] << 8, n);
	assert_memory_equal(bytes + 20, "\1\0x", 3);
	assert_memory_equal(bytes + n - 14, "\2\0\1\0", 4); /* one argument, at 1 */
	assert_true(n < 150);
}

static void a_profile_full_to_the_brim_fits(void **state)
{
	char path[32];

	pack(PLAIN);
	for (p.paths = 0; p.paths < PROFILE_PATHS; p.paths++) {
		snprintf(path, sizeof path, "/srv/%020u", (unsigned)p.paths);
		p.path[p.paths].path = (profile_text)p.text_used;
		strcpy(p.text + p.text_used, path);
		p.text_used += (uint32_t)strlen(path) + 1;
	}
	p.text_used = PROFILE_TEXT;
	for (p.args = 0; p.args < PROFILE_ARGS; p.args++)
		p.arg[p.args] = p.arg[0];
	for (p.listens = 0; p.listens < PROFILE_PORTS; p.listens++)
		p.listen[p.listens].port = (uint16_t)(2000 + p.listens);
	memset(p.call_allow, 0xff, sizeof p.call_allow / 2);
	memset(p.call_deny + sizeof p.call_deny / 2, 0xff, sizeof p.call_deny / 2);
	assert_int_equal(profile_check(&p, &e), 0);
	assert_true(record_encode(&p, call_native.audit, bytes) <= RECORD_MAX);
	assert_int_equal(unpack(record_encode(&p, call_native.audit, bytes)), 0);
	assert_memory_equal(&p, &q, sizeof p);
}

static void cut_anywhere(void **state)
{
	size_t n = pack(FULL);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(unpack(i), -1);
	bytes[n] = 0;
	refused(n + 1, "longer than it says");
	refused(3, "does not begin like one");
	refused(n - 1, "cut short");
}

static void one_bit_changed_anywhere(void **state)
{
	size_t n = pack(FULL);

	for (size_t i = 0; i < 8 * n; i++) {
		bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(unpack(n), -1);
		bytes[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_int_equal(unpack(n), 0);
}

static void another_version_or_machine(void **state)
{
	size_t n = pack(FULL);

	bytes[4] = 3;
	sign(n);
	refused(n, "of version 3, and version 2 is what this program reads");
	bytes[4] = 2;
	bytes[8] ^= 0x55;
	sign(n);
	refused(n, "system calls of no known architecture");
	n = pack(PLAIN);
	bytes[8] = 0x3e;
	bytes[11] = 0xc0;
	sign(n);
	refused(n, "system calls of no known architecture");
}

/* With the right checksum, so that what is behind it is what refuses. */
static void every_byte_changed_and_signed(void **state)
{
	uint8_t again[RECORD_MAX];
	size_t n = pack(FULL), taken = 0;
	uint32_t arch;

	for (size_t i = 4; i < n; i++)
		for (unsigned k = 1; k < 256; k += 7) {
			uint8_t old = bytes[i];

			bytes[i] ^= (uint8_t)k;
			sign(n);
			if (!record_decode(&q, &arch, bytes, n, &e)) {
				taken++;
				assert_int_equal(profile_check(&q, &e), 0);
				assert_int_equal(record_encode(&q, arch, again), n);
				assert_memory_equal(bytes, again, n);
			}
			bytes[i] = old;
		}
	assert_true(taken > 100);
}

/* A record is checked as a profile is: one that is older than a rule, or made by hand. */
static void a_place_that_no_program_may_write(void **state)
{
	static const char *const rows[] = {"/usr/lib", "/etc", "/boot/x", "/run/holdfast"};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n;

		pack(PLAIN);
		p.path[0] = (struct profile_path){(profile_text)p.text_used, PROFILE_WRITE, 0};
		p.paths = 1;
		strcpy(p.text + p.text_used, "/srv/x");
		p.text_used += 7;
		n = record_encode(&p, call_native.audit, bytes);
		assert_int_equal(unpack(n), 0);
		p.text_used -= 7;
		strcpy(p.text + p.text_used, rows[i]);
		p.text_used += (uint32_t)strlen(rows[i]) + 1;
		n = record_encode(&p, call_native.audit, bytes);
		refused(n, "[allow] write = /");
		refused(n, "never: ");
		refused(n, rows[i]);
	}
}

/* --- files --- */

static char dir[] = "/tmp/holdfast-record.XXXXXX", file[64];

static int make_dir(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof file, "%s/x.conf", dir);
	return 0;
}

static int remove_dir(void **state)
{
	unlink(file);
	return rmdir(dir);
}

static void write_file(const void *from, size_t n)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, from, n), n);
	close(fd);
}

static void either_kind_of_file(void **state)
{
	size_t n = pack(FULL);

	write_file(FULL, sizeof FULL - 1);
	assert_int_equal(profile_load(&q, file, &e), 0);
	assert_memory_equal(&p, &q, sizeof p);
	write_file(bytes, n);
	memset(&q, 1, sizeof q);
	assert_int_equal(profile_load(&q, file, &e), 0);
	assert_memory_equal(&p, &q, sizeof p);
	write_file(bytes, n - 1);
	assert_int_equal(profile_load(&q, file, &e), -1);
	assert_non_null(strstr(e.text, "x.conf: not a whole profile record: cut short"));
}

static void a_record_for_another_machine(void **state)
{
	size_t n = pack(FULL);

	n = record_encode(&p, call_arch_audit("riscv64"), bytes);
	write_file(bytes, n);
	assert_int_equal(profile_load(&q, file, &e), -1);
	assert_int_equal(e.code, EXIT_WRONG_USE);
	assert_non_null(strstr(e.text, "made for riscv64, and this machine is"));
}

static void files_that_are_no_profiles(void **state)
{
	static char large[PROFILE_FILE_MAX + 1];

	assert_int_equal(profile_load(&q, dir, &e), -1);
	assert_non_null(strstr(e.text, "not a file"));
	assert_int_equal(profile_load(&q, "/nowhere/x.conf", &e), -1);
	assert_int_equal(e.code, EXIT_SYSTEM);
	memset(large, '\n', sizeof large);
	write_file(large, sizeof large);
	assert_int_equal(profile_load(&q, file, &e), -1);
	assert_non_null(strstr(e.text, "more than 262144 bytes"));
	write_file(PLAIN, sizeof PLAIN - 1);
	assert_int_equal(chmod(file, 0666), 0);
	assert_int_equal(profile_load(&q, file, &e), -1);
	assert_non_null(strstr(e.text, "anybody may write to this file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(the_bytes_are_these_on_every_machine),
	    cmocka_unit_test(a_profile_full_to_the_brim_fits),
	    cmocka_unit_test(cut_anywhere),
	    cmocka_unit_test(one_bit_changed_anywhere),
	    cmocka_unit_test(another_version_or_machine),
	    cmocka_unit_test(every_byte_changed_and_signed),
	    cmocka_unit_test(a_place_that_no_program_may_write),
	    cmocka_unit_test(either_kind_of_file),
	    cmocka_unit_test(a_record_for_another_machine),
	    cmocka_unit_test(files_that_are_no_profiles),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
