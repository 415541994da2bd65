package boot

// The numbers that the machine code and the Go kernel share. The generator hands Constants to the assembler, so each
// stands in one place.

// Memory map.
const (
	ROMSize         = 64 << 10
	ROMBase         = 0xf0000            // where the ROM is seen below 1 MiB; the other view ends at 4 GiB
	BootBase        = 0x7c00             // the boot sector, by the PC's convention
	LoadBase        = 0x10000            // where the boot sector puts the kernel image while in real mode
	CommandLine     = 0x9f000            // the kernel's command line, which ends with NUL: as far as the firmware says memory is usable
	CommandLineSize = 2048               // with the NUL (Linux: COMMAND_LINE_SIZE)
	KernelPhys      = 0x100000           // where the kernel image runs
	KernelBase      = 0xffffffff80000000 // Linux __START_KERNEL_map: virtual address of physical 0
)

// Sector places on the disk.
const (
	KernelLBA    = 1    // the kernel image follows the boot sector
	PartitionLBA = 2048 // the root file system
)

// Selectors of the GDT, as Linux arch/x86/include/asm/segment.h.
const (
	KernelCS32 = 0x08
	KernelCS   = 0x10
	KernelDS   = 0x18
	User32CS   = 0x23
	UserDS     = 0x2b
	UserCS     = 0x33
	TSS        = 0x40 // two slots: a 64-bit TSS descriptor has 16 bytes
	GDTSize    = 16 * 8
)

// Why the machine code called the Go kernel: the value of RAX at a vmcall.
const (
	EnterTrap     = 1 // through an IDT stub; the vector lies at the top of the stack
	EnterSyscall  = 2 // through SYSCALL
	EnterResume   = 3 // from preempt_point: a system call goes on
	EnterSysenter = 4 // through SYSENTER
)

// The other values of RAX at a vmcall: the named steps of the start of the kernel, in order.
const (
	StepSetupArch = iota + 0x10 // called by start_kernel, PID 0
	StepTrapInit
	StepMMInit
	StepSchedInit
	StepInitIRQ
	StepTimeInit
	StepConsoleInit
	StepVFSCachesInit
	StepRestInit
	StepMountRoot // called by kernel_init, PID 1
	StepFreeInitmem
	StepRunInitProcess
)

// Offsets of struct pt_regs (Linux arch/x86/include/asm/ptrace.h) from RSP at a vmcall. Below Linux's registers
// lies one word more, which tells how the kernel was entered.
const (
	PtVector  = 0 // vector 0–255, VectorSyscall or VectorSysenter
	PtR15     = 8
	PtR14     = 16
	PtR13     = 24
	PtR12     = 32
	PtRBP     = 40
	PtRBX     = 48
	PtR11     = 56
	PtR10     = 64
	PtR9      = 72
	PtR8      = 80
	PtRAX     = 88
	PtRCX     = 96
	PtRDX     = 104
	PtRSI     = 112
	PtRDI     = 120
	PtOrigRAX = 128 // system call number, or the error code of an exception
	PtRIP     = 136
	PtCS      = 144
	PtRFLAGS  = 152
	PtRSP     = 160
	PtSS      = 168
	PtSize    = 176

	VectorSyscall  = 0x100
	VectorSysenter = 0x101
)

// Offsets in the per-CPU area, which GS points to in the kernel.
const (
	PerCPUStack      = 0  // top of the current task's kernel stack (Linux pcpu_hot.top_of_stack)
	PerCPUScratch    = 8  // user RSP while SYSCALL has no stack yet
	PerCPUReturn     = 16 // byte: not 0 makes the next return from SYSCALL or SYSENTER go by IRETQ
	PerCPUTSS        = 64 // the TSS, 104 bytes and no I/O permission map
	PerCPUGDT        = 256
	PerCPUEntryStack = 1024 // where the stack that SYSENTER begins on ends; it holds a #DB of the first instructions
	PerCPUSize       = 4096
	IdleStackSize    = 8192 // of PID 0
)

// Constants are the names that the assembler sources use.
var Constants = []struct {
	Name  string
	Value uint64
}{
	{"ROM_BASE", ROMBase}, {"BOOT_BASE", BootBase}, {"LOAD_BASE", LoadBase}, {"KERNEL_PHYS", KernelPhys},
	{"KERNEL_BASE", KernelBase}, {"COMMAND_LINE", CommandLine}, {"KERNEL_LBA", KernelLBA},
	{"KERNEL_CS32", KernelCS32}, {"KERNEL_CS", KernelCS}, {"KERNEL_DS", KernelDS},
	{"GDT_LIMIT", GDTSize - 1}, {"USER_DS", UserDS}, {"USER_CS", UserCS}, {"USER32_CS", User32CS},
	{"ENTER_TRAP", EnterTrap}, {"ENTER_SYSCALL", EnterSyscall}, {"ENTER_RESUME", EnterResume},
	{"ENTER_SYSENTER", EnterSysenter},
	{"STEP_SETUP_ARCH", StepSetupArch}, {"STEP_TRAP_INIT", StepTrapInit}, {"STEP_MM_INIT", StepMMInit},
	{"STEP_SCHED_INIT", StepSchedInit}, {"STEP_INIT_IRQ", StepInitIRQ}, {"STEP_TIME_INIT", StepTimeInit},
	{"STEP_CONSOLE_INIT", StepConsoleInit}, {"STEP_VFS_CACHES_INIT", StepVFSCachesInit},
	{"STEP_REST_INIT", StepRestInit}, {"STEP_MOUNT_ROOT", StepMountRoot},
	{"STEP_FREE_INITMEM", StepFreeInitmem}, {"STEP_RUN_INIT_PROCESS", StepRunInitProcess},
	{"PT_RIP", PtRIP}, {"PT_CS", PtCS}, {"PT_RFLAGS", PtRFLAGS}, {"PT_RSP", PtRSP}, {"PT_ORIG_RAX", PtOrigRAX},
	{"VECTOR_SYSCALL", VectorSyscall}, {"VECTOR_SYSENTER", VectorSysenter},
	{"PERCPU_STACK", PerCPUStack}, {"PERCPU_SCRATCH", PerCPUScratch}, {"PERCPU_RETURN", PerCPUReturn},
	{"PERCPU_TSS", PerCPUTSS}, {"PERCPU_GDT", PerCPUGDT}, {"PERCPU_SIZE", PerCPUSize},
	{"IDLE_STACK_SIZE", IdleStackSize},
}

// Steps names the steps as the labels of the machine code, which are Linux's function names.
var Steps = map[uint64]string{
	StepSetupArch: "setup_arch", StepTrapInit: "trap_init", StepMMInit: "mm_init", StepSchedInit: "sched_init",
	StepInitIRQ: "init_IRQ", StepTimeInit: "time_init", StepConsoleInit: "console_init",
	StepVFSCachesInit: "vfs_caches_init", StepRestInit: "rest_init", StepMountRoot: "mount_root",
	StepFreeInitmem: "free_initmem", StepRunInitProcess: "run_init_process",
}
