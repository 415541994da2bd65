/*
 * doors32: a 32-bit program that does what a letter from the console asks for: v: getpid through the vDSO, 8: getpid by
 * INT 0x80, t: getpid by a SYSENTER with TF set, which ends it. The test stops the machine at the instruction.
 */
	.text
	.globl	_start
_start:
	movl	%esp, %esi		/* argc, argv, NULL, envp, NULL, auxv */
	movl	(%esi), %eax
	leal	8(%esi,%eax,4), %esi
1:	lodsl
	testl	%eax, %eax
	jnz	1b
2:	lodsl				/* the type of an entry */
	movl	%eax, %edx
	lodsl
	cmpl	$32, %edx		/* AT_SYSINFO */
	jne	2b
	movl	%eax, %ebp
	subl	$4, %esp

next:	movl	$3, %eax		/* read(0, %esp, 1) */
	xorl	%ebx, %ebx
	movl	%esp, %ecx
	movl	$1, %edx
	int	$0x80
	movb	(%esp), %cl
	movl	$20, %eax		/* getpid */
	cmpb	$'v', %cl
	je	vdso
	cmpb	$'t', %cl
	je	step
	cmpb	$'8', %cl
	jne	next
	int	$0x80
	jmp	next
step:	pushl	$next			/* what __kernel_vsyscall does; no instruction is stepped behind POP SS */
	pushl	%ecx
	pushl	%edx
	pushl	%ebp
	movl	%esp, %ebp
	pushl	%ss
	pushfl
	orl	$0x100, (%esp)
	popfl
	popl	%ss
	sysenter
vdso:	call	*%ebp
	jmp	next
	.section .note.GNU-stack, "", @progbits
