package kernel

import "vitrine/kernel/abi"

// Args are the six argument registers of a system call: rdi rsi rdx r10 r8 r9.
type Args [6]uint64

// Int reads argument i as a C int.
func (a *Args) Int(i int) int32 { return int32(a[i]) }

// Uint reads argument i as an unsigned int.
func (a *Args) Uint(i int) uint32 { return uint32(a[i]) }

// Handler does a system call for task t. It may be invoked again with the same Args and the same t.Sys any number
// of times: it probes, then commits, and asks to sleep by returning the result of Block.
type Handler func(k *Kernel, t *Task, a *Args) (int64, abi.Errno)

// OnSignal says what a signal does to a blocked call.
type OnSignal uint8

// The restart classes of Linux, as decided by the call and the handler's SA_RESTART.
const (
	RestartIfSA     OnSignal = iota // ERESTARTSYS
	RestartAlways                   // ERESTARTNOINTR
	EINTROnHandler                  // ERESTARTNOHAND, ERESTART_RESTARTBLOCK: EINTR when a handler runs, else continue
	Uninterruptible                 // only a fatal signal ends the sleep
	EINTRAlways                     // EINTR, whether a handler runs or not: signal(7), the end
)

// ArgKind says how strace prints an argument and how the kernel reads it.
type ArgKind uint8

// Kinds of arguments.
const (
	ArgInt    ArgKind = iota // signed decimal
	ArgUint                  // unsigned decimal
	ArgHex                   // address or hexadecimal word
	ArgOct                   // file mode
	ArgFD                    // file descriptor
	ArgDirFD                 // file descriptor or AT_FDCWD
	ArgPath                  // pointer to a NUL-terminated path
	ArgStr                   // pointer to a NUL-terminated string
	ArgBufIn                 // buffer the kernel reads; Len names the argument that holds its length
	ArgBufOut                // buffer the kernel fills; the returned value is how much
	ArgPtr                   // pointer to a structure, printed as an address
	ArgFlags                 // flags, printed by Flags
	ArgSig                   // signal number
	ArgPID                   // process
	ArgArgv                  // vector of strings
)

// Arg is one argument of a system call.
type Arg struct {
	Name  string
	Kind  ArgKind
	Len   int8   // for buffers: index of the argument that holds the length; -1 when none
	Flags string // for ArgFlags: name of the flag set in strace's tables
}

// Syscall is the one definition of a system call; dispatch, strace and documentation are derived from it.
type Syscall struct {
	Nr       uint16
	Name     string
	Man      string // manual page and Linux source, e.g. "read(2); fs/read_write.c:ksys_read"
	Args     []Arg
	Ret      ArgKind
	OnSignal OnSignal
	Fn       Handler
	// Missing says in one phrase what of the call is not here; "" when nothing known is.
	Missing string
	// Refused, instead of Fn, is the error of a call that is here by name only: all of it is missing.
	Refused abi.Errno
}

// The numbers: those of SYSCALL, and from CompatBase on those of INT 0x80, the i386 numbers.
const (
	CompatBase = 512
	MaxSyscall = 2 * CompatBase

	noSyscall = 1 << 32 // marks a number that cannot be in the table
)

// RegisterTable takes the definitions of kernel/sys. Duplicates are a bug.
func (k *Kernel) RegisterTable(table []Syscall) {
	for i := range table {
		s := &table[i]
		if k.table[s.Nr] != nil {
			panic("BUG: duplicate system call " + s.Name)
		}
		k.table[s.Nr] = s
	}
}

// Syscall returns the definition of number nr, or nil.
func (k *Kernel) Syscall(nr uint64) *Syscall {
	if nr >= MaxSyscall {
		return nil
	}
	return k.table[nr]
}
