// SPDX-License-Identifier: MIT
//
// Any text as a profile: it is refused, each fault one line, or taken, sound, and the same again
// after packing. Half of the inputs are the text itself; the other half are made of words that
// belong into a profile, which gets past the first line.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/denial.h"
#include "sandbox/profile_ini.h"
#include "sandbox/profile_keys.h"
#include "sandbox/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = {
    "/usr/bin/x",
    "/",
    "/a/../b",
    "-/etc/x",
    "/dev/video0",
    "/dev/mem",
    "relative",
    "/srv/",
    "554/tcp",
    "any/udp",
    "0/tcp",
    "65536/udp",
    "80/tcp",
    "read",
    "write",
    "openat",
    "no_such_call",
    "24M",
    "1T",
    "18446744073709551615",
    "0",
    "-1",
    "80%",
    "100001%",
    "30s",
    "2min",
    "1e300h",
    "always",
    "never",
    "none",
    "shared",
    "syslog",
    "/var/log/x",
    "all",
    "calls",
    "default",
    "learned",
    "net-raw",
    "jit",
    "switch-user",
    "landlock",
    "user",
    "net",
    "root",
    "nobody",
    "1000",
    "TERM",
    "SIGKILL",
    "A=b",
    "A=c",
    "'a b'",
    "\"a",
    "a\\",
    "$X",
    ";",
    " ;",
    "''",
    "\xff\xfe",
    "camera",
    "=",
    ":",
    "[",
    "]",
    "\t",
};
static const char *const odd[] = {"[nothing]\n",
				  "[allow\n",
				  "garbage\n",
				  "  continued /x\n",
				  "\n",
				  "; comment\n",
				  "[syscalls arm64]\n",
				  "[syscalls mips]\n",
				  "[syscalls x86-64]\n",
				  "[allow] read = /pasted\n",
				  "\r\n",
				  "# x\n",
				  "[program]\nexec = /x\n"};
#define PICK(a, n) ((a)[(n) % (sizeof(a) / sizeof((a)[0]))])

static void fail(const char *what)
{
	fprintf(stderr, "profile_fuzz: broken promise: %s\n", what);
	abort();
}

static size_t put(char *text, size_t n, size_t max, const char *s)
{
	size_t len = strlen(s);

	if (n + len >= max)
		return n;
	memcpy(text + n, s, len);
	return n + len;
}

/* Three bytes make a line, and some more words of it. */
static size_t compose(const uint8_t *data, size_t size, char *text, size_t max)
{
	size_t n =
	    size && data[0] & 2 ? put(text, 0, max, "[program]\nname = x\nexec = /usr/bin/x\n") : 0;

	while (size >= 3) {
		const struct profile_key *k = &PICK(profile_keys, data[1]);

		if (data[0] > 230) {
			n = put(text, n, max, PICK(odd, data[1]));
			data += 2;
			size -= 2;
			continue;
		}
		n = put(text, n, max, "[");
		n = put(text, n, max, k->section);
		n = put(text, n, max, data[0] & 1 ? "] " : "]\n");
		n = put(text, n, max, k->key);
		n = put(text, n, max, " =");
		for (unsigned words_left = data[0] / 64 + 1; words_left && size >= 3;
		     words_left--, data++, size--) {
			n = put(text, n, max, " ");
			n = put(text, n, max, PICK(words, data[2]));
		}
		n = put(text, n, max, "\n");
		data += size > 2 ? 2 : size;
		size -= size > 2 ? 2 : size;
	}
	return n;
}

static void one_line(const struct err *e)
{
	if (!memchr(e->text, 0, sizeof e->text) || !*e->text)
		fail("no reason");
	for (const char *c = e->text; *c; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c == 0x7f)
			fail("not one line of text");
	if (e->code != EXIT_WRONG_USE)
		fail("not the caller's mistake");
}

static void on_fault(void *arg, const struct err *e)
{
	one_line(e);
	++*(unsigned *)arg;
}

/* Written without the checks of profile_check.c: what its users rely on. */
static void check_sound(const struct profile *p)
{
	if (p->text_used > PROFILE_TEXT || p->text[0] || p->text[p->text_used - 1])
		fail("text without an end");
	if (!p->args || p->args > PROFILE_ARGS || profile_str(p, p->arg[0])[0] != '/')
		fail("no command");
	if (!*p->name || strchr(p->name, '/') || *p->name == '.')
		fail("a name that is a path");
	for (unsigned i = 0; i < p->paths; i++) {
		const char *s = profile_str(p, p->path[i].path);

		if (*s != '/' || !s[1] || strstr(s, "//") || strstr(s, "/../") ||
		    s[strlen(s) - 1] == '/')
			fail("a path that is not canonical");
		if (p->path[i].access == PROFILE_WRITE &&
		    (!strncmp(s, "/usr/bin", 8) || !strncmp(s, "/boot/", 6) || !strcmp(s, "/etc") ||
		     !strcmp(s, "/var") || !strncmp(s, "/etc/ld.so.", 11)))
			fail("a place that no program may write");
	}
	for (unsigned i = 0; i < p->listens; i++)
		if (p->listen[i].port && p->listen[i].port < 1024 &&
		    !(p->powers & POWER_BIT(POWER_BIND_LOW)))
			fail("a low port without its power");
	if (p->network == NETWORK_NONE && p->listens)
		fail("a port without a network");
	if (!strcmp(profile_str(p, p->user), "root") && p->accept_missing & LAYER_BIT(LAYER_USER))
		fail("root of the whole machine");
}

static void check_taken(const struct profile *p)
{
	static struct profile again;
	static uint8_t bytes[RECORD_MAX];
	uint32_t arch;
	struct err e;
	size_t n = record_encode(p, call_native.audit, bytes);

	if (n > RECORD_MAX || record_decode(&again, &arch, bytes, n, &e))
		fail("it cannot be packed");
	if (memcmp(p, &again, sizeof again))
		fail("it is another one after packing");
}

static unsigned long runs, taken;

static void tell(void)
{
	printf("# %lu of %lu profiles taken\n", taken, runs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct profile p, q;
	static char text[1 << 14];
	struct profile_source s = {text, 0, "x.conf", NULL};
	struct err e = {0};
	unsigned faults = 0;

	if (!runs++)
		atexit(tell);
	if (!size)
		return 0;
	if (data[0] & 1) {
		s.len = compose(data + 1, size - 1, text, sizeof text);
	} else {
		s.text = (const char *)data + 1;
		s.len = size - 1;
	}
	if (profile_ini_all(&p, &s, on_fault, &faults) != faults)
		fail("another number of faults than told");
	if (profile_ini(&q, &s, &e) != (faults ? -1 : 0))
		fail("one way to read finds faults, the other none");
	if (faults) {
		one_line(&e);
		return 0;
	}
	taken++;
	if (memcmp(&p, &q, sizeof p) || profile_check(&p, &e))
		fail("taken, and yet not sound");
	check_sound(&p);
	check_taken(&p);
	return 0;
}
