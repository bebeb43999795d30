// SPDX-License-Identifier: MIT
//
// Any bytes as a packed profile: refused with one line, or unpacked into a sound profile that packs
// into the very bytes. Most inputs are records made from a profile, changed, cut or spliced, and
// signed again, because the checksum would keep all else from what is behind it.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/profile_ini.h"
#include "sandbox/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what)
{
	fprintf(stderr, "record_fuzz: broken promise: %s\n", what);
	abort();
}

static const char *const profiles[] = {
    "[program]\nname = x\nexec = /usr/bin/x\n",
    "[program]\nname = cam-1\nexec = /usr/bin/camerad 'a b' \"\" -c\nuser = camera\ngroup = video\n"
    "directory = /var\nenvironment = A=b C=d\nlog = /var/log/x\nwatchdog = 60s\n"
    "[allow]\nread = /etc/x -/etc/y\nwrite = /var/lib/x\ndevice = /dev/video0\n"
    "exec-also = /usr/bin/ffmpeg\nlisten = 554/tcp any/udp\npower = time net-raw\n"
    "[limits]\nmemory = 24M\nprocesses = 16\ncpu = 150%\n"
    "[syscalls]\nlist = learned\nallow = read write openat mseal\ndeny = ptrace\n",
    "[program]\nname = r\nexec = /r\nuser = root\naccept-missing = cpu\n[allow]\nnetwork = none\n"
    "power = switch-user\n[syscalls]\nallow = add_key\n",
};
#define PROFILES (sizeof profiles / sizeof profiles[0])

/* The checksum of record.h, written another way. */
static void sign(uint8_t *bytes, size_t n)
{
	static uint32_t table[256];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; !table[1] && i < 256; i++) {
		table[255 - i] = 255 - i;
		for (int k = 0; k < 8; k++)
			table[255 - i] = table[255 - i] & 1 ? 0xedb88320 ^ table[255 - i] >> 1
							    : table[255 - i] >> 1;
	}
	for (size_t i = 0; i < n; i++)
		if (i < 16 || i >= 20)
			crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
	crc = ~crc;
	for (int i = 0; i < 4; i++)
		bytes[16 + i] = (uint8_t)(crc >> 8 * i);
}

static size_t make(unsigned which, uint8_t *to)
{
	static struct profile p;
	const char *text = profiles[which % PROFILES];
	const struct profile_source s = {text, strlen(text), "x.conf", NULL};
	struct err e;

	if (profile_ini(&p, &s, &e))
		fail(e.text);
	return record_encode(&p, call_native.audit, to);
}

/* Four bytes make a change: where, and what. Then length and checksum are made right. */
static size_t mutate(const uint8_t *data, size_t size, uint8_t *r, size_t n, size_t max)
{
	for (; size >= 4 && n > 20; data += 4, size -= 4) {
		size_t at = 4 + (size_t)(data[0] << 8 | data[1]) % (n - 4);

		switch (data[2] % 8) {
		case 0: /* cut */
			memmove(r + at, r + at + 1, n - at - 1);
			n--;
			break;
		case 1: /* put in */
			if (n == max)
				break;
			memmove(r + at + 1, r + at, n - at);
			r[at] = data[3];
			n++;
			break;
		case 2:
			r[at] ^= (uint8_t)(1u << data[3] % 8);
			break;
		default:
			r[at] = data[3];
		}
	}
	if (n < 20)
		return n;
	r[12] = (uint8_t)n;
	r[13] = (uint8_t)(n >> 8);
	r[14] = r[15] = 0;
	sign(r, n);
	return n;
}

static unsigned long runs, taken;

static void tell(void)
{
	printf("# %lu of %lu records taken\n", taken, runs);
}

static void check(const uint8_t *bytes, size_t n)
{
	static struct profile p;
	static uint8_t again[RECORD_MAX];
	struct err e = {0};
	uint32_t arch;

	if (record_decode(&p, &arch, bytes, n, &e)) {
		if (e.code != EXIT_WRONG_USE || !*e.text || strchr(e.text, '\n'))
			fail("refused without a line");
		return;
	}
	taken++;
	if (profile_check(&p, &e))
		fail("taken, and yet not sound");
	if (record_encode(&p, arch, again) != n || memcmp(again, bytes, n))
		fail("packed again it is another one");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t r[RECORD_MAX];
	uint8_t *exact;
	size_t n;

	if (!runs++)
		atexit(tell);
	if (size < 2) {
		check(data, size);
		return 0;
	}
	if (data[0] % 8 == 0) {
		check(data + 1, size - 1);
		return 0;
	}
	n = mutate(data + 2, size - 2, r, make(data[1], r), sizeof r);
	exact = malloc(n); /* so that the sanitizer sees its end */
	if (!exact)
		exit(3);
	memcpy(exact, r, n);
	check(exact, n);
	free(exact);
	return 0;
}
