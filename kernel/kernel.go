package kernel

import (
	"vitrine/engine"
	"vitrine/engine/state"
	"vitrine/engine/trace"
	"vitrine/kernel/exec"
	"vitrine/kernel/mm"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
)

// Kernel is the Go side of the kernel: wiring around State. It runs between two Machine.Runs and keeps nothing on
// a Go stack between them.
type Kernel struct {
	State State

	M     *engine.Machine
	MM    *mm.Manager
	VFS   *vfs.VFS
	TTY   *tty.TTY
	Exec  *exec.Loader
	Trace *trace.Hub

	// OnSyscall and OnSyscallRet, when set, see every system call after entry and before its return (strace).
	OnSyscall    func(t *Task, s *Syscall)
	OnSyscallRet func(t *Task, s *Syscall, ret int64)
	// OnSignal sees every signal as it is delivered (strace).
	OnSignal func(t *Task, info *Siginfo)

	table [MaxSyscall]*Syscall
	sym   symbols
}

// State is everything the kernel knows beyond mm, vfs, fs and tty. Plain data.
type State struct {
	Tasks    state.Arena[Task]
	Hands    state.Arena[Sighand]
	Procs    state.Arena[Process]
	Current  TaskID   // the task on the CPU
	Idle     TaskID   // PID 0
	Init     TaskID   // PID 1
	Queue    []TaskID // the run queue, next to run first; the current task is not in it
	LastPID  int32
	Jiffies  uint64
	BootTime int64 // Unix seconds at Now = 0, from the CMOS clock
	Booted   bool  // init runs
	Cmdline  string
	Sched    Policy
	Log      Log
	Stop     StopKind
	StopCode int32
	Message  string // why it stopped
	Hostname string
	Seed     uint64 // of the random pool
	Stats    Stats
	Unknown  []uint16 // system calls asked for that do not exist
}

// Policy is how the scheduler chooses.
type Policy struct {
	Name  string // "rr"
	HZ    uint32
	Slice uint64 // clock units
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
