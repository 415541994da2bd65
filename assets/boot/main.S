/*
 * start_kernel and kernel_init (Linux init/main.c), as seen by the CPU. The work of each step is done by the Go
 * kernel: the step puts its number in EAX and executes VMCALL, which in ring 0 of this machine hands over to Go.
 */
	.macro	step name, number
	.globl	\name
\name:
	movl	$\number, %eax
	vmcall
	ret
	.endm

	.code64
	.section .init.text, "ax"
	.globl	start_kernel
/* start_kernel: the life of PID 0, until it becomes the idle task. */
start_kernel:
	call	setup_arch
	call	trap_init
	call	mm_init
	call	sched_init
	call	init_IRQ
	call	time_init
	sti				/* local_irq_enable: from here on the timer ticks */
	call	console_init
	call	vfs_caches_init
	jmp	rest_init		/* makes PID 1, which starts in kernel_init; these pages will be freed */

	step	setup_arch, STEP_SETUP_ARCH
	step	trap_init, STEP_TRAP_INIT
	step	mm_init, STEP_MM_INIT
	step	sched_init, STEP_SCHED_INIT
	step	init_IRQ, STEP_INIT_IRQ
	step	time_init, STEP_TIME_INIT
	step	console_init, STEP_CONSOLE_INIT
	step	vfs_caches_init, STEP_VFS_CACHES_INIT
	step	mount_root, STEP_MOUNT_ROOT

	.text
	.globl	rest_init
rest_init:
	movl	$STEP_REST_INIT, %eax
	vmcall
	jmp	cpu_idle
	step	free_initmem, STEP_FREE_INITMEM
	step	run_init_process, STEP_RUN_INIT_PROCESS

	.globl	kernel_init
/*
 * kernel_init: PID 1 begins here, in ring 0 on its own kernel stack, with room for pt_regs above RSP.
 * run_init_process fills that in from the ELF header of init; falling out of the kernel enters init in ring 3.
 */
kernel_init:
	call	mount_root
	call	free_initmem
	call	run_init_process
	jmp	ret_from_entry

	.globl	cpu_idle
/* cpu_idle: PID 0 when nothing else can run. STI takes effect after the next instruction, so no wake-up is lost. */
cpu_idle:
	sti
	hlt
	jmp	cpu_idle

	.globl	panic_stop
/* panic_stop: where the CPU ends after a kernel panic. */
panic_stop:
	cli
1:	hlt
	jmp	1b
