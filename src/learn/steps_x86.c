// SPDX-License-Identifier: MIT
#include <capstone/capstone.h>

#include "learn/steps.h"

/* Registers are numbered rax rbx rcx rdx rsi rdi rbp rsp r8 ... r15. */
enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, RSP, R8 };
#define BY_CALLS                                                                                   \
	(1u << RAX | 1u << RCX | 1u << RDX | 1u << RSI | 1u << RDI | 0xfu << R8) /* System V */
#define BY_KERNEL (1u << RAX | 1u << RCX | 1u << (R8 + 3))

static int number(unsigned reg)
{
	static const unsigned wide[] = {X86_REG_RAX, X86_REG_RBX, X86_REG_RCX, X86_REG_RDX,
					X86_REG_RSI, X86_REG_RDI, X86_REG_RBP, X86_REG_RSP};
	static const unsigned half[] = {X86_REG_EAX, X86_REG_EBX, X86_REG_ECX, X86_REG_EDX,
					X86_REG_ESI, X86_REG_EDI, X86_REG_EBP, X86_REG_ESP};
	static const unsigned word[] = {X86_REG_AX, X86_REG_BX, X86_REG_CX, X86_REG_DX,
					X86_REG_SI, X86_REG_DI, X86_REG_BP, X86_REG_SP};
	static const unsigned byte[] = {X86_REG_AL,  X86_REG_BL,  X86_REG_CL,  X86_REG_DL,
					X86_REG_SIL, X86_REG_DIL, X86_REG_BPL, X86_REG_SPL};
	static const unsigned high[] = {X86_REG_AH, X86_REG_BH, X86_REG_CH, X86_REG_DH};

	for (int i = 0; i < 8; i++)
		if (reg == wide[i] || reg == half[i] || reg == word[i] || reg == byte[i])
			return i;
	for (int i = 0; i < 4; i++)
		if (reg == high[i])
			return i;
	for (int i = 0; i < 8; i++)
		if (reg == (unsigned)X86_REG_R8 + i || reg == (unsigned)X86_REG_R8D + i ||
		    reg == (unsigned)X86_REG_R8W + i || reg == (unsigned)X86_REG_R8B + i)
			return R8 + i;
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

static bool of_rip(const cs_x86_op *o)
{
	return o->type == X86_OP_MEM && o->mem.base == X86_REG_RIP && !o->mem.index;
}

static uint64_t rip_address(const cs_insn *i, const cs_x86_op *o)
{
	return i->address + i->size + (uint64_t)o->mem.disp;
}

static void go(struct step *t, const cs_insn *i, enum flow direct, enum flow slot, enum flow reg)
{
	const cs_x86_op *o = &i->detail->x86.operands[0];

	t->flow = reg;
	if (o->type == X86_OP_IMM) {
		t->flow = direct;
		t->target = (uint64_t)o->imm;
	} else if (of_rip(o)) {
		t->flow = slot;
		t->target = rip_address(i, o);
	} else if (o->type == X86_OP_MEM && o->mem.disp > 0) {
		t->ref = (uint64_t)o->mem.disp; /* a table at a fixed address */
	}
}

static bool flows(struct step *t, const cs_insn *i)
{
	switch (i->id) {
	case X86_INS_SYSCALL:
		t->flow = FLOW_SYSTEM;
		t->changes = BY_KERNEL;
		return true;
	case X86_INS_CALL:
		go(t, i, FLOW_CALL, FLOW_CALL_SLOT, FLOW_CALL_REG);
		t->changes = BY_CALLS;
		return true;
	case X86_INS_JMP:
		go(t, i, FLOW_JUMP, FLOW_JUMP_SLOT, FLOW_JUMP_REG);
		return true;
	case X86_INS_RET:
	case X86_INS_HLT:
	case X86_INS_UD2:
	case X86_INS_INT3:
		t->flow = FLOW_END;
		return true;
	default:
		break;
	}
	if (i->detail->x86.op_count != 1 || i->detail->x86.operands[0].type != X86_OP_IMM)
		return false;
	for (uint8_t k = 0; k < i->detail->groups_count; k++)
		if (i->detail->groups[k] == X86_GRP_JUMP) {
			t->flow = FLOW_BRANCH;
			t->target = (uint64_t)i->detail->x86.operands[0].imm;
			return true;
		}
	return false;
}

static void references(const struct elf_file *f, const cs_insn *i, struct step *t)
{
	for (uint8_t k = 0; k < i->detail->x86.op_count; k++) {
		const cs_x86_op *o = &i->detail->x86.operands[k];

		if (of_rip(o))
			t->ref = rip_address(i, o);
		else if (f->fixed && o->type == X86_OP_IMM && o->imm > 0xffff)
			t->ref = (uint64_t)o->imm;
		else if (f->fixed && o->type == X86_OP_MEM && o->mem.disp > 0xffff)
			t->ref = (uint64_t)o->mem.disp;
	}
}

static void set_imm(struct step *t, int reg, int64_t value)
{
	t->effect = EFFECT_IMM;
	t->to = (uint8_t)reg;
	t->value = value;
}

/* Whether all of the register is known by what is moved into (a part of) it: 32 bits clear the
 * others, fewer do not. "xor eax, eax; mov al, 60" is how code is written that must be short. */
static bool is_whole(const cs_x86_op *o, const struct step *t, bool first)
{
	return o->size >= 4 ||
	       (!first && o->size == 1 && o->reg != X86_REG_AH && o->reg != X86_REG_BH &&
		o->reg != X86_REG_CH && o->reg != X86_REG_DH && t[-1].effect == EFFECT_IMM &&
		t[-1].to == number(o->reg) && !t[-1].value);
}

static void moves(const cs_insn *i, struct step *t, bool first)
{
	const cs_x86_op *o = i->detail->x86.operands;
	int to = i->detail->x86.op_count == 2 && o[0].type == X86_OP_REG ? number(o[0].reg) : -1;
	int from = to >= 0 && o[1].type == X86_OP_REG ? number(o[1].reg) : -1;

	if (to < 0 || !is_whole(o, t, first))
		return;
	if (i->id == X86_INS_XOR && from == to) {
		set_imm(t, to, 0);
	} else if ((i->id == X86_INS_MOV || i->id == X86_INS_MOVABS) && o[1].type == X86_OP_IMM) {
		set_imm(t, to, o[1].imm);
	} else if (from >= 0 && (i->id == X86_INS_MOV || i->id == X86_INS_MOVSXD)) {
		t->effect = EFFECT_COPY;
		t->to = (uint8_t)to;
		t->from = (uint8_t)from;
	} else if (from >= 0 && i->id >= X86_INS_CMOVA && i->id <= X86_INS_CMOVS) {
		t->effect = EFFECT_MAY_COPY;
		t->to = (uint8_t)to;
		t->from = (uint8_t)from;
	}
}

/* push 39; pop rax: how code is written that must be short. */
static void stack(struct steps *s, const cs_insn *i, struct step *t)
{
	const cs_x86_op *o = i->detail->x86.operands;

	if (i->id == X86_INS_POP && s->has_pushed && o[0].type == X86_OP_REG &&
	    number(o[0].reg) >= 0)
		set_imm(t, number(o[0].reg), s->pushed);
	s->has_pushed = i->id == X86_INS_PUSH && o[0].type == X86_OP_IMM;
	s->pushed = s->has_pushed ? o[0].imm : 0;
}

/* xchg ax, ax: a nop of two bytes. */
static bool is_xchg_of_one(const cs_insn *i)
{
	const cs_x86_op *o = i->detail->x86.operands;

	return i->id == X86_INS_XCHG && o[0].type == X86_OP_REG && o[1].type == X86_OP_REG &&
	       o[0].reg == o[1].reg;
}

void steps_x86(struct steps *s, const struct elf_file *f, struct cs_insn *i, struct step *t)
{
	if (flows(t, i)) {
		s->has_pushed = false;
		return;
	}
	t->pad = i->id == X86_INS_NOP || is_xchg_of_one(i);
	t->changes = changed(s, i);
	references(f, i, t);
	moves(i, t, s->count == 1);
	stack(s, i, t);
}
