// SPDX-License-Identifier: MIT
#include "learn/steps.h"

#include <capstone/capstone.h>

#include "learn/room.h"

int steps_start(struct steps *s, enum elf_machine m, struct err *e)
{
	csh h;

	memset(s, 0, sizeof *s);
	s->machine = m;
	if (cs_open(m == ELF_X86_64 ? CS_ARCH_X86 : CS_ARCH_ARM64,
		    m == ELF_X86_64 ? CS_MODE_64 : CS_MODE_ARM, &h) != CS_ERR_OK)
		return err_set(e, EXIT_SYSTEM, "capstone knows no such machine");
	cs_option(h, CS_OPT_DETAIL, CS_OPT_ON);
	s->handle = h;
	s->insn = room_or_end(cs_malloc(h));
	return 0;
}

void steps_end(struct steps *s)
{
	csh h = s->handle;

	if (s->insn)
		cs_free(s->insn, 1);
	if (h)
		cs_close(&h);
	free(s->step);
	memset(s, 0, sizeof *s);
}

static void add(struct steps *s, const struct elf_file *f, cs_insn *i)
{
	struct step *t;

	s->step = room_for_one(s->step, s->count, &s->held, sizeof *s->step);
	t = &s->step[s->count++];
	*t = (struct step){.at = i->address};
	if (s->machine == ELF_X86_64)
		steps_x86(s, f, i, t);
	else
		steps_arm64(s, f, i, t);
}

/* Whether control runs on beyond the end: what fills up between two functions does not count. */
static bool falls_through(const struct steps *s)
{
	size_t i = s->count;
	enum flow last;

	while (i && s->step[i - 1].pad)
		i--;
	if (!i)
		return s->count != 0;
	last = s->step[i - 1].flow;
	return last == FLOW_NEXT || last == FLOW_BRANCH || last == FLOW_SYSTEM;
}

static void add_jump(struct steps *s, uint64_t at)
{
	s->step = room_for_one(s->step, s->count, &s->held, sizeof *s->step);
	s->step[s->count++] = (struct step){.at = at, .target = at, .flow = FLOW_JUMP};
}

void steps_read(struct steps *s, const struct elf_file *f, uint64_t at, uint64_t end)
{
	const unsigned skip = s->machine == ELF_X86_64 ? 1 : 4;
	size_t left = 0;
	const uint8_t *p = elf_bytes(f, at, &left);

	s->count = 0;
	s->cut = false;
	s->has_pushed = false;
	s->paged = 0;
	if (!p || end <= at)
		return;
	if (left > end - at)
		left = end - at;
	while (left && s->count < STEPS_MAX) {
		if (cs_disasm_iter(s->handle, &p, &left, &at, s->insn)) {
			add(s, f, s->insn);
			continue;
		}
		/* Data between the code, or what capstone does not know: the next place. */
		if (left <= skip)
			left = skip;
		p += skip;
		at += skip;
		left -= skip;
	}
	s->cut = left != 0;
	if (!s->cut && falls_through(s))
		add_jump(s, end);
}

long steps_at(const struct steps *s, uint64_t at)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s->step[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->count && s->step[low].at == at ? (long)low : -1;
}

unsigned steps_number_reg(enum elf_machine m)
{
	return m == ELF_X86_64 ? 0 : 8;
}
