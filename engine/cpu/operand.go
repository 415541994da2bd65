package cpu

// Sizes of operands in bits, by bytes: masks and sign bits.
func maskOf(size uint8) uint64 { return ^uint64(0) >> (64 - 8*uint64(size)) }
func signOf(size uint8) uint64 { return 1 << (8*uint64(size) - 1) }

// signExtend widens the low size bytes of v.
func signExtend(v uint64, size uint8) uint64 {
	s := 64 - 8*uint64(size)
	return uint64(int64(v<<s) >> s)
}

// reg reads general register n with the given size; n of 16 to 19 with size 1 are AH, CH, DH, BH.
func (c *CPU) reg(n, size uint8) uint64 {
	switch size {
	case 8:
		return c.S.R[n&15]
	case 4:
		return uint64(uint32(c.S.R[n&15]))
	case 2:
		return uint64(uint16(c.S.R[n&15]))
	}
	if n >= 16 {
		return uint64(uint8(c.S.R[n&3] >> 8))
	}
	return uint64(uint8(c.S.R[n]))
}

// setReg writes general register n: 32-bit writes clear the upper half, smaller ones keep the rest.
func (c *CPU) setReg(n, size uint8, v uint64) {
	r := &c.S.R[n&15]
	switch {
	case size == 8:
		*r = v
	case size == 4:
		*r = uint64(uint32(v))
	case size == 2:
		*r = *r&^0xffff | v&0xffff
	case n >= 16:
		r = &c.S.R[n&3]
		*r = *r&^0xff00 | v&0xff<<8
	default:
		*r = *r&^0xff | v&0xff
	}
}

// dst reads the first operand, register or memory, of u.Size bytes.
func (c *CPU) dst(u *Uop) (uint64, bool) {
	if u.Form&FormMem0 != 0 {
		return c.load(c.ea(u), u.Size)
	}
	return c.reg(u.Dst, u.Size), true
}

// setDst writes the first operand.
func (c *CPU) setDst(u *Uop, v uint64) bool {
	if u.Form&FormMem0 != 0 {
		return c.store(c.ea(u), u.Size, v)
	}
	c.setReg(u.Dst, u.Size, v)
	return true
}

// src reads the second operand: immediate, register or memory, of u.Size bytes (registers: u.SSize).
func (c *CPU) src(u *Uop) (uint64, bool) {
	if u.Form&FormMem1 != 0 {
		return c.load(c.ea(u), u.SSize)
	}
	if u.Form&FormImm != 0 {
		return uint64(u.Imm) & maskOf(u.Size), true
	}
	return c.reg(u.Src, u.SSize), true
}

// ea computes the linear address of the memory operand (SDM 1 "Specifying an Offset", SDM 3A "Logical and Linear
// Addresses"); outside 64-bit mode with a mark when its segment must be asked (limit.go).
func (c *CPU) ea(u *Uop) uint64 {
	off := c.offset(u)
	if u.Bits&BitMode == Mode64<<4 {
		if u.Seg >= FS {
			return off + c.S.Seg[u.Seg].Base
		}
		return off
	}
	la := c.linear(u.Seg, off)
	if la>>56 != 0 && u.Form&FormMem0 != 0 && defs[u.Fn].Traits&(Locks|Changes) != 0 {
		la |= segWrite
	}
	return la
}

// offset computes the memory operand's offset in its segment, cut to the address size.
func (c *CPU) offset(u *Uop) uint64 {
	off := uint64(u.Disp)
	if u.Base != RegZero {
		off += c.S.R[u.Base&15]
	}
	if u.Index != RegZero {
		off += c.S.R[u.Index&15] << (u.Scale & 3)
	}
	switch u.ASize {
	case 4:
		return uint64(uint32(off))
	case 2:
		return uint64(uint16(off))
	}
	return off
}

// load reads size bytes, zero-extended.
func (c *CPU) load(la uint64, size uint8) (uint64, bool) {
	switch size {
	case 8:
		return c.load64(la)
	case 4:
		v, ok := c.load32(la)
		return uint64(v), ok
	case 2:
		v, ok := c.load16(la)
		return uint64(v), ok
	}
	v, ok := c.load8(la)
	return uint64(v), ok
}

// store writes the low size bytes of v.
func (c *CPU) store(la uint64, size uint8, v uint64) bool {
	switch size {
	case 8:
		return c.store64(la, v)
	case 4:
		return c.store32(la, uint32(v))
	case 2:
		return c.store16(la, uint16(v))
	}
	return c.store8(la, uint8(v))
}

// src128 reads the second operand of an SSE instruction; memory must be 16-byte aligned (SDM 1 "Alignment").
func (c *CPU) src128(u *Uop) (v [2]uint64, ok bool) {
	if u.Form&FormMem1 == 0 {
		return c.S.X[u.Src&15], true
	}
	la := c.ea(u)
	if la&15 != 0 {
		return v, c.raise(VecGP, 0)
	}
	return c.load128(la)
}

// src128u is src128 without the alignment rule (MOVUPS, MOVDQU).
func (c *CPU) src128u(u *Uop) ([2]uint64, bool) {
	if u.Form&FormMem1 == 0 {
		return c.S.X[u.Src&15], true
	}
	return c.load128(c.ea(u))
}

// src64 reads the second operand: 8 bytes of memory or the low half of an XMM register.
func (c *CPU) src64(u *Uop) (uint64, bool) {
	if u.Form&FormMem1 == 0 {
		return c.S.X[u.Src&15][0], true
	}
	return c.load64(c.ea(u))
}

// src32 reads the second operand: 4 bytes of memory or the lowest of an XMM register.
func (c *CPU) src32(u *Uop) (uint32, bool) {
	if u.Form&FormMem1 == 0 {
		return uint32(c.S.X[u.Src&15][0]), true
	}
	return c.load32(c.ea(u))
}
