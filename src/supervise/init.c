// SPDX-License-Identifier: MIT
#include "supervise/init.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervise/say.h"

#define GIVE_UP	     60			/* s */
#define FIRST_PID_NS "pid:[4026531836]" /* PROC_PID_INIT_INO, the same on every kernel */

static bool have_proc(void)
{
	struct stat st;

	return !stat("/proc/self/ns", &st);
}

bool init_is_first(void)
{
	return getpid() == 1;
}

/* Without /proc nobody has prepared this place: a machine that has just started. But a container
 * without one may be such as well, so /proc is asked once it is there (init_prepare()). */
bool init_is_machine(void)
{
	char text[64];
	ssize_t n;

	if (getpid() != 1)
		return false;
	n = readlink("/proc/self/ns/pid", text, sizeof text - 1);
	if (n <= 0)
		return false;
	text[n] = 0;
	return !strcmp(text, FIRST_PID_NS);
}

static void mount_at(const char *type, const char *at, unsigned long flags, const char *data)
{
	struct stat here, above;
	char parent[64];

	strcpy(parent, at);
	*strrchr(parent, '/') = 0;
	if (stat(*parent ? parent : "/", &above) || (stat(at, &here) && mkdir(at, 0755)))
		return;
	if (!stat(at, &here) && here.st_dev != above.st_dev)
		return; /* somebody has */
	if (mount(type, at, type, flags, data) && errno != EBUSY)
		say(SAY_ERR, "%s: %s", at, strerror(errno));
}

void init_prepare(void)
{
	if (!have_proc())
		mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	if (!init_is_machine())
		return;
	mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_at("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
	mount_at("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
	mount_at("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	reboot(RB_DISABLE_CAD);
}

_Noreturn void init_give_up(const struct err *e)
{
	say(SAY_ERR, "%s: the machine starts again in %d s", e->text, GIVE_UP);
	sleep(GIVE_UP);
	init_finish(SIGTERM);
	for (;;)
		pause();
}

void init_finish(int sig)
{
	if (!init_is_machine())
		return;
	sync();
	reboot(sig == SIGUSR1 ? RB_HALT_SYSTEM : sig == SIGUSR2 ? RB_POWER_OFF : RB_AUTOBOOT);
	say(SAY_ERR, "the machine does not stop: %s", strerror(errno));
	for (;;)
		pause();
}
