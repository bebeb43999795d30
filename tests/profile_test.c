// SPDX-License-Identifier: MIT
// System calls by name, layers, and profiles from text: what is taken, what is refused and in which
// words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "sandbox/calls.h"
#include "sandbox/layers.h"
#include "sandbox/profile_ini.h"
#include "sandbox/profile_keys.h"

static struct profile p;
static struct err e;

static int read_as(const char *text, const char *path)
{
	const struct profile_source s = {text, strlen(text), path, NULL};

	memset(&e, 0, sizeof e);
	return profile_ini(&p, &s, &e);
}

#define EXEC "[program]\nexec = /usr/bin/x\n"

static void taken(const char *text)
{
	if (read_as(text, "/etc/holdfast/x.conf"))
		fail_msg("%s\nrefused: %s", text, e.text);
}

static void refused(const char *text, const char *words)
{
	if (!read_as(text, "x.conf"))
		fail_msg("%s\nwas taken", text);
	if (!strstr(e.text, words))
		fail_msg("'%s' is not in '%s'", words, e.text);
	assert_int_equal(e.code, EXIT_WRONG_USE);
	assert_null(strchr(e.text, '\n'));
}

static bool has(const uint8_t *set, const char *call)
{
	int i = call_from_name(call);

	assert_true(i >= 0);
	return set[i / 8] >> i % 8 & 1;
}

static const char *arg(unsigned i)
{
	return i < p.args ? profile_str(&p, p.arg[i]) : "(none)";
}

/* --- calls and layers --- */

static void calls_have_the_numbers_of_this_machine(void **state)
{
	assert_int_equal(call_number((unsigned)call_from_name("read")), SYS_read);
	assert_int_equal(call_number((unsigned)call_from_name("openat")), SYS_openat);
	assert_int_equal(call_number((unsigned)call_from_name("clone3")), SYS_clone3);
	assert_int_equal(call_index(SYS_execve), call_from_name("execve"));
	assert_int_equal(call_from_name("mseal") - call_from_name("clone3"), 462 - 435);
	assert_int_equal(call_from_name("reed"), -1);
	assert_int_equal(call_from_name(""), -1);
	assert_int_equal(call_index(-1), -1);
	assert_int_equal(call_index(call_native.base + PROFILE_CALLS), -1);
}

static void every_name_leads_back_to_its_index(void **state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PROFILE_CALLS; i++)
		if (call_name(i)) {
			assert_int_equal(call_from_name(call_name(i)), i);
			assert_true(i < call_limit());
			n++;
		}
	assert_true(n > 300);
	assert_null(call_name(call_limit()));
	assert_non_null(call_name(call_limit() - 1));
}

static void architectures_have_names(void **state)
{
	assert_string_equal(call_arch_name(call_native.audit), call_native.name);
	assert_int_equal(call_arch_audit("arm64"), 0xC00000B7);
	assert_int_equal(call_arch_audit("vax"), 0);
	assert_null(call_arch_name(1));
}

static void layers_have_names(void **state)
{
	for (int i = 0; i < LAYER_COUNT; i++)
		assert_int_equal(layer_from_name(layer_name((enum layer)i)), i);
	assert_int_equal(layer_from_name("landlok"), -1);
}

/* --- taken --- */

static void nothing_but_a_command(void **state)
{
	taken(EXEC);
	assert_string_equal(p.name, "x");
	assert_string_equal(arg(0), "/usr/bin/x");
	assert_int_equal(p.args, 1);
	assert_int_equal(p.stop_signal, 15);
	assert_int_equal(p.stop_timeout, 10);
	assert_int_equal(p.restart, RESTART_ALWAYS);
	assert_int_equal(p.log, LOG_SYSLOG);
	assert_int_equal(p.network, NETWORK_SHARED);
	assert_false(p.learned);
	assert_int_equal(p.powers, 0);
}

static void every_key(void **state)
{
	taken("# all of them\n[program]\nname = cam-1\n"
	      "exec = /usr/bin/camerad --title 'a b' \"say \\\"hi\\\"\" c\\ d \"\"\n"
	      "user = camera\ngroup = video\nworking-directory = /var/lib/\n"
	      "environment = A=b \"C=d e\"\nrestart = on-failure\nlog = /var/log/cam.log\n"
	      "report = calls\nstop-signal = SIGINT\nstop-timeout = 2min\nwatchdog = 30s\n"
	      "accept-missing = landlock mdwe\n"
	      "[allow]\nread = /etc/cam.conf -/etc/cam.d/\nread = /usr/share/cam\n"
	      "write = /var/lib/cam\ndevice = -/dev/video0\nexec-also = /usr/bin/ffmpeg\n"
	      "listen = 554/tcp any/udp\nnetwork = shared\npower = net-raw\n"
	      "[limits]\nmemory = 24M\nprocesses = 16\ncpu = 80%\nfiles = 64\nfile-size = 1G\n"
	      "log-size = 256K\n"
	      "[syscalls]\nlist = learned\nallow = read write\n  openat  close ; more\ndeny = "
	      "ptrace\n");
	assert_string_equal(p.name, "cam-1");
	assert_int_equal(p.args, 6);
	assert_string_equal(arg(2), "a b");
	assert_string_equal(arg(3), "say \"hi\"");
	assert_string_equal(arg(4), "c d");
	assert_string_equal(arg(5), "");
	assert_string_equal(profile_str(&p, p.user), "camera");
	assert_string_equal(profile_str(&p, p.group), "video");
	assert_string_equal(profile_str(&p, p.directory), "/var/lib");
	assert_string_equal(profile_str(&p, p.env[1]), "C=d e");
	assert_int_equal(p.restart, RESTART_ON_FAILURE);
	assert_int_equal(p.log, LOG_FILE);
	assert_string_equal(profile_str(&p, p.log_file), "/var/log/cam.log");
	assert_int_equal(p.report, REPORT_CALLS);
	assert_int_equal(p.stop_signal, 2);
	assert_int_equal(p.stop_timeout, 120);
	assert_int_equal(p.watchdog, 30);
	assert_int_equal(p.accept_missing, LAYER_BIT(LAYER_LANDLOCK) | LAYER_BIT(LAYER_MDWE));
	assert_int_equal(p.paths, 6);
	assert_string_equal(profile_str(&p, p.path[1].path), "/etc/cam.d");
	assert_true(p.path[1].optional);
	assert_int_equal(p.path[4].access, PROFILE_DEVICE);
	assert_int_equal(p.listens, 2);
	assert_int_equal(p.listen[0].port, 554);
	assert_int_equal(p.listen[1].port, 0);
	assert_int_equal(p.listen[1].proto, PROFILE_UDP);
	assert_int_equal(p.powers, POWER_BIT(POWER_NET_RAW) | POWER_BIT(POWER_BIND_LOW));
	assert_int_equal(p.memory, 24 << 20);
	assert_int_equal(p.file_size, 1 << 30);
	assert_int_equal(p.log_size, 256 << 10);
	assert_int_equal(p.cpu_percent, 80);
	assert_int_equal(p.processes, 16);
	assert_int_equal(p.files, 64);
	assert_true(p.learned);
	assert_true(has(p.call_allow, "openat") && has(p.call_allow, "close"));
	assert_false(has(p.call_allow, "ptrace"));
	assert_true(has(p.call_deny, "ptrace"));
}

static void a_denial_can_be_pasted_as_it_is_printed(void **state)
{
	taken(EXEC "[allow] read = /etc/shadow ; seen\n[syscalls] allow = ptrace\n"
		   "[program]\nuser = camera\n");
	assert_int_equal(p.paths, 1);
	assert_string_equal(profile_str(&p, p.path[0].path), "/etc/shadow");
	assert_true(has(p.call_allow, "ptrace"));
	assert_string_equal(profile_str(&p, p.user), "camera");
}

static void indented_keys_are_keys_and_other_indented_lines_continue(void **state)
{
	taken("[program]\n\texec = /usr/bin/x -a\n\t\t-b mode=slow\n\tuser = me\n"
	      "[allow]\n\tread = /a\n\t\t/b\n\n\t\t; a comment\n\t\t/c\n\twrite = /d\n");
	assert_int_equal(p.args, 4);
	assert_string_equal(arg(3), "mode=slow");
	assert_string_equal(profile_str(&p, p.user), "me");
	assert_int_equal(p.paths, 4);
	assert_string_equal(profile_str(&p, p.path[2].path), "/c");
	assert_int_equal(p.path[3].access, PROFILE_WRITE);
}

static void a_long_list_on_one_line(void **state)
{
	char text[4000] = EXEC "[syscalls]\nallow =";
	unsigned n = 0, found = 0;

	for (unsigned i = 0; i < 200; i++)
		if (call_name(i)) {
			strcat(strcat(text, " "), call_name(i));
			n++;
		}
	strcat(text, "   ; a comment that is long enough to be a piece of its own, were it taken "
		     "for words of the list, which it must not be, however long it becomes, since "
		     "the last of it would then be read as calls\n");
	taken(text);
	for (unsigned i = 0; i < PROFILE_CALLS; i++)
		found += p.call_allow[i / 8] >> i % 8 & 1;
	assert_int_equal(found, n);
}

static void windows_line_ends_and_a_mark_at_the_start(void **state)
{
	taken("\xef\xbb\xbf[program]\r\nexec = /usr/bin/x\r\n[limits]\r\ncpu = 80%\r\n");
	assert_int_equal(p.cpu_percent, 80);
}

static void calls_of_this_architecture_and_of_others(void **state)
{
	char text[300];

	snprintf(text, sizeof text,
		 EXEC "[syscalls %s]\nlist = learned\nallow = read\n[syscalls mips64]\n"
		      "list = default\nallow = no_such_call_here\n",
		 call_native.name);
	taken(text);
	assert_true(p.learned && has(p.call_allow, "read"));
	refused(EXEC "[syscalls mips64]\nlist = learned\nallow = read\n",
		"x.conf:4: list = learned: there is a call list, but none for");
}

/* What the machine's own section says counts, wherever it stands; without one [syscalls] may accept
 * the default level, and that is known of the profile. */
static void a_list_for_some_machines_alone(void **state)
{
	char text[300];

	for (int first = 0; first < 2; first++) {
		const char *all = "[syscalls]\nlist = default\n";

		snprintf(text, sizeof text,
			 EXEC "%s[syscalls %s]\nlist = learned\nallow = read\n%s", first ? all : "",
			 call_native.name, first ? "" : all);
		taken(text);
		assert_true(p.learned && !p.unlisted);
	}
	taken(EXEC "[syscalls]\nlist = default\n[syscalls mips64]\nlist = learned\nallow = read\n");
	assert_true(!p.learned && p.unlisted);
	assert_false(has(p.call_allow, "read"));
	snprintf(text, sizeof text,
		 EXEC "[syscalls mips64]\nlist = learned\nallow = read\n[syscalls %s]\nlist = "
		      "default\n",
		 call_native.name);
	taken(text);
	assert_true(!p.learned && !p.unlisted);
	snprintf(text, sizeof text,
		 EXEC "[syscalls]\nlist = learned\nallow = read\n[syscalls %s]\nlist = default\n"
		      "list = learned\n",
		 call_native.name);
	refused(text, "x.conf:8: list = learned: given already in line 7");
}

/* --- refused --- */

static void unknown_words_with_the_nearest_one(void **state)
{
	refused(EXEC "[allow]\nreed = /etc/x\n",
		"x.conf:4: reed = /etc/x: no such key in [allow]; did you mean 'read'?");
	refused(EXEC "[limit]\ncpu = 1%\n",
		"x.conf:3: [limit]: no such section; did you mean [limits]?");
	refused(EXEC "[allow]\nmemory = 1M\n",
		"memory = 1M: no such key in [allow]; it belongs to [limits]");
	refused(EXEC "[allow]\npower = net-row\n", "did you mean 'net-raw'?");
	refused("[program]\nexec = /x\naccept-missing = landlok\n", "did you mean 'landlock'?");
	refused(EXEC "[syscalls]\nallow = read opennat\n",
		"has no such call; did you mean 'openat'?");
	refused(EXEC "[program]\nxyzzyxyzzy = 1\n", "no such key in [program]");
	assert_null(strstr(e.text, "did you mean"));
}

static void lines_that_are_none(void **state)
{
	refused("exec = /x\n", "x.conf:1: exec = /x: stands before the first [section]");
	refused(EXEC "nonsense\n", "x.conf:3: nonsense: neither [section] nor key = value");
	refused(EXEC "[allow\n", "x.conf:3: [allow: no ] behind the name of a section");
	refused(EXEC "user =\n", "x.conf:3: user = : nothing given");
	refused("", "x.conf: exec = : missing: which program is it?");
	refused(EXEC "user = a\nuser = b\n", "x.conf:4: user = b: given already in line 3");
	refused(EXEC "directory = /a\nworking-directory = /b\n", "given already in line 3");
	refused(EXEC "exec = /b\n", "x.conf:3: exec = /b: given already in line 2");
	refused(EXEC "user = a b\n", "user = b: one word too many, user takes one");
	refused(EXEC "user = a\n  b\n", "x.conf:4: user = b: one line is all it takes");
}

static void quotes_and_what_looks_like_a_shell(void **state)
{
	refused("[program]\nexec = /x \"a\n", "a \" is not closed");
	refused("[program]\nexec = /x $HOME\n", "'$' has no meaning here, there is no shell");
	refused("[program]\nexec = /x \"$HOME\"\n", "'$' has no meaning");
	refused("[program]\nexec = /x > /dev/null\n", "'>' has no meaning");
	refused("[program]\nexec = /bin/sh -c \"a ; b\"\n",
		"a ';' behind a blank begins a comment");
	refused("[program]\nexec = /x a\\\n", "nothing behind the last \\");
	taken("[program]\nexec = /bin/sh -c 'echo $A | cat; x'\n");
	assert_string_equal(arg(2), "echo $A | cat; x");
}

static void too_long(void **state)
{
	char text[1200] = "[program]\nexec = /x '";

	memset(text + strlen(text), 'a', 400);
	strcat(text, "'\n");
	refused(text, "too long: continue it on the next line");
	strcpy(text, "[program]\nexec = /");
	memset(text + strlen(text), 'a', 400);
	strcat(text, "\n");
	refused(text, "too long");
	assert_true(strlen(e.text) < 200);
}

static void binary_is_not_text(void **state)
{
	const char text[] = "[program]\nexec = /x\0y\n";
	const struct profile_source s = {text, sizeof text - 1, "x.conf", NULL};

	assert_int_equal(profile_ini(&p, &s, &e), -1);
	assert_non_null(strstr(e.text, "x.conf:2:"));
	assert_non_null(strstr(e.text, "not text"));
	refused("[program]\nexec = /x\x1b[31m\n", "not text");
	assert_null(strchr(e.text, 0x1b));
}

static void values_that_are_none(void **state)
{
	static const char *const rows[][2] = {
	    {"[limits]\nmemory = 24Q", "not a size such as 512K, 24M or 1G"},
	    {"[limits]\nmemory = 1K", "not from 1048576"},
	    {"[limits]\nmemory = 99999999999999999999", "not a size"},
	    {"[limits]\nmemory = 18446744073709551615T", "not from"},
	    {"[limits]\ncpu = 80", "not a share such as 80%"},
	    {"[limits]\ncpu = 0%", "not from 1% to"},
	    {"[limits]\nprocesses = -1", "not a number"},
	    {"[program]\nwatchdog = 1.5s", "not whole seconds"},
	    {"[program]\nstop-signal = STOP", "none of TERM"},
	    {"[program]\nrestart = sometimes", "none of always|on-failure|never"},
	    {"[program]\nlog = there", "none of syslog|inherit|none|/PATH"},
	    {"[allow]\nlisten = 80", "not PORT/tcp or PORT/udp"},
	    {"[allow]\nlisten = 0/tcp", "not a port from 1 to 65535"},
	    {"[allow]\nlisten = 65536/udp", "not a port"},
	    {"[allow]\nread = etc/x", "not an absolute path"},
	    {"[allow]\nread = /etc/../x", "write it without . and .."},
	    {"[allow]\nread = /etc//x", "write it without //"},
	    {"[allow]\nread = /", "everything there is"},
	    {"[allow]\nwrite = /proc/sys", "never: /proc is read-only"},
	    {"[allow]\nwrite = /dev/shm", "device = is for nodes of /dev"},
	    {"[allow]\nwrite = /run/holdfast/x", "never: from there the sandbox could be undone"},
	    {"[allow]\ndevice = /dev/mem", "never: this is the memory of the machine"},
	    {"[allow]\ndevice = /etc/x", "not a device node below /dev"},
	    {"[program]\nenvironment = A", "not NAME=VALUE"},
	    {"[program]\nenvironment = 1A=b", "not NAME=VALUE"},
	    {"[program]\nuser = Root User", "one word too many"},
	    {"[program]\nuser = 0", "say root"},
	    {"[program]\nuser = 4294967295", "neither the name of a user"},
	    {"[program]\nname = ../x", "only a-z 0-9"},
	};
	char text[400];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, EXEC "%s\n", rows[i][0]);
		refused(text, rows[i][1]);
		assert_non_null(strstr(e.text, "x.conf:4: "));
	}
}

static void contradictions(void **state)
{
	static const char *const rows[][2] = {
	    {"[allow]\nnetwork = none\nlisten = 80/tcp", "network = none: but it listens"},
	    {"[allow]\nnetwork = none\npower = net-raw", "but it has power = net-raw"},
	    {"[program]\naccept-missing = net\n[allow]\nnetwork = none",
	     "accept-missing = net lets"},
	    {"[allow]\npower = bind-low", "no port below 1024 is in listen"},
	    {"[allow]\npower = switch-user", "only with user = root"},
	    {"user = root\naccept-missing = user", "root of the whole machine"},
	    {"user = root\ngroup = video", "has a group of its own"},
	    {"group = video", "name the user as well"},
	    {"user = a\ngroup = root", "the files of the system belong"},
	    {"[allow]\nread = /a\nwrite = /a", "also in write"},
	    {"[allow]\nread = /a -/a", "given twice, with and without"},
	    {"[allow]\nwrite = /srv/a\nexec-also = /srv/a/x", "what it writes it may not execute"},
	    {"[allow]\nwrite = /opt/x\nexec-also = /opt/x", "what it writes it may not execute"},
	    {"[limits]\nlog-size = 1M", "there is no log file"},
	    {"[syscalls]\nlist = learned", "nothing would run"},
	    {"[syscalls]\nallow = read\ndeny = read", "a call that is in allow as well"},
	    {"environment = A=1 A=2", "given twice"},
	};
	char text[400];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, EXEC "%s\n", rows[i][0]);
		refused(text, rows[i][1]);
	}
}

/* Each place, what is below it, and what is above. */
static void places_that_no_program_may_write(void **state)
{
	static const struct {
		const char *why, *path[16];
	} never[] = {
	    {"code that others run lies there",
	     {"/bin", "/bin/sh", "/sbin/init", "/lib/x.so", "/lib64", "/libx32/a", "/usr/lib",
	      "/usr/bin/x", "/usr/share/app", "/usr/local/bin", "/usr/local/lib/x", "/nix/store",
	      "/var/lib/dpkg/info", "/overlay/upper", "/var/lib/docker"}},
	    {"the machine starts from there", {"/boot", "/boot/grub/x", "/efi", "/init"}},
	    {"others run or obey what lies there",
	     {"/etc/ld.so.preload", "/etc/ld.so.conf.d/x.conf", "/etc/ld-musl-armhf.path",
	      "/etc/init.d/S99x", "/etc/inittab", "/etc/rc.local", "/etc/rc3.d", "/etc/crontab",
	      "/etc/systemd/system", "/etc/passwd", "/etc/shadow", "/etc/pam.d/x",
	      "/var/spool/cron/root", "/run/systemd/system", "/var/run/udev/rules.d",
	      "/root/.ssh/authorized_keys"}},
	    {"the sandbox could be undone",
	     {"/etc/holdfast", "/etc/holdfast/programs", "/run/holdfast", "/run/holdfast/x",
	      "/var/run/holdfast/x", "/sys/fs/bpf/x", "/sys/fs/cgroup", "/sys/kernel/debug",
	      "/sys/module/x/parameters/y", "/sys/firmware/efi/efivars"}},
	    {"what others own lies below it", {"/opt", "/usr/local/etc"}},
	    {"every device lies below it", {"/sys", "/sys/class", "/sys/devices", "/sys/bus"}},
	    {"places of the system lie below it",
	     {"/usr", "/usr/local", "/etc", "/var", "/var/lib", "/var/spool", "/run", "/var/run",
	      "/root", "/etc/ppp", "/etc/NetworkManager", "/etc/ssl"}},
	    {"everything there is", {"/"}},
	    {"device = is for nodes", {"/dev", "/dev/shm/x"}},
	    {"/proc is read-only", {"/proc", "/proc/sys"}},
	};
	char text[400];

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		for (size_t k = 0; k < 16 && never[i].path[k]; k++)
			for (int optional = 0; optional < 2; optional++) {
				snprintf(text, sizeof text, EXEC "[allow]\nwrite = %s%s\n",
					 optional ? "-" : "", never[i].path[k]);
				refused(text, never[i].why);
				assert_non_null(strstr(e.text, "x.conf:4: write = /"));
				if (i < 3)
					assert_non_null(strstr(e.text, "e.g. /var/lib/NAME"));
			}
}

/* A program's own, though its neighbours are not. */
static void places_that_a_program_may_write(void **state)
{
	static const char *const rows[] = {
	    "/var/lib/camera",
	    "/var/log",
	    "/var/log/camera.log",
	    "/var/cache/camera",
	    "/var/run/dnsmasq.pid",
	    "/run/camera",
	    "/run/systemdx",
	    "/etc/camera",
	    "/etc/camera.conf",
	    "/etc/resolv.conf",
	    "/etc/hosts",
	    "/etc/services",
	    "/etc/dropbear",
	    "/etc/modbus.conf",
	    "/etc/rclone.conf",
	    "/etc/ppp/resolv.conf",
	    "/etc/config/wireless",
	    "/etc/NetworkManager/system-connections",
	    "/opt/camera",
	    "/opt/camera/data",
	    "/usr/local/var/camera",
	    "/usr/local/nginx/logs",
	    "/usr/local/etc/camera.conf",
	    "/srv",
	    "/home",
	    "/media",
	    "/mnt/disk",
	    "/data",
	    "/library",
	    "/library/music",
	    "/binary",
	    "/initial",
	    "/bootlog",
	    "/usrdata",
	    "/sys/class/leds/status/brightness",
	    "/sys/class/gpio",
	    "/sys/devices/x/y",
	    "/root/data",
	    "/tmp",
	    "/app",
	};
	char text[400];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, EXEC "[allow]\nwrite = %s\n", rows[i]);
		taken(text);
	}
	/* Read, all of it may be. */
	taken(EXEC "[allow]\nread = /usr/lib /etc /boot /run/systemd\n");
}

/* What is in it is the program's text, whoever writes it. */
static void a_log_is_written_as_well(void **state)
{
	refused(EXEC "log = /etc/cron.d/x\n", "others run or obey what lies there");
	refused(EXEC "log = /usr/lib/x\n", "code that others run lies there");
	refused(EXEC "log = /proc/sys/kernel/core_pattern\n", "the sandbox could be undone");
	taken(EXEC "log = /var/log/x.log\n");
	taken(EXEC "log = /etc/x/x.log\n");
}

static void count_fault(void *arg, const struct err *fault)
{
	++*(unsigned *)arg;
	assert_int_equal(fault->code, EXIT_WRONG_USE);
	assert_null(strchr(fault->text, '\n'));
}

static void all_faults_at_once(void **state)
{
	static const char text[] = "[program]\nexek = /x\nuser = a b\n[alow]\nread = x\n"
				   "[limits]\ncpu = x\n cpu = 80%\n";
	const struct profile_source s = {text, sizeof text - 1, "x.conf", NULL};
	unsigned n = 0;

	assert_int_equal(profile_ini_all(&p, &s, count_fault, &n), 5);
	assert_int_equal(n, 5);
}

static void what_is_not_a_profile_at_all(void **state)
{
	profile_default(&p);
	strcpy(p.name, "x");
	assert_int_equal(profile_check(&p, &e), -1);
	taken(EXEC);
	assert_int_equal(profile_check(&p, &e), 0);
	p.args = PROFILE_ARGS + 1;
	assert_int_equal(profile_check(&p, &e), -1);
	taken(EXEC);
	p.user = PROFILE_TEXT;
	assert_int_equal(profile_check(&p, &e), -1);
	taken(EXEC);
	p.text[p.text_used - 1] = 'x';
	assert_int_equal(profile_check(&p, &e), -1);
	taken(EXEC);
	p.powers = 1u << POWER_COUNT;
	assert_int_equal(profile_check(&p, &e), -1);
	taken(EXEC);
	p.memory = 1;
	assert_int_equal(profile_check(&p, &e), -1);
	assert_string_equal(e.text, "[limits] memory = : beyond its limits");
}

static void the_name_of_a_file(void **state)
{
	char name[PROFILE_NAME];

	profile_name_of("/etc/holdfast/camera.d/cam.1.conf", name);
	assert_string_equal(name, "cam.1");
	profile_name_of("x", name);
	assert_string_equal(name, "x");
	assert_int_equal(read_as(EXEC, "/etc/Camera.conf"), -1);
	assert_non_null(strstr(e.text, "name = Camera: only a-z"));
	assert_int_equal(read_as(EXEC, "/etc/a-name-that-is-far-too-long-for-a-program.conf"), -1);
	assert_non_null(strstr(e.text, "give one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_have_the_numbers_of_this_machine),
	    cmocka_unit_test(every_name_leads_back_to_its_index),
	    cmocka_unit_test(architectures_have_names),
	    cmocka_unit_test(layers_have_names),
	    cmocka_unit_test(nothing_but_a_command),
	    cmocka_unit_test(every_key),
	    cmocka_unit_test(a_denial_can_be_pasted_as_it_is_printed),
	    cmocka_unit_test(indented_keys_are_keys_and_other_indented_lines_continue),
	    cmocka_unit_test(a_long_list_on_one_line),
	    cmocka_unit_test(windows_line_ends_and_a_mark_at_the_start),
	    cmocka_unit_test(calls_of_this_architecture_and_of_others),
	    cmocka_unit_test(a_list_for_some_machines_alone),
	    cmocka_unit_test(unknown_words_with_the_nearest_one),
	    cmocka_unit_test(lines_that_are_none),
	    cmocka_unit_test(quotes_and_what_looks_like_a_shell),
	    cmocka_unit_test(too_long),
	    cmocka_unit_test(binary_is_not_text),
	    cmocka_unit_test(values_that_are_none),
	    cmocka_unit_test(contradictions),
	    cmocka_unit_test(places_that_no_program_may_write),
	    cmocka_unit_test(places_that_a_program_may_write),
	    cmocka_unit_test(a_log_is_written_as_well),
	    cmocka_unit_test(all_faults_at_once),
	    cmocka_unit_test(what_is_not_a_profile_at_all),
	    cmocka_unit_test(the_name_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
