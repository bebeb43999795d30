// SPDX-License-Identifier: MIT
#include <string.h>

#include "sandbox/profile_keys.h"

#define INSTEAD "; give it a folder of its own, e.g. /var/lib/NAME"

/* Why a place of the list may not be written. */
enum {
	CODE = 'c',    /* what others execute */
	START = 'b',   /* what the machine boots */
	SYSTEM = 's',  /* what others run or obey without being told, and who may log in */
	OURS = 'o',    /* Holdfast and what holds it up */
	WHOLE = 'w',   /* the folder as a whole; what is below it may be a program's own */
	DEVICES = 'd', /* the same, of the kernel's devices */
	OPEN = '+',    /* no rule of this list counts from here on */
};

/* A letter, and a place that stands for all below it; a '*' at the end for all that begin so. The
 * first that fits counts. One text and no array of pointers: those would be relocated, and so be
 * written, in each process. */
static const char places[] =
    /* Programs and libraries. /usr/local/NAME is like /opt/NAME: a program's own folder. */
    "c/bin\0c/sbin\0c/lib\0c/lib32\0c/lib64\0c/libx32\0c/libo32\0c/libilp32\0c/libexec\0"
    "c/usr/local/bin\0c/usr/local/sbin\0c/usr/local/lib\0c/usr/local/lib32\0c/usr/local/lib64\0"
    "c/usr/local/libexec\0c/usr/local/share\0c/usr/local/games\0c/usr/local/include\0"
    "c/usr/local/src\0w/usr/local/etc\0+/usr/local\0c/usr\0w/opt\0"
    "c/nix\0c/gnu\0c/snap\0c/overlay\0c/rom\0"
    "c/var/lib/docker\0c/var/lib/containerd\0c/var/lib/containers\0c/var/lib/dpkg\0"
    "c/var/lib/extensions\0c/var/lib/confexts\0c/var/lib/machines\0c/var/lib/portables\0"
    "c/var/lib/snapd\0c/var/lib/flatpak\0"
    /* What the machine starts from. */
    "b/boot\0b/efi\0b/init\0b/linuxrc\0"
    /* What is run at the next start, at a log-in, when an interface comes up, by a timer. */
    "s/etc/init*\0s/etc/rc.*\0s/etc/rcS.d\0s/etc/rc0.d\0s/etc/rc1.d\0s/etc/rc2.d\0s/etc/rc3.d\0"
    "s/etc/rc4.d\0s/etc/rc5.d\0s/etc/rc6.d\0s/etc/systemd\0s/etc/runit\0s/etc/sv\0s/etc/service\0"
    "s/etc/s6*\0s/etc/openrc\0s/etc/runlevels\0s/etc/conf.d\0s/etc/local.d\0s/etc/default\0"
    "s/etc/sysconfig\0s/etc/monit*\0s/etc/supervisor*\0s/etc/preinit\0s/etc/uci-defaults\0"
    "s/etc/sysupgrade.conf\0s/etc/inetd*\0s/etc/xinetd*\0s/etc/cron*\0s/etc/anacrontab\0"
    "s/etc/logrotate*\0s/etc/profile*\0s/etc/bash*\0s/etc/zsh\0s/etc/environment*\0s/etc/skel\0"
    "s/etc/xdg\0s/etc/udev\0s/etc/mdev.conf\0s/etc/hotplug*\0s/etc/acpi\0s/etc/network\0"
    "s/etc/networkd-dispatcher\0s/etc/NetworkManager/dispatcher.d\0s/etc/dhcp\0s/etc/udhcpc\0"
    "s/etc/ppp/ip*\0s/etc/fstab\0s/etc/crypttab\0s/etc/modules*\0s/etc/modprobe*\0"
    "s/etc/sysctl*\0s/etc/tmpfiles.d\0s/etc/sysusers.d\0s/etc/binfmt.d\0s/etc/kernel\0"
    "s/etc/grub*\0s/etc/dbus-1\0s/etc/apt\0s/etc/dpkg\0s/etc/opkg*\0s/etc/apk\0s/etc/yum*\0"
    "s/etc/dnf\0s/var/spool/cron\0s/var/spool/at\0s/var/spool/anacron\0s/run/systemd\0"
    "s/run/udev\0"
    /* Which code is loaded, and who is let in. */
    "s/etc/ld.so*\0s/etc/ld-musl*\0s/etc/alternatives\0s/etc/nsswitch.conf\0s/etc/passwd*\0"
    "s/etc/group*\0s/etc/shadow*\0s/etc/gshadow*\0s/etc/subuid*\0s/etc/subgid*\0s/etc/sudo*\0"
    "s/etc/doas*\0s/etc/polkit-1\0s/etc/pam.*\0s/etc/security\0s/etc/login.defs\0"
    "s/etc/securetty\0s/etc/ssh\0s/etc/ssl/certs\0s/etc/ssl/openssl.cnf\0"
    "s/etc/ca-certificates*\0s/root/.ssh\0s/root/.profile\0s/root/.bash*\0"
    /* Holdfast, and the kernel. Settings of one device (an LED, a GPIO) are a program's business.
     */
    "d/sys\0d/sys/class\0d/sys/devices\0d/sys/bus\0d/sys/block\0d/sys/dev\0d/sys/power\0"
    "o/sys/fs\0o/sys/kernel\0o/sys/firmware\0o/sys/module\0o/sys/hypervisor\0o/proc\0"
    "o/etc/holdfast\0o/run/holdfast\0";

bool profile_path_in(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && (!path[n] || path[n] == '/');
}

static bool fits(const char *path, const char *place, char kind)
{
	size_t n = strlen(place);

	if (kind == WHOLE || kind == DEVICES)
		return !strcmp(path, place);
	if (place[n - 1] == '*')
		return !strncmp(path, place, n - 1);
	return profile_path_in(path, place);
}

static const char *why_not(char kind)
{
	switch (kind) {
	case CODE:
		return "never: code that others run lies there" INSTEAD;
	case START:
		return "never: the machine starts from there" INSTEAD;
	case SYSTEM:
		return "never: others run or obey what lies there" INSTEAD;
	case OURS:
		return "never: from there the sandbox could be undone" INSTEAD;
	case WHOLE:
		return "never: what others own lies below it" INSTEAD;
	case DEVICES:
		return "never: every device lies below it; name what it needs of the one";
	default:
		return NULL;
	}
}

const char *profile_write_never(const char *s)
{
	/* A link on every system that has both. */
	if (profile_path_in(s, "/var/run"))
		s += strlen("/var");
	for (const char *row = places; *row; row += strlen(row) + 1) {
		if (fits(s, row + 1, *row))
			return why_not(*row);
		if (profile_path_in(row + 1, s))
			return "never: places of the system lie below it" INSTEAD;
	}
	return NULL;
}

/* NULL when it may. */
static const char *never_device(const char *s)
{
	if (profile_path_in(s, "/dev/mem") || profile_path_in(s, "/dev/kmem") ||
	    profile_path_in(s, "/dev/port"))
		return "never: this is the memory of the machine";
	return profile_path_in(s, "/dev") && s[4] ? NULL : "not a device node below /dev";
}

const char *profile_access_never(const char *s, enum profile_access access)
{
	if (!s[1])
		return "everything there is: name what it needs";
	if (access == PROFILE_DEVICE)
		return never_device(s);
	if (access != PROFILE_WRITE)
		return NULL;
	if (profile_path_in(s, "/dev"))
		return "device = is for nodes of /dev";
	if (profile_path_in(s, "/proc"))
		return "never: /proc is read-only";
	return profile_write_never(s);
}
