// Package kernel is the kernel: tasks, the scheduler, traps, system calls and their restart, signals, timers, boot.
//
// Invariants:
//   - It runs between two Machine.Runs, when the machine code executes VMCALL, and is done before the next one.
//     Nothing of a task is on a Go stack meanwhile: a blocked call is its saved registers and its SysState.
//   - The task on the CPU is State.Current; it is not in the run queue. PID 0 is on the CPU when nobody else can be.
//   - The user registers of every task lie on its kernel stack page in guest RAM; a context switch is a change of
//     CR3, RSP0 and RSP.
//   - A pointer to a Task, Process or Sighand stays valid until the record is freed: their arenas never move.
//   - The waker writes why it woke.
//
// Read in this order: task.go, trap.go, dispatch.go, block.go, sched.go, policy.go, switch.go, then by interest fork.go, exit.go,
// signal.go, deliver.go, sigframe.go; steps.go is the boot.
package kernel

import (
	"vitrine/assets/boot"
	"vitrine/engine"
	"vitrine/engine/state"
	"vitrine/engine/trace"
	"vitrine/kernel/exec"
	"vitrine/kernel/mm"
	"vitrine/kernel/tty"
	"vitrine/kernel/unix"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Kernel is State and what it is wired to.
type Kernel struct {
	State State

	M     *engine.Machine
	MM    *mm.Manager
	VFS   *vfs.VFS
	Terms *tty.Set // all terminals
	TTY   *tty.TTY // the console
	Unix  *unix.Unix
	Exec  *exec.Loader
	Trace *trace.Hub

	// OnSyscall and OnSyscallRet, when set, see every system call after its entry and before its return; OnSignal
	// sees every signal as it is delivered (strace).
	OnSyscall    func(t *Task, s *Syscall)
	OnSyscallRet func(t *Task, s *Syscall, ret int64)
	OnSignal     func(t *Task, info *Siginfo)
	// OnExec sees the formats that looked at a program, for the diagram.
	OnExec func(t *Task, r *exec.Result)
	// OnSleep, when set, sees every task that has left the CPU to sleep; tests disturb it (disturb.go).
	OnSleep func(t *Task)
	// OnLog, when set, is told of every line of the log: somebody may be reading it.
	OnLog func()
	// BlockDevice is the disk of a device number, nil when there is none.
	BlockDevice func(rdev uint64) Disk
	// MountRoot mounts the root file system and what belongs on it; the composition root knows the file systems.
	MountRoot func() error

	index  index
	table  [MaxSyscall]*Syscall
	staged []*Staged // what a 32-bit call has converted, while it is being handled
	sym    symbols
}

// symbols are places in the kernel's machine code.
type symbols struct {
	percpu      uint64 // physical
	retFromFork uint64

	preemptPoint uint64
	retByIret    boot.Symbol
	kernelInit   uint64
}

// State is everything the kernel knows beyond mm, vfs and tty. Plain data.
type State struct {
	Tasks    state.Arena[Task]
	Hands    state.Arena[Sighand]
	Procs    state.Arena[Process]
	Current  TaskID   // the task on the CPU; 0 before sched_init
	Idle     TaskID   // PID 0
	Queue    []TaskID // the run queue, next to run first
	LastPID  int32
	SleepSeq uint64           // sleeps so far: who slept first is woken first
	NextWake uint64           // no sleeper's deadline (ns) is earlier
	Edges    [NumEdges]uint32 // wake-ups of files, by edgeSlot

	Step        uint8 // how many steps of the start have been called
	Jiffies     uint64
	BootTime    int64 // Unix time in ns at Now = 0, from the CMOS clock
	SchedOn     bool  // PID 1 exists
	RootMounted bool
	Booted      bool // init runs
	Cmdline     string
	Sched       Policy
	Preempt     Preemption
	Midway      int32 // tasks with Sys.Inode
	Log         Log
	NiceTime    uint64    // clock units in ring 3 of tasks with a positive nice value, part of all tasks' UTime
	Load        [3]uint64 // load averages, fixed point with 11 bits
	IRQs        [numIRQs]uint64
	Spurious    uint64
	Rand        uint64   // the random pool
	BootID      [16]byte // of the pool's beginning
	RandomizeVA int32    // kernel.randomize_va_space: 0, 1 or 2
	Hostname    string
	Stats       Stats
	Disks       [NumDisks]DiskStats
	Lacking     []string // what programs asked for that is not here
	Formats     exec.MiscState

	Stop     StopKind
	StopCode int32
	Message  string // why it stopped
}

// StopKind tells why the machine stopped for good.
type StopKind uint8

// Ways to stop.
const (
	Running StopKind = iota
	PoweredOff
	Panicked
	Rebooted
	HaltedForGood
)

// Stats are counters for -stats and /proc.
type Stats struct {
	Syscalls, PageFaults, COWFaults, ContextSwitches, TimerInterrupts, Forks, Interrupts uint64
}

// New returns a kernel that waits for the machine code to call it. seed feeds the random pool.
func New(m *engine.Machine, cmdline string, seed uint64) *Kernel {
	k := &Kernel{M: m, Trace: m.Trace}
	k.State = State{Cmdline: cmdline, Rand: seed, NextWake: wait.Never, Hostname: "vitrine", RandomizeVA: 2}
	k.State.Sched = defaultPolicy()
	k.Random(k.State.BootID[:])
	k.State.Rand = seed
	k.sym = symbols{
		percpu:      boot.Phys("percpu"),
		retFromFork: boot.Addr("ret_from_fork"),

		preemptPoint: boot.Addr("preempt_point"),
		retByIret:    boot.Find("ret_by_iret"),
		kernelInit:   boot.Addr("kernel_init"),
	}
	k.MM = mm.New(m.RAM, m.Trace, &pager{k}, m.CPU)
	k.VFS = vfs.New(m.RAM, frames{k}, host{k})
	k.Terms = tty.NewSet(console{k})
	k.TTY = k.Terms.Console()
	k.Unix = unix.New(k.VFS, host{k})
	k.Exec = exec.New(k.MM, programs{k}, &k.State.Formats)
	k.VFS.Register(vfs.BinfmtMisc, k.Exec.MiscFS())
	k.pinArenas()
	return k
}

// Restored must follow every replacement of State.
func (k *Kernel) Restored() {
	k.pinArenas()
	k.Trace.Task = 0
	if t := k.Current(); t != nil {
		k.Trace.Task = uint16(t.PID)
	}
}

// Quiescent tells that nothing will happen any more unless something comes from outside: all tasks sleep, and no
// sleep, interval timer or alarm has a deadline.
func (k *Kernel) Quiescent() bool {
	if k.State.Stop != Running {
		return true
	}
	if !k.State.SchedOn || k.State.Current != k.State.Idle || len(k.State.Queue) > 0 {
		return false
	}
	return k.nextAlarm() == nil && !k.timersArmed()
}

// WantsInput tells whether a task sleeps until something is typed on the console.
func (k *Kernel) WantsInput() bool {
	key := k.TTY.ReadKey()
	return k.FirstSleeper(key, nil) != nil
}

// PowerOff stops the machine with an exit status: reboot(2).
func (k *Kernel) PowerOff(status int32) {
	k.State.Stop, k.State.StopCode = PoweredOff, status
}

// Random fills p from the pool: SplitMix64 over the seed. Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
// Generators", 2014
func (k *Kernel) Random(p []byte) {
	for len(p) > 0 {
		z := k.randomWord()
		for i := 0; i < 8 && len(p) > 0; i++ {
			p[0] = byte(z >> (8 * i))
			p = p[1:]
		}
	}
}

func (k *Kernel) randomWord() uint64 {
	k.State.Rand += 0x9e3779b97f4a7c15
	z := k.State.Rand
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
