/* A boot sector that asks the ROM for everything a boot loader asks for, and prints the answers. */
	.code16
	.text
	.globl	_start
_start:
	jmp	1f
	.org	4
packet:	.byte	16, 0
	.word	7, 0x7e00, 0
	.quad	1
1:	movb	%dl, drive
	movw	$0x41 << 8, %ax		/* extensions, then the rest of this program */
	movw	$0x55aa, %bx
	int	$0x13
	jc	failed
	cmpw	$0xaa55, %bx
	jne	failed
	movw	$packet, %si
	movb	$0x42, %ah
	movb	drive, %dl
	int	$0x13
	jc	failed
	jmp	main
failed:	movw	$0xe00 + '!', %ax
	int	$0x10
	movl	$1, %eax
	outl	%eax, $0xf4
drive:	.byte	0

	.macro	show name, regs:vararg
	call	label
	.asciz	"\name"
	.irp	r, \regs
	pushl	%eax
	movl	\r, %eax
	call	hex
	popl	%eax
	.endr
	call	newline
	.endm

	.org	0x1fe
	.word	0xaa55

/* label: print the text behind the call; hex: EAX; newline. They keep all registers and flags. */
label:	pushfw
	pushal
	movw	%sp, %bp
	movw	34(%bp), %si
1:	lodsb
	testb	%al, %al
	jz	2f
	call	print
	jmp	1b
2:	movw	%si, 34(%bp)
	popal
	popfw
	ret
hex:	pushfw
	pushal
	movl	%eax, %edx
	movb	$' ', %al
	call	print
	movw	$8, %cx
1:	roll	$4, %edx
	movb	%dl, %al
	andb	$15, %al
	cmpb	$10, %al
	sbbb	$0x69, %al
	das
	call	print
	loop	1b
	popal
	popfw
	ret
newline: pushfw
	pushw	%ax
	movb	$'\r', %al
	call	print
	movb	$'\n', %al
	call	print
	popw	%ax
	popfw
	ret
print:	pushw	%bx
	movb	$0x0e, %ah
	movw	$7, %bx
	int	$0x10
	popw	%bx
	ret

main:	movzbl	drive, %edx
	show	drive, %edx
	xorl	%ebx, %ebx
1:	movl	$0xe820, %eax
	movl	$0x534d4150, %edx
	movl	$24, %ecx
	movw	$buffer, %di
	int	$0x15
	jc	2f
	show	map, buffer + 4, buffer, buffer + 12, buffer + 8, buffer + 16, %ecx
	testl	%ebx, %ebx
	jnz	1b
2:	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movw	$0xe801, %ax
	int	$0x15
	show	sizes, %eax, %ebx, %ecx, %edx
	movl	$0x8800, %eax
	int	$0x15
	show	above, %eax
	int	$0x12
	show	base, %eax
	int	$0x11
	show	equipment, %eax
	movl	$0x5300, %eax
	int	$0x15
	setc	%cl
	movzbl	%cl, %ecx
	show	apm, %eax, %ecx

/* A20: shut, what lies at 1 MiB is what lies at 0; open, it is something else. */
	pushw	$0xffff
	popw	%es
	movl	$0x12345678, 0x500
	movl	$0x2400, %eax
	int	$0x15
	movl	$0x2402, %eax
	int	$0x15
	movl	%es:0x510, %ebx
	show	shut, %eax, %ebx
	movl	$0x2401, %eax
	int	$0x15
	movl	$0x2402, %eax
	int	$0x15
	movl	%es:0x510, %ebx
	show	open, %eax, %ebx
	pushw	%cs
	popw	%es

/* The disk: how large, one sector by its number and by cylinder, head, sector; written and read again. */
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movb	$0x08, %ah
	movb	drive, %dl
	int	$0x13
	show	geometry, %ecx, %edx
	movb	$0x15, %ah
	movb	drive, %dl
	xorl	%ecx, %ecx
	int	$0x13
	show	type, %ecx, %edx
	movw	$26, buffer
	movb	$0x48, %ah
	movb	drive, %dl
	movw	$buffer, %si
	int	$0x13
	show	parameters, buffer, buffer + 4, buffer + 8, buffer + 12, buffer + 16, buffer + 20, buffer + 24
	movl	$0x12345678, sector
	movw	$1, packet + 2
	movw	$sector, packet + 4
	movl	$100, packet + 8
	movw	$packet, %si
	movb	$0x43, %ah
	movb	drive, %dl
	int	$0x13
	jc	failed
	movl	$0, sector
	movl	$0x0201, %eax		/* sector 100 is head 1, sector 38 */
	movw	$sector, %bx
	movw	$38, %cx
	movb	$1, %dh
	movb	drive, %dl
	int	$0x13
	jc	failed
	show	sector, sector, %eax
	movl	$0xfffffff, packet + 8
	movw	$packet, %si
	movb	$0x42, %ah
	movb	drive, %dl
	int	$0x13
	setc	%bl
	movzbl	%bl, %ebx
	movzwl	packet + 2, %ecx
	show	beyond, %eax, %ebx, %ecx
	movl	$0, %ebx
	movl	$0x0201, %eax
	movw	$1, %cx
	movw	$0, %dx			/* a diskette */
	int	$0x13
	setc	%bl
	show	diskette, %eax, %ebx

/* Up to 1 MiB and back by the block move. */
	movw	$256, %cx
	movw	$gdt, %si
	movl	$0x8700, %eax
	int	$0x15
	movl	$0, sector
	movl	gdt + 0x12, %eax
	xchgl	gdt + 0x1a, %eax
	movl	%eax, gdt + 0x12
	movw	$256, %cx
	movl	$0x8700, %eax
	int	$0x15
	show	moved, sector, %eax

/* Time: the date, then a tick. */
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	movb	$0x04, %ah
	int	$0x1a
	show	date, %ecx, %edx
	movb	$0x02, %ah
	int	$0x1a
	movb	$0, %dh
	show	time, %ecx, %edx
	movb	$0x00, %ah
	int	$0x1a
	movw	%dx, %bx
1:	hlt
	movb	$0x00, %ah
	int	$0x1a
	subw	%bx, %dx
	jz	1b
	movzwl	%dx, %edx
	show	tick, %edx
	movw	$0, %cx
	movw	$1000, %dx
	movl	$0x8600, %eax
	int	$0x15
	show	waited, %eax

/* Keys: nothing is there; then one of the serial line and one of the keyboard, which the test types now. */
	movl	$0x0100, %eax
	int	$0x16
	setz	%bl
	movzbl	%bl, %ebx
	show	keys, %ebx
	movw	$4, %cx
1:	movl	$0x0000, %eax
	int	$0x16
	show	key, %eax
	loop	1b
	movb	$0x0f, %ah
	int	$0x10
	show	mode, %eax
	movl	$0x0300, %eax
	int	$0x10
	movzwl	%dx, %edx
	show	cursor, %edx
	movl	$0x0200, %eax
	movw	$0x0102, %dx
	int	$0x10
	movl	$0x0941, %eax
	movw	$2, %cx
	int	$0x10
	xorl	%eax, %eax
	outl	%eax, $0xf4

	.balign	8
gdt:	.quad	0, 0
	.word	0xffff, sector, 0x9300, 0	/* from here */
	.word	0xffff, 0x0200, 0x9310, 0	/* to 0x100200 */
	.quad	0, 0
buffer:	.skip	64
	.balign	16
	.org	0xe00
sector:	.skip	512
