// SPDX-License-Identifier: MIT
// Preprocessed with -dM at build time, for calls.awk.
#include <asm/unistd.h>
