/*
 * Service 0x10: the screen is a terminal at the other end of the serial line. Where the cursor was put is told to it in
 * ECMA-48's sequences; plain text goes through as it is.
 */
#include "bios.inc"
	.section .text

	.equ	ESC, 0x1b
	.equ	COLUMNS, 80

	.globl	int10_video
int10_video:
	service
	case	0x0e, teletype
	case	0x02, set_cursor
	case	0x03, get_cursor
	case	0x09, write_character
	case	0x0a, write_character
	case	0x0f, get_mode
	case	0x13, write_string
	case	0x06, scroll
	case	0x07, scroll
	case	0x08, read_character
	testb	%ah, %ah
	jz	clear_screen
	jmp	service_done

teletype:
	call	tty
	jmp	service_done

/* tty: send AL and follow the cursor. */
tty:
	pushw	%dx
	movw	BDA_CURSOR, %dx		/* DL column, DH row */
	cmpb	$'\r', %al
	je	1f
	cmpb	$'\n', %al
	je	2f
	cmpb	$'\b', %al
	je	3f
	cmpb	$0x07, %al
	je	4f
	incb	%dl
	cmpb	$COLUMNS, %dl
	jb	4f
	xorb	%dl, %dl
	jmp	2f
3:	subb	$1, %dl
	adcb	$0, %dl			/* not below 0 */
	jmp	4f
1:	xorb	%dl, %dl
	jmp	4f
2:	cmpb	BDA_ROWS, %dh
	adcb	$0, %dh			/* not below the last row: the terminal scrolls */
4:	movw	%dx, BDA_CURSOR
	popw	%dx
	jmp	putc

set_cursor:
	cmpw	%dx, BDA_CURSOR
	je	service_done
	call	move_cursor
	jmp	service_done

/* move_cursor: to row DH, column DL. */
move_cursor:
	movw	%dx, BDA_CURSOR
	pushw	%dx
	movw	$OFFSET(sequence_start), %si
	call	puts_rom
	popw	%dx
	pushw	%dx
	movzbw	%dh, %ax
	incw	%ax
	call	print_decimal
	movb	$';', %al
	call	putc
	popw	%dx
	movzbw	%dl, %ax
	incw	%ax
	call	print_decimal
	movb	$'H', %al
	jmp	putc

puts_rom:
	pushw	%ds
	pushw	%cs
	popw	%ds
	call	puts
	popw	%ds
	ret

get_cursor:
	movw	BDA_CURSOR, %ax
	movw	%ax, F_DX(%bp)
	movw	$0x0607, F_CX(%bp)	/* its shape */
	jmp	service_done

get_mode:
	movw	BDA_MODE, %ax
	movw	%ax, F_AX(%bp)
	movb	$0, F_BX + 1(%bp)
	jmp	service_done

read_character:
	movw	$0x0720, F_AX(%bp)	/* nobody remembers: a blank */
	jmp	service_done

/* scroll: AL 0 clears; the window is not looked at. */
scroll:
	testb	%al, %al
	jnz	service_done
clear_screen:
	movw	$OFFSET(sequence_clear), %si
	call	puts_rom
	movw	$0, BDA_CURSOR
	jmp	service_done

/* write_character: AL, CX times; the cursor stays. */
write_character:
	jcxz	service_done_near
	movw	%cx, %si
1:	call	putc
	loop	1b
	movb	$'\b', %al
2:	call	putc
	decw	%si
	jnz	2b
service_done_near:
	jmp	service_done

/* write_string: CX characters at ES and the caller's BP, from row DH, column DL; AL bit 1: each has an attribute behind
   it, bit 0: the cursor goes along. */
write_string:
	jcxz	service_done_near
	pushw	BDA_CURSOR
	cmpw	%dx, BDA_CURSOR
	je	1f
	pushw	%cx
	call	move_cursor
	popw	%cx
1:	movw	F_BP(%bp), %di
2:	movb	%es:(%di), %al
	incw	%di
	call	tty
	testb	$2, F_AL(%bp)
	jz	3f
	incw	%di
3:	loop	2b
	popw	%dx
	testb	$1, F_AL(%bp)
	jnz	service_done_near
	call	move_cursor
	jmp	service_done

sequence_start:	.byte	ESC, '[', 0
sequence_clear:	.byte	ESC, '[', 'H', ESC, '[', 'J', 0
