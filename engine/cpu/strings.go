package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mem"
)

// String instructions (SDM 1 "String Operations"). Each iteration retires as one instruction and commits by itself, so
// that a repeated instruction can be interrupted, by a fault or by the end of a Run, and goes on where it was.

var (
	_ = def(Def{Op: x86asm.MOVSB, Ref: "SDM 2B MOVS", Fn: movsFn(1), Traits: End})
	_ = def(Def{Op: x86asm.MOVSW, Ref: "SDM 2B MOVS", Fn: movsFn(2), Traits: End})
	_ = def(Def{Op: x86asm.MOVSD, Ref: "SDM 2B MOVS", Fn: movsFn(4), Traits: End})
	_ = def(Def{Op: x86asm.MOVSQ, Ref: "SDM 2B MOVS", Fn: movsFn(8), Traits: End})
	_ = def(Def{Op: x86asm.STOSB, Ref: "SDM 2B STOS", Fn: stosFn(1), Traits: End})
	_ = def(Def{Op: x86asm.STOSW, Ref: "SDM 2B STOS", Fn: stosFn(2), Traits: End})
	_ = def(Def{Op: x86asm.STOSD, Ref: "SDM 2B STOS", Fn: stosFn(4), Traits: End})
	_ = def(Def{Op: x86asm.STOSQ, Ref: "SDM 2B STOS", Fn: stosFn(8), Traits: End})
	_ = def(Def{Op: x86asm.LODSB, Ref: "SDM 2A LODS", Fn: lodsFn(1), Traits: End})
	_ = def(Def{Op: x86asm.LODSW, Ref: "SDM 2A LODS", Fn: lodsFn(2), Traits: End})
	_ = def(Def{Op: x86asm.LODSD, Ref: "SDM 2A LODS", Fn: lodsFn(4), Traits: End})
	_ = def(Def{Op: x86asm.LODSQ, Ref: "SDM 2A LODS", Fn: lodsFn(8), Traits: End})
	_ = def(Def{Op: x86asm.SCASB, Ref: "SDM 2B SCAS", Fn: scasFn(1), Traits: End})
	_ = def(Def{Op: x86asm.SCASW, Ref: "SDM 2B SCAS", Fn: scasFn(2), Traits: End})
	_ = def(Def{Op: x86asm.SCASD, Ref: "SDM 2B SCAS", Fn: scasFn(4), Traits: End})
	_ = def(Def{Op: x86asm.SCASQ, Ref: "SDM 2B SCAS", Fn: scasFn(8), Traits: End})
	_ = def(Def{Op: x86asm.CMPSB, Ref: "SDM 2A CMPS", Fn: cmpsFn(1), Traits: End})
	_ = def(Def{Op: x86asm.CMPSW, Ref: "SDM 2A CMPS", Fn: cmpsFn(2), Traits: End})
	_ = def(Def{Op: x86asm.CMPSD, Ref: "SDM 2A CMPS", Fn: cmpsFn(4), Traits: End})
	_ = def(Def{Op: x86asm.CMPSQ, Ref: "SDM 2A CMPS", Fn: cmpsFn(8), Traits: End})
	_ = def(Def{Op: x86asm.INSB, Ref: "SDM 2A INS", Fn: insFn(1), Traits: End})
	_ = def(Def{Op: x86asm.INSW, Ref: "SDM 2A INS", Fn: insFn(2), Traits: End})
	_ = def(Def{Op: x86asm.INSD, Ref: "SDM 2A INS", Fn: insFn(4), Traits: End})
	_ = def(Def{Op: x86asm.OUTSB, Ref: "SDM 2B OUTS", Fn: outsFn(1), Traits: End})
	_ = def(Def{Op: x86asm.OUTSW, Ref: "SDM 2B OUTS", Fn: outsFn(2), Traits: End})
	_ = def(Def{Op: x86asm.OUTSD, Ref: "SDM 2B OUTS", Fn: outsFn(4), Traits: End})
)

// stringEA is the linear address of the string element at register r in segment seg.
func (c *CPU) stringEA(u *Uop, seg, r uint8) uint64 {
	off := c.reg(r, u.ASize)
	if c.mode64() {
		if seg >= FS {
			off += c.S.Seg[seg].Base
		}
		return off
	}
	return c.linear(seg, off)
}

// step moves register r by n elements in the direction of DF.
func (c *CPU) step(u *Uop, r uint8, size, n uint64) {
	d := size * n
	if c.S.RFLAGS&FlagDF != 0 {
		d = -d
	}
	c.setReg(r, u.ASize, c.reg(r, u.ASize)+d)
}

// repeat runs one iteration after the other. The loop has counted one retired instruction already. one returns
// whether to go on by the element (REPE, REPNE) and whether it worked; bulk, which may be nil, does up to n iterations
// at once and returns how many it did.
func (c *CPU) repeat(u *Uop, one func() (more, ok bool), bulk func(n uint64) uint64) bool {
	if u.Bits&(BitRep|BitRepne) == 0 {
		_, ok := one()
		return ok
	}
	for done := uint64(0); ; {
		n := c.reg(RCX, u.ASize)
		if n == 0 {
			c.cutCounters(u)
			return c.repeated(u, done, false)
		}
		if done > 0 && (c.S.Retired+done > c.stop || c.out != ExitNone) {
			return c.repeated(u, done, true)
		}
		if bulk != nil {
			if k := bulk(min(n, c.stop+1-c.S.Retired-done)); k > 0 {
				c.setReg(RCX, u.ASize, n-k)
				done += k
				continue
			}
		}
		more, ok := one()
		if !ok {
			c.S.Retired += done
			c.cutCounters(u)
			return false
		}
		c.setReg(RCX, u.ASize, n-1)
		done++
		if !more {
			return c.repeated(u, done, false)
		}
	}
}

// cutCounters clears what 32-bit addresses leave of the registers of a repeated instruction in 64-bit code: processors do
// so before the first iteration, with the pointers of MOVS and STOS too: a fault in it shows that, and a count of 0.
func (c *CPU) cutCounters(u *Uop) {
	if u.ASize != 4 {
		return
	}
	c.setReg(RCX, 4, c.S.R[RCX])
	switch defs[u.Fn].Op {
	case x86asm.MOVSB, x86asm.MOVSW, x86asm.MOVSD, x86asm.MOVSQ:
		c.setReg(RSI, 4, c.S.R[RSI])
		c.setReg(RDI, 4, c.S.R[RDI])
	case x86asm.STOSB, x86asm.STOSW, x86asm.STOSD, x86asm.STOSQ:
		c.setReg(RDI, 4, c.S.R[RDI])
	}
}

// within is how many of n elements that register r names in segment seg lie in one page, in the segment and below the end
// of the address size, from the first on, and where that is.
func (c *CPU) within(u *Uop, seg, r uint8, size, n uint64, acc access) (la, k uint64) {
	la, n = c.room(c.stringEA(u, seg, r), size, n, acc)
	n = min(n, (mem.FrameSize-la&mem.FrameMask)/size)
	if u.ASize == 2 {
		n = min(n, (1<<16-c.reg(r, 2))/size)
	}
	return la, n
}

// bulkMovs copies up to n elements inside one page each, when both are in fast. A copy onto what it still has to read
// goes element by element, as REP MOVS does.
func (c *CPU) bulkMovs(u *Uop, size, n uint64) uint64 {
	if c.S.RFLAGS&FlagDF != 0 {
		return c.bulkMovsDown(u, size, n)
	}
	from, n := c.within(u, u.Seg, RSI, size, n, accessRead)
	to, n := c.within(u, ES, RDI, size, n, accessWrite)
	r, w := c.at(from), c.at(to)
	if n < 2 || r.R != from&^mem.FrameMask || w.W != to&^mem.FrameMask {
		return 0
	}
	src, dst, bytes := from+r.Add, to+w.Add, n*size
	if dst > src && dst < src+bytes {
		return 0
	}
	copy(c.mem[dst:dst+bytes], c.mem[src:src+bytes])
	c.step(u, RSI, size, n)
	c.step(u, RDI, size, n)
	return n
}

// bulkMovsDown is bulkMovs with DF set, in 64-bit mode.
func (c *CPU) bulkMovsDown(u *Uop, size, n uint64) uint64 {
	if u.ASize != 8 {
		return 0
	}
	from, to := c.stringEA(u, u.Seg, RSI), c.stringEA(u, ES, RDI)
	inFrom, inTo := from&mem.FrameMask, to&mem.FrameMask
	n = min(n, min(inFrom, inTo)/size+1)
	r, w := c.at(from), c.at(to)
	if n < 2 || max(inFrom, inTo) > mem.FrameSize-size || r.R != from&^mem.FrameMask || w.W != to&^mem.FrameMask {
		return 0
	}
	first, bytes := (n-1)*size, n*size
	src, dst := from+r.Add-first, to+w.Add-first
	if src > dst && src < dst+bytes {
		return 0
	}
	copy(c.mem[dst:dst+bytes], c.mem[src:src+bytes])
	c.step(u, RSI, size, n)
	c.step(u, RDI, size, n)
	return n
}

// bulkStos fills up to n elements inside one page, when it is in fast.
func (c *CPU) bulkStos(u *Uop, size uint8, n uint64) uint64 {
	if c.S.RFLAGS&FlagDF != 0 {
		return 0
	}
	to, n := c.within(u, ES, RDI, uint64(size), n, accessWrite)
	w := c.at(to)
	if n < 2 || w.W != to&^mem.FrameMask {
		return 0
	}
	p := c.mem[to+w.Add : to+w.Add+n*uint64(size)]
	for i := range size {
		p[i] = byte(c.S.R[RAX] >> (8 * i))
	}
	for done := int(size); done < len(p); done *= 2 {
		copy(p[done:], p[:done])
	}
	c.step(u, RDI, uint64(size), n)
	return n
}

// repeated accounts for the iterations of a repeated instruction; again tells that it has to go on later.
func (c *CPU) repeated(u *Uop, done uint64, again bool) bool {
	if done > 0 {
		c.S.Retired += done - 1
	}
	if again && c.reg(RCX, u.ASize) != 0 {
		c.S.RIP -= uint64(u.Len)
		if !c.mode64() {
			c.S.RIP &= maskOf(4)
		}
		c.S.RFLAGS |= FlagRF // for whoever interrupts it now
		c.rfAt = c.S.Retired
	}
	return true
}

func movsFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		return c.repeat(u, func() (bool, bool) {
			v, ok := c.load(c.stringEA(u, u.Seg, RSI), size)
			if !ok || !c.store(c.stringEA(u, ES, RDI), size, v) {
				return false, false
			}
			c.step(u, RSI, uint64(size), 1)
			c.step(u, RDI, uint64(size), 1)
			return true, true
		}, func(n uint64) uint64 { return c.bulkMovs(u, uint64(size), n) })
	}
}

func stosFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		return c.repeat(u, func() (bool, bool) {
			if !c.store(c.stringEA(u, ES, RDI), size, c.S.R[RAX]) {
				return false, false
			}
			c.step(u, RDI, uint64(size), 1)
			return true, true
		}, func(n uint64) uint64 { return c.bulkStos(u, size, n) })
	}
}

func lodsFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		return c.repeat(u, func() (bool, bool) {
			v, ok := c.load(c.stringEA(u, u.Seg, RSI), size)
			if !ok {
				return false, false
			}
			c.setReg(RAX, size, v)
			c.step(u, RSI, uint64(size), 1)
			return true, true
		}, nil)
	}
}

// goesOn tells whether REPE or REPNE continue after a comparison.
func (u *Uop) goesOn(equal bool) bool { return equal == (u.Bits&BitRep != 0) }

// compareStrings sets the flags of a comparison. A repeated one sets them with its last iteration only, so that they are as
// before the instruction when a page fault comes in the middle (SDM 2B "REP").
func (c *CPU) compareStrings(u *Uop, size uint8, a, b uint64) {
	if u.Bits&(BitRep|BitRepne) != 0 && u.goesOn((a^b)&maskOf(size) == 0) && c.reg(RCX, u.ASize) != 1 {
		return
	}
	c.setLazy(flagsSub, size, a, b)
}

func scasFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		return c.repeat(u, func() (bool, bool) {
			v, ok := c.load(c.stringEA(u, ES, RDI), size)
			if !ok {
				return false, false
			}
			a := c.reg(RAX, size)
			c.compareStrings(u, size, a, v)
			c.step(u, RDI, uint64(size), 1)
			return u.goesOn(a == v), true
		}, nil)
	}
}

func cmpsFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		return c.repeat(u, func() (bool, bool) {
			b, ok := c.load(c.stringEA(u, ES, RDI), size) // this one first, as a fault tells
			if !ok {
				return false, false
			}
			a, ok := c.load(c.stringEA(u, u.Seg, RSI), size)
			if !ok {
				return false, false
			}
			c.compareStrings(u, size, a, b)
			c.step(u, RSI, uint64(size), 1)
			c.step(u, RDI, uint64(size), 1)
			return u.goesOn(a == b), true
		}, nil)
	}
}

func insFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		port := uint16(c.S.R[RDX])
		if !c.portAllowed(port, size) {
			return false
		}
		return c.repeat(u, func() (bool, bool) {
			if c.points.port != 0 && !c.watchPort(port, size) {
				return false, false
			}
			la := c.stringEA(u, ES, RDI)
			if !c.probe(la, uint64(size)) {
				return false, false
			}
			c.store(la, size, uint64(c.in(port, size)))
			c.step(u, RDI, uint64(size), 1)
			return true, true
		}, nil)
	}
}

func outsFn(size uint8) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		port := uint16(c.S.R[RDX])
		if !c.portAllowed(port, size) {
			return false
		}
		return c.repeat(u, func() (bool, bool) {
			if c.points.port != 0 && !c.watchPort(port, size) {
				return false, false
			}
			v, ok := c.load(c.stringEA(u, u.Seg, RSI), size)
			if !ok {
				return false, false
			}
			c.port(port, size, uint32(v))
			c.step(u, RSI, uint64(size), 1)
			return true, true
		}, nil)
	}
}
