// SPDX-License-Identifier: MIT
#include "supervise/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DAEMON (3 << 3) /* the facility */

static int to_syslog = -1;
static bool own_to_stderr = true;

void say_open(bool to_stderr)
{
	own_to_stderr = to_stderr;
	if (to_syslog < 0)
		to_syslog = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	tzset(); /* now: it allocates */
}

size_t say_time_local(char to[static SAY_TIME])
{
	time_t t = time(NULL);
	struct tm tm;

	return localtime_r(&t, &tm) ? strftime(to, SAY_TIME, "%b %e %H:%M:%S ", &tm) : 0;
}

size_t say_time_utc(char to[static SAY_TIME])
{
	time_t t = time(NULL);
	struct tm tm;

	return gmtime_r(&t, &tm) ? strftime(to, SAY_TIME, "%Y-%m-%dT%H:%M:%SZ ", &tm) : 0;
}

int say_syslog(int priority, const char *tag, int pid, const char *text, size_t n)
{
	static const struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	char head[SAY_TIME + 80], when[SAY_TIME];
	int len = snprintf(head, sizeof head, "<%d>%.*s%.48s[%d]: ", DAEMON | priority,
			   (int)say_time_local(when), when, tag, pid);
	struct iovec part[2] = {{head, (size_t)len}, {(void *)text, n < SAY_LINE ? n : SAY_LINE}};
	struct msghdr m = {
	    .msg_name = (void *)&log, .msg_namelen = sizeof log, .msg_iov = part, .msg_iovlen = 2};

	return sendmsg(to_syslog, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

void say(int priority, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n > sizeof line - 2)
		n = sizeof line - 2;
	if (!own_to_stderr) {
		say_syslog(priority, "holdfast", (int)getpid(), line, (size_t)n);
		return;
	}
	line[n] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n + 1) < 0)
		return;
}
