package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/trace"
)

// IRET (SDM 2A "IRET/IRETD/IRETQ").

var (
	_ = def(Def{Op: x86asm.IRET, Ref: "SDM 2A IRET", Fn: iretFn(2), Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.IRETD, Ref: "SDM 2A IRET", Fn: iretFn(4), Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.IRETQ, Ref: "SDM 2A IRET", Fn: iretFn(8), Out: aflags, Traits: End})
)

func iretFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		c.unblockNMI() // even when IRET faults
		if !c.ioplInV86() {
			return false
		}
		if !c.realLike() && c.S.RFLAGS&FlagNT != 0 {
			if c.long() {
				return c.raise(VecGP, 0)
			}
			return c.taskReturn()
		}
		var w frame
		if !c.topFrame(&w, 0, 3, size) {
			return false
		}
		if !c.iret(&w, size) {
			return false
		}
		if c.trace.Has(trace.Iret) && c.protected() {
			c.emit(trace.Iret, c.S.RIP, uint64(c.S.Seg[CS].Sel))
		}
		return true
	}
}

// frame is what IRET pops: RIP, CS, RFLAGS; RSP, SS; in virtual-8086 mode ES, DS, FS, GS.
type frame [9]uint64

// topFrame reads words from to end of a frame on the stack.
func (c *CPU) topFrame(w *frame, from, end int, size uint8) (ok bool) {
	for i := end - 1; i >= from; i-- { // the last first, as a fault tells
		if w[i], ok = c.top(size, uint64(i)*uint64(size)); !ok {
			return false
		}
	}
	return true
}

// iret goes where the frame says.
func (c *CPU) iret(w *frame, size uint8) bool {
	flags := c.userFlags(size)
	if size > 2 {
		flags |= FlagRF
	}
	rpl, cpl := uint8(w[1]&3), c.cpl()
	ok := true
	switch {
	case c.realLike():
		if w[0] > c.codeEnd() {
			return c.raise(VecGP, 0)
		}
		if c.protected() {
			flags &^= FlagIOPL
		}
		c.setSP(c.S.R[RSP] + 3*uint64(size))
		c.enterReal(uint16(w[1]), w[0])
	case w[2]&FlagVM != 0 && cpl == 0 && size == 4 && !c.long():
		return c.enterV86(w)
	case !c.mode64() && rpl <= cpl:
		ok = c.returnSame(uint16(w[1]), w[0], 3*uint64(size))
	default:
		if _, ok = c.returnCode(uint16(w[1])); !ok {
			return false // before the stack is looked at
		}
		ok = c.topFrame(w, 3, 5, size) && c.returnOuter(uint16(w[1]), w[0], uint16(w[4]), w[3])
	}
	if !ok {
		return false
	}
	c.setFlags(flags, w[2])
	return true
}

// enterV86 goes from ring 0 into virtual-8086 mode.
func (c *CPU) enterV86(w *frame) bool {
	if !c.topFrame(w, 3, 9, 4) {
		return false
	}
	if w[0] > realLimit {
		return c.raise(VecGP, 0)
	}
	c.setFlags(taskFlags, w[2])
	for i, n := range [6]uint8{CS, SS, ES, DS, FS, GS} {
		c.realSegment(n, uint16(w[[6]int{1, 4, 5, 6, 7, 8}[i]]))
	}
	c.S.R[RSP] = uint64(uint32(w[3]))
	c.S.RIP = w[0]
	c.bump()
	c.modeChanged()
	return true
}
