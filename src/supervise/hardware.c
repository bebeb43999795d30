// SPDX-License-Identifier: MIT
#include "supervise/hardware.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "supervise/say.h"

#define S 1000000000ull

int hardware_open(struct hardware *h, const char *device, struct err *e)
{
	int timeout = HARDWARE_TIMEOUT;

	h->fd = open(device, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	if (h->fd < 0)
		return err_sys(e, errno, "--watchdog %.150s", device);
	if (ioctl(h->fd, WDIOC_SETTIMEOUT, &timeout) && ioctl(h->fd, WDIOC_GETTIMEOUT, &timeout))
		timeout = 4; /* one that tells nothing: as often as the loop may */
	if (timeout < 1)
		timeout = 1;
	h->every = (uint64_t)timeout * S / 4;
	say(SAY_INFO, "watchdog %s bites after %d s", device, timeout);
	hardware_feed(h);
	return 0;
}

void hardware_feed(struct hardware *h)
{
	static int told;

	if (h->fd >= 0 && write(h->fd, "\0", 1) < 0 && !told++)
		say(SAY_ERR, "the watchdog cannot be fed");
}

void hardware_close(struct hardware *h, int stop)
{
	if (h->fd < 0)
		return;
	if (stop && write(h->fd, "V", 1) < 0)
		say(SAY_ERR, "the watchdog cannot be stopped: it will bite");
	close(h->fd);
	h->fd = -1;
}
