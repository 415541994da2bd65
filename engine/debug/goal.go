// Package debug says what a reader waits for while the machine runs, forward or backward: it arms the machine, which then
// returns from Run right there (engine.Machine.Met). What is armed is no state and never shows in the guest.
package debug

import (
	"fmt"

	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
)

// Goal is what is waited for: the first of its parts that happens.
type Goal struct {
	Events   trace.Mask   // kinds of events, the kernel's, the devices' and the CPU's own
	Breaks   []cpu.Break  // the instruction there is about to be executed
	Writes   []mem.Range  // a byte there is written, even with what it was: by an instruction, the CPU's own tables, the kernel
	Register cpu.Register // has another value than before; nil: none
}

// AtAddress waits for the instruction at a linear address: of an address of the lower half, a program's, in the present space only.
func AtAddress(m *engine.Machine, la uint64) Goal {
	s := &m.CPU.S
	b := cpu.Break{Addr: la, Space: cpu.SpaceOf(s.CR3)}
	b.Any = s.Paging() == mmu.Off || int64(la) < 0
	return Goal{Breaks: []cpu.Break{b}}
}

// MaxWatched is how many bytes can be watched at once.
const MaxWatched = 1 << 20

// Writing waits for a write to one of n bytes from linear address la on, where the present page tables have them now: through
// whatever other mapping, and whoever writes.
func Writing(m *engine.Machine, la, n uint64) (Goal, error) {
	if n == 0 || n > MaxWatched {
		return Goal{}, fmt.Errorf("%d bytes cannot be watched: between 1 and %d can", n, MaxWatched)
	}
	var g Goal
	root := m.CPU.S.Root()
	for left := n; left > 0; {
		w := mmu.Walk(m.RAM, root, la)
		size := min(left, mem.FrameSize-la&mem.FrameMask)
		if !w.Present || !m.RAM.Has(w.Phys, size) {
			return Goal{}, fmt.Errorf("at %#x there is no memory", la)
		}
		g.Writes = append(g.Writes, mem.Range{First: w.Phys, Last: w.Phys + size - 1})
		la, left = la+size, left-size
	}
	return g, nil
}

// Changing waits for another value of a register or flag (cpu.RegisterByName).
func Changing(name string) (Goal, error) {
	r, ok := cpu.RegisterByName(name)
	if !ok {
		return Goal{}, fmt.Errorf("there is no register %q", name)
	}
	return Goal{Register: r}, nil
}

// Arm has the machine wait for g from now on; breakpoints count from the moment on when the clock shows from.
func (g *Goal) Arm(m *engine.Machine, from uint64) {
	m.CPU.SetBreaks(g.Breaks, from)
	m.CPU.WatchWrites(g.Writes)
	m.CPU.SetRegister(g.Register)
}

// Disarm has it wait for nothing but Trace.Stop.
func Disarm(m *engine.Machine) { new(Goal).Arm(m, 0) }
