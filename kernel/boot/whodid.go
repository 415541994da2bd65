package boot

import (
	"fmt"
	"strings"

	code "vitrine/assets/boot"
	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
	"vitrine/kernel/mm"
)

// What an Author is.
const (
	ByInstruction = "instruction" // the instruction at RIP
	ByKernel      = "kernel"      // the kernel's work, behind VMCALL
	ByDelivery    = "delivery"    // the CPU, on its way into the handler of a trap
	ByDevice      = "device"      // nobody's instruction: a device, or what was typed
)

// Author is who wrote something, and how it came to that.
type Author struct {
	What   string
	RIP    uint64
	Bytes  []byte // of the instruction
	Bits   int    // 16, 32 or 64: how they are read
	Text   string // the instruction, Intel's syntax
	Symbol string // where that is, as far as the kernel and the ROM have names: "entry_SYSCALL_64+0x1c"
	CPL    uint8
	PID    int32 // the task on the CPU, 0 before there are tasks and when idle
	Comm   string
	Exe    string // its program

	// Of the kernel's work and of a delivery:
	Door   string // how the kernel was entered: "write(1, \"hi\\n\", 3)", "exception 14, page fault, at 0x…", "interrupt 36, serial port", "boot step mm_init"
	Call   string // the system call that did it, when one did; it may be another task's, who was woken
	Caller Caller
	User   uint64   // RIP in ring 3 that the kernel was entered from, 0 when not from there
	Why    string   // which part of the work did it, as far as the events tell
	Work   []string // what else the kernel did at that, in order
}

// explain goes to a step, does it once more with open ears, and tells about it.
func (h *History) explain(p *probe, s *step) *Change {
	c := h.c
	h.Seek(s.now)
	out := &Change{Now: s.now, Retired: s.retired, Done: s.done, DoneRetired: s.doneRetired, InMemory: p.ranges != nil, By: c.author()}
	w := &witness{c: c, probe: p, last: p.sample()}
	w.last.take(p)
	w.listen()
	h.alone(func() { c.one(NoLimit) })
	w.end()
	out.values(s)
	out.attribute(c, w)
	return out
}

// values notes what changed; of a whole frame, the eight bytes around the first change.
func (ch *Change) values(s *step) {
	old, new, first := s.old, s.new, 0
	if old.ok && new.ok {
		for first < len(old.b) && old.b[first] == new.b[first] {
			first++
		}
	}
	if ch.InMemory {
		ch.At = new.pa + uint64(first)
		if !new.ok {
			ch.At = old.pa + uint64(first)
		}
	}
	from, to := 0, len(old.b)
	if to > MaxTarget {
		from = first &^ 7
		to = min(from+8, to)
	}
	if old.ok {
		ch.Old = old.b[from:to]
	}
	if new.ok {
		ch.New = new.b[from:to]
	}
}

// author tells who is about to do something.
func (c *Computer) author() Author {
	s := &c.M.CPU.S
	a := Author{RIP: s.RIP, CPL: s.CPL(), Bits: s.CodeBits()}
	la := s.RIP
	if a.Bits != 64 {
		la += s.Seg[cpu.CS].Base
	}
	a.Bytes, a.Text = c.instruction(la, a.Bits)
	if name, off, ok := code.Lookup(la); ok && (c.K != nil) && (a.CPL == 0 || a.Bits != 64) {
		a.Symbol = name
		if off != 0 {
			a.Symbol += fmt.Sprintf("+%#x", off)
		}
	}
	if c.K == nil {
		return a
	}
	if t := c.K.Current(); t != nil && t.PID != 0 {
		a.PID, a.Comm = t.PID, t.Name()
		if p := c.K.Process(t); p != nil {
			a.Exe = p.ExePath
		}
	}
	return a
}

// instruction reads what is at a linear address.
func (c *Computer) instruction(la uint64, bits int) (b []byte, text string) {
	root := c.M.CPU.S.Root()
	for i := range uint64(15) {
		pte, ok := mmu.Find(c.M.RAM, &root, la+i)
		if !ok {
			break
		}
		v, ok := c.M.CPU.Peek(pte&mmu.AddrMask | (la+i)&mem.FrameMask)
		if !ok {
			break
		}
		b = append(b, v)
	}
	inst, err := decode.Decode(b, bits)
	if err != nil {
		return b[:min(len(b), 1)], "(bad)"
	}
	return b[:inst.Len], decode.Text(inst, la, decode.Intel, nil)
}

// door tells how the kernel was entered that is about to work, and from where in ring 3.
func (c *Computer) door() (text string, user uint64) {
	s := &c.M.CPU.S
	reason := s.R[cpu.RAX]
	t := c.K.Current()
	if name, ok := code.Steps[reason]; ok {
		return "boot step " + name, 0
	}
	if t == nil {
		return "", 0
	}
	r := c.K.Regs(t)
	if r.CS&3 == 3 {
		user = r.RIP
	}
	switch reason {
	case code.EnterSyscall, code.EnterSysenter:
		return "system call", user
	case code.EnterResume:
		return "system call, which had let interrupts in", user
	}
	root := s.Root()
	pte, ok := mmu.Find(c.M.RAM, &root, s.R[cpu.RSP])
	if !ok {
		return "", user
	}
	frame := pte&mmu.AddrMask | s.R[cpu.RSP]&mem.FrameMask
	v := uint8(c.M.RAM.Read64(frame))
	return c.trapText(v, c.M.RAM.Read64(frame+code.PtOrigRAX)), user
}

// lines are the devices behind the 8259's lines.
var lines = map[uint8]string{0: "timer", 1: "keyboard", 4: "serial port", 8: "clock", 14: "disk", 15: "second disk"}

func (c *Computer) trapText(v uint8, errorCode uint64) string {
	switch {
	case v == cpu.VecPF:
		return fmt.Sprintf("page fault at %#x, error code %#x", c.M.CPU.S.CR2, errorCode)
	case v < 32:
		return fmt.Sprintf("exception %d", v)
	case v < 48:
		return fmt.Sprintf("interrupt %d, %s", v, lines[v-32])
	case v == 0x80:
		return "system call by INT 0x80"
	}
	return fmt.Sprintf("interrupt %d", v)
}

// attribute says what kind of author it was, and why.
func (ch *Change) attribute(c *Computer, w *witness) {
	a := &ch.By
	switch {
	case w.vmcall:
		w.interrupt = strings.HasPrefix(w.door, "interrupt")
		a.What, a.Door, a.User = ByKernel, w.door, w.user
		a.Call, a.Caller = w.caller.Text, w.caller
		if w.entered != "" && a.Door == "system call" {
			a.Door = w.entered
		}
		ch.why(c, w)
	case c.M.CPU.S.Retired != w.retired:
		a.What = ByInstruction
		if ch.walkDid(c) {
			a.Why = "the page walk of this instruction set the entry's accessed or dirty bit"
		}
	case w.delivered(ch):
		a.What = ByDelivery
	default:
		a.What, a.Bytes, a.Text = ByDevice, nil, ""
	}
}

// delivered tells whether a trap was delivered, and names it.
func (w *witness) delivered(ch *Change) bool {
	for _, e := range w.events {
		switch e.Kind {
		case trace.Exception:
			v := uint8(e.A >> 32)
			ch.By.Door = fmt.Sprintf("exception %d", v)
			if v == cpu.VecPF {
				ch.By.Door = fmt.Sprintf("page fault at %#x, error code %#x", e.B, e.A&0xffffffff)
			}
			return true
		case trace.Interrupt:
			ch.By.Door = w.c.trapText(uint8(e.A), 0)
			return true
		}
	}
	return false
}

// walkDid tells whether nothing but the bits changed that a page walk sets.
func (ch *Change) walkDid(c *Computer) bool {
	use, known := c.useOf(mem.FrameOf(ch.At))
	if !ch.InMemory || !known || use != mm.PageTable || len(ch.Old) == 0 || len(ch.Old) != len(ch.New) {
		return false
	}
	for i := range ch.Old {
		if ch.Old[i] != ch.New[i] && (i != 0 || (ch.Old[i]^ch.New[i])&^(mmu.A|mmu.D) != 0) {
			return false
		}
	}
	return true
}

// why finds among what the kernel did the part that wrote here, and lists the rest.
func (ch *Change) why(c *Computer, w *witness) {
	a := &ch.By
	f := uint64(mem.FrameOf(ch.At))
	for _, e := range w.events {
		text, mine := workText(&e, ch.InMemory, f)
		if text == "" {
			continue
		}
		if mine {
			a.Why = text
			w.whose(a, int32(e.Task))
		}
		if e.Kind == trace.Exit {
			w.whose(a, int32(e.Task))
		}
		if len(a.Work) < maxWork && (len(a.Work) == 0 || a.Work[len(a.Work)-1] != text) {
			a.Work = append(a.Work, text)
		}
	}
	switch {
	case a.Why != "":
	case a.Call != "":
		a.Why = "done by " + a.Call
	case len(a.Work) == 1:
		a.Why = a.Work[0]
	}
}

// whose drops the call of another task than the one whose work it was.
func (w *witness) whose(a *Author, pid int32) {
	if a.Caller.PID != pid {
		a.Call, a.Caller = "", Caller{}
	}
}

// maxWork bounds what is listed of a piece of the kernel's work.
const maxWork = 16

// workText says in words what an event tells, "" when it tells nothing about the kernel's work, and whether it is about this
// frame.
func workText(e *trace.Event, memory bool, frame uint64) (text string, mine bool) {
	switch e.Kind {
	case trace.PageFault:
		return fmt.Sprintf("page fault at %#x: %s", e.A, mm.FaultKind(e.B)), false
	case trace.COW:
		return fmt.Sprintf("copied frame %#x to frame %#x on write", e.A, e.B), memory && e.B == frame
	case trace.FrameAlloc:
		return fmt.Sprintf("took frame %#x for: %s", e.A, mm.Use(e.B)), memory && e.A == frame
	case trace.FrameFree:
		return fmt.Sprintf("gave frame %#x back: %s", e.A, mm.Use(e.B)), memory && e.A == frame
	case trace.SwapIn:
		return fmt.Sprintf("brought frame %#x back from swap", e.A), memory && e.A == frame
	case trace.SwapOut:
		return fmt.Sprintf("wrote frame %#x to swap", e.A), memory && e.A == frame
	case trace.Reclaim:
		return fmt.Sprintf("made frame %#x free: %s", e.A, mm.Use(e.B)), memory && e.A == frame
	case trace.Fork:
		return fmt.Sprintf("fork: pid %d made pid %d", e.A, e.B), false
	case trace.Exec:
		return fmt.Sprintf("execve: pid %d begins another program at %#x", e.A, e.B), false
	case trace.Exit:
		return fmt.Sprintf("exit of pid %d", e.A), false
	case trace.Signal:
		return fmt.Sprintf("signal %d for pid %d", e.B, e.A), false
	case trace.Switch:
		return fmt.Sprintf("context switch from pid %d to pid %d", e.A, e.B), !memory
	case trace.DiskRead:
		return fmt.Sprintf("read %d sectors of the disk from %d on", e.B, e.A), false
	case trace.DiskWrite:
		return fmt.Sprintf("wrote %d sectors of the disk from %d on", e.B, e.A), false
	}
	return "", false
}
