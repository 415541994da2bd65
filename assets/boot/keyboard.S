/*
 * Keys: interrupt 9 from the 8042, and service 0x16. What comes over the serial line counts as typed, too; it is looked at
 * when somebody asks for a key.
 */
#include "bios.inc"
#include "ports.inc"
	.section .text

	.equ	SHIFT, 3		/* BDA_SHIFTS: bit 0 right, bit 1 left */
	.equ	CONTROL, 1 << 2
	.equ	ALT, 1 << 3
	.equ	CAPS, 1 << 6

	.globl	init_keyboard
/* init_keyboard: self test of the 8042, then its command byte: translate, interrupt, no mouse. */
init_keyboard:
	movb	$0xaa, %al
	outb	%al, $0x64
	inb	$0x60, %al
	movb	$0x60, %al
	outb	%al, $0x64
	movb	$0x65, %al
	outb	%al, $0x60
	ret

	.globl	irq1_keyboard
irq1_keyboard:
	service
	inb	$0x60, %al
	call	scan_code
	movb	$0x20, %al
	outb	%al, $0x20
	jmp	service_done

/* scan_code: a byte of scan code set 1. Keys that are let go count only when they shift; the code before an extended
   key is passed over, so that the cursor keys of both fields are the same. */
scan_code:
	movb	%al, %ah
	andb	$0x7f, %ah
	movw	$OFFSET(shift_keys), %si
1:	movw	%cs:(%si), %dx		/* DL scan code, DH bit */
	addw	$2, %si
	testb	%dl, %dl
	jz	2f
	cmpb	%dl, %ah
	jne	1b
	orb	%dh, BDA_SHIFTS
	testb	$0x80, %al
	jz	4f
	notb	%dh
	andb	%dh, BDA_SHIFTS
4:	ret
2:	testb	$0x80, %al
	jnz	4b
	cmpb	$0x3a, %al
	je	5f
	call	character
	jmp	store_key
5:	xorb	$CAPS, BDA_SHIFTS
	ret

/* character: AX = scan code AL and its character, 0 where it has none. */
character:
	movb	%al, %ah
	movzbw	%al, %bx
	xorb	%al, %al
	cmpb	$(plain_end - plain), %bl
	jae	4f
	movb	%cs:OFFSET(plain)(%bx), %al
	movb	BDA_SHIFTS, %dl
	testb	$ALT, %dl
	jz	1f
	xorb	%al, %al
	ret
1:	movb	%al, %dh
	subb	$'a', %dh
	cmpb	$26, %dh		/* below: a letter */
	jae	2f
	testb	$CONTROL, %dl
	jnz	5f
	testb	$CAPS, %dl
	jz	2f
	testb	$SHIFT, %dl		/* capitals lock turns the shift of letters round */
	jnz	4f
	orb	$SHIFT, %dl
2:	testb	$SHIFT, %dl
	jz	4f
	movb	%cs:OFFSET(shifted)(%bx), %al
4:	ret
5:	andb	$0x1f, %al
	ret

/* store_key: AX at the end of the ring, unless it is full. */
store_key:
	movw	BDA_KEY_TAIL, %bx
	call	next_key
	cmpw	%di, BDA_KEY_HEAD
	je	1f
	movw	%ax, 0x400(%bx)
	movw	%di, BDA_KEY_TAIL
1:	ret

/* next_key: DI = the place in the ring behind BX. */
next_key:
	leaw	2(%bx), %di
	cmpw	BDA_KEY_END, %di
	jb	1f
	movw	BDA_KEY_START, %di
1:	ret

/* next_byte: AL from the serial line; zero is set when there is none. */
next_byte:
	movw	$COM1_LSR, %dx
	inb	%dx, %al
	testb	$1, %al
	jz	1f
	movw	$COM1, %dx
	inb	%dx, %al		/* keeps the flags */
1:	ret

/* look: what waits at the serial line becomes a key; then zero is set when there is none, else AX is the first. */
look:
	call	next_byte
	jz	4f
	movb	$0, %ah
	cmpb	$0x7f, %al		/* what terminals send for backspace, and for enter */
	jne	1f
	movw	$0x0e08, %ax
1:	cmpb	$'\r', %al
	jne	2f
	movb	$0x1c, %ah
2:	cmpb	$0x1b, %al
	jne	3f
	call	cursor_key
3:	call	store_key
4:	movw	BDA_KEY_HEAD, %bx
	movw	0x400(%bx), %ax
	cmpw	BDA_KEY_TAIL, %bx
	ret

/* cursor_key: AX = the key of an escape sequence, which comes in one piece, or of ESC alone. */
cursor_key:
	call	next_byte
	jz	2f
	cmpb	$'[', %al
	jne	2f
	call	next_byte
	jz	2f
	movw	$OFFSET(cursor_keys), %si
1:	movw	%cs:(%si), %cx		/* CL the last character, CH the scan code */
	addw	$2, %si
	testb	%cl, %cl
	jz	2f
	cmpb	%cl, %al
	jne	1b
	movb	%ch, %ah
	xorb	%al, %al
	ret
2:	movw	$0x011b, %ax
	ret

	.globl	int16_keyboard
int16_keyboard:
	service
	sti
	case	0x00, read_key
	case	0x10, read_key
	case	0x01, peek_key
	case	0x11, peek_key
	case	0x05, push_key
	case	0x02, shift_state
	case	0x12, shift_state
	jmp	service_done

read_key:
	cli
	call	look
	jnz	1f
	sti
	nop
	jmp	read_key
1:	call	next_key
	movw	%di, BDA_KEY_HEAD
	movw	%ax, F_AX(%bp)
	jmp	service_done

peek_key:
	cli
	call	look
	jz	1f
	movw	%ax, F_AX(%bp)
	andb	$~ZERO, F_FLAGS(%bp)
	jmp	service_done
1:	orb	$ZERO, F_FLAGS(%bp)
	jmp	service_done

push_key:
	movw	%cx, %ax
	cli
	call	store_key
	movb	$0, F_AL(%bp)
	jmp	service_done

shift_state:
	movb	BDA_SHIFTS, %al
	movb	%al, F_AL(%bp)
	jmp	service_done

cursor_keys:
	.byte	'A', 0x48, 'B', 0x50, 'C', 0x4d, 'D', 0x4b, 'H', 0x47, 'F', 0x4f, 0, 0
shift_keys:
	.byte	0x36, 1, 0x2a, 2, 0x1d, CONTROL, 0x38, ALT, 0, 0

/* plain, shifted: characters by scan code, of a keyboard as in the United States. */
plain:
	.ascii	"\0\0331234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "
plain_end:
shifted:
	.ascii	"\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "
