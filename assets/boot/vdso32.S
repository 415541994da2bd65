/*
 * The vDSO of 32-bit programs (Linux arch/x86/entry/vdso/vdso32): a shared library that the kernel maps into each of
 * them, since SYSENTER does not save where it was executed: it comes back to one address, which is in here. SYSENTER
 * takes EDX and ECX on its way back, and EBP carries the stack pointer, so all three wait on the stack.
 */
	.code32
	.text
	.globl	__kernel_vsyscall, int80_landing_pad
	.type	__kernel_vsyscall, @function
	.balign	16
__kernel_vsyscall:
	.cfi_startproc
	pushl	%ecx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ecx, 0
	pushl	%edx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset edx, 0
	pushl	%ebp			/* the sixth argument: the kernel reads it from here */
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebp, 0
	movl	%esp, %ebp
	sysenter
	int	$0x80			/* a call that is to be made again begins two bytes before the landing pad */
int80_landing_pad:
	popl	%ebp
	.cfi_restore ebp
	.cfi_adjust_cfa_offset -4
	popl	%edx
	.cfi_restore edx
	.cfi_adjust_cfa_offset -4
	popl	%ecx
	.cfi_restore ecx
	.cfi_adjust_cfa_offset -4
	ret
	.cfi_endproc
	.size	__kernel_vsyscall, . - __kernel_vsyscall

/* Where the handlers of signals return to; debuggers and unwinders know these instructions. */
	.globl	__kernel_sigreturn
	.type	__kernel_sigreturn, @function
	nop				/* an unwinder looks one byte before a return address */
	.balign	16
__kernel_sigreturn:
	popl	%eax
	movl	$119, %eax		/* __NR_sigreturn */
	int	$0x80
	.size	__kernel_sigreturn, . - __kernel_sigreturn

	.globl	__kernel_rt_sigreturn
	.type	__kernel_rt_sigreturn, @function
	nop
	.balign	16
__kernel_rt_sigreturn:
	movl	$173, %eax		/* __NR_rt_sigreturn */
	int	$0x80
	.size	__kernel_rt_sigreturn, . - __kernel_rt_sigreturn

	.section .note.GNU-stack, "", @progbits
