/* SPDX-License-Identifier: MIT
 *
 * The instructions of a function, reduced to what the analysis follows: where control goes, which
 * registers change and how, which addresses are named. The same for x86-64 and arm64; capstone
 * decodes.
 */
#ifndef LEARN_STEPS_H
#define LEARN_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "learn/elf_file.h"

#define STEPS_MAX 400000 /* of one function; the rest of a longer one is not looked at */

enum flow {
	FLOW_NEXT,
	FLOW_BRANCH,	/* to target, or on */
	FLOW_JUMP,	/* to target */
	FLOW_JUMP_SLOT, /* to what the word at target holds */
	FLOW_JUMP_REG,	/* to who knows where */
	FLOW_CALL,
	FLOW_CALL_SLOT,
	FLOW_CALL_REG,
	FLOW_SYSTEM, /* asks the kernel; the number is in steps_number_reg() */
	FLOW_END,    /* returns or traps */
};

enum effect { EFFECT_NONE, EFFECT_IMM, EFFECT_COPY, EFFECT_MAY_COPY };

struct step {
	uint64_t at;
	uint64_t target;  /* of a jump or call; the slot of the two that go through one */
	uint64_t ref;	  /* an address that is named: computed, or read from; 0 for none */
	int64_t value;	  /* EFFECT_IMM */
	uint32_t changes; /* bit n: register n */
	uint8_t flow;	  /* enum flow */
	uint8_t effect;	  /* enum effect, on register `to` */
	uint8_t to, from;
	bool pad; /* does nothing: fills up to the next function */
};

/* One decoder for one machine. */
struct steps {
	struct step *step;
	size_t count, held;
	uint64_t handle; /* capstone's */
	bool cut;	 /* STEPS_MAX were not all */
	void *insn;
	enum elf_machine machine;
	uint64_t page[32]; /* arm64: an address that was put into a register */
	uint32_t paged;	   /* bit n: page[n] is one */
	int64_t pushed;	   /* x86: push of a constant just before */
	bool has_pushed;
	uint64_t work; /* done by values_of() so far, bounded */
};

int steps_start(struct steps *s, enum elf_machine m, struct err *e);
void steps_end(struct steps *s);

/* Decodes the code from `at` to `end` into s->step[0..count-1], in order of address. Where control
 * runs on beyond the end, the last step is a jump there. */
void steps_read(struct steps *s, const struct elf_file *f, uint64_t at, uint64_t end);

/* The step at exactly this address, -1 for none. */
long steps_at(const struct steps *s, uint64_t at);

unsigned steps_number_reg(enum elf_machine m); /* holds the number of a system call */

/* Both fill one step from what capstone has decoded. */
struct cs_insn;
void steps_x86(struct steps *s, const struct elf_file *f, struct cs_insn *i, struct step *t);
void steps_arm64(struct steps *s, const struct elf_file *f, struct cs_insn *i, struct step *t);

#endif
