package kernel

import (
	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/state"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// Limits of the process table. Task pointers stay valid because the arena never grows past MaxTasks.
const (
	MaxTasks   = 2048
	minThreads = 256
	MaxPID     = 32768
	NumSigs    = 64
	CommLen    = 16

	DefaultTimerSlack = 50_000 // ns
)

// TaskID names a Task in Kernel.State.Tasks.
type TaskID = state.ID

// RunState is a node of the run-state graph.
type RunState uint8

// Run states.
const (
	User    RunState = iota // runs, or is ready to run, in ring 3 (or in the entry code on its way there)
	Invoke                  // ready; its system call will be invoked (again)
	Sleep                   // waits for a Wake
	Stopped                 // stopped by a job-control signal
	Zombie                  // ended, waits for its parent
	Dead                    // ended, about to be freed
)

// Task is Linux's task_struct: one thread. Plain data.
type Task struct {
	ID   TaskID
	PID  int32 // the thread's ID: gettid(2)
	TGID int32 // the process's ID: getpid(2)
	PPID int32
	// ParentTID is the thread of the parent that made it: whose end PDeathSig tells, and who __WNOTHREAD means.
	ParentTID int32
	PGID      int32
	SID       int32
	Comm      [CommLen]byte
	Run       RunState

	ASID  mm.ASID   // 0 for a kernel thread
	Stack mem.Frame // the kernel stack page
	KRSP  uint64    // where the kernel stack stands while the task is not on the CPU
	KRIP  uint64    // the entry code's address it resumes at
	FPU   FPU       // saved while the task is not on the CPU

	FSBase, GSBase uint64
	Segs           [4]cpu.Segment     // DS, ES, FS and GS, saved while the task is not on the CPU; the last two have their bases above
	TLS            [tlsEntries]uint64 // descriptors of set_thread_area(2)

	Cred  Cred
	Files vfs.TableID
	FS    vfs.FSID // cwd, root and umask, shared with CLONE_FS
	Hand  SighandID
	Proc  ProcID
	Sig   SigState

	Sys   SysState
	Fault FaultRecord // the CPU's last complaint
	Wait  wait.State

	ExitSignal int32 // sent to the parent at exit; -1 for a thread that is not the leader
	ExitStatus int32 // as wait4 reports it
	PDeathSig  int32 // prctl PR_SET_PDEATHSIG
	NoNewPrivs bool  // prctl PR_SET_NO_NEW_PRIVS
	// NProcExceeded: it became a user who has too many tasks already, and may not go on to another program. execve(2), EAGAIN
	NProcExceeded bool
	TimerSlack    uint64 // ns, prctl PR_SET_TIMERSLACK
	Vfork         TaskID // the parent that waits until this task lets go of its memory; 0 none

	ClearChildTID uint64 // set_tid_address(2)
	RobustList    uint64 // set_robust_list(2)
	RobustList32  uint64 // the same, of a 32-bit program

	Sched   Schedule
	Resched Resched
	Since   uint64 // Now when it was put on the CPU or entered the kernel
	UTime   uint64 // clock units in ring 3
	STime   uint64 // clock units in the kernel
	Start   uint64 // Now at its birth
	MinFlt  uint64
	MajFlt  uint64
	NVCsw   uint64 // voluntary context switches
	NIvCsw  uint64 // involuntary ones
	Nice    int8
	IOPrio  uint16 // class and level as ioprio_set(2) was given them; the disk serves in order, whoever asks
}

// FPU is the extended state a context switch saves and restores.
type FPU struct {
	X                  [16][2]uint64
	MXCSR              uint32
	FCW, FSW, FTW, FOP uint16
	FIP, FDP           uint64
	ST                 [8]cpu.Float80
}

// Cred is Linux's struct cred.
type Cred struct {
	UID, EUID, SUID, FSUID uint32
	GID, EGID, SGID, FSGID uint32
	Groups                 []uint32
	Caps                   Caps
}

// SysState is what a system call keeps between two invocations of its handler (aesthetics C.8).
type SysState struct {
	Active   bool // a call is under way
	Compat   bool // it came by int 0x80
	Paused   bool // it has worked long: the task is at preempt_point
	Nested   bool // and an interrupt has come there: its registers lie on the kernel stack too
	Resumed  bool // it has come from there
	Phase    uint8
	Nr       uint16
	Args     Args
	Done     uint64    // progress
	Deadline uint64    // absolute, ns; 0 not set yet
	Scratch  [4]uint64 // whatever else the handler must remember
	Entered  uint64    // Now at entry, for strace -T and the diagram
	Inode    uint32    // the file that it is in the middle of, 0 none
	Opened   uint64    // Now when interrupts were let in last
	Slept    bool      // it has been asleep
	Deaf     bool      // only a fatal signal interrupts it, whatever its definition says (vfork's wait)
	Restart  abi.Errno // a signal interrupted it: which restart rule holds until the signal is delivered
}

// SigState is a thread's side of signals.
type SigState struct {
	Blocked  uint64 // bit n-1 stands for signal n
	Saved    uint64 // the mask to restore after sigsuspend, pselect, ppoll
	HasSaved bool
	Pending  uint64
	Queue    []Siginfo // one for each pending signal, in order of arrival
	AltStack uint64
	AltSize  uint64
	AltFlags int32
	Wanted   uint64 // what sigtimedwait sleeps for, though it is blocked
}

// Siginfo is what a handler with SA_SIGINFO learns. Linux siginfo_t.
type Siginfo struct {
	Signo  int32
	Errno  int32
	Code   int32
	PID    int32
	UID    uint32
	Status int32
	Addr   uint64
	Value  uint64
	UTime  int64
	STime  int64
	Timer  bool // a timer of the receiver sent it
}

// SigAction is one entry of the table of handlers. Linux struct k_sigaction.
type SigAction struct {
	Handler  uint64 // SIG_DFL 0, SIG_IGN 1, or the address
	Flags    uint64
	Restorer uint64
	Mask     uint64
}

// SighandID names a Sighand.
type SighandID = state.ID

// Sighand is the table of handlers, shared with CLONE_SIGHAND.
type Sighand struct {
	Refs   int32
	Action [NumSigs + 1]SigAction // indexed by signal number
}

// ProcID names a Process.
type ProcID = state.ID

// Process is Linux's signal_struct: what the threads of one process share.
type Process struct {
	Refs        int32 // threads not yet released
	Live        int32 // threads not yet exited
	Pending     uint64
	Queue       []Siginfo
	GroupExit   bool
	GroupCode   int32
	StopSig     int32 // the signal that stopped the group; 0 when running
	StopTold    bool  // the parent has been told of the stop
	ContTold    bool  // a continue waits to be told
	Rlimits     [16]Rlimit
	Ended       Usage        // of threads that ended
	Children    Usage        // of children that were waited for
	MaxRSS      uint64       // KiB, the most there was
	Timers      []PosixTimer // timer_create(2)
	ItimerReal  Itimer
	ItimerVirt  Itimer
	ItimerProf  Itimer
	Subreaper   bool
	TTY         uint32 // device number of the controlling terminal, 0 none
	OldPGrp     int32  // a session leader's: the foreground group when its terminal was hung up
	DidExec     bool
	Exe         uint32 // the program's object (inode), 0 none
	ExePath     string // as /proc/PID/exe names it
	OOMAdj      int16
	Personality uint32
	Membarrier  uint8 // commands of membarrier(2) that it registered for
	IO          IOCount
	CoreFilter  uint32 // coredump_filter: the bits that differ from the default
}

// Rlimit is a resource limit.
type Rlimit struct{ Cur, Max uint64 }

// Itimer is an interval timer: setitimer(2), alarm(2).
type Itimer struct {
	Next     int64 // ns, on the clock that the timer counts; 0 disarmed
	Interval int64
}

// Name returns comm as a string.
func (t *Task) Name() string {
	n := 0
	for n < CommLen && t.Comm[n] != 0 {
		n++
	}
	return string(t.Comm[:n])
}

// SetName sets comm, cut to 15 bytes as Linux does.
func (t *Task) SetName(s string) {
	t.Comm = [CommLen]byte{}
	copy(t.Comm[:CommLen-1], s)
}

// Leader tells whether t is its process's first thread.
func (t *Task) Leader() bool { return t.PID == t.TGID }
