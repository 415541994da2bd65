package cpu

import "golang.org/x/arch/x86/x86asm"

// Packing, unpacking, shuffling and shifting.

var (
	_ = packs(x86asm.PACKSSWB, "PACKSSWB", func(a uint64) uint32 { return packWords(a, -128, 127) })
	_ = packs(x86asm.PACKUSWB, "PACKUSWB", func(a uint64) uint32 { return packWords(a, 0, 255) })
	_ = packs(x86asm.PACKSSDW, "PACKSSDW", packDwords)

	_ = unpacks(x86asm.PUNPCKLBW, "PUNPCKLBW", 0, interleave8)
	_ = unpacks(x86asm.PUNPCKLWD, "PUNPCKLWD", 0, interleave16)
	_ = unpacks(x86asm.PUNPCKLDQ, "PUNPCKLDQ", 0, pair)
	_ = unpacks(x86asm.PUNPCKHBW, "PUNPCKHBW", 1, interleave8)
	_ = unpacks(x86asm.PUNPCKHWD, "PUNPCKHWD", 1, interleave16)
	_ = unpacks(x86asm.PUNPCKHDQ, "PUNPCKHDQ", 1, pair)
	_ = unpacks(x86asm.UNPCKLPS, "UNPCKLPS", 0, pair)
	_ = unpacks(x86asm.UNPCKHPS, "UNPCKHPS", 1, pair)
	_ = joins(x86asm.PUNPCKLQDQ, "PUNPCKLQDQ", 0)
	_ = joins(x86asm.PUNPCKHQDQ, "PUNPCKHQDQ", 1)
	_ = joins(x86asm.UNPCKLPD, "UNPCKLPD", 0)
	_ = joins(x86asm.UNPCKHPD, "UNPCKHPD", 1)

	_ = def(Def{Op: x86asm.PSHUFD, Ref: "SDM 2B PSHUFD", Fn: pshufd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PSHUFLW, Ref: "SDM 2B PSHUFLW", Fn: pshuflw, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PSHUFHW, Ref: "SDM 2B PSHUFHW", Fn: pshufhw, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PSHUFW, Ref: "SDM 2B PSHUFW", Fn: pshufw, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.SHUFPS, Ref: "SDM 2B SHUFPS", Fn: shufps, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.SHUFPD, Ref: "SDM 2B SHUFPD", Fn: shufpd, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PINSRW, Ref: "SDM 2B PINSRW", Fn: pinsrw, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PEXTRW, Ref: "SDM 2B PEXTRW", Fn: pextrw, Traits: NeedSSE})

	_ = shifts(x86asm.PSLLW, "PSLLW/PSLLD/PSLLQ", 16, func(v uint64, n uint) uint64 { return v << n })
	_ = shifts(x86asm.PSLLD, "PSLLW/PSLLD/PSLLQ", 32, func(v uint64, n uint) uint64 { return v << n })
	_ = shifts(x86asm.PSLLQ, "PSLLW/PSLLD/PSLLQ", 64, func(v uint64, n uint) uint64 { return v << n })
	_ = shifts(x86asm.PSRLW, "PSRLW/PSRLD/PSRLQ", 16, func(v uint64, n uint) uint64 { return v >> n })
	_ = shifts(x86asm.PSRLD, "PSRLW/PSRLD/PSRLQ", 32, func(v uint64, n uint) uint64 { return v >> n })
	_ = shifts(x86asm.PSRLQ, "PSRLW/PSRLD/PSRLQ", 64, func(v uint64, n uint) uint64 { return v >> n })
	_ = shifts(x86asm.PSRAW, "PSRAW/PSRAD", 16, func(v uint64, n uint) uint64 { return uint64(int16(v) >> min(n, 15)) })
	_ = shifts(x86asm.PSRAD, "PSRAW/PSRAD", 32, func(v uint64, n uint) uint64 { return uint64(int32(v) >> min(n, 31)) })
	_ = def(Def{Op: x86asm.PSLLDQ, Ref: "SDM 2B PSLLDQ", Fn: pslldq, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PSRLDQ, Ref: "SDM 2B PSRLDQ", Fn: psrldq, Traits: NeedSSE})
)

// packs defines an instruction that narrows the destination's and then the source's elements; f narrows a half.
func packs(op x86asm.Op, ref string, f func(half uint64) uint32) struct{} {
	return narrows(SSE2, op, ref, f)
}

func narrows(feature Feature, op x86asm.Op, ref string, f func(half uint64) uint32) struct{} {
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Feature: feature, Fn: func(c *CPU, u *Uop) bool {
		if u.Size != 16 {
			return c.halfMM(u, func(a, b uint64) uint64 { return pair(f(a), f(b)) })
		}
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		d := &c.S.X[u.Dst&15]
		d[0], d[1] = pair(f(d[0]), f(d[1])), pair(f(s[0]), f(s[1]))
		return true
	}})
}

func packWords(a uint64, low, high int32) (r uint32) {
	for i := range 4 {
		r |= uint32(uint8(clamp(int32(int16(a>>(16*i))), low, high))) << (8 * i)
	}
	return r
}

func packDwords(a uint64) uint32 {
	low, high := clamp(int32(a), -32768, 32767), clamp(int32(a>>32), -32768, 32767)
	return uint32(uint16(low)) | uint32(uint16(high))<<16
}

// unpacks defines an instruction that interleaves the low or the high halves; f interleaves two quarters.
func unpacks(op x86asm.Op, ref string, half int, f func(a, b uint32) uint64) struct{} {
	shift := 32 * half
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		if u.Size != 16 {
			return c.halfMM(u, func(a, b uint64) uint64 { return f(uint32(a>>shift), uint32(b>>shift)) })
		}
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		d := &c.S.X[u.Dst&15]
		a, b := d[half], s[half]
		d[0], d[1] = f(uint32(a), uint32(b)), f(uint32(a>>32), uint32(b>>32))
		return true
	}})
}

// spread8 moves byte i of v to byte 2i.
func spread8(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	return (x | x<<8) & 0x00ff00ff00ff00ff
}

func spread16(v uint32) uint64 { return uint64(v&0xffff) | uint64(v>>16)<<32 }

func interleave8(a, b uint32) uint64  { return spread8(a) | spread8(b)<<8 }
func interleave16(a, b uint32) uint64 { return spread16(a) | spread16(b)<<16 }

// joins defines an instruction that puts one half of the source above the same half of the destination.
func joins(op x86asm.Op, ref string, half int) struct{} {
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		d := &c.S.X[u.Dst&15]
		d[0], d[1] = d[half], s[half]
		return true
	}})
}

func dword(v *[2]uint64, i int64) uint32 { return uint32(v[i>>1&1] >> (i & 1 * 32)) }

func pshufd(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		i := u.Imm
		c.S.X[u.Dst&15] = [2]uint64{pair(dword(&s, i), dword(&s, i>>2)), pair(dword(&s, i>>4), dword(&s, i>>6))}
	}
	return ok
}

// shuffleWords picks four words of v by the four fields of imm.
func shuffleWords(v uint64, imm int64) (r uint64) {
	for i := 0; i < 4; i++ {
		r |= v >> (imm >> (2 * i) & 3 * 16) & 0xffff << (16 * i)
	}
	return r
}

func pshuflw(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		c.S.X[u.Dst&15] = [2]uint64{shuffleWords(s[0], u.Imm), s[1]}
	}
	return ok
}

func pshufhw(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		c.S.X[u.Dst&15] = [2]uint64{s[0], shuffleWords(s[1], u.Imm)}
	}
	return ok
}

func pshufw(c *CPU, u *Uop) bool {
	return c.halfMM(u, func(_, b uint64) uint64 { return shuffleWords(b, u.Imm) })
}

func shufps(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		d, i := &c.S.X[u.Dst&15], u.Imm
		*d = [2]uint64{pair(dword(d, i), dword(d, i>>2)), pair(dword(&s, i>>4), dword(&s, i>>6))}
	}
	return ok
}

func shufpd(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		d := &c.S.X[u.Dst&15]
		*d = [2]uint64{d[u.Imm&1], s[u.Imm>>1&1]}
	}
	return ok
}

func pinsrw(c *CPU, u *Uop) bool {
	if u.Size != 16 && !c.beginMMX() {
		return false
	}
	v := c.S.R[u.Src&15]
	if u.Form&FormMem1 != 0 {
		w, ok := c.load16(c.ea(u))
		if !ok {
			return false
		}
		v = uint64(w)
	}
	shift := u.Imm & 3 * 16
	if u.Size != 16 {
		c.setMM(u.Dst, c.S.ST[u.Dst&7].Sig&^(0xffff<<shift)|v&0xffff<<shift)
		return true
	}
	half := &c.S.X[u.Dst&15][u.Imm>>2&1]
	*half = *half&^(0xffff<<shift) | v&0xffff<<shift
	return true
}

func pextrw(c *CPU, u *Uop) bool {
	shift := u.Imm & 3 * 16
	switch {
	case u.Form&FormMem0 != 0: // SSE4.1
		return c.store16(c.ea(u), uint16(c.S.X[u.Src&15][u.Imm>>2&1]>>shift))
	case u.SSize == 16:
		c.S.R[u.Dst&15] = c.S.X[u.Src&15][u.Imm>>2&1] >> shift & 0xffff
		return true
	case !c.beginMMX():
		return false
	}
	c.S.R[u.Dst&15] = c.S.ST[u.Src&7].Sig >> shift & 0xffff
	c.touchMMX()
	return true
}

// shifts defines a shift of all lanes by one count: an immediate, or the low 64 bits of the source.
func shifts(op x86asm.Op, ref string, lane uint, f func(v uint64, n uint) uint64) struct{} {
	mask := ^uint64(0) >> (64 - lane)
	half := func(v uint64, n uint) (r uint64) {
		for i := uint(0); i < 64; i += lane {
			r |= f(v>>i&mask, n) & mask << i
		}
		return r
	}
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Fn: func(c *CPU, u *Uop) bool {
		if u.Size != 16 && !c.beginMMX() {
			return false
		}
		n, ok := c.shiftCount(u)
		if !ok {
			return false
		}
		if u.Size != 16 {
			c.setMM(u.Dst, half(c.S.ST[u.Dst&7].Sig, n))
			return true
		}
		d := &c.S.X[u.Dst&15]
		d[0], d[1] = half(d[0], n), half(d[1], n)
		return true
	}})
}

// shiftCount reads the count; all above 64 are alike.
func (c *CPU) shiftCount(u *Uop) (uint, bool) {
	n, ok := uint64(uint8(u.Imm)), true
	switch {
	case u.Form&FormImm != 0:
	case u.Size != 16:
		n, ok = c.srcMM(u)
	default:
		var v [2]uint64
		v, ok = c.src128(u)
		n = v[0]
	}
	return uint(min(n, 64)), ok
}

func pslldq(c *CPU, u *Uop) bool {
	d, n := &c.S.X[u.Dst&15], uint(uint8(u.Imm))*8
	if n >= 64 {
		d[0], d[1] = 0, d[0]<<(n-64)
		return true
	}
	d[0], d[1] = d[0]<<n, d[1]<<n|d[0]>>(64-n)
	return true
}

func psrldq(c *CPU, u *Uop) bool {
	d, n := &c.S.X[u.Dst&15], uint(uint8(u.Imm))*8
	if n >= 64 {
		d[0], d[1] = d[1]>>(n-64), 0
		return true
	}
	d[0], d[1] = d[0]>>n|d[1]<<(64-n), d[1]>>n
	return true
}
