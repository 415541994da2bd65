package cpu

import (
	"slices"

	"vitrine/engine/mem"
)

// What an onlooker waits for: breakpoints, a change of a register, writes to memory (mem.RAM.SetWatch). None of it is state, none
// changes what the guest does. Breakpoints and writes cost nothing where there are none, as with the debug registers; a
// register is looked at behind each instruction.

// Break is a place at which Run stops, before the instruction there. As with the debug registers an instruction that is
// tried again, after a fault or in the middle of its repetitions, is not met twice (RF).
type Break struct {
	Addr  uint64 // linear
	Space uint64 // the page tables in which it counts, as CR3 names them
	Any   bool   // it counts in all
}

// tables are the bits of CR3 that name page tables.
const tables = ^uint64(mem.FrameMask)

// SpaceOf is the address space that CR3 names, for Break.
func SpaceOf(cr3 uint64) uint64 { return cr3 & tables }

// SetBreaks sets the breakpoints. They count from the moment on when the clock shows from.
func (c *CPU) SetBreaks(breaks []Break, from uint64) {
	if !slices.Equal(breaks, c.breaks) {
		c.DropCode()
	}
	c.breaks, c.breakFrom = append(c.breaks[:0], breaks...), from
	c.Hit = false
}

// breakAt tells whether there is a breakpoint at linear address la, in whatever space.
func (c *CPU) breakAt(la uint64) bool {
	for i := range c.breaks {
		if c.breaks[i].Addr == la {
			return true
		}
	}
	return false
}

// metBreak stops before the instruction at la if one of the breakpoints there counts.
func (c *CPU) metBreak(la uint64) bool {
	if c.Now() < c.breakFrom || c.S.RFLAGS&FlagRF != 0 && c.rfAt == c.S.Retired {
		return false
	}
	for _, b := range c.breaks {
		if b.Addr == la && (b.Any || SpaceOf(c.S.CR3) == b.Space) {
			c.Hit, c.out, c.trap.Vector = true, ExitBreak, vecStop
			c.breakFrom = c.Now() + 1 // the next Run goes on
			return true
		}
	}
	return false
}

// WatchWrites is mem.RAM.SetWatch, and has the CPU ask before it writes there.
func (c *CPU) WatchWrites(ranges []mem.Range) {
	c.ram.SetWatch(ranges)
	c.dropFast()
}

// noticeWrite notes a write into a frame of which something is watched.
func (c *CPU) noticeWrite(pa, n uint64) {
	if !c.ram.Watches(pa, n) {
		return
	}
	c.ram.Notice(pa, n)
	c.leave()
}

// SetRegister has Hit tell when a register changes, nil: none.
func (c *CPU) SetRegister(r Register) {
	c.register = r
	c.Begin()
}

// Begin makes the present the moment from which changes count.
func (c *CPU) Begin() {
	c.Hit = false
	if c.register != nil {
		c.value = c.register(&c.S)
	}
}

// Look notes whether the register has changed since the last Look or Begin.
func (c *CPU) Look() bool {
	if c.register == nil {
		return false
	}
	c.flags()
	v := c.register(&c.S)
	if v == c.value {
		return false
	}
	c.value, c.Hit = v, true
	return true
}
