package kernel

import (
	"bytes"

	"vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// Version is what uname(2) and the first line of the log say; programs check that it is not too old.
const (
	Release = "6.1.0-vitrine"
	Version = "#1 PREEMPT_DYNAMIC Vitrine"
)

// steps are the named steps of start_kernel and kernel_init, in Linux's order; the machine code calls each through
// its own label. Linux init/main.c
var steps = map[uint64]func(*Kernel){
	boot.StepSetupArch:      (*Kernel).setupArch,
	boot.StepTrapInit:       (*Kernel).trapInit,
	boot.StepMMInit:         (*Kernel).mmInit,
	boot.StepSchedInit:      (*Kernel).schedInit,
	boot.StepInitIRQ:        (*Kernel).initIRQ,
	boot.StepTimeInit:       (*Kernel).timeInit,
	boot.StepConsoleInit:    (*Kernel).consoleInit,
	boot.StepVFSCachesInit:  (*Kernel).vfsCachesInit,
	boot.StepRestInit:       (*Kernel).restInit,
	boot.StepMountRoot:      (*Kernel).mountRoot,
	boot.StepFreeInitmem:    (*Kernel).freeInitmem,
	boot.StepRunInitProcess: (*Kernel).runInitProcess,
}

func (k *Kernel) bootStep(n uint64) {
	step := steps[n]
	if step == nil || !k.inOrder(n) {
		k.Fail("the kernel's machine code on the disk is damaged")
		return
	}
	if k.Trace.Has(trace.BootStep) {
		k.Trace.Emit(trace.BootStep, n, 0)
	}
	k.State.Step++
	step(k)
}

// setupArch says what machine this is. Linux arch/x86/kernel/setup.c:setup_arch
func (k *Kernel) setupArch() {
	k.State.Log.Quiet = k.flag("quiet")
	if k.flag("norandmaps") {
		k.State.RandomizeVA = 0
	}
	k.memoryOptions()
	k.Printk("Linux version %s (vitrine) %s", Release, Version)
	k.Printk("Command line: %s", k.State.Cmdline)
	k.Printk("BIOS-provided physical RAM map:")
	k.Printk("BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable")
	k.Printk("BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved")
	k.Printk("BIOS-e820: [mem 0x0000000000100000-0x%016x] usable", k.M.RAM.Size()-1)
	if !k.knowsImage() {
		k.Panic("The kernel image on the disk is of another build; make the disk anew")
	}
}

// knowsImage compares the loaded code with the image whose labels this kernel goes by.
func (k *Kernel) knowsImage() bool {
	from, to := boot.Phys("_stext"), boot.Phys("_etext")
	return bytes.Equal(k.M.RAM.Bytes[from:to], boot.Kernel()[from-boot.KernelPhys:to-boot.KernelPhys])
}

// mmInit takes over memory: every frame gets its record, all RAM its place in the direct map.
// Linux init/main.c:mm_core_init
func (k *Kernel) mmInit() {
	initEnd, end := boot.Phys("__init_end"), boot.Phys("_end")
	k.MM.InitFrames([]mm.Range{
		{Start: 0, End: boot.KernelPhys, Use: mm.Reserved},
		{Start: boot.KernelPhys, End: initEnd, Use: mm.KernelInit},
		{Start: initEnd, End: end, Use: mm.Kernel},
	})
	if k.M.CPU.S.CR4&cpu.CR4LA57 != 0 {
		k.MM.State.Levels = 5
	}
	if e := k.MM.InitKernel(mem.FrameOf(boot.Phys(topTable(&k.M.CPU.S)))); e != abi.OK {
		k.Panic("out of memory while mapping memory")
		return
	}
	k.MM.DropLowHalf()
	k.M.CPU.FlushTLB()
	free := k.MM.FreeFrames() * mem.FrameSize >> 10
	k.Printk("Memory: %dK/%dK available (%dK kernel code and data, %dK init)", free, k.M.RAM.Size()>>10,
		(end-initEnd)>>10, (initEnd-boot.KernelPhys)>>10)
}

// schedInit makes PID 0, which is what runs already. Linux kernel/sched/core.c:sched_init
func (k *Kernel) schedInit() {
	k.State.Sched = k.policyOptions()
	k.State.Preempt = k.preemptOption()
	k.Printk("Dynamic Preempt: %s", k.State.Preempt)
	idle := k.newTask("swapper", mem.FrameOf(boot.Phys("__end_init_stack")-mem.FrameSize))
	idle.PID, idle.ExitSignal = 0, 0
	k.indexTask(idle)
	s := &k.M.CPU.S
	idle.KRSP, idle.KRIP = s.R[cpu.RSP], s.RIP
	k.State.Idle, k.State.Current = idle.ID, idle.ID
	k.State.Sched.describe(k)
}

// vfsCachesInit says what the file layer knows. Linux fs/dcache.c:vfs_caches_init
func (k *Kernel) vfsCachesInit() {
	names := ""
	for _, fs := range k.VFS.Types() {
		names += " " + fs.Name()
	}
	k.Printk("VFS: file systems:%s", names)
}

// restInit makes PID 1, which begins in kernel_init, and leaves PID 0 to idle. Linux init/main.c:rest_init
func (k *Kernel) restInit() {
	stack, ok := k.MM.AllocFrame(mm.KernelStack, 1, 0)
	if !ok {
		k.Panic("no memory for init's kernel stack")
		return
	}
	k.M.RAM.Zero(stack)
	t := k.newTask("kernel_init", stack)
	k.State.LastPID = 1
	t.PID, t.TGID = 1, 1
	k.indexTask(t)
	t.KRSP, t.KRIP = virt(t.frame()), k.sym.kernelInit
	k.State.SchedOn = true
	k.enqueue(t, born)
	k.schedule()
}

// newTask makes a task of the kernel's own: PID 0 and PID 1, before there is anything to inherit.
func (k *Kernel) newTask(name string, stack mem.Frame) *Task {
	id, t := k.State.Tasks.Alloc()
	t.Cred.Caps, t.TimerSlack = allCaps(), DefaultTimerSlack
	procID, p := k.State.Procs.Alloc()
	handID, h := k.State.Hands.Alloc()
	*p = Process{Refs: 1, Live: 1, Rlimits: k.defaultRlimits()}
	h.Refs = 1
	t.ID, t.Proc, t.Hand, t.Stack = id, procID, handID, stack
	t.Sig.AltFlags = abi.SS_DISABLE
	t.ExitSignal = abi.SIGCHLD
	t.Start = k.M.Now()
	t.SetName(name)
	initFPU(&t.FPU)
	return t
}

// mountRoot mounts the root file system from the disk's first partition. Linux init/do_mounts.c:mount_root
func (k *Kernel) mountRoot() {
	if err := k.MountRoot(); err != nil {
		k.Panic("VFS: Unable to mount root fs on /dev/sda1: %s", err)
		return
	}
	k.State.RootMounted = true
	t := k.Current()
	t.FS, t.Files = k.VFS.NewFS(), k.VFS.NewTable()
	k.Printk("VFS: Mounted root (ext2 filesystem) on /dev/sda1.")
}

// freeInitmem gives back the pages that only the boot needed. Linux arch/x86/mm/init.c:free_initmem
func (k *Kernel) freeInitmem() {
	n := k.MM.FreeUse(mm.KernelInit)
	k.Printk("Freeing unused kernel image (initmem) memory: %dK", n*mem.FrameSize>>10)
}

// runInitProcess looks for the first program. Linux init/main.c:kernel_init
func (k *Kernel) runInitProcess() {
	t := k.Current()
	k.openConsole(t)
	k.bootSwap()
	k.State.Booted = true
	if path, ok := k.option("init"); ok {
		if e := k.tryInit(t, path); e != abi.OK {
			k.Panic("Requested init %s failed (error %d).", path, -int(e))
		}
		return
	}
	for _, path := range []string{"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"} {
		e := k.tryInit(t, path)
		if e == abi.OK {
			return
		}
		if e != abi.ENOENT {
			k.Printk("Starting init: %s exists but couldn't execute it (error %d)", path, -int(e))
		}
	}
	k.Panic("No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.")
}

// tryInit executes one candidate. Linux init/main.c:run_init_process
func (k *Kernel) tryInit(t *Task, path string) abi.Errno {
	k.Printk("Run %s as init process", path)
	env := [][]byte{[]byte("HOME=/"), []byte("TERM=linux")}
	argv := [][]byte{[]byte(path)}
	_, inits := k.words()
	for _, word := range inits {
		argv = append(argv, []byte(word))
	}
	_, e := k.Execve(t, abi.AT_FDCWD, path, argv, env, 0)
	return e
}

// openConsole gives init its three descriptors. Linux init/main.c:console_on_rootfs
func (k *Kernel) openConsole(t *Task) {
	c := k.Ctx(t)
	f, e := k.VFS.OpenFile(c, "/dev/console", abi.O_RDWR, 0)
	if e != abi.OK {
		k.Printk("Warning: unable to open an initial console.")
		return
	}
	k.VFS.GetFile(f)
	k.VFS.GetFile(f)
	for range 3 {
		k.VFS.Install(c, f, 0, false)
	}
}
