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
