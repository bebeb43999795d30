// SPDX-License-Identifier: MIT
#include "cli/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ENTER "\033[?1049h\033[?25l" /* other screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"

static struct termios before;
static volatile sig_atomic_t taken;

/* Only what POSIX lets a signal handler call. */
static void give_back(void)
{
	if (!taken)
		return;
	taken = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (write(STDOUT_FILENO, LEAVE, sizeof(LEAVE) - 1) < 0)
		return; /* the terminal has gone, and nothing is left to restore */
}

static void on_end(int sig)
{
	give_back();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_resize(int sig)
{
	(void)sig; /* interrupts poll() */
}

static void watch_signals(void)
{
	static const int ends[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGPIPE,
				   SIGSEGV, SIGBUS,  SIGFPE, SIGILL,  SIGABRT};
	struct sigaction a = {.sa_handler = on_end};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &a, NULL);
	a.sa_handler = on_resize;
	sigaction(SIGWINCH, &a, NULL);
}

int term_open(struct err *e)
{
	struct termios t;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before))
		return err_set(e, EXIT_SYSTEM,
			       "no terminal to draw on; --once prints a single picture");
	t = before;
	t.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	t.c_cc[VSUSP] = _POSIX_VDISABLE; /* a stopped program could not put the screen back */
	watch_signals();
	atexit(give_back);
	taken = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
	fputs(ENTER, stdout);
	return 0;
}

void term_close(void)
{
	fflush(stdout);
	give_back();
}

/* Bytes of the next thing in text, and whether it takes a column. */
static size_t glyph(const char *c, bool *column)
{
	size_t n = 1;

	*column = *c != '\033';
	if (*c == '\033') {
		n += c[1] == '[';
		while (c[n] && !(c[n] >= '@' && c[n] <= '~'))
			n++;
		return n + (c[n] != 0);
	}
	while ((c[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static const char *paint_line(const char *c, unsigned width)
{
	unsigned used = 0;
	bool column;

	while (*c && *c != '\n') {
		size_t n = glyph(c, &column);

		if (!column || used++ < width)
			fwrite(c, 1, n, stdout);
		c += n;
	}
	fputs("\033[K", stdout);
	return *c ? c + 1 : c;
}

void term_paint(const char *text, unsigned width, unsigned height)
{
	fputs("\033[H", stdout);
	for (unsigned y = 0; y < height && *text; y++) {
		if (y)
			fputs("\r\n", stdout);
		text = paint_line(text, width);
	}
	fputs("\033[J", stdout);
	fflush(stdout);
}

int term_key(lim_u64 ns)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000),
			     .tv_nsec = (long)(ns % 1000000000)};
	unsigned char key;
	int n = ppoll(&p, 1, &t, NULL);

	if (n <= 0)
		return n == 0 || errno == EINTR ? 0 : -1;
	return read(STDIN_FILENO, &key, 1) == 1 ? key : -1;
}
