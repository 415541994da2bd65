/*
 * How much memory there is and how to reach it: services 0x11, 0x12 and 0x15. "Advanced Configuration and Power Interface
 * Specification", "INT 15H, E820H".
 */
#include "bios.inc"
	.section .text

	.equ	SMAP, 0x534d4150	/* "SMAP" */
	.equ	MMIO_BASE, 0xfec00000	/* RAM ends here at the latest */
	.equ	PORT_A, 0x92
	.equ	PORT_A_A20, 1 << 1

	.globl	int11_equipment, int12_memory
int11_equipment:
	pushw	%ds
	pushw	$0
	popw	%ds
	movw	BDA_EQUIPMENT, %ax
	popw	%ds
	iret

int12_memory:
	pushw	%ds
	pushw	$0
	popw	%ds
	movw	BDA_MEMORY, %ax
	popw	%ds
	iret

	.globl	int15_system
int15_system:
	service
	cmpw	$0xe820, %ax
	je	memory_map_entry
	cmpw	$0xe801, %ax
	je	memory_sizes
	case	0x24, a20_gate
	case	0x86, wait
	case	0x87, block_move
	case	0x88, memory_above_1m
	case	0xc0, configuration
	case	0xc1, extended_data
	case	0x4f, service_fail	/* carry: the key may be kept */
no_service:
	movb	$0x86, F_AH(%bp)
	jmp	service_fail

/* memory_map_entry: entry EBX to ES:DI, EBX becomes the next one's number, 0 after the last. */
memory_map_entry:
	cmpl	$SMAP, %edx
	jne	no_service
	cmpl	$20, %ecx
	jb	no_service
	cmpl	$MAP_ENTRIES, %ebx
	jae	no_service
	imulw	$20, %bx, %si
	addw	$OFFSET(memory_map), %si
	movw	$10, %cx
	pushw	%cs
	popw	%ds
	rep movsw
	cmpw	$MAP_RAM, %bx
	jne	1f
	call	ram_end			/* its length depends on the machine */
	subl	$0x100000, %eax
	movl	%eax, %es:-12(%di)
1:	incl	%ebx
	cmpl	$MAP_ENTRIES, %ebx
	jb	2f
	xorl	%ebx, %ebx
2:	movl	%ebx, F_BX(%bp)
	movl	$SMAP, F_AX(%bp)
	movl	$20, F_CX(%bp)
	jmp	service_ok

/* ram_end: EAX = where the memory above 1 MiB ends, from CMOS: blocks of 64 KiB above 16 MiB, or KiB above 1 MiB. */
ram_end:
	pushw	%bx
	movb	$0x34, %bl
	call	read_cmos_word
	testw	%ax, %ax
	jz	1f
	movzwl	%ax, %eax
	shll	$16, %eax
	addl	$0x1000000, %eax
	jc	2f
	cmpl	$MMIO_BASE, %eax
	jbe	3f
2:	movl	$MMIO_BASE, %eax
	jmp	3f
1:	movb	$0x30, %bl
	call	read_cmos_word
	movzwl	%ax, %eax
	shll	$10, %eax
	addl	$0x100000, %eax
3:	popw	%bx
	ret

/* memory_sizes: AX and CX the KiB from 1 to 16 MiB, BX and DX the blocks of 64 KiB above. */
memory_sizes:
	call	ram_end
	subl	$0x1000000, %eax
	jae	1f
	addl	$0xf00000, %eax		/* less than 16 MiB: AX is all there is */
	shrl	$10, %eax
	xorw	%bx, %bx
	jmp	2f
1:	shrl	$16, %eax
	movw	%ax, %bx
	movw	$0x3c00, %ax
2:	movw	%ax, F_AX(%bp)
	movw	%ax, F_CX(%bp)
	movw	%bx, F_BX(%bp)
	movw	%bx, F_DX(%bp)
	jmp	service_ok

memory_above_1m:
	movb	$0x30, %bl
	call	read_cmos_word
	movw	%ax, F_AX(%bp)
	jmp	service_ok

/* a20_gate: AL 0 closes it, 1 opens it, 2 asks, 3 asks how: by the 8042 and by port 0x92. */
a20_gate:
	movb	$0, F_AH(%bp)
	cmpb	$1, %al
	jb	1f
	je	2f
	cmpb	$3, %al
	ja	no_service
	je	3f
	inb	$PORT_A, %al
	shrb	$1, %al
	andb	$1, %al
	movb	%al, F_AL(%bp)
	jmp	service_ok
1:	inb	$PORT_A, %al
	andb	$~PORT_A_A20, %al
	outb	%al, $PORT_A
	jmp	service_ok
2:	call	open_a20
	jmp	service_ok
3:	movw	$3, F_BX(%bp)
	jmp	service_ok

open_a20:
	inb	$PORT_A, %al
	orb	$PORT_A_A20, %al
	outb	%al, $PORT_A
	ret

/* wait: CX:DX microseconds, by the refresh bit of port 0x61, which changes every 15 µs. */
wait:
	sti
	movw	%cx, %ax
	shll	$16, %eax
	movw	%dx, %ax
	xorl	%edx, %edx
	movl	$15, %ecx
	divl	%ecx
	movl	%eax, %ecx
	incl	%ecx
1:	inb	$0x61, %al
	andb	$0x10, %al
	cmpb	%ah, %al
	je	1b
	movb	%al, %ah
	decl	%ecx
	jnz	1b
	movb	$0, F_AH(%bp)
	jmp	service_ok

/*
 * block_move: CX words from and to anywhere, as two descriptors in a table at ES:SI say. A glimpse of protected mode:
 * interrupts are off, and the stack is not touched in it.
 */
block_move:
	cli
	movl	%es:0x12(%si), %eax	/* base of the source, 24 bits, and 8 more at its end */
	andl	$0xffffff, %eax
	movzbl	%es:0x17(%si), %edx
	shll	$24, %edx
	orl	%eax, %edx
	movl	%es:0x1a(%si), %edi
	andl	$0xffffff, %edi
	movzbl	%es:0x1f(%si), %eax
	shll	$24, %eax
	orl	%eax, %edi
	movl	%edx, %esi
	movzwl	%cx, %ecx
	inb	$PORT_A, %al
	movb	%al, %bl
	call	open_a20
	lgdtl	%cs:OFFSET(gdt_pointer)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmp	$0x08, $OFFSET(1f)
1:	movw	$0x10, %ax
	movw	%ax, %ds
	movw	%ax, %es
	addr32 rep movsw
	movw	$0x18, %ax		/* segments of 64 KiB again */
	movw	%ax, %ds
	movw	%ax, %es
	movl	%cr0, %eax
	andb	$~1, %al
	movl	%eax, %cr0
	ljmp	$ROM_SEGMENT, $OFFSET(2f)
2:	movb	%bl, %al
	outb	%al, $PORT_A
	movb	$0, F_AH(%bp)
	jmp	service_ok

configuration:
	movw	$ROM_SEGMENT, F_ES(%bp)
	movw	$OFFSET(configuration_table), F_BX(%bp)
	movb	$0, F_AH(%bp)
	jmp	service_ok

extended_data:
	movw	$EBDA_SEGMENT, F_ES(%bp)
	jmp	service_ok

configuration_table:
	.word	8
	.byte	0xfc, 0, 0		/* AT, revision */
	.byte	1 << 6 | 1 << 5 | 1 << 2	/* a second 8259, a clock, an extended data area */
	.byte	0, 0, 0, 0

	.balign	8
gdt:
	.quad	0
	.quad	0x00009b000000ffff + (ROM_BASE << 16)	/* 0x08: this code, 64 KiB */
	.quad	0x00cf93000000ffff	/* 0x10: 4 GiB */
	.quad	0x000093000000ffff	/* 0x18: 64 KiB */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt

/* memory_map: base, length, type (1: RAM, 2: reserved). */
	.equ	MAP_RAM, 3
	.equ	MAP_ENTRIES, 6
memory_map:
	.quad	0, 0x9fc00
	.long	1
	.quad	0x9fc00, 0x400		/* the extended data area */
	.long	2
	.quad	0xf0000, 0x10000	/* the ROM */
	.long	2
	.quad	0x100000, 0		/* MAP_RAM: the length is filled in */
	.long	1
	.quad	0xfee00000, 0x1000	/* the local APIC */
	.long	2
	.quad	0xffff0000, 0x10000	/* the ROM's other view */
	.long	2
