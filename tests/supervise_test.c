// SPDX-License-Identifier: MIT
// The supervisor's parts: lines, logs, messages, ledgers. Its states: supervise_state_test.c.
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <linux/acct.h>
#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "supervise/control.h"
#include "supervise/crashes.h"
#include "supervise/folder.h"
#include "supervise/ledger.h"
#include "supervise/lines.h"
#include "supervise/notify.h"
#include "supervise/output.h"
#include "supervise/say.h"
#include "supervise/sink.h"
#include "supervise/state.h"

static char folder[64];

static int make_folder(void **state)
{
	strcpy(folder, "/tmp/supervise-test-XXXXXX");
	return !mkdtemp(folder);
}

static int drop_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static const char *in_folder(const char *name)
{
	static char path[2][128];
	static int which;

	which ^= 1;
	snprintf(path[which], sizeof path[which], "%s/%s", folder, name);
	return path[which];
}

static size_t read_file(const char *name, char *to, size_t room)
{
	int fd = open(in_folder(name), O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, to, room - 1);

	if (fd >= 0)
		close(fd);
	to[n] = 0;
	return (size_t)n;
}

static size_t size_of(const char *name)
{
	struct stat st;

	return stat(in_folder(name), &st) ? 0 : (size_t)st.st_size;
}

/* --- lines --- */

static char got[16384];

static void collect(void *arg, const char *text, size_t n)
{
	strncat(got, text, n);
	strcat(got, "|");
}

static const char *lines_of(const char *text, size_t n, size_t piece)
{
	static struct lines l;

	memset(&l, 0, sizeof l);
	*got = 0;
	for (size_t i = 0; i < n; i += piece)
		lines_feed(&l, text + i, n - i < piece ? n - i : piece, collect, NULL);
	lines_flush(&l, collect, NULL);
	return got;
}

static void lines_are_cut_and_escaped(void **state)
{
	static const char odd[] =
	    "a\tb\r\n\n\x1b[2Jx\x7f\xc3\xa4\xc2\x85\xff\xe2\x82\n\xf0\x9f\x8c\x8a";

	for (size_t piece = 1; piece < 12; piece++) {
		assert_string_equal(lines_of("one\ntwo\nthree", 13, piece), "one|two|three|");
		assert_string_equal(lines_of(odd, sizeof odd - 1, piece),
				    "a\tb|\\x1b[2Jx\\x7f\xc3\xa4\\xc2\\x85\\xff\\xe2\\x82|"
				    "\xf0\x9f\x8c\x8a|");
	}
	assert_string_equal(lines_of("a\0b\n", 4, 4), "a\\x00b|");
}

static void long_lines_are_bounded(void **state)
{
	static char text[5 * LINES_MOST];

	memset(text, 'x', sizeof text);
	text[sizeof text - 5] = '\n';
	for (size_t piece = 1; piece < sizeof text; piece = piece * 3 + 1) {
		lines_of(text, sizeof text, piece);
		assert_int_equal(strlen(got), LINES_MOST + 1 + 4 + 1);
	}
	memset(text, 1, LINES_MOST);
	text[LINES_MOST] = '\n';
	lines_of(text, LINES_MOST + 1, 100);
	assert_in_range(strlen(got), LINES_TEXT - 4, LINES_TEXT + 1);
}

/* --- sink --- */

static void file_is_turned_over(void **state)
{
	static char line[100];
	struct sink s = {0};
	struct err e;

	memset(line, 'y', sizeof line);
	assert_int_equal(sink_open(&s, in_folder("log"), 4096, &e), 0);
	for (int i = 0; i < 1000; i++) {
		sink_line(&s, "t", 1, SAY_INFO, line, sizeof line);
		assert_true(size_of("log") <= 4096 && size_of("log.1") <= 4096);
	}
	assert_int_equal(s.lines, 1000);
	assert_int_equal(s.lost, 0);
	assert_true(size_of("log.1") > 3900);
	sink_close(&s);
	assert_int_equal(sink_open(&s, in_folder("log"), 4096, &e), 0); /* goes on where it was */
	assert_int_equal(s.size, size_of("log"));
	sink_close(&s);
}

static void a_folder_that_others_write_is_refused(void **state)
{
	struct sink s = {0};
	struct err e;

	chmod(folder, 0777);
	assert_int_equal(sink_open(&s, in_folder("log"), 0, &e), -1);
	assert_non_null(strstr(e.text, "log = "));
	chmod(folder, 0700);
	assert_int_equal(symlink("/etc/passwd", in_folder("link")), 0);
	assert_int_equal(sink_open(&s, in_folder("link"), 0, &e), -1);
	assert_int_equal(sink_open(&s, in_folder("none/log"), 0, &e), -1);
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_int_equal(sink_open(&s, in_folder("fifo"), 0, &e), -1);
	mkdir(in_folder("open"), 0700);
	chmod(in_folder("open"), 01777);
	assert_int_equal(symlink("..", in_folder("open/up")), 0);
	assert_int_equal(sink_open(&s, in_folder("open/up/log"), 0, &e), -1);
	assert_int_equal(sink_open(&s, in_folder("./log"), 0, &e), 0);
	sink_close(&s);
}

static void a_full_disk_is_counted(void **state)
{
	struct sink s = {0};
	char line[200];
	struct err e;

	if (geteuid() || mount("tmpfs", folder, "tmpfs", 0, "size=16k,mode=700"))
		skip();
	memset(line, 'z', sizeof line);
	assert_int_equal(sink_open(&s, in_folder("log"), 1 << 20, &e), 0);
	for (int i = 0; i < 500; i++)
		sink_line(&s, "t", 1, SAY_INFO, line, sizeof line);
	assert_true(s.lost > 300 && s.lines > 40 && s.lost + s.lines == 500);
	assert_int_equal(truncate(in_folder("log"), 0), 0);
	sink_line(&s, "t", 1, SAY_INFO, line, sizeof line);
	assert_false(s.losing);
	sink_close(&s);
	umount2(folder, MNT_DETACH);
}

/* --- output --- */

#define S SUP_S

static void a_flood_is_slowed_and_left_out(void **state)
{
	static char junk[65536];
	static struct output o;
	uint64_t now = 1000 * S, from = now, read_all = 0;
	struct err e;

	memset(junk, '\n', sizeof junk);
	for (size_t i = 0; i < sizeof junk; i += 2)
		junk[i] = 'a';
	assert_int_equal(output_open(&o, "t", in_folder("log"), 1 << 16, &e), 0);
	fcntl(o.write, F_SETFL, O_NONBLOCK);
	while (now - from < 20 * S) {
		ssize_t n = write(o.write, junk, sizeof junk);

		read_all += n > 0 ? (uint64_t)n : 0;
		now += output_read(&o, now);
	}
	/* What it could not write in these 20 s it had to wait with. */
	assert_in_range(read_all, 19 * OUTPUT_BYTES_S, 22 * OUTPUT_BYTES_S + 65536);
	assert_in_range(o.sink.lines, 20 * OUTPUT_LINES_S,
			23 * OUTPUT_LINES_S + OUTPUT_LINES_BURST);
	assert_true(o.left_out > 1000000);
	assert_true(size_of("log") <= 1 << 16 && size_of("log.1") <= 1 << 16);
	output_close(&o);
}

static void the_rate_is_told(void **state)
{
	static struct output o;
	static char text[1 << 17];
	uint64_t now = S;
	struct err e;

	assert_int_equal(output_open(&o, "t", in_folder("log"), 1 << 20, &e), 0);
	for (int i = 0; i < OUTPUT_LINES_BURST + 10; i++) {
		assert_int_equal(write(o.write, "x\n", 2), 2);
		output_read(&o, now);
	}
	assert_int_equal(o.left_out, 10);
	now += S;
	assert_int_equal(write(o.write, "y\n", 2), 2);
	output_read(&o, now);
	read_file("log", text, sizeof text);
	assert_non_null(strstr(text, "[10 lines left out: more than 200 a second]\n"));
	assert_non_null(strstr(text, " y\n"));
	assert_int_equal(write(o.write, "half", 4), 4);
	output_read(&o, now);
	output_end(&o, now);
	read_file("log", text, sizeof text);
	assert_non_null(strstr(text, " half\n"));
	output_close(&o);
}

static void syslog_of_programs(void **state)
{
	static const struct {
		const char *sent, *kept;
	} rows[] = {{"<13>Nov 25 17:30:01 tag[7]: hello", "Z tag[7]: hello\n"},
		    {"<0>tag: panic", "Z tag: panic\n"},
		    {"no head\n", "Z no head\n"},
		    {"<", "Z <\n"},
		    {"<99999>x", "Z <99999>x\n"},
		    {"<13>\x1b]0;x\x07", "Z \\x1b]0;x\\x07\n"}};
	static struct output o;
	char text[4096];
	struct err e;
	int out;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sockaddr_un to = {.sun_family = AF_UNIX};

		assert_int_equal(output_open(&o, "t", in_folder("log"), 1 << 20, &e), 0);
		o.log = notify_listen(in_folder("socket"), &e);
		assert_true(o.log >= 0);
		strcpy(to.sun_path, in_folder("socket"));
		out = socket(AF_UNIX, SOCK_DGRAM, 0);
		assert_int_equal(sendto(out, rows[i].sent, strlen(rows[i].sent), 0,
					(struct sockaddr *)&to, sizeof to),
				 strlen(rows[i].sent));
		output_read_log(&o, S);
		read_file("log", text, sizeof text);
		assert_non_null(strstr(text, rows[i].kept));
		close(out);
		output_close(&o);
		unlink(in_folder("log"));
	}
}

/* --- messages --- */

/* One end of a connection whose other end reads nothing, full, and to be waited for when it is
 * closed. */
static int slow_to_close(int *other)
{
	const struct linger ten_seconds = {.l_onoff = 1, .l_linger = 10};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int server = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
	static char much[1 << 16];
	socklen_t n = sizeof at;

	assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&at, &n), 0);
	assert_int_equal(connect(s, (struct sockaddr *)&at, sizeof at), 0);
	for (int tries = 0; tries < 5; tries++) {
		while (send(s, much, sizeof much, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
			;
		usleep(10000);
	}
	assert_int_equal(setsockopt(s, SOL_SOCKET, SO_LINGER, &ten_seconds, sizeof ten_seconds), 0);
	*other = server;
	return s;
}

static void send_descriptor(int to, int fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {"READY=1", 7};
	struct msghdr m = {.msg_iov = &part,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	assert_int_equal(sendmsg(to, &m, 0), 7);
}

static void descriptors_are_dropped_without_waiting(void **state)
{
	int pair[2], other, s = slow_to_close(&other);
	time_t began = time(NULL);

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	send_descriptor(pair[0], s);
	close(s); /* the last one is in the message */
	assert_int_equal(notify_read(pair[1]), NOTIFY_NOTHING);
	assert_in_range(time(NULL) - began, 0, 5);
	/* What comes next is heard. */
	assert_int_equal(send(pair[0], "READY=1", 7, 0), 7);
	assert_int_equal(notify_read(pair[1]), NOTIFY_READY);
	close(pair[0]);
	close(pair[1]);
	close(other);
}

static unsigned said(const char *text)
{
	return notify_parse(text, strlen(text));
}

static void notifications(void **state)
{
	assert_int_equal(said("READY=1"), NOTIFY_READY);
	assert_int_equal(said("READY=1\nSTATUS=fine\nWATCHDOG=1\n"), NOTIFY_READY | NOTIFY_ALIVE);
	assert_int_equal(said("WATCHDOG=trigger"), NOTIFY_TRIGGER);
	assert_int_equal(said("STOPPING=1"), NOTIFY_STOPPING);
	assert_int_equal(said("READY=0\nXREADY=1\nWATCHDOG=11\nwatchdog=1"), NOTIFY_NOTHING);
	assert_int_equal(said(""), NOTIFY_NOTHING);
}

static void owner_words(void **state)
{
	char name[PROFILE_NAME];

	assert_int_equal(control_parse("restart a.b", 11, name), CONTROL_RESTART);
	assert_string_equal(name, "a.b");
	assert_int_equal(control_parse("stop x", 6, name), CONTROL_STOP);
	assert_int_equal(control_parse("start x", 7, name), CONTROL_START);
	assert_int_equal(control_parse("start ", 6, name), CONTROL_NONE);
	assert_int_equal(control_parse("started x", 9, name), CONTROL_NONE);
	assert_int_equal(control_parse("stop 01234567890123456789012345678901", 37, name),
			 CONTROL_NONE);
}

static struct __attribute__((packed, aligned(8))) {
	struct nlmsghdr n;
	struct genlmsghdr g;
	struct nlattr all, pid;
	uint32_t pid_value;
	struct nlattr stats;
	struct taskstats t;
} end;

static void an_end(uint16_t version, uint8_t flag, uint32_t code)
{
	memset(&end, 0, sizeof end);
	end.n.nlmsg_len = sizeof end;
	end.all =
	    (struct nlattr){sizeof end - offsetof(__typeof__(end), all), TASKSTATS_TYPE_AGGR_PID};
	end.pid = (struct nlattr){8, TASKSTATS_TYPE_PID};
	end.stats =
	    (struct nlattr){sizeof end - offsetof(__typeof__(end), stats), TASKSTATS_TYPE_STATS};
	end.t.version = version;
	end.t.ac_flag = flag;
	end.t.ac_exitcode = code;
	end.t.ac_uid = 1234;
}

static void ends_of_processes(void **state)
{
	uid_t uid = 0;
	int sig = -1;

	_Static_assert(offsetof(__typeof__(end), t) == offsetof(__typeof__(end), stats) + 4, "");
	an_end(13, AGROUP, SIGSEGV | 0x80);
	assert_true(crashes_parse(&end, sizeof end, &uid, &sig));
	assert_int_equal(uid, 1234);
	assert_int_equal(sig, SIGSEGV);
	an_end(13, 0, SIGSEGV); /* one of its threads */
	assert_false(crashes_parse(&end, sizeof end, &uid, &sig));
	an_end(10, 0, SIGABRT);
	assert_true(crashes_parse(&end, sizeof end, &uid, &sig));
	assert_int_equal(sig, SIGABRT);
	an_end(13, AGROUP, 3 << 8);
	assert_true(crashes_parse(&end, sizeof end, &uid, &sig));
	assert_int_equal(sig, 0);
	for (size_t n = 0; n < sizeof end; n++)
		assert_false(crashes_parse(&end, n, &uid, &sig));
}

/* --- ledger and folder --- */

static void ledgers(void **state)
{
	static struct ledger all[LEDGER_MOST];
	struct ledger l = {.magic = LEDGER_MAGIC, .version = LEDGER_VERSION, .size = sizeof l},
		      back;
	struct err e;

	assert_int_equal(ledger_make_folder(folder, &e), 0);
	for (char c = 'c'; c >= 'a'; c--) {
		l.name[0] = c;
		l.level = (uint8_t)c % 10;
		assert_int_equal(ledger_write(folder, &l, &e), 0);
	}
	assert_int_equal(ledger_read_all(folder, all), 3);
	assert_string_equal(all[0].name, "a");
	assert_int_equal(ledger_read(folder, "b", &back), 0);
	assert_int_equal(back.level, 'b' % 10);
	assert_int_equal(ledger_read(folder, "d", &back), -1);
	l.version++;
	assert_int_equal(ledger_write(folder, &l, &e), 0);
	assert_int_equal(ledger_read(folder, l.name, &back), -1);
	assert_int_equal(truncate(in_folder("programs/b"), 100), 0);
	assert_int_equal(ledger_read(folder, "b", &back), -1);
	ledger_remove(folder, "c");
	assert_int_equal(ledger_read_all(folder, all), 0);
	assert_int_equal(ledger_holder(folder), 0);
}

static void folders(void **state)
{
	static struct folder f;
	static const char *const names[] = {"b.conf", "a.hfp", ".c.conf",
					    "d.txt",  "conf",  "e.conf~"};
	struct err e;
	char name[32];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		close(open(in_folder(names[i]), O_CREAT | O_WRONLY, 0600));
	assert_int_equal(folder_list(&f, folder, &e), 0);
	assert_int_equal(f.count, 2);
	assert_string_equal(f.name[0], "a.hfp");
	assert_string_equal(f.name[1], "b.conf");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "p%02d.conf", i);
		close(open(in_folder(name), O_CREAT | O_WRONLY, 0600));
	}
	assert_int_equal(folder_list(&f, folder, &e), 0);
	assert_int_equal(f.count, LEDGER_MOST);
	assert_int_equal(f.beyond, 42 - LEDGER_MOST);
	assert_int_equal(folder_list(&f, in_folder("none"), &e), -1);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, drop_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_cut_and_escaped),
	    cmocka_unit_test(long_lines_are_bounded),
	    IN_FOLDER(file_is_turned_over),
	    IN_FOLDER(a_folder_that_others_write_is_refused),
	    IN_FOLDER(a_full_disk_is_counted),
	    IN_FOLDER(a_flood_is_slowed_and_left_out),
	    IN_FOLDER(the_rate_is_told),
	    IN_FOLDER(syslog_of_programs),
	    cmocka_unit_test(descriptors_are_dropped_without_waiting),
	    cmocka_unit_test(notifications),
	    cmocka_unit_test(owner_words),
	    cmocka_unit_test(ends_of_processes),
	    IN_FOLDER(ledgers),
	    IN_FOLDER(folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
