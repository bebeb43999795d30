// SPDX-License-Identifier: MIT
// A packed profile, read on another architecture than it was packed on. Prints the architecture,
// the calls by this machine's own names, and whether packing gives the same bytes. Usage: records
// RECORD
#include <stdio.h>
#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/record.h"

int main(int argc, char **argv)
{
	static struct profile p;
	static uint8_t bytes[RECORD_MAX], again[RECORD_MAX];
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	struct err e;
	uint32_t arch;
	size_t n;

	if (!f)
		return 2;
	n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	if (record_decode(&p, &arch, bytes, n, &e)) {
		printf("%s\n", e.text);
		return 1;
	}
	printf("%s %s", p.name, arch == call_native.audit ? call_native.name : "foreign");
	for (unsigned i = 0; i < PROFILE_CALLS; i++)
		if (p.call_allow[i / 8] >> i % 8 & 1)
			printf(" %s", call_name(i));
	n -= record_encode(&p, arch, again);
	printf(" %s\n", !n && !memcmp(bytes, again, sizeof bytes) ? "same" : "other");
	return 0;
}
