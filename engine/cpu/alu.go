package cpu

import "golang.org/x/arch/x86/x86asm"

// Arithmetic and logic on general registers and memory (SDM 1 "Programming with General-Purpose Instructions").

var (
	_ = def(Def{Op: x86asm.ADD, Ref: "SDM 2A ADD", Fn: addFn, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.SUB, Ref: "SDM 2B SUB", Fn: subFn, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.CMP, Ref: "SDM 2A CMP", Fn: cmpFn, Out: aflags})
	_ = def(Def{Op: x86asm.AND, Ref: "SDM 2A AND", Fn: andFn, Out: aflags, Traits: Locks, Undef: FlagAF})
	_ = def(Def{Op: x86asm.OR, Ref: "SDM 2B OR", Fn: orFn, Out: aflags, Traits: Locks, Undef: FlagAF})
	_ = def(Def{Op: x86asm.XOR, Ref: "SDM 2D XOR", Fn: xorFn, Out: aflags, Traits: Locks, Undef: FlagAF})
	_ = def(Def{Op: x86asm.TEST, Ref: "SDM 2B TEST", Fn: testFn, Out: aflags, Undef: FlagAF})
	_ = def(Def{Op: x86asm.ADC, Ref: "SDM 2A ADC", Fn: adcFn, In: FlagCF, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.SBB, Ref: "SDM 2B SBB", Fn: sbbFn, In: FlagCF, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.INC, Ref: "SDM 2A INC", Fn: incFn, Out: aflags &^ FlagCF, Traits: Locks})
	_ = def(Def{Op: x86asm.DEC, Ref: "SDM 2A DEC", Fn: decFn, Out: aflags &^ FlagCF, Traits: Locks})
	_ = def(Def{Op: x86asm.NEG, Ref: "SDM 2B NEG", Fn: negFn, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.NOT, Ref: "SDM 2B NOT", Fn: notFn, Traits: Locks})
	_ = def(Def{Op: x86asm.XCHG, Ref: "SDM 2D XCHG", Fn: xchgFn, Traits: Locks})
	_ = def(Def{Op: x86asm.XADD, Ref: "SDM 2D XADD", Fn: xaddFn, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.CMPXCHG, Ref: "SDM 2A CMPXCHG", Fn: cmpxchgFn, Out: aflags, Traits: Locks})
	_ = def(Def{Op: x86asm.CMPXCHG8B, Ref: "SDM 2A CMPXCHG8B", Fn: cmpxchg8bFn, Traits: Locks, Feature: CX8})
	_ = def(Def{Op: x86asm.CMPXCHG16B, Ref: "SDM 2A CMPXCHG8B/CMPXCHG16B", Fn: cmpxchg16bFn, Traits: Locks, Feature: CX16})
)

// operands reads both operands.
func (c *CPU) operands(u *Uop) (a, b uint64, ok bool) {
	if b, ok = c.src(u); !ok {
		return 0, 0, false
	}
	a, ok = c.dst(u)
	return a, b, ok
}

func addFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	if !ok || !c.setDst(u, a+b) {
		return false
	}
	c.setLazy(flagsAdd, u.Size, a, b)
	return true
}

func subFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	if !ok || !c.setDst(u, a-b) {
		return false
	}
	c.setLazy(flagsSub, u.Size, a, b)
	return true
}

func cmpFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	if ok {
		c.setLazy(flagsSub, u.Size, a, b)
	}
	return ok
}

// logic finishes AND, OR, XOR.
func (c *CPU) logic(u *Uop, v uint64) bool {
	if !c.setDst(u, v) {
		return false
	}
	c.setLazy(flagsSub, u.Size, v, 0)
	return true
}

func andFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	return ok && c.logic(u, a&b)
}

func orFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	return ok && c.logic(u, a|b)
}

func xorFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	return ok && c.logic(u, a^b)
}

func testFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	if ok {
		c.setLazy(flagsSub, u.Size, a&b, 0)
	}
	return ok
}

// addCarries notes the flags of r = a + b + carry; shift is 64 − the operands' size in bits.
func (c *CPU) addCarries(a, b, r uint64, shift uint) {
	carries := a&b | (a|b)&^r
	c.noteCarries(carries, a^b^r, r, shift, (a^r)&(b^r))
}

// subBorrows notes the flags of r = a − b − borrow.
func (c *CPU) subBorrows(a, b, r uint64, shift uint) {
	borrows := ^a&b | (^a|b)&r
	c.noteCarries(borrows, a^b^r, r, shift, (a^b)&(a^r))
}

func (c *CPU) noteCarries(carries, aux, r uint64, shift uint, over uint64) {
	c.fop, c.fa = flagsShift|uint32(shift)<<16, r<<(shift&63)
	c.fb = carries<<(shift&63)>>63*FlagCF | over<<(shift&63)>>63*FlagOF | aux&FlagAF
}

func adcFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	if !ok {
		return false
	}
	r := a + b + c.carry()
	if !c.setDst(u, r) {
		return false
	}
	c.addCarries(a, b, r, shiftOf(u.Size))
	return true
}

func sbbFn(c *CPU, u *Uop) bool {
	a, b, ok := c.operands(u)
	if !ok {
		return false
	}
	r := a - b - c.carry()
	if !c.setDst(u, r) {
		return false
	}
	c.subBorrows(a, b, r, shiftOf(u.Size))
	return true
}

func incFn(c *CPU, u *Uop) bool {
	a, ok := c.dst(u)
	if !ok || !c.setDst(u, a+1) {
		return false
	}
	c.keepCarry()
	c.setLazy(flagsInc, u.Size, a, 1)
	return true
}

func decFn(c *CPU, u *Uop) bool {
	a, ok := c.dst(u)
	if !ok || !c.setDst(u, a-1) {
		return false
	}
	c.keepCarry()
	c.setLazy(flagsDec, u.Size, a, 1)
	return true
}

func negFn(c *CPU, u *Uop) bool {
	a, ok := c.dst(u)
	if !ok || !c.setDst(u, -a) {
		return false
	}
	c.setLazy(flagsSub, u.Size, 0, a)
	return true
}

func notFn(c *CPU, u *Uop) bool {
	a, ok := c.dst(u)
	return ok && c.setDst(u, ^a)
}

func xchgFn(c *CPU, u *Uop) bool {
	v := *u // whichever operand is memory is the one that may fault: write it first
	if u.Form&FormMem1 != 0 {
		v.Form = v.Form&^FormMem1 | FormMem0
		v.Src = u.Dst
		v.Size, v.SSize = u.SSize, u.Size
	}
	a, ok := c.dst(&v)
	if !ok {
		return false
	}
	b := c.reg(v.Src, v.SSize)
	if !c.setDst(&v, b) {
		return false
	}
	c.setReg(v.Src, v.SSize, a)
	return true
}

func xaddFn(c *CPU, u *Uop) bool {
	a, ok := c.dst(u)
	if !ok {
		return false
	}
	b := c.reg(u.Src, u.SSize)
	if u.Form&FormMem0 != 0 {
		if !c.setDst(u, a+b) {
			return false
		}
		c.setReg(u.Src, u.SSize, a)
	} else {
		c.setReg(u.Src, u.SSize, a)
		c.setDst(u, a+b)
	}
	c.setLazy(flagsAdd, u.Size, a, b)
	return true
}

func cmpxchgFn(c *CPU, u *Uop) bool {
	a, ok := c.dst(u)
	if !ok {
		return false
	}
	acc := c.reg(RAX, u.Size)
	v := a
	if acc == a {
		v = c.reg(u.Src, u.SSize)
	}
	// Memory is written either way; a register, and the upper half of it, only when equal.
	if (acc == a || u.Form&FormMem0 != 0) && !c.setDst(u, v) {
		return false
	}
	if acc != a {
		c.setReg(RAX, u.Size, a)
	}
	c.setLazy(flagsSub, u.Size, acc, a)
	return true
}

func cmpxchg8bFn(c *CPU, u *Uop) bool {
	la := c.ea(u)
	a, ok := c.load64(la)
	if !ok {
		return false
	}
	r := &c.S.R
	v, equal := a, a == r[RDX]<<32|r[RAX]&0xffffffff
	if equal {
		v = r[RCX]<<32 | r[RBX]&0xffffffff
	}
	if !c.store64(la, v) {
		return false
	}
	if equal {
		c.setSome(FlagZF, FlagZF)
		return true
	}
	r[RAX], r[RDX] = a&0xffffffff, a>>32
	c.setSome(FlagZF, 0)
	return true
}

func cmpxchg16bFn(c *CPU, u *Uop) bool {
	la := c.ea(u)
	if la&15 != 0 {
		return c.raise(VecGP, 0)
	}
	a, ok := c.load128(la)
	if !ok {
		return false
	}
	r := &c.S.R
	v, equal := a, a == [2]uint64{r[RAX], r[RDX]}
	if equal {
		v = [2]uint64{r[RBX], r[RCX]}
	}
	if !c.store128(la, v) {
		return false
	}
	if equal {
		c.setSome(FlagZF, FlagZF)
		return true
	}
	r[RAX], r[RDX] = a[0], a[1]
	c.setSome(FlagZF, 0)
	return true
}
