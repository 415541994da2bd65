package view

import "strconv"

// Rings is what stands between the privilege levels: the doors as registers and tables in memory describe them, which
// of them were used, and what the CPU left on the stack when it last went inwards. None of it needs to know the kernel.
type Rings struct {
	Gates     []Gate // the IDT's present entries, by vector
	IDTBase   uint64
	IDTLimit  uint16
	Fast      FastCalls
	Calls     []CallGate // call gates of the GDT
	TSS       TSS
	Doors     []Door // those that were used and those that a program may use, in a fixed order
	Saved     Saved
	Crossings []Crossing // the last ones, the newest last
	Time      [5]uint64  // units of Now spent in rings 0 to 3, and halted
	Inwards   uint64     // crossings into an inner ring since reset
	User      Excerpt    // where the outer ring is, or was left
	Inner     Excerpt    // where ring 0 is, or was entered last
	Asked     Request
}

// Request is the system call that a program is about to make, or that the kernel is at work on.
type Request struct {
	Name string // "" when there is none
	Nr   uint64
	Soon bool // the instruction that asks is next
	Args []RequestArg
}

// RequestArg is an argument in its register.
type RequestArg struct {
	Reg   uint8  // as in CPU.R
	Name  string // "fd"
	Value uint64
	Text  string // as strace writes it
}

// RingHalted is the place of halting in Rings.Time.
const RingHalted = 4

// Gate is an entry of the IDT (SDM 3A "IDT Descriptors"); in real mode a far pointer of the vector table.
type Gate struct {
	Vector   uint8
	Kind     uint8 // type bits of the descriptor: 0xe interrupt gate, 0xf trap gate, 5 task gate, 6 and 7 of 16 bits; 0 in real mode
	DPL, IST uint8
	Sel      uint16
	Target   uint64
	Symbol   string
	At       uint64 // linear address of the entry
	Raw      [2]uint64
}

// FastCalls are the registers behind SYSCALL and SYSENTER (SDM 3A "Fast System Calls in 64-Bit Mode").
type FastCalls struct {
	SCE                       bool // EFER.SCE: SYSCALL is allowed
	STAR, LSTAR, CSTAR, FMASK uint64
	CS, ESP, EIP              uint64 // IA32_SYSENTER_CS, _ESP, _EIP
	LSTARName, EIPName        string
}

// CallGate is a call gate of the GDT.
type CallGate struct {
	Sel, Code uint16 // the gate's own selector, and that of the code it leads to
	DPL       uint8
	Target    uint64
	Symbol    string
}

// TSS is what the task-state segment holds for changing the stack (SDM 3A "64-Bit Task State Segment").
type TSS struct {
	Sel   uint16
	Base  uint64
	Limit uint32
	Bits  uint8 // 16, 32 or 64; 0 when none is loaded
	RSP   [3]uint64
	SS    [3]uint16 // outside long mode
	IST   [7]uint64
}

// DoorKind says how a ring is left.
type DoorKind uint8

// The kinds of doors.
const (
	DoorSyscall DoorKind = iota
	DoorSysenter
	DoorSoft // INT n
	DoorException
	DoorInterrupt
	DoorCallGate
)

// Door is a way into an inner ring.
type Door struct {
	Kind    DoorKind
	Vector  uint16 // of a gate; the selector of a call gate
	Name    string // "syscall", "#PF", "IRQ 0"
	About   string // "page fault"
	Target  uint64
	Symbol  string
	Count   uint64 // uses from an outer ring
	Nested  uint64 // uses from the same ring
	At      uint64 // Now of the last use, 0 never
	Present bool
	Path    Path // of the last system call through it that nothing interrupted; zero when there was none
}

// Path is how long the way of a system call through ring 0 is.
type Path struct {
	In, Out uint64 // instructions from the door to the kernel's work, and from there back to ring 3
	Took    uint64 // units of Now in all, with the kernel's work
}

// Crossing is one passage.
type Crossing struct {
	At       uint64
	Kind     DoorKind // of passages inwards
	Back     bool
	How      string // "iret", "sysret": of passages outwards; the door's name else
	Vector   uint16
	From, To uint8
	Task     uint16
	Number   uint64 // RAX at SYSCALL and SYSENTER, the error code of an exception
	IP       uint64 // where it happened, or where a return led to; 0 not known
}

// Word is one value of a saved frame.
type Word struct {
	Name  string
	Value uint64
	Addr  uint64 // linear; 0 when it is kept in a register
}

// Saved is what the CPU saved on its last way inwards.
type Saved struct {
	Open  bool   // that passage has not ended yet
	Lies  bool   // Words were read where the frame lies
	Door  int    // index into Doors, -1 none
	From  string // where the stack pointer came from: "TSS.RSP0", "IST 1", "the same stack", StackKept
	Top   uint64 // the stack pointer before the first push
	Size  uint8  // bytes of a word
	Words []Word // the highest address first
	From3 bool   // came from an outer ring
}

// StackKept is Saved.From of SYSCALL, which leaves the stack pointer alone.
const StackKept = "not changed"

// Excerpt is a few lines of code.
type Excerpt struct {
	Where   string
	Lines   []Line
	Current int
	Known   bool
}

// exceptions are the vectors that Intel has named. SDM 3A table "Protected-Mode Exceptions and Interrupts"
var exceptions = [32][2]string{
	0: {"#DE", "divide error"}, 1: {"#DB", "debug"}, 2: {"NMI", "non-maskable interrupt"}, 3: {"#BP", "breakpoint"}, 4: {"#OF", "overflow"},
	5: {"#BR", "bound range"}, 6: {"#UD", "invalid opcode"}, 7: {"#NM", "no coprocessor"}, 8: {"#DF", "double fault"}, 10: {"#TS", "invalid TSS"},
	11: {"#NP", "segment not present"}, 12: {"#SS", "stack fault"}, 13: {"#GP", "general protection"}, 14: {"#PF", "page fault"}, 16: {"#MF", "x87 error"},
	17: {"#AC", "alignment check"}, 18: {"#MC", "machine check"}, 19: {"#XM", "SIMD error"}, 20: {"#VE", "virtualization"}, 21: {"#CP", "control protection"},
}

// IRQNames are what is wired to the 8259s' lines on this machine.
var IRQNames = [16]string{0: "timer", 1: "kbd", 2: "2nd", 4: "uart", 8: "rtc", 14: "disk"}

// VectorName returns what a vector below 32 is called, else its number; about is "" when Intel has not said.
func VectorName(v uint8) (name, about string) {
	if v < 32 && exceptions[v][0] != "" {
		return exceptions[v][0], exceptions[v][1]
	}
	return "vector " + strconv.Itoa(int(v)), ""
}

// GateKind names the type of a gate.
func GateKind(kind uint8) string {
	switch kind {
	case 0:
		return "far pointer"
	case 5:
		return "task gate"
	case 6:
		return "16-bit interrupt gate"
	case 7:
		return "16-bit trap gate"
	case 0xe:
		return "interrupt gate"
	case 0xf:
		return "trap gate"
	}
	return "not a gate: type " + strconv.Itoa(int(kind))
}
