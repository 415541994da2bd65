/*
 * The head of the kernel image: from 32-bit protected mode to 64-bit code in the higher half of the address space
 * (Linux arch/x86/boot/compressed/head_64.S and arch/x86/kernel/head_64.S).
 *
 * It runs at physical 1 MiB and is linked there; what follows it in the image is linked at KERNEL_BASE + physical.
 * Each step of turning on paging has its label. The pages of this file are freed after the boot.
 */
#define PHYS(label) ((label) - KERNEL_BASE)

	.equ	PRESENT, 1 << 0		/* SDM 3A "4-Level Paging": bits of an entry */
	.equ	WRITABLE, 1 << 1
	.equ	ACCESSED, 1 << 5
	.equ	DIRTY, 1 << 6
	.equ	LARGE, 1 << 7		/* PS: in a page directory, a page of 2 MiB */
	.equ	TABLE, PRESENT | WRITABLE | ACCESSED
	.equ	PAGE_2M, PRESENT | WRITABLE | ACCESSED | DIRTY | LARGE
	.equ	EARLY_PAGES, 8		/* 16 MiB: enough until mm_init maps all memory */

	.equ	CR4_EARLY, 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10	/* PAE, PGE, OSFXSR, OSXMMEXCPT */
	.equ	CR4_LA57, 1 << 12
	.equ	MSR_EFER, 0xc0000080
	.equ	EFER_EARLY, 1 << 0 | 1 << 8 | 1 << 11		/* SCE, LME, NXE */
	.equ	CR0_EARLY, 1 << 31 | 1 << 16 | 1 << 5 | 1 << 1 | 1 << 0	/* PG, WP, NE, MP, PE */
	.equ	MSR_GS_BASE, 0xc0000101

	.code32
	.section .setup, "ax"
	.globl	startup_32
startup_32:
	movl	$PHYS(__end_init_stack), %esp

	.globl	clear_bss
/* clear_bss: the image on the disk ends where its zeros begin. */
clear_bss:
	movl	$PHYS(__bss_start), %edi
	movl	$PHYS(__bss_stop), %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

	.globl	verify_cpu
/* verify_cpu: a CPU without long mode (CPUID 80000001h, EDX bit 29) or without NX (bit 20) cannot go on. */
verify_cpu:
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	andl	$(1 << 29 | 1 << 20), %edx
	cmpl	$(1 << 29 | 1 << 20), %edx
	jne	no_long_mode

	.globl	build_page_tables
/*
 * build_page_tables: two views of the same memory. The identity view keeps the next instruction where it is at the
 * moment paging starts; the kernel view at KERNEL_BASE is where everything else is linked.
 *
 *   init_top_pgt[0]   -> level3_ident_pgt[0]    -> level2_kernel_pgt -> 2 MiB pages from physical 0
 *   init_top_pgt[511] -> level3_kernel_pgt[510] -> level2_kernel_pgt
 */
build_page_tables:
	movl	$(PHYS(level3_ident_pgt) + TABLE), PHYS(init_top_pgt)
	movl	$(PHYS(level3_kernel_pgt) + TABLE), PHYS(init_top_pgt) + 511 * 8
	movl	$(PHYS(level2_kernel_pgt) + TABLE), PHYS(level3_ident_pgt)
	movl	$(PHYS(level2_kernel_pgt) + TABLE), PHYS(level3_kernel_pgt) + 510 * 8
	movl	$PHYS(level2_kernel_pgt), %edi
	movl	$PAGE_2M, %eax
	movl	$EARLY_PAGES, %ecx
1:	movl	%eax, (%edi)
	addl	$(2 << 20), %eax
	addl	$8, %edi
	loop	1b

	.globl	choose_levels
/*
 * choose_levels: five levels of tables, for addresses of 57 bits, if the command line has the word la57 and the CPU
 * knows them (CPUID 7, ECX bit 16). A table above init_top_pgt then shows both views once more. The number of levels
 * cannot change any more once long mode is on (Linux arch/x86/boot/compressed/pgtable_64.c).
 */
choose_levels:
	movl	$7, %eax
	xorl	%ecx, %ecx
	cpuid
	movl	$PHYS(init_top_pgt), %ebx	/* what CR3 will point to */
	xorl	%ebp, %ebp			/* more bits for CR4 */
	btl	$16, %ecx
	jnc	enable_pae
	movl	$COMMAND_LINE, %esi
1:	cmpl	$0x3735616c, (%esi)		/* "la57" */
	jne	2f
	cmpb	$0x20, 4(%esi)			/* and the word's end, a space or NUL */
	jbe	five_levels
2:	lodsb					/* go to the next word */
	testb	%al, %al
	jz	enable_pae
	cmpb	$0x20, %al
	ja	2b
	jmp	1b

	.globl	five_levels
five_levels:
	movl	$PHYS(level5_pgt), %ebx
	movl	$CR4_LA57, %ebp
	movl	$(PHYS(init_top_pgt) + TABLE), PHYS(level5_pgt)
	movl	$(PHYS(init_top_pgt) + TABLE), PHYS(level5_pgt) + 511 * 8

/* SDM 3A "Initializing IA-32e Mode": PAE, CR3, EFER.LME, CR0.PG, in this order. */
	.globl	enable_pae
enable_pae:
	movl	%cr4, %eax
	orl	$CR4_EARLY, %eax
	orl	%ebp, %eax
	movl	%eax, %cr4

	.globl	load_cr3
load_cr3:
	movl	%ebx, %cr3

	.globl	enable_long_mode
/* enable_long_mode: LME only asks for long mode; the CPU enters it when paging starts. */
enable_long_mode:
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_EARLY, %eax
	wrmsr

	.globl	enable_paging
/* enable_paging: after this MOV every address goes through the tables, and EFER.LMA is set. */
enable_paging:
	movl	$CR0_EARLY, %eax
	movl	%eax, %cr0

	.globl	jump_to_64
/* jump_to_64: still 32-bit code, now in compatibility mode; a code segment with L = 1 makes it 64-bit code. */
jump_to_64:
	lgdt	early_gdt_pointer
	ljmp	$KERNEL_CS, $startup_64

no_long_mode:
	hlt
	jmp	no_long_mode

	.code64
	.globl	startup_64
/* startup_64: 64-bit code, but still at its physical address: jump to the higher half. */
startup_64:
	movq	$higher_half, %rax
	jmp	*%rax

	.balign	8
early_gdt_pointer:
	.word	GDT_LIMIT
	.long	PHYS(gdt_page)

	.section .init.text, "ax"
	.globl	higher_half
/* higher_half: stack, descriptor tables and GS by their final addresses, then on to start_kernel. */
higher_half:
	movq	$__end_init_stack, %rsp
	lgdt	gdt_pointer(%rip)
	movl	$KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$MSR_GS_BASE, %ecx	/* GS points to this CPU's own data */
	movq	$percpu, %rax
	movq	%rax, %rdx
	shrq	$32, %rdx		/* WRMSR takes EDX:EAX */
	wrmsr
	jmp	start_kernel

	.balign	8
gdt_pointer:
	.word	GDT_LIMIT
	.quad	gdt_page

/* The identity view is gone after the boot, and its table with it. */
	.section .init.data, "aw"
	.balign	4096
	.globl	level3_ident_pgt
level3_ident_pgt:
	.fill	512, 8, 0
