/*
 * The ROM's interrupts: the vectors, what a service returns through, and the handlers of the hardware's interrupts that
 * have no file of their own.
 */
#include "bios.inc"
#include "ports.inc"
	.section .text

	.globl	init_vectors
/* init_vectors: 256 vectors from address 0 on, and the data area behind them. ES is 0, DS the ROM. */
init_vectors:
	xorw	%di, %di
	movl	$(ROM_SEGMENT << 16) + OFFSET(unused), %eax
	movw	$0x100, %cx
	rep stosl
	xorl	%eax, %eax
	movb	$0x40, %cl		/* DI = 0x400: 256 bytes of data */
	rep stosl
	movw	$(0x08 * 4), %di
	movw	$OFFSET(vectors), %si
	movb	$(0x20 - 0x08), %cl
	rep movsl
	movw	$(0x70 * 4), %di
	movl	$(ROM_SEGMENT << 16) + OFFSET(irq_slave), %eax
	movb	$8, %cl
	rep stosl
	movw	$OFFSET(irq14_disk), %es:0x76 * 4
	movw	$COM1, %es:BDA_COM1
	movw	$EBDA_SEGMENT, %es:BDA_EBDA
	movw	$0x0206, %es:BDA_EQUIPMENT	/* a serial line, a mouse, a coprocessor */
	movw	$639, %es:BDA_MEMORY
	movl	$(KEYS << 16 | KEYS), %es:BDA_KEY_HEAD
	movl	$(KEYS_END << 16 | KEYS), %es:BDA_KEY_START
	movl	$0x5003, %es:BDA_MODE
	movb	$24, %es:BDA_ROWS
	movw	$EBDA_SEGMENT, %ax
	movw	%ax, %es
	movb	$1, %es:0		/* its size in KiB */
	xorw	%ax, %ax
	movw	%ax, %es
	ret

	.globl	init_pic
/* init_pic: vectors 8 and 0x70, as every BIOS since 1984; timer, keyboard, mouse and disk may interrupt. */
init_pic:
	movb	$0x11, %al		/* ICW1: edges, cascade, ICW4 follows */
	outb	%al, $0x20
	outb	%al, $0xa0
	movb	$0x08, %al		/* ICW2: vector of the first line */
	outb	%al, $0x21
	movb	$0x70, %al
	outb	%al, $0xa1
	movb	$0x04, %al		/* ICW3: the slave is on line 2 */
	outb	%al, $0x21
	movb	$0x02, %al
	outb	%al, $0xa1
	movb	$0x01, %al		/* ICW4: 8086 mode */
	outb	%al, $0x21
	outb	%al, $0xa1
	movb	$0xb8, %al		/* OCW1: the mask */
	outb	%al, $0x21
	movb	$0x8f, %al
	outb	%al, $0xa1
	ret

	.globl	service_ok, service_fail, service_done
/* service_ok, service_fail: return to the caller, carry clear or set; service_done leaves its flags as they were. */
service_fail:
	orb	$CARRY, F_FLAGS(%bp)
	jmp	service_done
service_ok:
	andb	$~CARRY, F_FLAGS(%bp)
service_done:
	movw	%bp, %sp
	popal
	popw	%es
	popw	%ds
unused:
	iret

/* irq_slave, irq_master: nobody waits for it; the 8259s must hear that it is over. */
irq_slave:
	pushw	%ax
	movb	$0x20, %al
	outb	%al, $0xa0
	jmp	1f
irq_master:
	pushw	%ax
	movb	$0x20, %al
1:	outb	%al, $0x20
	popw	%ax
	iret

irq14_disk:
	pushw	%ds
	pushw	$0
	popw	%ds
	movb	$0xff, BDA_DISK_IRQ
	popw	%ds
	jmp	irq_slave

/* int18_no_boot: a boot sector that finds nothing to boot comes here. */
int18_no_boot:
	pushw	$ROM_SEGMENT
	popw	%ds
	jmp	not_bootable

/* int19_boot: read the boot sector again and start it. */
int19_boot:
	cli
	xorw	%ax, %ax
	movw	%ax, %es
	movw	%ax, %ss
	movw	$BOOT_BASE, %sp
	movw	$ROM_SEGMENT, %ax
	movw	%ax, %ds
	jmp	load_boot_sector

	.macro	vector label
	.word	OFFSET(\label), ROM_SEGMENT
	.endm

	.balign	4
vectors:
	vector	irq0_timer		/* 0x08 */
	vector	irq1_keyboard
	.rept	6
	vector	irq_master
	.endr
	vector	int10_video		/* 0x10 */
	vector	int11_equipment
	vector	int12_memory
	vector	int13_disk
	vector	unused			/* serial line */
	vector	int15_system
	vector	int16_keyboard
	vector	unused			/* printer */
	vector	int18_no_boot
	vector	int19_boot
	vector	int1a_clock
	vector	unused			/* control-break */
	vector	unused			/* 0x1c: called at every tick */
	.long	0
	vector	diskette_parameters	/* 0x1e: no code but data, which boot sectors copy */
	.long	0

/* diskette_parameters: of a drive that is not there, 1.44 MB. */
diskette_parameters:
	.byte	0xaf, 0x02, 0x25, 2, 18, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08
