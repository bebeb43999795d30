// SPDX-License-Identifier: MIT
#include <capstone/capstone.h>

#include "learn/steps.h"

#define BY_CALLS (0x7ffffu | 1u << 30) /* x0-x18 and the link register */

static int number(unsigned reg)
{
	if (reg == ARM64_REG_X29)
		return 29;
	if (reg == ARM64_REG_X30)
		return 30;
	if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28)
		return (int)(reg - ARM64_REG_X0);
	if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30)
		return (int)(reg - ARM64_REG_W0);
	return -1;
}

static uint32_t changed(const struct steps *s, cs_insn *i)
{
	cs_regs read, written;
	uint8_t reads, writes;
	uint32_t set = 0;

	if (cs_regs_access(s->handle, i, read, &reads, written, &writes) != CS_ERR_OK)
		return ~0u;
	for (uint8_t k = 0; k < writes; k++) {
		int n = number(written[k]);

		if (n >= 0)
			set |= 1u << n;
	}
	return set;
}

static int reg_of(const cs_insn *i, unsigned k)
{
	const cs_arm64_op *o = &i->detail->arm64.operands[k];

	return k < i->detail->arm64.op_count && o->type == ARM64_OP_REG ? number(o->reg) : -1;
}

/* The last immediate operand: where a branch goes. */
static uint64_t branch_target(const cs_insn *i)
{
	const cs_arm64 *a = &i->detail->arm64;

	if (a->op_count && a->operands[a->op_count - 1].type == ARM64_OP_IMM)
		return (uint64_t)a->operands[a->op_count - 1].imm;
	return 0;
}

static bool flows(struct step *t, const cs_insn *i)
{
	switch (i->id) {
	case ARM64_INS_SVC:
		t->flow = FLOW_SYSTEM;
		t->changes = 1u;
		return true;
	case ARM64_INS_BL:
		t->flow = FLOW_CALL;
		t->target = branch_target(i);
		t->changes = BY_CALLS;
		return true;
	case ARM64_INS_BLR:
		t->flow = FLOW_CALL_REG;
		t->changes = BY_CALLS;
		return true;
	case ARM64_INS_BR:
		t->flow = FLOW_JUMP_REG;
		return true;
	case ARM64_INS_B:
		t->flow =
		    i->detail->arm64.cc == ARM64_CC_INVALID || i->detail->arm64.cc == ARM64_CC_AL
			? FLOW_JUMP
			: FLOW_BRANCH;
		t->target = branch_target(i);
		return true;
	case ARM64_INS_CBZ:
	case ARM64_INS_CBNZ:
	case ARM64_INS_TBZ:
	case ARM64_INS_TBNZ:
		t->flow = FLOW_BRANCH;
		t->target = branch_target(i);
		return true;
	case ARM64_INS_RET:
	case ARM64_INS_BRK:
	case ARM64_INS_HLT:
		t->flow = FLOW_END;
		return true;
	default:
		return false;
	}
}

/* adrp x1, page; add x1, x1, #low and ldr x2, [x1, #low]. What was computed so is kept in its
 * register, since compilers reach several objects from one base. */
static void addresses(struct steps *s, const cs_insn *i, struct step *t)
{
	const cs_arm64_op *o = i->detail->arm64.operands;
	int to = reg_of(i, 0), from = reg_of(i, 1);
	uint64_t result = 0;
	bool known = false;

	if (to >= 0 && (i->id == ARM64_INS_ADRP || i->id == ARM64_INS_ADR) &&
	    o[1].type == ARM64_OP_IMM) {
		known = true;
		result = (uint64_t)o[1].imm;
		t->ref = i->id == ARM64_INS_ADR ? result : 0;
	} else if (to >= 0 && i->id == ARM64_INS_ADD && from >= 0 && s->paged >> from & 1 &&
		   i->detail->arm64.op_count == 3 && o[2].type == ARM64_OP_IMM) {
		known = true;
		result = s->page[from] + ((uint64_t)o[2].imm << (o[2].shift.value & 15));
		t->ref = result;
	}
	for (uint8_t k = 0; k < i->detail->arm64.op_count; k++) {
		int base =
		    o[k].type == ARM64_OP_MEM && !o[k].mem.index ? number(o[k].mem.base) : -1;

		if (base >= 0 && s->paged >> base & 1)
			t->ref = s->page[base] + (uint64_t)o[k].mem.disp;
	}
	s->paged &= ~t->changes;
	if (known) {
		s->paged |= 1u << to;
		s->page[to] = result;
	}
}

static void moves(const cs_insn *i, struct step *t)
{
	const cs_arm64_op *o = i->detail->arm64.operands;
	int to = reg_of(i, 0), from = reg_of(i, 1);

	if (to < 0 || i->detail->arm64.op_count < 2)
		return;
	if ((i->id == ARM64_INS_MOV || i->id == ARM64_INS_MOVZ) && o[1].type == ARM64_OP_IMM) {
		t->effect = EFFECT_IMM;
		t->to = (uint8_t)to;
		t->value = o[1].imm << (o[1].shift.value & 63);
	} else if (from >= 0 && i->detail->arm64.op_count == 2 &&
		   (i->id == ARM64_INS_MOV || i->id == ARM64_INS_SXTW || i->id == ARM64_INS_UXTW)) {
		t->effect = EFFECT_COPY;
		t->to = (uint8_t)to;
		t->from = (uint8_t)from;
	} else if ((i->id == ARM64_INS_MOV) &&
		   (o[1].reg == ARM64_REG_WZR || o[1].reg == ARM64_REG_XZR)) {
		t->effect = EFFECT_IMM;
		t->to = (uint8_t)to;
	}
}

void steps_arm64(struct steps *s, const struct elf_file *f, struct cs_insn *i, struct step *t)
{
	(void)f;
	if (flows(t, i)) {
		if (t->flow == FLOW_CALL || t->flow == FLOW_CALL_REG)
			s->paged &= ~BY_CALLS;
		return;
	}
	t->pad = i->id == ARM64_INS_NOP;
	t->changes = changed(s, i);
	addresses(s, i, t);
	moves(i, t);
}
