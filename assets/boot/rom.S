/*
 * The ROM: the first code that the CPU executes.
 *
 * After RESET an x86 CPU is in real mode and fetches from physical 0xfffffff0, 16 bytes below 4 GiB
 * (SDM 3A "First Instruction Executed"). The chip is visible there and again below 1 MiB at 0xf0000, where a
 * real-mode segment can reach it. The ROM sets up the serial port, the interrupts and the timer, says what it finds,
 * reads the first sector of the disk to 0x7c00 and jumps there. Boot loaders find the services of a BIOS (bios.S); our
 * own boot sector needs none of them and talks to the hardware itself.
 */
#include "bios.inc"
	.section .text
	.globl	post
/* post: the power-on self test, here mostly greetings. */
post:
	cli
	cld
	movb	$0x8f, %al		/* CMOS 0x0f: does the reset have a purpose? Bit 7 keeps the NMI away */
	outb	%al, $0x70
	inb	$0x71, %al
	testb	%al, %al
	jnz	warm_start
	movl	%cr0, %eax
	andl	$~(3 << 29), %eax	/* CD and NW: a reset switches the caches off */
	movl	%eax, %cr0
	xorw	%ax, %ax
	movw	%ax, %es
	movw	%ax, %ss
	movw	$BOOT_BASE, %sp		/* the stack grows down from where the boot sector will lie */
	movw	$ROM_SEGMENT, %ax
	movw	%ax, %ds		/* our strings are in the ROM */

#include "apic.inc"

	.globl	init_serial
/* init_serial: 115200 baud, 8 data bits, no parity, FIFOs on, no interrupts. */
init_serial:
	movw	$COM1_LCR, %dx
	movb	$0x80, %al		/* DLAB: the first two ports are the divisor now */
	outb	%al, %dx
	movw	$COM1, %dx
	movb	$1, %al			/* 115200 / 1 */
	outb	%al, %dx
	movw	$COM1_IER, %dx
	movb	$0, %al
	outb	%al, %dx
	movw	$COM1_LCR, %dx
	movb	$0x03, %al		/* 8N1, DLAB off */
	outb	%al, %dx
	movw	$COM1_IER, %dx
	movb	$0, %al
	outb	%al, %dx
	movw	$COM1_FCR, %dx
	movb	$0x07, %al		/* enable and clear both FIFOs */
	outb	%al, %dx
	movw	$COM1_MCR, %dx
	movb	$0x03, %al		/* DTR, RTS */
	outb	%al, %dx

	call	init_vectors
	call	init_pic
	call	init_timer		/* its last read of CMOS lets the NMI through */
	call	init_keyboard
	movw	$OFFSET(banner), %si
	call	puts

	.globl	show_memory
/* show_memory: CMOS 0x30 has the KiB above 1 MiB (up to 64 MiB), 0x34 the 64 KiB blocks above 16 MiB. */
show_memory:
	movb	$0x34, %bl
	call	read_cmos_word
	shrw	$4, %ax			/* blocks of 64 KiB to MiB */
	addw	$16, %ax
	cmpw	$16, %ax
	jne	1f
	movb	$0x30, %bl		/* no more than 16 MiB: the other register knows */
	call	read_cmos_word
	shrw	$10, %ax		/* KiB to MiB */
	incw	%ax
1:	call	print_decimal
	movw	$OFFSET(memory_unit), %si
	call	puts

	.globl	find_disk
/* find_disk: a channel without a drive reads as 0xff (the bus floats high) or 0. */
find_disk:
	movw	$ATA_STATUS, %dx
	inb	%dx, %al
	cmpb	$0xff, %al
	je	no_disk
	testb	%al, %al
	jz	no_disk

	.globl	load_boot_sector
/* load_boot_sector: it starts with the drive's number in DL and interrupts on. */
load_boot_sector:
	movb	$1, %es:BDA_DISKS
	movw	$OFFSET(booting), %si
	call	puts
	xorl	%eax, %eax
	movw	$BOOT_BASE, %di		/* ES is 0 */
	call	read_sector
	jc	disk_error
	sti
	cmpw	$0xaa55, %es:BOOT_BASE + 510
	jne	not_bootable
	movw	$0x80, %dx
	movw	%ss, %ax		/* 0 */
	movw	%ax, %ds
	ljmp	$0, $BOOT_BASE

no_disk:
	movw	$OFFSET(no_disk_text), %si
	jmp	fail
disk_error:
	movw	$OFFSET(disk_error_text), %si
	jmp	fail
	.globl	not_bootable
not_bootable:
	movw	$OFFSET(not_bootable_text), %si
/* fail: say why and stop for good; interrupts are off, so nothing ends the HLT. */
fail:
	cli
	call	puts
1:	hlt
	jmp	1b

/*
 * warm_start: before the 80386 a reset was the way out of protected mode. A program leaves a code in CMOS 0x0f and an
 * address in BDA_RESUME: code 5 wants the 8259 to hear that the interrupt is over, code 10 nothing. Others are no reason.
 */
warm_start:
	movb	%al, %ah
	movb	$0x8f, %al
	outb	%al, $0x70
	xorb	%al, %al
	outb	%al, $0x71
	movb	$0x0d, %al
	outb	%al, $0x70
	cmpb	$0x0a, %ah
	je	1f
	cmpb	$0x05, %ah
	jne	post
	movb	$0x20, %al
	outb	%al, $0x20
1:	xorw	%ax, %ax
	movw	%ax, %ds
	ljmp	*BDA_RESUME

	.globl	read_cmos_word, print_decimal, puts, putc, read_sector, start_ata
/* read_cmos_word: AX = the bytes of CMOS registers BL and BL + 1. */
read_cmos_word:
	movb	%bl, %al
	incb	%al
	outb	%al, $0x70
	inb	$0x71, %al
	movb	%al, %ah
	movb	%bl, %al
	outb	%al, $0x70
	inb	$0x71, %al
	ret

/* print_decimal: send AX as a decimal number. */
print_decimal:
	movw	$10, %bx
	xorw	%cx, %cx
1:	xorw	%dx, %dx
	divw	%bx
	pushw	%dx			/* digits come last first */
	incw	%cx
	testw	%ax, %ax
	jnz	1b
2:	popw	%ax
	addb	$'0', %al
	call	putc
	loop	2b
	ret

#include "realmode.inc"

banner:			.asciz "Vitrine BIOS\r\nx86-64 CPU, "
memory_unit:		.asciz " MiB RAM\r\n"
booting:		.asciz "Booting from hard disk\r\n"
no_disk_text:		.asciz "No disk\r\n"
disk_error_text:	.asciz "Disk error\r\n"
not_bootable_text:	.asciz "No boot signature in the first sector\r\n"

	.balign	8
flat_gdt:		.quad 0, 0x00cf93000000ffff	/* data, 4 GiB at 0 */
flat_gdt_pointer:	.word 15
			.long flat_gdt

/* The last 16 bytes of the ROM: the reset vector, and two fields that every PC has here. */
	.section .reset, "ax"
	.globl	reset_vector
reset_vector:
	ljmp	$ROM_SEGMENT, $OFFSET(post)
	.ascii	"11/23/26"		/* date of the ROM */
	.byte	0xff
	.byte	0xfc			/* machine model: AT */
	.byte	0xff
