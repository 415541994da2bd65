package abi

// Sigaction is struct kernel_sigaction, what rt_sigaction(2) takes.
type Sigaction struct {
	Handler, Flags, Restorer, Mask uint64
}

// StackT is stack_t. sigaltstack(2)
type StackT struct {
	SP    uint64
	Flags int32
	Pad   uint32
	Size  uint64
}

// Siginfo is siginfo_t: the header and the union as bytes. sigaction(2); Linux include/uapi/asm-generic/siginfo.h
type Siginfo struct {
	Signo, Errno, Code int32
	Pad                uint32
	Fields             [112]byte
}

// SiginfoKill is the union for kill(2), tgkill(2) and SIGCHLD: the sender, and a child's status and times.
type SiginfoKill struct {
	PID    int32
	UID    uint32
	Status int32 // or the low half of sigval
	Pad    uint32
	Utime  int64
	Stime  int64
}

// SiginfoFault is the union for SIGILL, SIGFPE, SIGSEGV, SIGBUS and SIGTRAP.
type SiginfoFault struct {
	Addr    uint64
	AddrLSB int16
	Pad     [6]byte
}

// SetFields writes one of the union's forms.
func SetFields[T any](s *Siginfo, f *T) { copy(s.Fields[:], Bytes(f)) }

// Sigcontext is struct sigcontext_64: the registers that a handler may change.
// Linux arch/x86/include/uapi/asm/sigcontext.h
type Sigcontext struct {
	R8, R9, R10, R11, R12, R13, R14, R15 uint64
	DI, SI, BP, BX, DX, AX, CX, SP, IP   uint64
	Flags                                uint64
	CS, GS, FS, SS                       uint16
	Err, Trapno, Oldmask, CR2            uint64
	FPState                              uint64
	Reserved                             [8]uint64
}

// Ucontext is struct ucontext. Linux include/uapi/asm-generic/ucontext.h
type Ucontext struct {
	Flags, Link uint64
	Stack       StackT
	Mcontext    Sigcontext
	Sigmask     uint64
}

// Bits of Ucontext.Flags. Linux arch/x86/include/uapi/asm/ucontext.h
const (
	UC_FP_XSTATE         = 1
	UC_SIGCONTEXT_SS     = 2
	UC_STRICT_RESTORE_SS = 4
)
