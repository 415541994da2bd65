package view

import "vitrine/engine/trace"

// The event kinds in the words of package trace, for those who draw: they import view and not the engine.
type (
	// Event is one thing that happened.
	Event = trace.Event
	// Kind names what happened.
	Kind = trace.Kind
	// Mask is a set of kinds.
	Mask = trace.Mask
)

// The kinds that diagrams ask for.
const (
	KindInterrupt = trace.Interrupt
	KindWalk      = trace.Walk
	KindIRQ       = trace.IRQ
	KindDiskRead  = trace.DiskRead
	KindDiskWrite = trace.DiskWrite
	KindSyscall   = trace.Syscall
	KindPageFault = trace.PageFault
	KindCOW       = trace.COW
	KindSwitch    = trace.Switch
	KindFork      = trace.Fork
	KindExec      = trace.Exec
	KindExit      = trace.Exit
	KindSignal    = trace.Signal
	KindBootStep  = trace.BootStep
	KindMode      = trace.Mode
	KindSent      = trace.SignalSent
	KindException = trace.Exception
	KindSoftInt   = trace.SoftInt
	KindSyscallIn = trace.SyscallIn
	KindSysenter  = trace.Sysenter
	KindSpace     = trace.Space
	KindSwapOut   = trace.SwapOut
	KindSwapIn    = trace.SwapIn
	KindReclaim   = trace.Reclaim
	KindInstr     = trace.Instr
	KindConsole   = trace.Console
	NumKinds      = trace.NumKinds
)

// MaskOf returns the set of the given kinds.
func MaskOf(kinds ...Kind) Mask { return trace.MaskOf(kinds...) }

// Describe returns an event's name and sentence for a tooltip.
func Describe(k Kind) (name, text string) { return trace.Kinds[k].Name, trace.Kinds[k].Text }
