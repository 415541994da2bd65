/*
 * Data of the kernel image that the CPU itself reads: descriptor tables, the per-CPU area, stacks and page tables.
 * trap_init completes the GDT with the TSS and writes the IDT.
 */
	.data
	.balign	4096
	.globl	percpu, cpu_tss_rw, gdt_page
/* percpu: GS points here in the kernel. */
percpu:
	.quad	__end_init_stack	/* PERCPU_STACK */
	.quad	0			/* PERCPU_SCRATCH */
	.byte	0			/* PERCPU_RETURN */
	.org	percpu + PERCPU_TSS
cpu_tss_rw:
	.fill	104, 1, 0
	.org	percpu + PERCPU_GDT
/* gdt_page: in long mode base and limit are ignored; what counts is type, DPL, L (bit 53) and D (bit 54). */
gdt_page:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08 KERNEL_CS32: 32-bit code, ring 0 */
	.quad	0x00af9b000000ffff	/* 0x10 KERNEL_CS: 64-bit code, ring 0 */
	.quad	0x00cf93000000ffff	/* 0x18 KERNEL_DS: data, ring 0 */
	.quad	0x00cffb000000ffff	/* 0x20: 32-bit code, ring 3 (USER32_CS with its RPL: 0x23) */
	.quad	0x00cff3000000ffff	/* 0x28: data, ring 3 (USER_DS: 0x2b) */
	.quad	0x00affb000000ffff	/* 0x30: 64-bit code, ring 3 (USER_CS: 0x33) */
	.quad	0
	.fill	8, 8, 0			/* 0x40: the TSS, and room */
	.org	percpu + PERCPU_SIZE

	.bss
	.balign	4096
	.globl	idt_table, init_stack, __end_init_stack
idt_table:
	.skip	4096			/* 256 gates of 16 bytes */
init_stack:
	.skip	IDLE_STACK_SIZE		/* kernel stack of PID 0 */
__end_init_stack:

	.globl	init_top_pgt, level3_kernel_pgt, level2_kernel_pgt, level5_pgt
init_top_pgt:
	.skip	4096
level3_kernel_pgt:
	.skip	4096
level2_kernel_pgt:
	.skip	4096
level5_pgt:				/* above init_top_pgt, with the option la57 */
	.skip	4096
