/* SPDX-License-Identifier: MIT
 *
 * The one table of what is harmless and what is dangerous in a call that was found reachable but
 * was not seen. A call that was seen is allowed, whatever it is.
 */
#ifndef LEARN_CLASSES_H
#define LEARN_CLASSES_H

enum call_class {
	CLASS_HARMLESS,	 /* allowed when reachable */
	CLASS_FILES,	 /* allowed when reachable in programs that were seen to write files */
	CLASS_NETWORK,	 /* that were seen to use the network */
	CLASS_PROCESS,	 /* that were seen to start processes or threads */
	CLASS_DANGEROUS, /* allowed only when seen */
};

/* Class of a call by name, and why. Calls without a row are dangerous: nobody has thought about
 * them. */
enum call_class classes_of(const char *call, const char **why);

#endif
