/* The clock: interrupt 8, which counts the ticks of the 8254, and service 0x1a. */
#include "bios.inc"
	.section .text

	.globl	init_timer
/* init_timer: counter 0 interrupts 18.2 times a second, counter 1 refreshes memory, counter 2 waits for a sound. */
init_timer:
	movb	$0x36, %al		/* counter 0, mode 3, two bytes */
	outb	%al, $0x43
	xorw	%ax, %ax		/* 65536 */
	outb	%al, $0x40
	outb	%al, $0x40
	movb	$0x54, %al		/* counter 1, mode 2, one byte */
	outb	%al, $0x43
	movb	$18, %al
	outb	%al, $0x41
	movb	$0xb6, %al		/* counter 2, mode 3 */
	outb	%al, $0x43
	movb	$0x04, %al		/* seconds since midnight, from the clock */
	call	read_cmos_bcd
	imulw	$60, %ax, %cx
	movb	$0x02, %al
	call	read_cmos_bcd
	addw	%ax, %cx
	movzwl	%cx, %ecx
	imull	$60, %ecx
	movb	$0x00, %al
	call	read_cmos_bcd
	movzwl	%ax, %eax
	addl	%ecx, %eax
	movl	$1193182, %ecx		/* pulses a second; 65536 make a tick */
	mull	%ecx
	shrdl	$16, %edx, %eax
	movl	%eax, %es:BDA_TICKS
	ret

/* read_cmos_bcd: AX = the number in CMOS register AL. */
read_cmos_bcd:
	outb	%al, $0x70
	inb	$0x71, %al
	movb	%al, %ah
	andb	$0x0f, %al
	shrb	$4, %ah
	aad				/* AL = 10 AH + AL, AH = 0 */
	ret

	.globl	irq0_timer
irq0_timer:
	pushw	%ax
	pushw	%ds
	pushw	$0
	popw	%ds
	incl	BDA_TICKS
	cmpl	$TICKS_A_DAY, BDA_TICKS
	jb	1f
	movl	$0, BDA_TICKS
	movb	$1, BDA_MIDNIGHT
1:	int	$0x1c
	movb	$0x20, %al
	outb	%al, $0x20
	popw	%ds
	popw	%ax
	iret

	.globl	int1a_clock
int1a_clock:
	service
	case	0x00, get_ticks
	case	0x01, set_ticks
	case	0x02, get_time
	case	0x03, set_time
	case	0x04, get_date
	case	0x05, set_date
	jmp	service_fail		/* also 0xb1: there is no PCI */

get_ticks:
	movl	BDA_TICKS, %eax
	movw	%ax, F_DX(%bp)
	shrl	$16, %eax
	movw	%ax, F_CX(%bp)
	movb	BDA_MIDNIGHT, %al
	movb	%al, F_AL(%bp)
	movb	$0, BDA_MIDNIGHT
	jmp	service_ok

set_ticks:
	movw	%dx, BDA_TICKS
	movw	%cx, BDA_TICKS + 2
	movb	$0, BDA_MIDNIGHT
	jmp	service_ok

/* get_time: CH:CL:DH, get_date: century CH, year CL, month DH, day DL; all in decimal digits. */
get_time:
	movb	$0x04, %bl
	movw	$0x0002, %si		/* registers for CL, DH */
	movb	$0, F_DX(%bp)
	call	get_pair
	jmp	service_ok
get_date:
	movb	$0x07, %al
	call	read_cmos
	movb	%al, F_DX(%bp)
	movb	$0x32, %bl
	movw	$0x0809, %si
	call	get_pair
	jmp	service_ok

/* get_pair: CH, CL and DH from the registers BL and SI's two bytes. */
get_pair:
	movb	%bl, %al
	call	read_cmos
	movb	%al, F_CX + 1(%bp)
	movw	%si, %ax
	call	read_cmos
	movb	%al, F_CX(%bp)
	movw	%si, %ax
	movb	%ah, %al
	call	read_cmos
	movb	%al, F_DX + 1(%bp)
	ret

set_time:
	call	stop_clock
	movb	$0x04, %ah
	movb	%ch, %al
	call	write_cmos
	movb	$0x02, %ah
	movb	%cl, %al
	call	write_cmos
	movb	$0x00, %ah
	movb	%dh, %al
	call	write_cmos
	jmp	start_clock
set_date:
	call	stop_clock
	movb	$0x32, %ah
	movb	%ch, %al
	call	write_cmos
	movb	$0x09, %ah
	movb	%cl, %al
	call	write_cmos
	movb	$0x08, %ah
	movb	%dh, %al
	call	write_cmos
	movb	$0x07, %ah
	movb	%dl, %al
	call	write_cmos
start_clock:
	movw	$0x0b02, %ax
	call	write_cmos
	jmp	service_ok

stop_clock:
	movw	$0x0b82, %ax		/* SET, 24 hours */

/* write_cmos: register AH = AL. */
write_cmos:
	xchgb	%al, %ah
	outb	%al, $0x70
	xchgb	%al, %ah
	outb	%al, $0x71
	ret

	.globl	read_cmos
/* read_cmos: AL = register AL. */
read_cmos:
	outb	%al, $0x70
	inb	$0x71, %al
	ret
