/* SPDX-License-Identifier: MIT
 *
 * Opens what a profile names, so that nobody can slip something else in between.
 */
#ifndef SANDBOX_SOURCE_H
#define SANDBOX_SOURCE_H

/* An O_PATH descriptor of path (absolute). Symbolic links are followed only in folders that nobody
 * but root can write: such a link is the system's; any other may be somebody's trap. Returns -1
 * with errno: ELOOP for such a link. */
int source_open(const char *path);

#endif
