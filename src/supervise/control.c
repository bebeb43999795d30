// SPDX-License-Identifier: MIT
#include "supervise/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervise/ledger.h"
#include "supervise/supervise.h"

static const char *const words[] = {
    [CONTROL_START] = "start ", [CONTROL_STOP] = "stop ", [CONTROL_RESTART] = "restart "};

static int address(struct sockaddr_un *a, const char *run, struct err *e)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (snprintf(a->sun_path, sizeof a->sun_path, "%s/supervise.sock", run) >=
	    (int)sizeof a->sun_path)
		return err_set(e, EXIT_WRONG_USE, "%.150s: too long for a socket in it", run);
	return 0;
}

int control_open(const char *run, struct err *e)
{
	struct sockaddr_un at;
	mode_t old;
	int fd, bad;

	if (address(&at, run, e))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, errno, "a socket");
	unlink(at.sun_path);
	old = umask(0177);
	bad = bind(fd, (struct sockaddr *)&at, sizeof at);
	umask(old);
	if (!bad)
		return fd;
	err_sys(e, errno, "%s", at.sun_path);
	close(fd);
	return -1;
}

enum control_word control_parse(const char *text, size_t n, char name[static PROFILE_NAME])
{
	for (unsigned w = CONTROL_START; w <= CONTROL_RESTART; w++) {
		size_t len = strlen(words[w]);

		if (n <= len || memcmp(text, words[w], len) || n - len >= PROFILE_NAME)
			continue;
		memcpy(name, text + len, n - len);
		name[n - len] = 0;
		return w;
	}
	return CONTROL_NONE;
}

enum control_word control_read(int fd, char name[static PROFILE_NAME])
{
	char text[64];
	ssize_t n = recv(fd, text, sizeof text, MSG_DONTWAIT);

	return n > 0 ? control_parse(text, (size_t)n, name) : CONTROL_NONE;
}

int supervise_ask(const char *run, const char *what, const char *name, struct err *e)
{
	struct sockaddr_un to;
	struct ledger l;
	char text[64];
	int fd, bad;

	run = run ? run : ledger_run();
	if (!ledger_holder(run))
		return err_set(e, EXIT_NO, "no supervisor is running at %.150s", run);
	if (strchr(name, '/') || ledger_read(run, name, &l))
		return err_set(e, EXIT_NO, "no program '%.40s'; `holdfast status` lists them",
			       name);
	if (address(&to, run, e))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, errno, "a socket");
	snprintf(text, sizeof text, "%.10s %.40s", what, name);
	bad = sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to) < 0;
	if (bad)
		err_sys(e, errno, "%s", to.sun_path);
	close(fd);
	return bad ? -1 : 0;
}
