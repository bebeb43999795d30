/* SPDX-License-Identifier: MIT
 *
 * Calls that an analysis easily misses, or takes for others: tests/learn/learn.bats says what has to
 * be found. Only analysed, never run.
 */
	.text
	.globl	_start
	.type	_start, @function
_start:
	mov	$140, %edi /* getpriority */
	call	cases
	call	outer
	call	short_form
	call	part
	call	swapped
	lea	by_pointer(%rip), %rcx
	mov	$104, %edi
	call	*%rcx
	mov	$60, %eax
	syscall
	hlt

/* The second place of a jump through a table: nothing but padding stands before it, and the number
 * came in as the argument. */
	.type	cases, @function
cases:
	lea	table(%rip), %rax
	jmp	*(%rax, %rsi, 8)
first:
	ret
	.p2align 4
second:
	mov	%rdi, %rax
	syscall
	ret

/* Runs on into a function of its own. */
	.type	outer, @function
outer:
	mov	$143, %eax /* sched_getparam */
	.type	inner, @function
inner:
	syscall
	ret

	.type	short_form, @function
short_form:
	xor	%eax, %eax
	mov	$39, %al /* getpid */
	syscall
	ret

/* 0x103, not 3 (close). */
	.type	part, @function
part:
	mov	$0x100, %eax
	mov	$3, %al
in_part:
	syscall
	ret

/* An exchange does something, though that of a register with itself is a nop. */
	.type	swapped, @function
swapped:
	mov	$3, %eax
	xchg	%eax, %edx
exchanged:
	syscall
	ret

/* Called with numbers that cannot be seen. */
	.type	by_pointer, @function
by_pointer:
	mov	%rdi, %rax
	syscall
	ret

	.section .rodata
	.p2align 3
table:
	.quad	first, second
	.section .note.GNU-stack, "", @progbits
