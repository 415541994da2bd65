// Package trace is what the machine tells about itself: one list of event kinds, a mask of what is listened to, and a ring.
package trace

// Kind names what happened. Adding a kind is one row here and one in Kinds, nothing else.
type Kind uint8

// The kinds, engine first, kernel after.
const (
	None       Kind = iota
	Instr           // one instruction retired (observed loop only)
	Mode            // the CPU changed mode
	Exception       // an exception is being delivered through the IDT
	Interrupt       // a hardware interrupt is being delivered through the IDT
	SoftInt         // INT n, INT3, INTO through the IDT
	Iret            // IRETQ
	SyscallIn       // SYSCALL instruction
	SyscallOut      // SYSRET instruction
	Sysenter        // SYSENTER instruction
	Sysexit         // SYSEXIT instruction
	FarIn           // far CALL through a call gate into an inner ring
	FarOut          // far RET to an outer ring
	Walk            // TLB miss: the page tables were walked
	TLBFlush        // CR3 written or INVLPG
	Space           // CR3 names other tables
	IRQ             // a device raised its line
	PortOut         // OUT, or the kernel's outb
	PortIn          // IN, or the kernel's inb
	DiskRead        // the disk delivered sectors
	DiskWrite       // the disk took sectors
	Halt            // HLT: idle until the next interrupt
	BootStep        // a named step of the boot began
	Syscall         // a system call was entered in the kernel
	SyscallRet      // a system call returned to its task
	PageFault       // the kernel resolved (or refused) a page fault
	COW             // a page was copied on write
	FrameAlloc      // a frame was taken
	FrameFree       // a frame was given back
	Switch          // context switch
	Wake            // a task became ready
	Block           // a task went to sleep
	Fork            // a task was made
	Exec            // a task runs a new program
	Exit            // a task ended
	Signal          // a signal was delivered
	Console         // a byte was written to the console
	Tick            // the timer tick was handled
	SwapOut         // a page went to a swap slot
	SwapIn          // a page came back from a swap slot
	Reclaim         // a page left memory to make room
	SignalSent      // a signal was sent, and will be delivered
	NumKinds
)

// Field says how to print one of an event's two numbers.
type Field struct{ Name, Verb string }

// Info describes a kind for the log, the lanes and -trace.
type Info struct {
	Name  string
	Class string // cpu, memory, device, kernel
	Text  string // one short sentence for the event log
	A, B  Field
}

// Kinds has one row for each kind.
var Kinds = [NumKinds]Info{
	None:       {Name: "none", Class: "cpu"},
	Instr:      {"instr", "cpu", "instruction retired", Field{"rip", "%#x"}, Field{"len", "%d"}},
	Mode:       {"mode", "cpu", "the CPU changed mode", Field{"cr0", "%#x"}, Field{"efer", "%#x"}},
	Exception:  {"exception", "cpu", "exception through the IDT", Field{"vector<<32|error", "%#x"}, Field{"cr2", "%#x"}},
	Interrupt:  {"interrupt", "cpu", "hardware interrupt taken", Field{"vector", "%d"}, Field{"rip", "%#x"}},
	SoftInt:    {"softint", "cpu", "software interrupt", Field{"vector", "%d"}, Field{"rip", "%#x"}},
	Iret:       {"iret", "cpu", "return from interrupt", Field{"rip", "%#x"}, Field{"cs", "%#x"}},
	SyscallIn:  {"syscall-insn", "cpu", "SYSCALL into ring 0", Field{"nr", "%d"}, Field{"rip", "%#x"}},
	SyscallOut: {"sysret-insn", "cpu", "SYSRET to ring 3", Field{"rax", "%#x"}, Field{"rip", "%#x"}},
	Sysenter:   {"sysenter-insn", "cpu", "SYSENTER into ring 0", Field{"rax", "%d"}, Field{"rip", "%#x"}},
	Sysexit:    {"sysexit-insn", "cpu", "SYSEXIT to ring 3", Field{"rax", "%#x"}, Field{"rip", "%#x"}},
	FarIn:      {"call-gate", "cpu", "far CALL through a call gate", Field{"selector", "%#x"}, Field{"rip", "%#x"}},
	FarOut:     {"far-return", "cpu", "far RET to an outer ring", Field{"rip", "%#x"}, Field{"cs", "%#x"}},
	Walk:       {"walk", "memory", "TLB miss, page tables walked", Field{"va", "%#x"}, Field{"phys", "%#x"}},
	TLBFlush:   {"tlb-flush", "memory", "TLB entries dropped", Field{"va", "%#x"}, Field{"all", "%d"}},
	Space:      {"cr3", "memory", "another address space", Field{"cr3", "%#x"}, Field{"was", "%#x"}},
	IRQ:        {"irq", "device", "a device raised its line", Field{"line", "%d"}, Field{"", ""}},
	PortOut:    {"out", "device", "port written", Field{"port", "%#x"}, Field{"value", "%#x"}},
	PortIn:     {"in", "device", "port read", Field{"port", "%#x"}, Field{"value", "%#x"}},
	DiskRead:   {"disk-read", "device", "sectors read from the disk", Field{"lba", "%d"}, Field{"sectors", "%d"}},
	DiskWrite:  {"disk-write", "device", "sectors written to the disk", Field{"lba", "%d"}, Field{"sectors", "%d"}},
	Halt:       {"halt", "cpu", "idle until the next interrupt", Field{"until", "%d"}, Field{"", ""}},
	BootStep:   {"boot", "kernel", "boot step", Field{"step", "%d"}, Field{"", ""}},
	Syscall:    {"syscall", "kernel", "system call entered", Field{"nr", "%d"}, Field{"arg0", "%#x"}},
	SyscallRet: {"syscall-ret", "kernel", "system call returned", Field{"nr", "%d"}, Field{"ret", "%d"}},
	PageFault:  {"page-fault", "kernel", "page fault handled", Field{"va", "%#x"}, Field{"outcome", "%d"}},
	COW:        {"cow", "kernel", "page copied on write", Field{"from", "%#x"}, Field{"to", "%#x"}},
	FrameAlloc: {"frame-alloc", "kernel", "frame taken", Field{"frame", "%#x"}, Field{"use", "%d"}},
	FrameFree:  {"frame-free", "kernel", "frame given back", Field{"frame", "%#x"}, Field{"use", "%d"}},
	Switch:     {"switch", "kernel", "context switch", Field{"from", "%d"}, Field{"to", "%d"}},
	Wake:       {"wake", "kernel", "task woken", Field{"pid", "%d"}, Field{"reason", "%d"}},
	Block:      {"block", "kernel", "task waits", Field{"pid", "%d"}, Field{"reason", "%d"}},
	Fork:       {"fork", "kernel", "task made", Field{"parent", "%d"}, Field{"child", "%d"}},
	Exec:       {"exec", "kernel", "new program", Field{"pid", "%d"}, Field{"entry", "%#x"}},
	Exit:       {"exit", "kernel", "task ended", Field{"pid", "%d"}, Field{"status", "%#x"}},
	Signal:     {"signal", "kernel", "signal delivered", Field{"pid", "%d"}, Field{"signal", "%d"}},
	Console:    {"console", "device", "byte to the console", Field{"byte", "%#x"}, Field{"", ""}},
	Tick:       {"tick", "kernel", "timer tick", Field{"jiffies", "%d"}, Field{"", ""}},
	SwapOut:    {"swap-out", "kernel", "page goes to swap", Field{"frame", "%#x"}, Field{"entry", "%#x"}},
	SwapIn:     {"swap-in", "kernel", "page comes back from swap", Field{"frame", "%#x"}, Field{"entry", "%#x"}},
	SignalSent: {"signal-sent", "kernel", "signal sent", Field{"from<<32|to", "%#x"}, Field{"signal", "%d"}},
	Reclaim:    {"reclaim", "kernel", "page leaves memory", Field{"frame", "%#x"}, Field{"use", "%d"}},
}

// ByName returns the kind with the given name; ok is false when there is none.
func ByName(name string) (k Kind, ok bool) {
	for i, info := range Kinds {
		if info.Name == name && i != 0 {
			return Kind(i), true
		}
	}
	return None, false
}
