// SPDX-License-Identifier: MIT
#include "fence.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/addr.h"

static const char *const test_ranges[] = {"198.18.0.0/15", "2001:2::/48"};
static const char *const private_ranges[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
					     "fc00::/7"};

int area_parse(const char *text, struct area *a, struct err *e)
{
	unsigned len;

	if (addr_parse_prefix(text, &a->addr, &len, e))
		return -1;
	a->mask = addr_mask(addr_is4(&a->addr), len);
	for (int i = 0; i < 4; i++)
		a->addr.w[i] &= a->mask.w[i];
	return 0;
}

bool area_holds(const struct area *outer, const struct area *inner)
{
	for (int i = 0; i < 4; i++) {
		if ((inner->mask.w[i] & outer->mask.w[i]) != outer->mask.w[i])
			return false;
		if ((inner->addr.w[i] & outer->mask.w[i]) != outer->addr.w[i])
			return false;
	}
	return true;
}

static bool within_any(const struct area *a, const char *const *range, size_t n)
{
	struct area outer;

	for (size_t i = 0; i < n; i++)
		if (!area_parse(range[i], &outer, NULL) && area_holds(&outer, a))
			return true;
	return false;
}

int fence_lan(const struct area *lan, const char *text, struct err *e)
{
	if (within_any(lan, private_ranges, 4) || within_any(lan, test_ranges, 2))
		return 0;
	return err_set(e, EXIT_WRONG_USE, "%s is no private network", text);
}

int fence_check(const struct area *a, const struct area *lan, const char *text, struct err *e)
{
	if (within_any(a, test_ranges, 2) || (lan && area_holds(lan, a)))
		return 0;
	return err_set(e, EXIT_WRONG_USE,
		       "%s is outside 198.18.0.0/15, 2001:2::/48 and the LAN named by --lan", text);
}

/* The name below /run/netns of the namespace this process is in: "hf-LAB-HOST". */
static int find_name(char *name, size_t size, struct err *e)
{
	struct stat own, other;
	char path[320];
	struct dirent *d;
	DIR *dir = opendir("/run/netns");
	bool found = false;

	if (stat("/proc/self/ns/net", &own))
		memset(&own, 0, sizeof(own));
	while (dir && !found && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/run/netns/%s", d->d_name);
		if (strncmp(d->d_name, "hf-", 3) || stat(path, &other))
			continue;
		found = other.st_dev == own.st_dev && other.st_ino == own.st_ino;
		if (found)
			snprintf(name, size, "%s", d->d_name);
	}
	if (dir)
		closedir(dir);
	return found ? 0 : err_set(e, EXIT_SYSTEM, "this is no host of a lab (lab/net up NAME)");
}

int fence_host(uint8_t gateway[6], struct err *e)
{
	char name[256], path[600];
	unsigned b[6];
	char *host;
	FILE *f;
	int n;

	if (find_name(name, sizeof(name), e))
		return -1;
	host = strrchr(name, '-');
	*host++ = 0;
	snprintf(path, sizeof(path), "/run/holdfast-lab/%s/%s.gateway", name + 3, host);
	f = fopen(path, "re");
	if (!f)
		return err_sys(e, errno, "%s", path);
	n = fscanf(f, "%x:%x:%x:%x:%x:%x", b, b + 1, b + 2, b + 3, b + 4, b + 5);
	fclose(f);
	if (n != 6)
		return err_set(e, EXIT_SYSTEM, "%s holds no MAC address", path);
	for (int i = 0; i < 6; i++)
		gateway[i] = (uint8_t)b[i];
	return 0;
}
