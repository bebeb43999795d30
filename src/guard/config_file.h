/* SPDX-License-Identifier: MIT
 *
 * The configuration file (INI), by default /etc/holdfast/guard.conf:
 *
 *	[guard]
 *	interface = eth0            ; may be given again; default: all
 *	metrics = /run/holdfast.prom
 *	[budgets]                   ; keys of params.h
 *	contact.depth = 32
 *	contact.period = 8s
 *	[values]
 *	consent = 10s
 *
 * Budgets and values can be made stricter, never laxer: the defaults are the ceilings.
 */
#ifndef GUARD_CONFIG_FILE_H
#define GUARD_CONFIG_FILE_H

#include "base/err.h"
#include "limiter/state.h"

#define CONFIG_DEFAULT	 "/etc/holdfast/guard.conf"
#define CONFIG_IFACES	 32
#define CONFIG_IFACE_LEN 16

struct guard_config {
	struct lim_config limits;
	char iface[CONFIG_IFACES][CONFIG_IFACE_LEN];
	unsigned iface_count;
	char metrics[256]; /* empty: none */
};

/* The defaults, without a file. */
void config_default(struct guard_config *c);

/* Reads path into c, which holds the defaults; missing_ok: no such file is the same as an empty
 * one. On failure c is as before and e names file, line and text. */
int config_read(struct guard_config *c, const char *path, int missing_ok, struct err *e);

#endif
