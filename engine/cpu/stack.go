package cpu

import "golang.org/x/arch/x86/x86asm"

// The stack (SDM 1 "Procedure Calls, Interrupts, and Exceptions").

var (
	_ = def(Def{Op: x86asm.PUSH, Ref: "SDM 2B PUSH", Fn: pushFn})
	_ = def(Def{Op: x86asm.POP, Ref: "SDM 2B POP", Fn: popFn})
	_ = def(Def{Op: x86asm.PUSHA, Ref: "SDM 2B PUSHA", Fn: pushaFn, Traits: Not64})
	_ = def(Def{Op: x86asm.PUSHAD, Ref: "SDM 2B PUSHAD", Fn: pushaFn, Traits: Not64})
	_ = def(Def{Op: x86asm.POPA, Ref: "SDM 2B POPA", Fn: popaFn, Traits: Not64})
	_ = def(Def{Op: x86asm.POPAD, Ref: "SDM 2B POPAD", Fn: popaFn, Traits: Not64})
	_ = def(Def{Op: x86asm.PUSHF, Ref: "SDM 2B PUSHF", Fn: pushfFn, In: aflags})
	_ = def(Def{Op: x86asm.PUSHFD, Ref: "SDM 2B PUSHFD", Fn: pushfFn, In: aflags})
	_ = def(Def{Op: x86asm.PUSHFQ, Ref: "SDM 2B PUSHFQ", Fn: pushfFn, In: aflags})
	_ = def(Def{Op: x86asm.POPF, Ref: "SDM 2B POPF", Fn: popfFn, Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.POPFD, Ref: "SDM 2B POPFD", Fn: popfFn, Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.POPFQ, Ref: "SDM 2B POPFQ", Fn: popfFn, Out: aflags, Traits: End})
	_ = def(Def{Op: x86asm.ENTER, Ref: "SDM 2A ENTER", Fn: enterFn})
	_ = def(Def{Op: x86asm.LEAVE, Ref: "SDM 2A LEAVE", Fn: leaveFn})
)

// stackMask is the width of the stack pointer.
func (c *CPU) stackMask() uint64 {
	switch {
	case c.mode64():
		return ^uint64(0)
	case c.S.Seg[SS].Attr&attrDB != 0:
		return 0xffffffff
	}
	return 0xffff
}

// stackAt is the linear address of stack offset sp.
func (c *CPU) stackAt(sp uint64) uint64 {
	if c.mode64() {
		return sp
	}
	return c.linear(SS, sp&c.stackMask())
}

// setSP writes the stack pointer in its width.
func (c *CPU) setSP(sp uint64) {
	switch m := c.stackMask(); m {
	case 0xffff:
		c.S.R[RSP] = c.S.R[RSP]&^m | sp&m
	default:
		c.S.R[RSP] = sp & m
	}
}

// stackFault turns a non-canonical #GP on the stack into #SS.
func (c *CPU) stackFault() bool {
	if c.trap.Canon {
		c.trap.Vector = VecSS
	}
	return false
}

// push pushes v; the stack pointer moves only when the store succeeded.
func (c *CPU) push(size uint8, v uint64) bool {
	sp := c.S.R[RSP] - uint64(size)
	if !c.store(c.stackAt(sp), size, v) {
		return c.stackFault()
	}
	c.setSP(sp)
	return true
}

// pushable tells whether n words of size bytes can be pushed below stack offset sp.
func (c *CPU) pushable(sp, size, n uint64) bool {
	for i := uint64(1); i <= n; i++ {
		if !c.probe(c.stackAt(sp-i*size), size) {
			return c.stackFault()
		}
	}
	return true
}

// top reads the word at depth bytes above the stack pointer.
func (c *CPU) top(size uint8, depth uint64) (uint64, bool) {
	v, ok := c.load(c.stackAt(c.S.R[RSP]+depth), size)
	if !ok {
		c.stackFault()
	}
	return v, ok
}

// pushSelector pushes a segment register: of a 32-bit word only the low half is written (SDM 2B "PUSH").
func (c *CPU) pushSelector(size uint8, sel uint16) bool {
	if size != 4 {
		return c.push(size, uint64(sel))
	}
	sp := c.S.R[RSP] - 4
	if !c.store16(c.stackAt(sp), sel) {
		return c.stackFault()
	}
	c.setSP(sp)
	return true
}

func pushFn(c *CPU, u *Uop) bool {
	switch {
	case u.Form&FormSeg != 0:
		return c.pushSelector(u.Size, c.S.Seg[u.Dst].Sel)
	case u.Form&(FormMem0|FormGPR0) == 0:
		return c.push(u.Size, uint64(u.Imm))
	}
	v, ok := c.dst(u)
	return ok && c.push(u.Size, v)
}

func popFn(c *CPU, u *Uop) bool {
	size := u.Size
	if u.Form&FormSeg != 0 {
		size = 2 // no more is read
	}
	v, ok := c.top(size, 0)
	if !ok {
		return false
	}
	sp := c.S.R[RSP]
	switch {
	case u.Form&FormSeg != 0:
		if !c.loadSegment(u.Dst, uint16(v)) {
			return false
		}
		if u.Dst == SS {
			c.hold(ShadowSS)
		}
		c.setSP(sp + uint64(u.Size))
		return true
	case u.Form&FormMem0 != 0:
		c.setSP(sp + uint64(u.Size)) // the address is computed with the new stack pointer
		if !c.setDst(u, v) {
			c.S.R[RSP] = sp
			return false
		}
		return true
	}
	c.setSP(sp + uint64(u.Size))
	c.setReg(u.Dst, u.Size, v)
	return true
}

func pushaFn(c *CPU, u *Uop) bool {
	size, sp := u.Size, c.S.R[RSP]
	for i := range uint8(8) {
		v := c.reg(i, size)
		if i == RSP {
			v = sp
		}
		if !c.push(size, v) {
			c.S.R[RSP] = sp // what was pushed stays in memory
			return false
		}
	}
	return true
}

// popaFn loads one register after the other: those before a fault stay loaded, as on processors, and are loaded again.
func popaFn(c *CPU, u *Uop) bool {
	size := u.Size
	for i := range uint8(8) {
		v, ok := c.top(size, uint64(i)*uint64(size))
		if !ok {
			return false
		}
		if i != 7-RSP {
			c.setReg(7-i, size, v)
		}
	}
	c.setSP(c.S.R[RSP] + 8*uint64(size))
	return true
}

func pushfFn(c *CPU, u *Uop) bool {
	if !c.ioplInV86() {
		return false
	}
	return c.push(u.Size, c.flags()&^(FlagRF|FlagVM))
}

// userFlags are the bits of RFLAGS that POPF and IRET may change at the present privilege.
func (c *CPU) userFlags(size uint8) uint64 {
	m := uint64(arith | FlagTF | FlagDF | FlagNT)
	if size > 2 {
		m |= FlagAC | FlagID
	}
	cpl := uint64(c.cpl())
	if cpl == 0 {
		m |= FlagIOPL
	}
	if cpl <= c.S.RFLAGS>>12&3 {
		m |= FlagIF
	}
	return m
}

// setFlags replaces the bits in mask of RFLAGS; the machine must look when interrupts become allowed.
func (c *CPU) setFlags(mask, v uint64) {
	c.settleRF()
	old := c.flags()
	c.S.RFLAGS = old&^mask | v&mask | 2
	if old&FlagIF == 0 && c.S.RFLAGS&FlagIF != 0 {
		c.out = ExitAgain
	}
	if (old^c.S.RFLAGS)&(FlagTF|FlagAC) != 0 {
		c.modeChanged()
	}
	if c.S.RFLAGS&FlagRF != 0 {
		c.rfAt = c.S.Retired
	}
}

func popfFn(c *CPU, u *Uop) bool {
	if !c.ioplInV86() {
		return false
	}
	v, ok := c.top(u.Size, 0)
	if !ok {
		return false
	}
	c.setSP(c.S.R[RSP] + uint64(u.Size))
	c.setFlags(c.userFlags(u.Size), v)
	return true
}

// enterFn builds a stack frame. At a fault what was pushed stays in memory, and RSP and RBP are as before.
func enterFn(c *CPU, u *Uop) bool {
	size := uint64(u.Size)
	alloc, level := uint64(u.Disp)&0xffff, uint64(u.Imm)&31
	rsp, bp := c.S.R[RSP], c.S.R[RBP]
	frame, ok := c.display(u.Size, level)
	if ok && alloc > 0 { // the new top must be writable
		ok = c.pushable(c.S.R[RSP]-alloc+size, size, 1)
	}
	if !ok {
		c.S.R[RSP], c.S.R[RBP] = rsp, bp
		return false
	}
	c.setReg(RBP, u.Size, frame)
	c.setSP(c.S.R[RSP] - alloc)
	return true
}

// display pushes RBP and, for nested procedures, the frame pointers that it leads to and the new one.
func (c *CPU) display(size uint8, level uint64) (frame uint64, ok bool) {
	bp := c.S.R[RBP]
	if !c.push(size, bp) {
		return 0, false
	}
	frame = c.S.R[RSP]
	for i := uint64(1); i < level; i++ {
		v, ok := c.load(c.stackAt(bp-i*uint64(size)), size)
		if !ok {
			return 0, c.stackFault()
		}
		if !c.push(size, v) {
			return 0, false
		}
	}
	return frame, level == 0 || c.push(size, frame)
}

func leaveFn(c *CPU, u *Uop) bool {
	bp := c.S.R[RBP]
	v, ok := c.load(c.stackAt(bp), u.Size)
	if !ok {
		return c.stackFault()
	}
	c.setSP(bp + uint64(u.Size))
	c.setReg(RBP, u.Size, v)
	return true
}
