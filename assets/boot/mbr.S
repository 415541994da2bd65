/*
 * The boot sector: sector 0 of the disk, put at 0x7c00 by the ROM. 446 bytes of code; the partition table and the
 * signature 0xaa55 follow.
 *
 * It reads the kernel image into memory, opens the 21st address line, switches to protected mode, moves the image
 * to 1 MiB, which real mode cannot address, and jumps there.
 */
	.code16
	.section .text
	.globl	boot_sector
boot_sector:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$BOOT_BASE, %sp
	movw	$loading, %si
	call	puts

	.globl	load_kernel
/* load_kernel: one sector at a time to ES:0, ES growing by 512 bytes (32 paragraphs). */
load_kernel:
	movw	$(LOAD_BASE >> 4), %ax
	movw	%ax, %es
	movl	$KERNEL_LBA, %ebx
	movw	$KERNEL_SECTORS, %cx
1:	movl	%ebx, %eax
	xorw	%di, %di
	call	read_sector
	jc	disk_error
	incl	%ebx
	movw	%es, %ax
	addw	$32, %ax
	movw	%ax, %es
	loop	1b

	.globl	enable_a20
/*
 * enable_a20: a PC may start with address line 20 held low, for programs of 1981 that counted on addresses wrapping
 * at 1 MiB. Bit 1 of system control port A lets it go; bit 0 would reset the machine.
 */
enable_a20:
	inb	$0x92, %al
	orb	$0x02, %al
	andb	$0xfe, %al
	outb	%al, $0x92

	.globl	enter_protected_mode
/* enter_protected_mode: SDM 3A "Switching to Protected Mode". The far jump loads CS with a 32-bit code segment. */
enter_protected_mode:
	lgdt	gdt_pointer
	movl	%cr0, %eax
	orl	$1, %eax		/* CR0.PE */
	movl	%eax, %cr0
	ljmp	$KERNEL_CS32, $protected_mode

disk_error:
	movw	$disk_error_text, %si
	call	puts
1:	hlt
	jmp	1b

#include "realmode.inc"

	.code32
	.globl	protected_mode
protected_mode:
	movw	$KERNEL_DS, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$LOAD_BASE, %esi
	movl	$KERNEL_PHYS, %edi
	movl	$(KERNEL_SECTORS * 512 / 4), %ecx
	rep movsl
	movl	$KERNEL_PHYS, %eax	/* startup_32 */
	jmp	*%eax

/* Flat segments: base 0, limit 4 GiB. They stand at the selectors that the kernel will use too. */
	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* KERNEL_CS32: 32-bit code */
	.quad	0			/* KERNEL_CS: 64-bit code, not needed yet */
	.quad	0x00cf93000000ffff	/* KERNEL_DS: data */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt

loading:		.asciz "Loading kernel\r\n"
disk_error_text:	.asciz "Disk error\r\n"
