/*
 * Service 0x10: the screen is a terminal at the other end of the serial line. Plain text goes through as it is; where the
 * cursor was put is told, in ECMA-48's sequences, when something is printed elsewhere than where the terminal would.
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
	call	place_cursor
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
	movw	%dx, BDA_TERMINAL
	popw	%dx
	jmp	putc

set_cursor:
	movw	%dx, BDA_CURSOR
	jmp	service_done

/* place_cursor: bring the terminal's cursor to where it should be. Keeps all registers. */
place_cursor:
	pushal
	movw	BDA_CURSOR, %dx
	cmpw	BDA_TERMINAL, %dx
	je	1f
	movw	%dx, BDA_TERMINAL
	movw	$OFFSET(sequence_start), %si
	call	puts_rom
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
	call	putc
1:	popal
	ret

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
	movw	$0, BDA_TERMINAL
	jmp	service_done

/* write_character: AL, CX times; the cursor stays. Blanks over more than a row clear all that follows. */
write_character:
	jcxz	service_done_near
	call	place_cursor
	cmpw	$COLUMNS, %cx
	jbe	1f
	cmpb	$' ', %al
	jne	1f
	movw	$OFFSET(sequence_below), %si
	call	puts_rom
	jmp	service_done
1:	addb	%cl, BDA_TERMINAL	/* behind the last column it is nowhere, and is placed again */
2:	call	putc
	loop	2b
service_done_near:
	jmp	service_done

/* write_string: CX characters at ES and the caller's BP, from row DH, column DL; AL bit 1: each has an attribute behind
   it, bit 0: the cursor goes along. */
write_string:
	jcxz	service_done_near
	pushw	BDA_CURSOR
	movw	%dx, BDA_CURSOR
	movw	F_BP(%bp), %di
1:	movb	%es:(%di), %al
	incw	%di
	call	tty
	testb	$2, F_AL(%bp)
	jz	2f
	incw	%di
2:	loop	1b
	popw	%dx
	testb	$1, F_AL(%bp)
	jnz	service_done_near
	movw	%dx, BDA_CURSOR
	jmp	service_done

sequence_start:	.byte	ESC, '[', 0
sequence_clear:	.byte	ESC, '[', 'H'
sequence_below:	.byte	ESC, '[', 'J', 0
