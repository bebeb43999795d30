// SPDX-License-Identifier: MIT
// The terminal it was started from: the outside part starts it with one as descriptor 0.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Types a character for whoever reads the terminal next. */
static void type_in(struct result *r, const char *word)
{
	int fd = strcmp(word, "stdin") ? open("/dev/tty", O_RDWR | O_CLOEXEC) : 0;

	if (fd < 0)
		return refused(r, word);
	accepted(r, ioctl(fd, TIOCSTI, "x"), "a character typed");
}

/* Bits that the kernel does not look at, but a careless filter does. */
static void type_high(struct result *r, const char *word)
{
	(void)word;
	accepted(r, syscall(SYS_ioctl, 0L, (1UL << 40) | TIOCSTI, "x"), "a character typed");
}

static void on_console(struct result *r, const char *word)
{
	struct {
		char code;
		unsigned short at[5];
	} select = {2, {0}};

	(void)word;
	/* EINVAL, ENXIO: let through to the driver */
	if (!ioctl(0, TIOCLINUX, &select) || errno == EINVAL)
		succeeded(r, "TIOCLINUX reaches the driver");
	else
		refused(r, "TIOCLINUX");
}

static void own_terminal(struct result *r, const char *word)
{
	accepted(r, open(word, O_RDWR | O_CLOEXEC), "the controlling terminal");
}

/* The terminal of another session; force, as only root may. */
static void steal(struct result *r, const char *word)
{
	pid_t child = fork(); /* the leader of a group cannot leave its session */
	int status = 0;

	(void)word;
	if (!child) {
		setsid();
		_exit(ioctl(0, TIOCSCTTY, 1) ? errno & 127 : 0);
	}
	waitpid(child, &status, 0);
	errno = WEXITSTATUS(status);
	accepted(r, status ? -1 : 0, "the terminal is its own");
}

static void discipline(struct result *r, const char *word)
{
	int kind = 2 /* N_MOUSE */, back = 0;

	(void)word;
	if (ioctl(0, TIOCSETD, &kind) && errno != EINVAL)
		return refused(r, "TIOCSETD");
	ioctl(0, TIOCSETD, &back);
	succeeded(r, "a line discipline loaded or looked for");
}

static void console_log(struct result *r, const char *word)
{
	(void)word;
	accepted(r, ioctl(0, TIOCCONS), "the console's output");
	if (r->outcome == SUCCEEDED) {
		int fd = open("/dev/console", O_WRONLY | O_CLOEXEC | O_NOCTTY);

		ioctl(fd, TIOCCONS); /* gives it back */
	}
}

static void exclusive(struct result *r, const char *word)
{
	(void)word;
	accepted(r, ioctl(0, TIOCEXCL), "nobody else can open the terminal");
	ioctl(0, TIOCNXCL);
}

const struct attack terminal_attacks[] = {
    {"type-stdin", "TIOCSTI on descriptor 0", type_in, "stdin"},
    {"type-tty", "TIOCSTI on /dev/tty", type_in, "/dev/tty"},
    {"type-high", "the same with bits the kernel ignores", type_high, NULL},
    {"tty-linux", "TIOCLINUX", on_console, NULL},
    {"tty-open", "opens /dev/tty", own_terminal, "/dev/tty"},
    {"tty-steal", "TIOCSCTTY from another session", steal, NULL},
    {"tty-discipline", "TIOCSETD", discipline, NULL},
    {"tty-console", "TIOCCONS", console_log, NULL},
    {"tty-exclusive", "TIOCEXCL", exclusive, NULL},
    {0},
};
