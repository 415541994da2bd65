/*
 * hello32: a 32-bit program, as of 1995. It runs in compatibility mode, CS 0x23, below 4 GiB, and asks the kernel by
 * INT 0x80 with the i386 numbers: a child says hello while its parent waits.
 */
	.code32
	.text
	.globl	_start
_start:
	movl	$2, %eax		/* fork */
ask:	int	$0x80
	testl	%eax, %eax
	jz	child
	movl	%eax, %ebx		/* waitpid(child, &status, 0) */
	subl	$4, %esp
	movl	%esp, %ecx
	xorl	%edx, %edx
	movl	$7, %eax
	int	$0x80
	movl	$parent_text, %ecx
	movl	$parent_size, %edx
	call	write
	movzbl	1(%esp), %ebx		/* the child's exit status */
	jmp	exit
child:
	movl	$child_text, %ecx
	movl	$child_size, %edx
	call	write
	movl	$32, %ebx
exit:
	movl	$1, %eax
	int	$0x80

write:					/* write(1, ecx, edx) */
	movl	$1, %ebx
	movl	$4, %eax
	int	$0x80
	ret

	.section .rodata
child_text:
	.ascii	"hello from 32 bits\n"
	.set	child_size, . - child_text
parent_text:
	.ascii	"my child has ended\n"
	.set	parent_size, . - parent_text
	.section .note.GNU-stack, "", @progbits
