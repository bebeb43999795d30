// SPDX-License-Identifier: MIT
#include "profile/source.h"

#include "profile/arch.h"
#include "sandbox/profile_ini.h"
#include "sandbox/profile_load.h"
#include "sandbox/record.h"

static int from_record(struct source *s, const struct profile_file *f, const char *path,
		       struct err *e)
{
	struct err why;
	uint32_t audit;

	if (record_decode(&s->p, &audit, f->bytes, f->len, &why))
		return err_set(e, why.code, "%.80s: %.170s", path, why.text);
	s->arch = arch_of(audit);
	return s->arch ? 0 : err_set(e, EXIT_WRONG_USE, "%.80s: no such architecture", path);
}

int source_read(struct source *s, const char *path, const struct call_arch *arch,
		void (*fault)(void *arg, const struct err *e), void *arg)
{
	struct profile_file f;
	struct err e;
	int rc;

	s->arch = arch;
	s->packed = false;
	if (profile_file_read(&f, path, &e)) {
		fault(arg, &e);
		return -1;
	}
	s->packed = record_is(f.bytes, f.len);
	if (s->packed) {
		rc = from_record(s, &f, path, &e);
		if (rc)
			fault(arg, &e);
	} else {
		const struct profile_source text = {f.bytes, f.len, path, arch};

		rc = profile_ini_all(&s->p, &text, fault, arg) ? -1 : 0;
	}
	profile_file_free(&f);
	return rc;
}
