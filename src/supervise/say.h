/* SPDX-License-Identifier: MIT
 *
 * Where the supervisor speaks, and how lines get into the system log. Nothing waits for a log.
 */
#ifndef SUPERVISE_SAY_H
#define SUPERVISE_SAY_H

#include <stdbool.h>
#include <stddef.h>

/* As syslog(3) numbers them; not from its header, which has a macro LOG_SYSLOG that would take the
 * place of sandbox/profile.h's. */
enum say_priority { SAY_ERR = 3, SAY_WARNING, SAY_NOTICE, SAY_INFO };

/* to_stderr: the supervisor's own lines go to standard error, else to the system log. */
void say_open(bool to_stderr);

/* One line of the supervisor, without newline; priority SAY_INFO and so on. */
void say(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One datagram to /dev/log in the form that syslog(3) sends (RFC 3164, local). n bytes of text, at
 * most SAY_LINE are sent. Returns 0, or -1 when it was lost: nobody listens or the queue is full.
 */
#define SAY_LINE 2048
int say_syslog(int priority, const char *tag, int pid, const char *text, size_t n);

/* "Nov 25 17:30:01 " as syslog has it, local time; "2026-11-25T17:30:01Z " as files have it. */
#define SAY_TIME 24
size_t say_time_local(char to[static SAY_TIME]);
size_t say_time_utc(char to[static SAY_TIME]);

#endif
