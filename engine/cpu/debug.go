package cpu

import "vitrine/engine/mem"

// Debug registers and single-stepping (SDM 3B "Debug, Branch Profile, TSC, and Intel Resource Director Technology
// Features").
//
// Breakpoints cost nothing where there are none. A page with a data breakpoint is not in fast, so that the slow path
// sees each access to it; the instruction is then taken back and run alone, and traps behind it. Where an instruction
// breakpoint is, a block begins that the jump cache does not remember, so that find is asked each time.

// Bits of DR6.
const (
	dr6Hits = 0xf     // B0…B3: the conditions of DR0…DR3
	dr6BD   = 1 << 13 // a debug register was accessed while DR7.GD was set
	dr6BS   = 1 << 14 // single step
	dr6BT   = 1 << 15 // the T bit of a new task
)

// Bits of DR7 and of IA32_DEBUGCTL.
const (
	dr7GD    = 1 << 13
	debugBTF = 1 << 1 // single-step on branches
)

// Kinds of breakpoints: the R/W fields of DR7.
const (
	onFetch = iota
	onWrite
	onPort
	onAccess
)

// breakpoints are the enabled ones of DR7, as sets of numbers.
type breakpoints struct {
	code, data, port uint8
}

// guard bits.
const (
	guardWatch = 1 << iota // there are data breakpoints
	guardAlign             // unaligned accesses are #AC
)

// field is the R/W field of breakpoint i.
func field(dr7 uint64, i int) uint64 { return dr7 >> (16 + 4*i) & 3 }

// span is the range that breakpoint i watches.
func (c *CPU) span(i int) (first, last uint64) {
	n := [4]uint64{1, 2, 8, 4}[c.S.DR[7]>>(18+4*i)&3]
	first = c.S.DR[i] &^ (n - 1)
	return first, first + n - 1
}

// debugChanged finds out which breakpoints are enabled. Whoever changes a debug register calls it.
func (c *CPU) debugChanged() {
	old := c.points
	c.points = breakpoints{}
	for i := range 4 {
		if c.S.DR[7]>>(2*i)&3 == 0 {
			continue
		}
		switch field(c.S.DR[7], i) {
		case onFetch:
			c.points.code |= 1 << i
		case onPort:
			if c.S.CR4&CR4DE != 0 {
				c.points.port |= 1 << i
			}
		default:
			c.points.data |= 1 << i
		}
	}
	c.guard &^= guardWatch
	if c.points.data != 0 {
		c.guard |= guardWatch
	}
	if (old.code | c.points.code) != 0 {
		c.DropCode()
	}
	if (old.data | c.points.data) != 0 {
		c.dropFast()
	}
}

// watched tells whether a data breakpoint lies in a page.
func (c *CPU) watched(page uint64) bool {
	for i := range 4 {
		first, last := c.span(i)
		if c.points.data>>i&1 != 0 && (first&^mem.FrameMask == page || last&^mem.FrameMask == page) {
			return true
		}
	}
	return false
}

// meets is the set of data breakpoints that an access meets.
func (c *CPU) meets(la, size uint64, acc access) (hits uint16) {
	for i := range 4 {
		first, last := c.span(i)
		if c.points.data>>i&1 == 0 || la > last || la+size-1 < first {
			continue
		}
		if acc == accessWrite || field(c.S.DR[7], i) == onAccess {
			hits |= 1 << i
		}
	}
	return hits
}

// watch notes the data breakpoints that an access meets. An instruction that is not alone is taken back first.
func (c *CPU) watch(la, size uint64, acc access, note bool) bool {
	hits := c.meets(la, size, acc)
	if hits == 0 || c.implicit {
		return true
	}
	if !c.smc {
		c.trap = Trap{Vector: vecAlone}
		return false
	}
	if note {
		c.S.Held |= hits
	}
	return true
}

// watchPort is watch for ports.
func (c *CPU) watchPort(port uint16, size uint8) bool {
	hits := uint16(0)
	for i := range 4 {
		first, last := c.span(i)
		if c.points.port>>i&1 != 0 && uint64(port) <= last && uint64(port)+uint64(size)-1 >= first {
			hits |= 1 << i
		}
	}
	if hits == 0 {
		return true
	}
	if !c.smc {
		c.trap = Trap{Vector: vecAlone}
		return false
	}
	c.S.Held |= hits
	return true
}

// breakpointAt makes #DB pending when there is an instruction breakpoint at linear address la that neither RF nor the
// shadow of MOV SS hides.
func (c *CPU) breakpointAt(la uint64) bool {
	hits := uint64(0)
	for i := range 4 {
		if c.points.code>>i&1 != 0 && c.S.DR[i] == la {
			hits |= 1 << i
		}
	}
	if hits == 0 || c.S.RFLAGS&FlagRF != 0 && c.rfAt == c.S.Retired || c.shadow == ShadowSS {
		return false
	}
	c.trap = Trap{Vector: VecDB, Addr: hits}
	return true
}

// breaksAt tells whether there is an instruction breakpoint at linear address la.
func (c *CPU) breaksAt(la uint64) bool {
	for i := range 4 {
		if c.points.code>>i&1 != 0 && c.S.DR[i] == la {
			return true
		}
	}
	return false
}

// blockEnds tells whether a block must end before linear address la: there is a breakpoint.
func (c *CPU) blockEnds(la uint64) bool { return c.breaksAt(la) || c.breakAt(la) }

// settleRF clears RF when an instruction has retired since it was set. RF is looked at so seldom that instructions do not
// clear it themselves.
func (c *CPU) settleRF() {
	if c.S.RFLAGS&FlagRF != 0 && c.rfAt != c.S.Retired {
		c.S.RFLAGS &^= FlagRF
	}
}

// report delivers #DB for the conditions that were met, behind the instruction that met them; behind MOV SS and POP SS
// that is after the next instruction.
func (c *CPU) report() {
	if c.S.Held == 0 || c.S.Shadow == ShadowSS {
		return
	}
	c.trap = Trap{Vector: VecDB, Addr: uint64(c.S.Held)}
	c.S.Held = 0
	c.S.Halted = false
	if c.out == ExitHalt {
		c.out = ExitAgain
	}
	c.takeTrap()
}
