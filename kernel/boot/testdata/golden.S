/*
 * A program for golden links that is the whole user space: it writes a file, forks, has the child write on shared pages and
 * leave, sleeps, computes with SSE and the x87, reads a line and says it again, and switches the computer off.
 */
	.text
	.globl	_start
	.macro	call3 nr, a=0, b=0, c=0
	movq	\a, %rdi
	movq	\b, %rsi
	movq	\c, %rdx
	movl	$\nr, %eax
	syscall
	.endm

_start:
	call3	1, $1, $hello, $(name - hello)	/* write */
	call3	2, $name, $0102, $0644		/* open: O_RDWR, O_CREAT */
	movq	%rax, %rbx
	call3	1, %rbx, $pages, $5000
	call3	74, %rbx, $0, $0		/* fsync */
	movb	$1, pages + 4096
	call3	57, $0, $0, $0			/* fork */
	testl	%eax, %eax
	jnz	parent
	call3	318, $pages, $16384, $0		/* getrandom */
	call3	24, $0, $0, $0			/* sched_yield */
	movl	pages, %edi
	andl	$63, %edi
	movl	$60, %eax			/* exit */
	syscall

parent:	call3	61, $-1, $status, $0		/* wait4 */
	call3	35, $pause_, $0, $0		/* nanosleep */
	movl	$20000, %ecx
	fld1
	movsd	one, %xmm0
1:	fsin
	sqrtsd	%xmm0, %xmm1
	addsd	%xmm1, %xmm0
	decl	%ecx
	jnz	1b
	fstpt	pages
	movsd	%xmm0, pages + 16
	call3	228, $1, $pages + 32, $0	/* clock_gettime */
	call3	0, $0, $pages + 64, $100	/* read */
	call3	1, $1, $pages + 64, %rax
	movl	$169, %eax			/* reboot: LINUX_REBOOT_CMD_POWER_OFF */
	movl	$0xfee1dead, %edi
	movl	$672274793, %esi
	movl	$0x4321fedc, %edx
	syscall
	jmp	.

hello:	.ascii	"golden\n"
name:	.asciz	"/file"
	.data
one:	.double	1.0
pause_:	.quad	0, 30000000
	.bss
	.balign	4096
pages:	.skip	16384
status:	.skip	8
