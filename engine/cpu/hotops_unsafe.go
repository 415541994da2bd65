package cpu

import "unsafe"

// What the loop's cases call when they need more than a few lines. Registers are named as in hot uops.

// rotate is ROL by an immediate, with its flags; ROR was turned into ROL, whose CF and OF are then those of ROR.
func (c *CPU) rotate(u *Uop) {
	d := word(unsafe.Pointer(&c.S), u.Dst)
	w := 64 - uint(u.Seg)
	n := uint(u.Imm)
	a := *d << u.Seg >> u.Seg
	v := (a<<n | a>>(w-n)) << u.Seg >> u.Seg
	*d = v
	if u.Form != 0 { // ROR
		c.setSome(FlagCF|FlagOF, v>>(w-1)&1*FlagCF|(v>>(w-1)^v>>(w-2))&1*FlagOF)
		return
	}
	c.setSome(FlagCF|FlagOF, v&1*FlagCF|(v>>(w-1)^v)&1*FlagOF)
}

// shiftCL shifts a register by CL; a count of zero leaves the flags alone.
func (c *CPU) shiftCL(u *Uop) {
	d := word(unsafe.Pointer(&c.S), u.Dst)
	n := c.S.R[RCX] & 31
	if u.Seg == 0 {
		n = c.S.R[RCX] & 63
	}
	up := *d << u.Seg // the operand at the top
	if n == 0 {
		*d = up >> u.Seg
		return
	}
	var v, cf, of uint64
	switch u.Fn {
	case kindShl:
		v = up << n
		cf = up << (n - 1) >> 63
		of = v>>63 ^ cf
	case kindShr:
		v = up >> u.Seg >> n << u.Seg
		cf = up >> u.Seg >> (n - 1) & 1
		of = up >> 63
	default:
		a := int64(up) >> u.Seg
		v = uint64(a>>n) << u.Seg
		cf = uint64(a>>(n-1)) & 1
	}
	*d = v >> u.Seg
	c.fop, c.fa, c.fb = flagsShift|uint32(u.Seg)<<16, v, cf|of<<11
}

// xload is the slow side of kindXLoad: misaligned, across pages, not in fast.
func (c *CPU) xload(u *Uop, la uint64) bool {
	if la&uint64(u.Imm) != 0 {
		return c.raise(VecGP, 0)
	}
	v, ok := c.load128(la)
	if ok {
		*c.xmm(u.Dst) = v
	}
	return ok
}

func (c *CPU) xstore(u *Uop, la uint64) bool {
	if la&uint64(u.Imm) != 0 {
		return c.raise(VecGP, 0)
	}
	return c.store128(la, *c.xmm(u.Src))
}

// canonical48 tells whether v is canonical with four levels of paging, and so with five.
func canonical48(v uint64) bool { return v+1<<47 < 1<<48 }

// holds evaluates the condition of a hot uop.
func (c *CPU) holds(u *Uop) bool {
	if c.fop&flagsOp == flagsSub && u.Fn != 0 {
		return u.Fn>>outcome(c.fa, c.fb)&1 != 0
	}
	if cc := u.Form &^ 1; cc == ccE || cc == ccS {
		if r, ok := c.result(); ok {
			return (cc == ccE && r == 0 || cc == ccS && int64(r) < 0) != (u.Form&1 != 0)
		}
	}
	return condOf(u.Form, c.flags())
}

// What kindTwo does.
const (
	twoImul = iota
	twoAdc
	twoSbb
)

// two is an operation with a register destination that is not frequent enough for a case of its own.
func (c *CPU) two(u *Uop, v uint64) {
	if u.Fn == twoImul {
		c.imul(u, v)
		return
	}
	d := word(unsafe.Pointer(&c.S), u.Dst)
	a := *d
	if u.Fn == twoAdc {
		r := a + v + c.carry()
		*d = r << (u.Seg & 63) >> (u.Seg & 63)
		c.addCarries(a, v, r, uint(u.Seg))
		return
	}
	r := a - v - c.carry()
	*d = r << (u.Seg & 63) >> (u.Seg & 63)
	c.subBorrows(a, v, r, uint(u.Seg))
}

// imul multiplies into a register; the three-operand form has its immediate in Disp.
func (c *CPU) imul(u *Uop, v uint64) {
	d := word(unsafe.Pointer(&c.S), u.Dst)
	a := *d
	if u.Form != 0 {
		a = uint64(u.Disp)
	}
	size := 8 - u.Seg/8
	_, lo, over := smul(a, v, size)
	*d = lo
	c.mulFlags(size, lo, over)
}

// modify is an arithmetic instruction with a memory destination, whose old value is a.
func (c *CPU) modify(u *Uop, a uint64) bool {
	r := unsafe.Pointer(&c.S)
	x := *word(r, u.Src) + uint64(u.Imm)
	op, fa, fb := uint32(flagsSub), uint64(0), uint64(0)
	var v uint64
	switch u.Fn {
	case kindAdd:
		v = a + x
		op, fa, fb = flagsAdd, a, x
	case kindSub:
		v = a - x
		fa, fb = a, x
	case kindInc:
		v = a + 1
		op, fa, fb = flagsInc, a, 1
	case kindDec:
		v = a - 1
		op, fa, fb = flagsDec, a, 1
	case kindAnd:
		v = a & x
		fa = v
	case kindOr:
		v = a | x
		fa = v
	default:
		v = a ^ x
		fa = v
	}
	la := *word(r, u.Base) + *word(r, u.Index)<<(u.Scale&3) + uint64(u.Disp)
	if !c.store(la, u.Size, v) {
		return false
	}
	if op >= flagsInc {
		c.keepCarry()
	}
	c.fop, c.fa, c.fb = op|uint32(u.Seg)<<16, fa<<(u.Seg&63), fb<<(u.Seg&63)
	return true
}

// callTo is an indirect near call.
func (c *CPU) callTo(target, next uint64) bool {
	rsp := c.S.R[RSP]
	if !c.push(8, next) {
		return false
	}
	if !c.jump(target) {
		c.S.R[RSP] = rsp // the return address stays in memory
		return false
	}
	return true
}
