/*
 * The doors of the kernel (Linux arch/x86/entry/entry_64.S): interrupts, exceptions, SYSCALL and SYSENTER come in here
 * and leave here. Whatever the way in, the registers of the interrupted code are saved on the current task's kernel
 * stack as struct pt_regs, below it one word that tells the way in, and VMCALL hands over to the Go kernel. It may
 * change the saved registers, and it may make RSP point to the saved registers of another task: that is the
 * context switch.
 */
	.equ	EFLAGS_FIXED, 1 << 1	/* the bit that is always set */
	.equ	EFLAGS_IF, 1 << 9
	.equ	DR6_CLEAR, 0xffff0ff0

	.code64
	.text
	.balign	4096
	.globl	idt_stubs
/*
 * idt_stubs: one stub of 16 bytes for each vector, with Linux's names. Some exceptions come with an error code on
 * the stack (SDM 3A "Exception and Interrupt Reference"); for all else a 0 takes its place.
 */
idt_stubs:
	.set	vector, 0

	.macro	stub error_code=0, to=common_entry
	.balign	16
	.if	\error_code == 0
	pushq	$0
	.endif
	pushq	$vector
	jmp	\to
	.set	vector, vector + 1
	.endm

	.macro	exception name, error_code=0, to=common_entry
	.balign	16
	.globl	\name
\name:
	stub	\error_code, \to
	.endm

	exception asm_exc_divide_error
	exception asm_exc_debug, 0, debug_entry
	exception asm_exc_nmi
	exception asm_exc_int3
	exception asm_exc_overflow
	exception asm_exc_bounds
	exception asm_exc_invalid_op
	exception asm_exc_device_not_available
	exception asm_exc_double_fault, 1
	exception asm_exc_coproc_segment_overrun
	exception asm_exc_invalid_tss, 1
	exception asm_exc_segment_not_present, 1
	exception asm_exc_stack_segment, 1
	exception asm_exc_general_protection, 1
	exception asm_exc_page_fault, 1
	exception asm_exc_spurious_interrupt_bug
	exception asm_exc_coprocessor_error
	exception asm_exc_alignment_check, 1
	exception asm_exc_machine_check
	exception asm_exc_simd_coprocessor_error
	exception asm_exc_virtualization_exception
	exception asm_exc_control_protection, 1
	exception asm_exc_reserved			/* 22 to 28 */
	.rept	6
	stub
	.endr
	exception asm_exc_vmm_communication, 1
	exception asm_exc_security_exception, 1
	exception asm_exc_reserved_31

	.balign	16
	.globl	irq_entries_start
irq_entries_start:				/* hardware interrupts */
	.rept	0x80 - 32
	stub
	.endr
	exception entry_INT80_compat			/* int 0x80: 32-bit system calls */
	.balign	16
	.globl	irq_entries_high
irq_entries_high:
	.rept	256 - 0x81
	stub
	.endr

/* push_rest: from r8 down, the part of pt_regs that all ways in save alike. */
	.macro	push_rest
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	.endm

/* pop_regs: take all of pt_regs off the stack, from the word that tells the way in to rdi. Linux entry/calling.h:POP_REGS */
	.macro	pop_regs
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	.endm

	.globl	common_entry
/* common_entry: on the stack lie vector, error code, RIP, CS, RFLAGS, RSP, SS. */
	.balign	16
common_entry:
	testb	$3, 24(%rsp)		/* the interrupted CS: did we come from ring 3? */
	jz	1f
	swapgs				/* then GS is still the user's */
1:	xchgq	%rdi, (%rsp)		/* RDI takes its place in pt_regs, the vector waits in the register */
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	push_rest
	pushq	%rdi
	movl	$ENTER_TRAP, %eax
	vmcall
	jmp	ret_from_entry

	.globl	preempt_point
/*
 * preempt_point: a system call that has worked long comes by here before it works on: interrupts are let in for a moment.
 * One that comes lies on this kernel stack, below the saved registers of the call, and is one of ring 0. If it makes
 * the task give way, the task goes on here when its turn comes. Linux include/linux/sched.h:cond_resched
 */
preempt_point:
	sti
	nop				/* STI lets one more instruction through */
	cli
	movl	$ENTER_RESUME, %eax
	vmcall
	jmp	ret_from_entry

	.globl	entry_SYSENTER_compat, sysenter_flags_fixed
/*
 * entry_SYSENTER_compat: SYSENTER saves nothing at all. RSP is what IA32_SYSENTER_ESP says, a small stack that all
 * tasks share; the return address is known (the vDSO's landing pad), the user's RSP is in EBP, and the interrupt flag,
 * which it cleared, was set. All other flags are still the program's: with TF each instruction up to the POPFQ raises
 * #DB, see debug_entry. Linux arch/x86/entry/entry_64_compat.S
 */
	.balign	16
entry_SYSENTER_compat:
	swapgs
	movq	%gs:PERCPU_STACK, %rsp
	pushq	$USER_DS		/* ss */
	pushq	$0			/* rsp: the kernel fills it in */
	pushfq				/* eflags */
	pushq	$USER32_CS		/* cs */
	pushq	$0			/* rip: likewise */
	pushq	%rax			/* orig_rax: the system call number */
	pushq	$EFLAGS_FIXED		/* away with TF, NT, AC and DF */
	popfq
sysenter_flags_fixed:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	$-38			/* rax: -ENOSYS */
	push_rest
	pushq	$VECTOR_SYSENTER
	movl	$ENTER_SYSENTER, %eax
	vmcall
	jmp	ret_from_entry

	.globl	debug_entry
/*
 * debug_entry: #DB. A program that executes SYSENTER with TF set has the first instructions of the kernel single-stepped:
 * they go on as if nothing had been, until they have cleared TF. Linux arch/x86/kernel/traps.c:is_sysenter_singlestep
 */
	.balign	16
debug_entry:
	testb	$3, 24(%rsp)		/* the interrupted CS */
	jnz	common_entry
	cmpq	$entry_SYSENTER_compat, 16(%rsp)
	jb	common_entry
	cmpq	$sysenter_flags_fixed, 16(%rsp)
	ja	common_entry
	addq	$16, %rsp		/* vector and error code */
	pushq	%rax
	movl	$DR6_CLEAR, %eax	/* the program's next #DB is to tell its own reason */
	movq	%rax, %dr6
	popq	%rax
	iretq

	.globl	entry_SYSCALL_64
/*
 * entry_SYSCALL_64: SYSCALL saves nothing on a stack. It leaves the return address in RCX and RFLAGS in R11, and
 * RSP is still the user's: fetch the kernel stack from the per-CPU area and build what an interrupt would have
 * pushed.
 */
	.balign	16
entry_SYSCALL_64:
	swapgs
	movq	%rsp, %gs:PERCPU_SCRATCH
	movq	%gs:PERCPU_STACK, %rsp
	pushq	$USER_DS		/* ss */
	pushq	%gs:PERCPU_SCRATCH	/* rsp */
	pushq	%r11			/* eflags */
	pushq	$USER_CS		/* cs */
	pushq	%rcx			/* rip */
	pushq	%rax			/* orig_rax: the system call number */
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	$-38			/* rax: -ENOSYS until the kernel knows better */
	push_rest
	pushq	$VECTOR_SYSCALL
	movl	$ENTER_SYSCALL, %eax
	vmcall

	.globl	ret_from_fork
	.globl	ret_from_entry
/*
 * ret_from_entry: the way out, for the task whose saved registers RSP points to now; a new child starts here
 * (ret_from_fork). A system call returns by SYSRET or SYSEXIT, unless the kernel asks for IRETQ, which restores all
 * registers.
 */
ret_from_fork:
ret_from_entry:
	cmpq	$VECTOR_SYSCALL, (%rsp)
	jne	ret_from_others
	cmpb	$0, %gs:PERCPU_RETURN
	jne	ret_by_iret

	.globl	ret_by_sysret
ret_by_sysret:
	pop_regs
	movq	PT_RIP - PT_ORIG_RAX(%rsp), %rcx
	movq	PT_RFLAGS - PT_ORIG_RAX(%rsp), %r11
	movq	PT_RSP - PT_ORIG_RAX(%rsp), %rsp
	swapgs
	sysretq

	.globl	ret_from_others
/* ret_from_others: what came by SYSENTER returns by SYSEXIT, under the same condition. */
ret_from_others:
	cmpq	$VECTOR_SYSENTER, (%rsp)
	jne	ret_by_iret
	cmpb	$0, %gs:PERCPU_RETURN
	jne	ret_by_iret

	.globl	ret_by_sysexit
/*
 * ret_by_sysexit: SYSEXIT takes RIP from EDX and RSP from ECX and leaves the flags alone. Interrupts come on with the
 * STI, which lets one more instruction through.
 */
ret_by_sysexit:
	pop_regs
	movl	PT_RIP - PT_ORIG_RAX(%rsp), %edx
	movl	PT_RSP - PT_ORIG_RAX(%rsp), %ecx
	andq	$~EFLAGS_IF, PT_RFLAGS - PT_ORIG_RAX(%rsp)
	pushq	PT_RFLAGS - PT_ORIG_RAX(%rsp)
	popfq
	swapgs
	sti
	sysexitl

	.globl	ret_by_iret
ret_by_iret:
	movb	$0, %gs:PERCPU_RETURN
	pop_regs
	addq	$8, %rsp		/* error code or system call number */
	testb	$3, 8(%rsp)		/* the CS we return to */
	jz	1f
	swapgs
1:	iretq
