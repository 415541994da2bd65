package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// The signatures other packages may count on; each moves to the file of its topic when it is written.

// Now is the guest's monotonic time in nanoseconds.
func (k *Kernel) Now() uint64 { panic("BUG: stub") }

// Block puts t to sleep until a key is woken, the deadline (ns, wait.Never for none) passes or a signal comes, and
// returns abi.ErrBlocked, which the handler returns. The handler is then invoked again; t.Wait.Outcome says why.
func (k *Kernel) Block(t *Task, deadline uint64, keys ...wait.Key) abi.Errno { panic("BUG: stub") }

// Wake wakes up to n sleepers on key, first asleep first woken, and returns how many.
func (k *Kernel) Wake(key wait.Key, n int) int { panic("BUG: stub") }

// Current is the task on the CPU.
func (k *Kernel) Current() *Task { panic("BUG: stub") }

// Task returns the task record, nil when there is none.
func (k *Kernel) Task(id TaskID) *Task { panic("BUG: stub") }

// FindTask finds a thread by its PID (TID).
func (k *Kernel) FindTask(pid int32) *Task { panic("BUG: stub") }

// ForEachTask calls fn for each task in order of ID until fn returns false.
func (k *Kernel) ForEachTask(fn func(t *Task) bool) { panic("BUG: stub") }

// Process and Sighand of a task.
func (k *Kernel) Process(t *Task) *Process { panic("BUG: stub") }
func (k *Kernel) Sighand(t *Task) *Sighand { panic("BUG: stub") }

// User memory: EFAULT when the range is not mapped for the access.
func (k *Kernel) CopyIn(t *Task, addr uint64, p []byte) abi.Errno  { panic("BUG: stub") }
func (k *Kernel) CopyOut(t *Task, addr uint64, p []byte) abi.Errno { panic("BUG: stub") }

// CopyString reads a NUL-terminated string; ENAMETOOLONG when there is no NUL in max bytes.
func (k *Kernel) CopyString(t *Task, addr uint64, max int) (string, abi.Errno) { panic("BUG: stub") }

// CopyPath is CopyString for path names: PATH_MAX, ENOENT when empty is left to the walk.
func (k *Kernel) CopyPath(t *Task, addr uint64) (string, abi.Errno)      { panic("BUG: stub") }
func (k *Kernel) ReadU32(t *Task, addr uint64) (uint32, abi.Errno)       { panic("BUG: stub") }
func (k *Kernel) ReadU64(t *Task, addr uint64) (uint64, abi.Errno)       { panic("BUG: stub") }
func (k *Kernel) WriteU32(t *Task, addr uint64, v uint32) abi.Errno      { panic("BUG: stub") }
func (k *Kernel) WriteU64(t *Task, addr uint64, v uint64) abi.Errno      { panic("BUG: stub") }
func (k *Kernel) ReadStruct(t *Task, addr uint64, v any) abi.Errno       { panic("BUG: stub") } // v: pointer to a fixed-size little-endian struct
func (k *Kernel) WriteStruct(t *Task, addr uint64, v any) abi.Errno      { panic("BUG: stub") }
func (k *Kernel) CopyStrings(t *Task, addr uint64) ([]string, abi.Errno) { panic("BUG: stub") } // argv, envp: a NULL-terminated vector

// Ctx is what the file layer needs to know of t.
func (k *Kernel) Ctx(t *Task) *vfs.Ctx { panic("BUG: stub") }

// Regs are the task's saved registers on its kernel stack in guest RAM. Set writes them back.
func (k *Kernel) Regs(t *Task) PtRegs        { panic("BUG: stub") }
func (k *Kernel) SetRegs(t *Task, r *PtRegs) { panic("BUG: stub") }

// Signals. pid as in kill(2); from nil means the kernel itself sends.
func (k *Kernel) Kill(from *Task, pid int32, info Siginfo) abi.Errno  { panic("BUG: stub") } // kill(2): pid > 0, 0, -1, < -1
func (k *Kernel) SendSignal(t *Task, info Siginfo)                    { panic("BUG: stub") } // to one thread: tgkill(2), faults
func (k *Kernel) SendSignalProcess(t *Task, info Siginfo)             { panic("BUG: stub") } // to t's process
func (k *Kernel) SendSignalGroup(pgid int32, info Siginfo) abi.Errno  { panic("BUG: stub") } // Ctrl-C, SIGHUP, SIGTTIN
func (k *Kernel) SignalPending(t *Task) bool                          { panic("BUG: stub") } // an unblocked, not ignored signal waits
func (k *Kernel) SetBlocked(t *Task, mask uint64)                     { panic("BUG: stub") } // rt_sigprocmask; SIGKILL, SIGSTOP are left out
func (k *Kernel) SigReturn(t *Task) (int64, abi.Errno)                { panic("BUG: stub") } // rt_sigreturn(2)
func (k *Kernel) SetAction(t *Task, sig int32, act SigAction)         { panic("BUG: stub") } // rt_sigaction(2): also drops ignored pending signals
func (k *Kernel) SetItimer(t *Task, which int, v Itimer) (old Itimer) { panic("BUG: stub") } // setitimer(2), alarm(2); Next and Interval are relative here
func (k *Kernel) GetItimer(t *Task, which int) Itimer                 { panic("BUG: stub") }
func (k *Kernel) DequeueSignal(t *Task, set uint64) (Siginfo, bool)   { panic("BUG: stub") } // rt_sigtimedwait(2), signalfd

// CloneArgs are clone(2), clone3(2), fork(2) and vfork(2) in one. Linux struct kernel_clone_args.
type CloneArgs struct {
	Flags      uint64
	Stack      uint64 // the child's RSP; 0 keeps the parent's
	TLS        uint64
	ParentTID  uint64
	ChildTID   uint64
	ExitSignal int32
}

// Clone is Linux's kernel_clone: it returns the child's PID; with CLONE_VFORK it blocks until the child lets go.
func (k *Kernel) Clone(t *Task, c CloneArgs) (int64, abi.Errno) { panic("BUG: stub") }

// Execve is do_execveat_common. On success the registers are the new program's and 0 is returned.
func (k *Kernel) Execve(t *Task, dirfd int32, path string, argv, envp []string, flags uint32) (int64, abi.Errno) {
	panic("BUG: stub")
}

// Exit ends one thread (exit(2)); ExitGroup ends the process. status is as wait4 reports it: code<<8 or signal.
func (k *Kernel) Exit(t *Task, status int32)      { panic("BUG: stub") }
func (k *Kernel) ExitGroup(t *Task, status int32) { panic("BUG: stub") }

// WaitFor says which children wait4(2) or waitid(2) means and what it does with them.
type WaitFor struct {
	PID     int32 // as wait4: > 0, 0, -1, < -1
	Options int32 // WNOHANG, WUNTRACED (WSTOPPED), WCONTINUED, WEXITED, WNOWAIT
}

// Waited is what was found: PID 0 with no error is WNOHANG's "none yet".
type Waited struct {
	PID    int32
	UID    uint32
	Status int32 // as wait4 reports it
	UTime  uint64
	STime  uint64
}

// DoWait is Linux's do_wait; it blocks (ErrBlocked) when nothing is ready and WNOHANG is not given.
func (k *Kernel) DoWait(t *Task, w WaitFor) (Waited, abi.Errno) { panic("BUG: stub") }

// Yield gives the CPU away at the return to user mode: sched_yield(2).
func (k *Kernel) Yield(t *Task) { panic("BUG: stub") }

// PowerOff stops the machine with an exit status: reboot(2).
func (k *Kernel) PowerOff(status int32) { panic("BUG: stub") }

// Printk adds a line to the log and, unless quiet, to the console.
func (k *Kernel) Printk(format string, args ...any) { panic("BUG: stub") }

// Random fills p from the seeded pool.
func (k *Kernel) Random(p []byte) { panic("BUG: stub") }

// Charge adds kernel work to the clock; see costs.go.
func (k *Kernel) Charge(units uint64) { panic("BUG: stub") }

// PtRegs is Linux's pt_regs as it lies on the kernel stack, lowest address first, with our vector word below it.
type PtRegs struct {
	Vector                                    uint64
	R15, R14, R13, R12, RBP, RBX              uint64
	R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI uint64
	OrigRAX                                   uint64
	RIP, CS, RFLAGS, RSP, SS                  uint64
}
