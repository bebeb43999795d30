/* SPDX-License-Identifier: MIT
 *
 * Where the daemon speaks: the system log, or standard error in the foreground. Allocates nothing,
 * so that a long life costs no memory.
 */
#ifndef GUARD_LOG_H
#define GUARD_LOG_H

#include <syslog.h> /* LOG_* */

/* to_stderr 0: datagrams to /dev/log (RFC 3164 form, as syslog(3) sends them). */
void log_start(int to_stderr);

/* One line, without newline; priority LOG_INFO and so on. What cannot be delivered is lost: nothing
 * waits for a log. */
void log_line(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
