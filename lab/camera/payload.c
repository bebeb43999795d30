// SPDX-License-Identifier: MIT
// What the intruder drops and runs: says that it runs, and ends.
#include <stdio.h>

int main(void)
{
	return puts("the intruder's program runs") < 0;
}
