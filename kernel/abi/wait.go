package abi

// Options of wait4(2) and waitid(2).
const (
	WNOHANG    = 1
	WUNTRACED  = 2
	WSTOPPED   = 2
	WEXITED    = 4
	WCONTINUED = 8
	WNOWAIT    = 0x1000000
	WNOTHREAD  = 0x20000000
	WALL       = 0x40000000
	WCLONE     = 0x80000000
	P_ALL      = 0
	P_PID      = 1
	P_PGID     = 2
	P_PIDFD    = 3
)

// WaitExited is the status word of a process that called exit_group(code). wait(2)
func WaitExited(code int) int32 { return int32(code&0xff) << 8 }

// WCOREFLAG in a status word tells that a core file was written.
const WCOREFLAG = 0x80

// WaitSignaled is the status word of a process that signal sig ended.
func WaitSignaled(sig int) int32 { return int32(sig & 0x7f) }

// WaitStopped is the status word of a process that signal sig stopped.
func WaitStopped(sig int) int32 { return int32(sig&0xff)<<8 | 0x7f }

// WaitContinuedStatus is the status word of a process that SIGCONT woke.
const WaitContinuedStatus int32 = 0xffff
