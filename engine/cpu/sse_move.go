package cpu

import "golang.org/x/arch/x86/x86asm"

var (
	_ = def(Def{Op: x86asm.MOVAPS, Ref: "SDM 2B MOVAPS", Fn: movaps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVAPD, Ref: "SDM 2B MOVAPD", Fn: movaps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVDQA, Ref: "SDM 2B MOVDQA", Fn: movaps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVNTPS, Ref: "SDM 2B MOVNTPS", Fn: movaps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVNTPD, Ref: "SDM 2B MOVNTPD", Fn: movaps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVNTDQ, Ref: "SDM 2B MOVNTDQ", Fn: movaps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVUPS, Ref: "SDM 2B MOVUPS", Fn: movups, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVUPD, Ref: "SDM 2B MOVUPD", Fn: movups, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVDQU, Ref: "SDM 2B MOVDQU", Fn: movups, Traits: NeedSSE})

	_ = def(Def{Op: x86asm.MOVSS, Ref: "SDM 2B MOVSS", Fn: movss, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVSD_XMM, Ref: "SDM 2B MOVSD", Fn: movsd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVLPS, Ref: "SDM 2B MOVLPS", Fn: movlps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVLPD, Ref: "SDM 2B MOVLPD", Fn: movlps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVHPS, Ref: "SDM 2B MOVHPS", Fn: movhps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVHPD, Ref: "SDM 2B MOVHPD", Fn: movhps, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVHLPS, Ref: "SDM 2B MOVHLPS", Fn: movhlps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVLHPS, Ref: "SDM 2B MOVLHPS", Fn: movlhps, Traits: NeedSSE, Feature: SSE})

	_ = def(Def{Op: x86asm.MOVD, Ref: "SDM 2B MOVD/MOVQ", Fn: movd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVQ, Ref: "SDM 2B MOVD/MOVQ", Fn: movd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVNTQ, Ref: "SDM 2B MOVNTQ", Fn: movd, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVQ2DQ, Ref: "SDM 2B MOVQ2DQ", Fn: movq2dq, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MOVDQ2Q, Ref: "SDM 2B MOVDQ2Q", Fn: movdq2q, Traits: NeedSSE})

	_ = def(Def{Op: x86asm.MOVMSKPS, Ref: "SDM 2B MOVMSKPS", Fn: movmskps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.MOVMSKPD, Ref: "SDM 2B MOVMSKPD", Fn: movmskpd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PMOVMSKB, Ref: "SDM 2B PMOVMSKB", Fn: pmovmskb, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MASKMOVDQU, Ref: "SDM 2B MASKMOVDQU", Fn: maskmovdqu, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.MASKMOVQ, Ref: "SDM 2B MASKMOVQ", Fn: maskmovq, Traits: NeedSSE, Feature: SSE})
)

// movaps moves 16 bytes; memory must be aligned. The non-temporal stores are the same here: there is no cache to pass by.
func movaps(c *CPU, u *Uop) bool {
	if u.Form&FormMem != 0 && c.ea(u)&15 != 0 {
		return c.raise(VecGP, 0)
	}
	return movups(c, u)
}

func movups(c *CPU, u *Uop) bool {
	if u.Form&FormMem0 != 0 {
		return c.store128(c.ea(u), c.S.X[u.Src&15])
	}
	v, ok := c.src128u(u)
	if ok {
		c.S.X[u.Dst&15] = v
	}
	return ok
}

// movss moves 4 bytes; from memory it clears the rest of the register.
func movss(c *CPU, u *Uop) bool {
	if u.Form&FormMem0 != 0 {
		return c.store32(c.ea(u), uint32(c.S.X[u.Src&15][0]))
	}
	v, ok := c.src32(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if u.Form&FormMem1 != 0 {
		*d = [2]uint64{}
	}
	d[0] = d[0]&^0xffffffff | uint64(v)
	return true
}

// movsd moves 8 bytes; from memory it clears the rest of the register.
func movsd(c *CPU, u *Uop) bool {
	if u.Form&FormMem0 != 0 {
		return c.store64(c.ea(u), c.S.X[u.Src&15][0])
	}
	v, ok := c.src64(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	if u.Form&FormMem1 != 0 {
		d[1] = 0
	}
	d[0] = v
	return true
}

func movlps(c *CPU, u *Uop) bool { return c.moveHalf(u, 0) }
func movhps(c *CPU, u *Uop) bool { return c.moveHalf(u, 1) }

// moveHalf moves one half of a register to or from memory; between registers these encodings do not exist.
func (c *CPU) moveHalf(u *Uop, half int) bool {
	switch {
	case u.Form&FormMem0 != 0:
		return c.store64(c.ea(u), c.S.X[u.Src&15][half])
	case u.Form&FormMem1 == 0:
		return c.raise(VecUD, 0)
	}
	v, ok := c.load64(c.ea(u))
	if ok {
		c.S.X[u.Dst&15][half] = v
	}
	return ok
}

func movhlps(c *CPU, u *Uop) bool {
	c.S.X[u.Dst&15][0] = c.S.X[u.Src&15][1]
	return true
}

func movlhps(c *CPU, u *Uop) bool {
	c.S.X[u.Dst&15][1] = c.S.X[u.Src&15][0]
	return true
}

// movd moves 4 or 8 bytes between an XMM or MMX register and a general register, memory, or a register of its own kind.
func movd(c *CPU, u *Uop) bool {
	if mmx := u.mmx(); mmx && !c.beginMMX() {
		return false
	}
	v, ok := c.movdSource(u)
	if !ok {
		return false
	}
	switch {
	case u.Form&FormMem0 != 0:
		if u.SSize == 8 {
			c.S.FSW &^= fswTop // even when the store faults
		}
		if !c.store(c.ea(u), u.Size, v) {
			return false
		}
	case u.Form&FormGPR0 != 0:
		c.setReg(u.Dst, u.Size, v)
	case u.Size == 16:
		c.S.X[u.Dst&15] = [2]uint64{v, 0}
		return true
	default:
		c.setMM(u.Dst, v)
		return true
	}
	if u.SSize == 8 {
		c.touchMMX()
	}
	return true
}

// mmx tells that MOVD or MOVQ has an MMX register among its operands.
func (u *Uop) mmx() bool {
	return u.Size == 8 && u.Form&(FormMem0|FormGPR0) == 0 || u.SSize == 8 && u.Form&(FormMem1|FormGPR1) == 0
}

func (c *CPU) movdSource(u *Uop) (uint64, bool) {
	switch {
	case u.Form&FormMem1 != 0:
		return c.load(c.ea(u), u.SSize)
	case u.Form&FormGPR1 != 0:
		return c.reg(u.Src, u.SSize), true
	case u.SSize == 16:
		return c.S.X[u.Src&15][0], true
	}
	return c.S.ST[u.Src&7].Sig, true
}

func movq2dq(c *CPU, u *Uop) bool {
	if !c.beginMMX() {
		return false
	}
	c.S.X[u.Dst&15] = [2]uint64{c.S.ST[u.Src&7].Sig, 0}
	c.touchMMX()
	return true
}

func movdq2q(c *CPU, u *Uop) bool {
	if !c.beginMMX() {
		return false
	}
	c.setMM(u.Dst, c.S.X[u.Src&15][0])
	return true
}

func movmskps(c *CPU, u *Uop) bool {
	x := &c.S.X[u.Src&15]
	c.S.R[u.Dst&15] = x[0]>>31&1 | x[0]>>63<<1 | x[1]>>31&1<<2 | x[1]>>63<<3
	return true
}

func movmskpd(c *CPU, u *Uop) bool {
	x := &c.S.X[u.Src&15]
	c.S.R[u.Dst&15] = x[0]>>63 | x[1]>>63<<1
	return true
}

func pmovmskb(c *CPU, u *Uop) bool {
	if u.SSize == 16 {
		x := &c.S.X[u.Src&15]
		c.S.R[u.Dst&15] = signsOfBytes(x[0]) | signsOfBytes(x[1])<<8
		return true
	}
	if !c.beginMMX() {
		return false
	}
	c.S.R[u.Dst&15] = signsOfBytes(c.S.ST[u.Src&7].Sig)
	c.touchMMX()
	return true
}

// signsOfBytes collects the top bit of each byte: the multiplication moves bit 8i to bit 56+i.
func signsOfBytes(v uint64) uint64 { return v >> 7 & 0x0101010101010101 * 0x0102040810204080 >> 56 }

// stringAddress is the implicit destination of MASKMOVDQU: DS:RDI, the segment may be overridden.
func (c *CPU) stringAddress(u *Uop) uint64 {
	at := *u
	at.Base, at.Index, at.Disp = RDI, RegZero, 0
	return c.ea(&at)
}

// maskmovdqu writes the bytes whose mask byte has its top bit set; all or none of them.
func maskmovdqu(c *CPU, u *Uop) bool {
	v, mask := c.S.X[u.Dst&15], c.S.X[u.Src&15]
	signs := signsOfBytes(mask[0]) | signsOfBytes(mask[1])<<8
	return c.storeMasked(c.stringAddress(u), 16, v, signs)
}

func maskmovq(c *CPU, u *Uop) bool {
	if !c.beginMMX() {
		return false
	}
	v := [2]uint64{c.S.ST[u.Dst&7].Sig}
	c.touchMMX() // even when the store faults
	return c.storeMasked(c.stringAddress(u), 8, v, signsOfBytes(c.S.ST[u.Src&7].Sig))
}

// storeMasked stores bytes of v, of which there are size. The segment must allow all of them.
func (c *CPU) storeMasked(la, size uint64, v [2]uint64, which uint64) bool {
	if c.marked(la) {
		if _, ok := c.inSegment(la, size, accessWrite); !ok {
			return false
		}
	}
	for i := range uint64(16) {
		if which>>i&1 != 0 && !c.probe(la+i, 1) {
			return false
		}
	}
	for i := range uint64(16) {
		if which>>i&1 != 0 && !c.store8(la+i, uint8(v[i>>3]>>(i&7*8))) {
			return false
		}
	}
	return true
}
