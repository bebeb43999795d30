// SPDX-License-Identifier: MIT
#include "guard/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int log_fd = -1;

void log_start(int to_stderr)
{
	log_fd = to_stderr ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

void log_line(int priority, const char *fmt, ...)
{
	static const struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	char line[512];
	int n = 0;
	va_list ap;

	if (log_fd >= 0)
		n = snprintf(line, sizeof line, "<%d>holdfast[%d]: ", LOG_DAEMON | priority,
			     (int)getpid());
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (log_fd >= 0) {
		sendto(log_fd, line, strlen(line), 0, (const struct sockaddr *)&to, sizeof to);
		return;
	}
	strcat(line, "\n");
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}
