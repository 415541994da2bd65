package boot

import (
	"bytes"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// Phase is a part of an instruction's execution.
type Phase uint8

// The phases of an instruction.
const (
	PhaseFetch     Phase = iota // its bytes
	PhaseDecode                 // what they mean
	PhaseTranslate              // where its operands in memory are
	PhaseExecute                // what is read
	PhaseRetire                 // what is written
	NumPhases
)

// Micro is the next unit of a run, taken apart. All of it is seen in the execution itself, but for the names of the registers.
type Micro struct {
	Kind      MicroKind
	RIP       uint64
	Bytes     []byte // of the instruction, as far as they could be fetched
	Text      string // in Intel's syntax, "" when the bytes are no instruction
	Name      string // of the operation
	Fetch     []cpu.Access
	Translate []cpu.Access // of its operands, then those of the CPU itself: descriptors, task-state segments, frames
	Operands  []Value      // registers that the instruction names, before it
	Registers []RegisterChange
	Memory    []MemoryChange // the first ones
	Written   int            // how many writes to memory there were
	NextRIP   uint64
	Kernel    uint64 // units of time that the kernel worked

	// When an exception is delivered instead, or behind the instruction: where it arose.
	Faulted  bool
	At       Phase
	Vector   uint8
	Code     uint32
	CR2      uint64
	External bool // Vector is that of a hardware interrupt; nothing was executed
}

// MicroKind says what a unit is.
type MicroKind uint8

// The kinds.
const (
	MicroInstruction MicroKind = iota
	MicroInterrupt
	MicroIdle
)

// Value is what a register holds.
type Value struct {
	Name  string
	Value [2]uint64
}

// RegisterChange is what an instruction does to a register.
type RegisterChange struct {
	Name     string
	Old, New [2]uint64
}

// MemoryChange is a write to physical memory, of at most 16 bytes that are shown. LA is 0 when it was no access of the
// instruction: the page tables' accessed and dirty bits, the kernel's work.
type MemoryChange struct {
	PA, LA   uint64
	Size     uint64
	Old, New []byte
}

const (
	mostChanges = 32 // of memory, that are noted
	mostBytes   = 16
)

// Last is the phase in which the unit ends: retirement, or where it faults.
func (u *Micro) Last() Phase {
	if u.Faulted && u.At < PhaseRetire {
		return u.At
	}
	return PhaseRetire
}

// Micro takes the next unit apart: it executes it with an onlooker, and goes back.
func (h *History) Micro() *Micro {
	c := h.c
	m := h.keep(false)
	now := c.M.Now()
	before := c.M.CPU.S
	u := &Micro{RIP: before.RIP}
	if before.Halted && !c.M.PIC.INTR() {
		u.Kind, u.NextRIP = MicroIdle, before.RIP
		return u
	}
	saved, on := *c.M.Trace, c.StopOn
	*c.M.Trace = trace.Hub{Now: saved.Now, Mask: trace.MaskOf(trace.Exception, trace.Interrupt, trace.SoftInt)}
	c.StopOn = 0
	u.watch(c, func() { c.Run(now+1, NoLimit) })
	u.events(c.M.Trace.Drain(nil), before.Retired != c.M.CPU.S.Retired)
	u.changes(&before, &c.M.CPU.S)
	if u.Kernel = c.M.Now() - now; u.Kernel > 0 {
		u.Kernel--
	}
	h.astray = true
	if h.base == m { // kept
		h.restore(m)
	} else {
		h.Seek(now)
	}
	saved.Task = c.M.Trace.Task
	*c.M.Trace, c.StopOn = saved, on
	u.decode(c, &before)
	return u
}

// watch runs something and notes what it does with memory.
func (u *Micro) watch(c *Computer, run func()) {
	ram := c.M.RAM
	var seen cpu.Observer
	c.M.CPU.WatchWrites([]mem.Range{{First: 0, Last: ram.Size() - 1}})
	c.M.CPU.Observe(&seen)
	ram.Noted = func(pa, n uint64) {
		if u.Written++; u.Written <= mostChanges {
			u.Memory = append(u.Memory, MemoryChange{PA: pa, Size: n, Old: bytes.Clone(ram.Bytes[pa : pa+min(n, mostBytes)])})
		}
	}
	run()
	ram.Noted = nil
	c.M.CPU.Observe(nil)
	c.M.CPU.WatchWrites(nil)
	for i := range u.Memory {
		w := &u.Memory[i]
		w.New = bytes.Clone(ram.Bytes[w.PA : w.PA+uint64(len(w.Old))])
	}
	u.accesses(seen.Accesses)
}

// accesses sorts them: fetches, operands, the CPU's own.
func (u *Micro) accesses(all []cpu.Access) {
	for _, system := range [2]bool{false, true} {
		for _, a := range all {
			switch {
			case a.Kind == cpu.Fetch && !system:
				u.Fetch = append(u.Fetch, a)
			case a.Kind != cpu.Fetch && a.System == system:
				u.Translate = append(u.Translate, a)
			}
		}
	}
	for i := range u.Memory {
		for _, a := range all {
			if w := &u.Memory[i]; a.Kind == cpu.Write && a.PA == w.PA && uint64(a.Size) == w.Size {
				w.LA = a.LA
			}
		}
	}
}

// events finds out about exceptions and interrupts.
func (u *Micro) events(list []trace.Event, retired bool) {
	for _, e := range list {
		switch e.Kind {
		case trace.Interrupt:
			u.Kind, u.External, u.Vector = MicroInterrupt, true, uint8(e.A)
		case trace.Exception:
			u.Faulted, u.Vector, u.Code, u.CR2 = true, uint8(e.A>>32), uint32(e.A), e.B
			u.At = u.blame(retired)
		}
	}
}

// blame is the phase that an exception arises in.
func (u *Micro) blame(retired bool) Phase {
	for _, a := range u.Fetch {
		if a.Fault {
			return PhaseFetch
		}
	}
	for _, a := range u.Translate {
		if a.Fault {
			return PhaseTranslate
		}
	}
	switch {
	case retired || u.Vector == cpu.VecDB:
		return PhaseRetire
	case u.Vector == cpu.VecUD || u.Vector == cpu.VecNM:
		return PhaseDecode
	}
	return PhaseExecute
}

func (u *Micro) changes(before, after *cpu.State) {
	u.NextRIP = after.RIP
	for _, r := range cpu.Registers {
		if old, now := r.Get(before), r.Get(after); old != now {
			u.Registers = append(u.Registers, RegisterChange{r.Name, old, now})
		}
	}
}

// decode reads the instruction where it was fetched from; the computer is before it.
func (u *Micro) decode(c *Computer, s *cpu.State) {
	if u.Kind != MicroInstruction {
		return
	}
	for _, f := range u.Fetch {
		for pa := f.PA; !f.Fault && len(u.Bytes) < decode.MaxLen && pa>>mem.FrameShift == f.PA>>mem.FrameShift; pa++ {
			b, ok := c.M.CPU.Peek(pa)
			if !ok {
				break
			}
			u.Bytes = append(u.Bytes, b)
		}
	}
	inst, err := decode.Decode(u.Bytes, s.CodeBits())
	if err != nil {
		return
	}
	u.Bytes = u.Bytes[:inst.Len]
	u.Text, u.Name = decode.Text(inst, u.RIP, decode.Intel, nil), decode.Name(inst.Op)
	for _, name := range decode.RegistersOf(inst) {
		if r, ok := cpu.RegisterByName(name); ok {
			u.Operands = append(u.Operands, Value{name, r(s)})
		}
	}
}
