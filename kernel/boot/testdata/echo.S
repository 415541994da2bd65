/*
 * A multiboot kernel that sends back each byte that comes on the first serial port, from its interrupt, and ends with
 * the status '.' after a full stop. The first letter of its command line chooses another end: h halts with interrupts
 * off, t faults three times, r resets the machine, v executes VMCALL and ends with the vector of the exception. With p
 * there is a tick as well.
 */
#define COM1	0x3f8
#define FLAGS	0x2
	.code32
	.text
	.globl	_start
_start:
	jmp	start
	.balign	4
	.long	0x1badb002, FLAGS, -(0x1badb002 + FLAGS)

start:
	movl	$stack_top, %esp
	movl	16(%ebx), %eax
	movb	(%eax), %al
	cmpb	$'h', %al
	je	halt
	cmpb	$'t', %al
	je	triple
	cmpb	$'r', %al
	je	reset
	movl	$undefined, %edx
	movl	$6, %ecx
	call	set_gate
	cmpb	$'v', %al
	je	vmcall_
	movb	%al, %bl
	movl	$tick, %edx
	movl	$0x20, %ecx
	call	set_gate
	movl	$serial, %edx
	movl	$0x24, %ecx
	call	set_gate
	movb	$0x11, %al		/* the 8259: vectors from 0x20, only line 4 open */
	outb	%al, $0x20
	movb	$0x20, %al
	outb	%al, $0x21
	movb	$4, %al
	outb	%al, $0x21
	movb	$1, %al
	outb	%al, $0x21
	movb	$0xef, %al
	cmpb	$'p', %bl
	jne	1f
	movb	$0xee, %al
1:	outb	%al, $0x21
	je	2f
	movb	$0x30, %al		/* the timer counts once and stops: control word only */
	outb	%al, $0x43
2:
	movw	$COM1 + 4, %dx
	movb	$0x0b, %al		/* OUT2 lets interrupts through */
	outb	%al, %dx
	movw	$COM1 + 1, %dx
	movb	$1, %al
	outb	%al, %dx
	sti
1:	hlt
	jmp	1b

halt:	cli
	hlt
	jmp	halt

triple:	lidt	no_idt
	int3

reset:	movb	$1, %al
	outb	%al, $0x92
	jmp	halt

vmcall_:
	vmcall
	jmp	halt

undefined:
	movl	$6, %eax
	outl	%eax, $0xf4

tick:	pushl	%eax
	movb	$0x20, %al
	outb	%al, $0x20
	popl	%eax
	iret

serial:
	pushal
	movw	$COM1, %dx
	inb	%dx, %al
	outb	%al, %dx
	cmpb	$'.', %al
	jne	1f
	movzbl	%al, %eax
	outl	%eax, $0xf4
1:	movb	$0x20, %al
	outb	%al, $0x20
	popal
	iret

/* set_gate: gate ECX of the IDT leads to EDX. */
set_gate:
	pushl	%eax
	movw	%dx, idt(,%ecx,8)
	movw	%cs, idt + 2(,%ecx,8)
	movw	$0x8e00, idt + 4(,%ecx,8)
	shrl	$16, %edx
	movw	%dx, idt + 6(,%ecx,8)
	lidt	idt_pointer
	popl	%eax
	ret

	.data
	.balign	8
idt_pointer:
	.word	0x25 * 8 - 1
	.long	idt
no_idt:
	.word	0
	.long	0
	.bss
	.balign	16
idt:	.skip	0x25 * 8
	.skip	256
stack_top:
