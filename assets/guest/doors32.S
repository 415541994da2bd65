/*
 * doors32: asks the kernel for our PID by each of its three doors, four times each, and times the last one with RDTSC. It begins as a
 * 32-bit program, because SYSENTER is only for those, and becomes a 64-bit one by a far jump.
 */
	.code32
	.globl	_start
_start:
	movl	%esp, %esi		/* AT_SYSINFO of the auxiliary vector: the kernel's SYSENTER stub */
1:	lodsl				/* argc and argv */
	testl	%eax, %eax
	jnz	1b
1:	lodsl				/* the environment */
	testl	%eax, %eax
	jnz	1b
1:	lodsl
	movl	%eax, %ecx
	lodsl
	cmpl	$32, %ecx		/* AT_SYSINFO */
	jne	1b
	movl	%eax, sysinfo

	.macro	door name, number, instruction:vararg
	movl	$4, %ebx
1:	rdtsc
	movl	%eax, %ebp
	movl	$\number, %eax		/* getpid */
\name:	\instruction
	rdtsc
	subl	%ebp, %eax
	decl	%ebx
	jnz	1b
	.endm

	door	by_int80, 20, int $0x80
	movl	$line_int80, %edi
	call	show
	door	by_sysenter, 20, call *sysinfo
	movl	$line_sysenter, %edi
	call	show
	ljmp	$0x33, $1f		/* the other code segment: 64 bits */
	.code64
1:	door	by_syscall, 39, syscall
	pushq	$0x23
	movl	$1f, %ecx
	pushq	%rcx
	lretq				/* and back */
	.code32
1:	movl	$line_syscall, %edi
	call	show
	movl	$1, %eax		/* exit */
	xorl	%ebx, %ebx
	int	$0x80

show:	movl	$10, %ebx		/* EAX in decimal to the end of the line at EDI, and write it */
	leal	LINE - 2(%edi), %ecx
1:	xorl	%edx, %edx
	divl	%ebx
	addb	$'0', %dl
	movb	%dl, (%ecx)
	decl	%ecx
	testl	%eax, %eax
	jnz	1b
	movl	$1, %ebx
	movl	%edi, %ecx
	movl	$LINE, %edx
	movl	$4, %eax
	int	$0x80
	ret

	.data
sysinfo:	.long	0
	.set	LINE, 31
line_int80:	.ascii	"int 0x80   cycles:            \n"
line_sysenter:	.ascii	"sysenter   cycles:            \n"
line_syscall:	.ascii	"syscall    cycles:            \n"
	.section .note.GNU-stack, "", @progbits
