/* SPDX-License-Identifier: MIT
 *
 * holdfast-lab-camera: a camera's program as cheap ones are, with real holes, for lab/demo to break
 * into. Runs in the lab's namespaces only.
 */
#ifndef LAB_CAMERA_H
#define LAB_CAMERA_H

#include <stddef.h>

/* The connection being served; its process is its own. */
extern int connection;

/* The maker's console for the factory, left in the product: makes any system call for whoever is at
 * the other end. Nothing calls it. */
void factory_console(void) __attribute__((noreturn));

void answer(const char *status, const void *body, size_t n);

#endif
