/*
 * A multiboot kernel that says what its loader told it, on the first serial port, and ends with status 7.
 * With ADDRESSES the header says itself what to load where, so that it can be loaded without ELF.
 */
#ifndef FLAGS
#define FLAGS 0x3
#endif
#ifdef ADDRESSES
#define ALL_FLAGS (FLAGS | 0x10000)
#else
#define ALL_FLAGS FLAGS
#endif
	.code32
	.text
	.globl	_start
_start:
	jmp	start
	.balign	4
header:
	.long	0x1badb002
	.long	ALL_FLAGS
	.long	-(0x1badb002 + ALL_FLAGS)
#ifdef ADDRESSES
	.long	header, _start, edata, end, _start
#endif

start:
	movl	$stack_top, %esp
	pushl	%ebx
	call	hex			/* EAX: the loader's magic */
	popl	%ebx
	movl	%cr0, %eax
	call	hex
	pushfl
	popl	%eax
	call	hex
	movl	(%ebx), %eax		/* flags */
	call	hex
	movl	4(%ebx), %eax		/* KiB below and above 1 MiB */
	call	hex
	movl	8(%ebx), %eax
	call	hex
	movl	16(%ebx), %esi		/* the command line */
	call	puts
	movl	64(%ebx), %esi		/* who loaded it */
	call	puts
	movl	20(%ebx), %eax		/* modules */
	call	hex
	cmpl	$0, 20(%ebx)
	je	1f
	movl	24(%ebx), %edi
	movl	(%edi), %esi
	call	puts			/* what is in the first */
	movl	8(%edi), %esi
	call	puts			/* its name */
1:	movl	48(%ebx), %edi		/* the memory map */
	movl	44(%ebx), %ebp
	addl	%edi, %ebp
2:	cmpl	%ebp, %edi
	jae	3f
	movl	4(%edi), %eax
	call	hex
	movl	12(%edi), %eax
	call	hex
	movl	20(%edi), %eax
	call	hex
	addl	(%edi), %edi
	addl	$4, %edi
	jmp	2b
3:	movw	$0x18, %ax		/* a descriptor that can be loaded */
	movw	%ax, %ds
	movl	$7, %eax
	outl	%eax, $0xf4
4:	cli
	hlt
	jmp	4b

/* hex: send EAX in hexadecimal and a space. */
hex:
	movl	%eax, %edx
	movl	$8, %ecx
1:	roll	$4, %edx
	movl	%edx, %eax
	andl	$15, %eax
	movb	digits(%eax), %al
	call	putc
	loop	1b
	movb	$' ', %al
	jmp	putc

/* puts: send the text at ESI and a space. */
puts:
	lodsb
	testb	%al, %al
	jz	1f
	call	putc
	jmp	puts
1:	movb	$' ', %al
putc:
	pushl	%edx
	movw	$0x3f8, %dx
	outb	%al, %dx
	popl	%edx
	ret

	.data
digits:
	.ascii	"0123456789abcdef"
edata:
	.bss
	.balign	16
	.skip	256
stack_top:
end:
