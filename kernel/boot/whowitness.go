package boot

import (
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/sys"
)

// Caller is whose system call it was.
type Caller struct {
	Name string
	Text string // with its arguments
	Args [6]uint64
	PID  int32
	Comm string
	Exe  string
	RIP  uint64 // in ring 3, behind the instruction that called
	Site uint64 // that instruction, 0 when it is not known
	Insn string // and its text

	out outgoing // of write(2) and writev(2), in this step
}

// witness hears the events of one step, and which system call was over when the value had changed.
type witness struct {
	c       *Computer
	probe   *probe
	last    *sample
	changed bool
	caller  Caller // of the call in which it changed
	entered string // the call that came through the door
	retired uint64
	vmcall  bool
	door    string
	user    uint64
	out     outgoing
	events  []trace.Event

	interrupt bool // the kernel was entered by an interrupt
}

// heard are the kinds of events that tell what the kernel did.
const heard = 1<<trace.Exception | 1<<trace.Interrupt | 1<<trace.SoftInt | 1<<trace.DiskRead | 1<<trace.DiskWrite | 1<<trace.BootStep |
	1<<trace.PageFault | 1<<trace.COW | 1<<trace.FrameAlloc | 1<<trace.FrameFree | 1<<trace.Switch | 1<<trace.Wake | 1<<trace.Block | 1<<trace.Fork |
	1<<trace.Exec | 1<<trace.Exit | 1<<trace.Signal | 1<<trace.Tick | 1<<trace.SwapOut | 1<<trace.SwapIn | 1<<trace.Reclaim

// listen notes how the step begins.
func (w *witness) listen() {
	c := w.c
	s := &c.M.CPU.S
	w.retired = s.Retired
	c.M.Trace.Drain(nil)
	c.M.Trace.Mask = heard
	if c.K == nil {
		return
	}
	b, _ := c.instruction(s.RIP, s.CodeBits())
	w.vmcall = s.CPL() == 0 && len(b) == 3 && [3]byte(b) == [3]byte{0x0f, 0x01, 0xc1}
	if w.vmcall {
		w.door, w.user = c.door()
	}
	w.out = c.outgoing()
	c.K.OnSyscall = func(t *kernel.Task, _ *kernel.Syscall) {
		w.look(nil)
		if w.entered == "" && !w.changed {
			w.entered = sys.CallText(c.K, t)
			w.out = c.outgoing()
		}
	}
	c.K.OnSyscallRet = func(t *kernel.Task, _ *kernel.Syscall, _ int64) { w.look(t) }
}

// outgoing is what the current task's write(2) or writev(2) has still to write, as far as it matters.
func (c *Computer) outgoing() outgoing {
	t := c.K.Current()
	if t == nil || !t.Sys.Active {
		return nil
	}
	a, name := &t.Sys.Args, ""
	if s := c.K.Syscall(uint64(t.Sys.Nr)); s != nil {
		name = s.Name
	}
	var list outgoing
	left := uint64(maxOutgoing)
	add := func(at, n uint64) {
		data := make([]byte, min(n, left))
		if c.K.MM.CopyIn(t.ASID, data, at) == abi.OK {
			list, left = append(list, stretch{at, data}), left-uint64(len(data))
		}
	}
	switch {
	case name == "write":
		add(a[1], a[2])
	case name == "writev" && !t.Sys.Compat:
		for i := range min(a[2], maxVector) {
			at, e := c.K.MM.Read64(t.ASID, a[1]+i*16)
			n, e2 := c.K.MM.Read64(t.ASID, a[1]+i*16+8)
			if e == abi.OK && e2 == abi.OK {
				add(at, n)
			}
		}
	}
	return list.skip(t.Sys.Done)
}

// outgoing are pieces of a program's memory that are about to be written.
type outgoing []stretch

type stretch struct {
	at   uint64
	data []byte
}

// skip leaves out what has been written already.
func (o outgoing) skip(n uint64) outgoing {
	for len(o) > 0 && n >= uint64(len(o[0].data)) {
		n -= uint64(len(o[0].data))
		o = o[1:]
	}
	if len(o) > 0 {
		o[0] = stretch{o[0].at + n, o[0].data[n:]}
	}
	return o
}

const maxVector = 1024 // IOV_MAX

// maxOutgoing bounds what is looked at of a program's output.
const maxOutgoing = 64 << 10

// look notes whose call did it, once it is done. Nobody's is before the first call.
func (w *witness) look(t *kernel.Task) {
	if w.changed {
		return
	}
	now := w.probe.sample()
	now.take(w.probe)
	if w.changed = !now.equal(w.last); w.changed && t != nil {
		w.caller = w.c.callerOf(t)
		w.caller.out = w.out
	}
}

// callerOf describes the call that t is in.
func (c *Computer) callerOf(t *kernel.Task) Caller {
	s := c.K.Syscall(uint64(t.Sys.Nr))
	out := Caller{Text: sys.CallText(c.K, t), Args: t.Sys.Args, PID: t.PID, Comm: t.Name(), RIP: c.K.Regs(t).RIP}
	if s != nil {
		out.Name = s.Name
	}
	if p := c.K.Process(t); p != nil {
		out.Exe = p.ExePath
	}
	if t == c.K.Current() { // SYSCALL and INT 0x80 have two bytes; SYSENTER returns elsewhere
		b, text := c.instruction(out.RIP-2, 64)
		if len(b) == 2 && (b[0] == 0x0f && b[1] == 0x05 || b[0] == 0xcd && b[1] == 0x80) {
			out.Site, out.Insn = out.RIP-2, text
		}
	}
	return out
}

func (w *witness) end() {
	c := w.c
	w.events = c.M.Trace.Drain(nil)
	c.M.Trace.Mask = 0
	if c.K == nil {
		return
	}
	c.K.OnSyscall, c.K.OnSyscallRet = nil, nil
	if t := c.K.Current(); t != nil && t.Sys.Active && !t.Sys.Nested { // a call that goes on another time
		w.look(t)
	}
}
