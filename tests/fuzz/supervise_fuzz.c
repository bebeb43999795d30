// SPDX-License-Identifier: MIT
//
// Whatever a program, the kernel or a file may tell the supervisor: messages of its watchdog, words
// of the owner, ends of processes, what it prints and logs, ledgers. The first byte chooses which.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>

#include "show/programs.h"
#include "supervise/control.h"
#include "supervise/crashes.h"
#include "supervise/lines.h"
#include "supervise/notify.h"
#include "supervise/output.h"
#include "supervise/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/supervise-fuzz-XXXXXX";
static FILE *nowhere;

static void fail(const char *what)
{
	fprintf(stderr, "supervise_fuzz: broken promise: %s\n", what);
	abort();
}

static void clean_up(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command))
		return;
}

static void begin(void)
{
	struct err e;

	if (nowhere)
		return;
	nowhere = fopen("/dev/null", "w");
	if (!nowhere || !mkdtemp(folder) || ledger_make_folder(folder, &e))
		fail("no place to work in");
	atexit(clean_up);
}

static void one_line(void *arg, const char *text, size_t n)
{
	if (n > LINES_TEXT)
		fail("a line beyond its bound");
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
			fail("a control character is left");
}

static void lines(const uint8_t *data, size_t size)
{
	static struct lines l;
	size_t piece = 1 + (size ? data[0] : 0) * 7u;

	for (size_t i = 0; i < size; i += piece)
		lines_feed(&l, (const char *)data + i, size - i < piece ? size - i : piece,
			   one_line, NULL);
	lines_flush(&l, one_line, NULL);
	if (l.used || l.cut)
		fail("something of a line stays behind");
}

static void words(const uint8_t *data, size_t size)
{
	static const char *const word[] = {"start ", "stop ", "restart "};
	char text[64], name[PROFILE_NAME];
	size_t n;

	control_parse((const char *)data, size, name);
	n = (size_t)snprintf(text, sizeof text, "%s", word[size % 3]);
	if (size > sizeof text - n)
		size = sizeof text - n;
	memcpy(text + n, data, size);
	if (control_parse(text, n + size, name) != CONTROL_NONE &&
	    (!memchr(name, 0, sizeof name) || memcmp(name, text + n, size)))
		fail("a name that is not the one sent");
}

static void ends(const uint8_t *data, size_t size)
{
	uint32_t message[512] = {0}, n = (uint32_t)(size < sizeof message ? size : sizeof message);
	uid_t uid = 7;
	int sig = 0;

	memcpy(message, data, n);
	if (size & 1)
		message[0] = n; /* the length at its head is right */
	if (crashes_parse(message, n, &uid, &sig) && (sig < 0 || sig > 127))
		fail("a signal that is none");
}

static void logged(const uint8_t *data, size_t size)
{
	static struct output o;
	static uint64_t now = SUP_S;
	char path[64];
	struct err e;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return;
	snprintf(path, sizeof path, "%s/log", folder);
	if (output_open(&o, "t", path, 4096, &e))
		fail(e.text);
	o.log = pair[0];
	if (send(pair[1], data, size, MSG_DONTWAIT) >= 0)
		output_read_log(&o, now += SUP_S);
	close(pair[1]);
	output_close(&o);
}

static void ledger(const uint8_t *data, size_t size)
{
	static struct show_programs p = {.supervisor = 1, .count = 1};
	const struct show_style plain = {0};
	struct ledger l = {.magic = LEDGER_MAGIC, .version = LEDGER_VERSION, .size = sizeof l};
	char path[96];
	struct json j;
	int fd;

	memcpy((char *)&l + 8, data, size < sizeof l - 8 ? size : sizeof l - 8);
	strcpy(l.name, "x");
	snprintf(path, sizeof path, "%s/" LEDGER_FOLDER "/x", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (write(fd, &l, sizeof l) != sizeof l)
		fail("a file that cannot be written");
	close(fd);
	if (ledger_read(folder, "x", &p.program[0].l))
		return;
	if (p.program[0].l.state >= SUP_STATES || p.program[0].l.level > SUP_LEVELS)
		fail("a ledger out of its bounds");
	show_programs(nowhere, &p, &plain);
	json_start(&j, nowhere, false);
	json_object(&j, NULL);
	show_programs_json(&j, &p);
	json_end(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	begin();
	if (!size)
		return 0;
	switch (*data % 6) {
	case 0:
		if (notify_parse((const char *)data + 1, size - 1) & ~15u)
			fail("said what there is no word for");
		break;
	case 1:
		words(data + 1, size - 1);
		break;
	case 2:
		ends(data + 1, size - 1);
		break;
	case 3:
		lines(data + 1, size - 1);
		break;
	case 4:
		logged(data + 1, size - 1);
		break;
	case 5:
		ledger(data + 1, size - 1);
	}
	return 0;
}
