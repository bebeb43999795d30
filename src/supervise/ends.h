/* SPDX-License-Identifier: MIT
 *
 * Who has ended, and how.
 */
#ifndef SUPERVISE_ENDS_H
#define SUPERVISE_ENDS_H

#include "supervise/loop.h"

/* Counts the crashes that the kernel has told of, of any process of any program. */
void ends_look(struct loop *l);

/* Waits for what there is to be waited for, at most so many; more_to_reap says whether there may be
 * more. */
void ends_reap(struct loop *l);

#endif
