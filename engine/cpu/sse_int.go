package cpu

import "golang.org/x/arch/x86/x86asm"

// Integer SSE2 and MMX: one definition serves both, u.Size tells XMM (16) from MMX (8).
// What works on 64-bit halves alone is written once as a function of two halves.

var (
	_ = def(Def{Op: x86asm.PXOR, Ref: "SDM 2B PXOR", Fn: pxor, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.POR, Ref: "SDM 2B POR", Fn: por, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PAND, Ref: "SDM 2B PAND", Fn: pand, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PANDN, Ref: "SDM 2B PANDN", Fn: pandn, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PCMPEQB, Ref: "SDM 2B PCMPEQB", Fn: pcmpeqb, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PMINUB, Ref: "SDM 2B PMINUB", Fn: pminub, Traits: NeedSSE})
	_ = def(Def{Op: x86asm.PSUBB, Ref: "SDM 2B PSUBB", Fn: psubb, Traits: NeedSSE})

	_ = halves(x86asm.PADDB, "PADDB", func(a, b uint64) uint64 { return addLanes(a, b, tops8) })
	_ = halves(x86asm.PADDW, "PADDW", func(a, b uint64) uint64 { return addLanes(a, b, tops16) })
	_ = halves(x86asm.PADDD, "PADDD", func(a, b uint64) uint64 { return addLanes(a, b, tops32) })
	_ = halves(x86asm.PADDQ, "PADDQ", func(a, b uint64) uint64 { return a + b })
	_ = halves(x86asm.PSUBW, "PSUBW", func(a, b uint64) uint64 { return subLanes(a, b, tops16) })
	_ = halves(x86asm.PSUBD, "PSUBD", func(a, b uint64) uint64 { return subLanes(a, b, tops32) })
	_ = halves(x86asm.PSUBQ, "PSUBQ", func(a, b uint64) uint64 { return a - b })

	_ = bytewise(x86asm.PADDSB, "PADDSB", func(a, b int32) int32 { return clamp(int32(int8(a))+int32(int8(b)), -128, 127) })
	_ = bytewise(x86asm.PADDUSB, "PADDUSB", func(a, b int32) int32 { return clamp(a+b, 0, 255) })
	_ = bytewise(x86asm.PSUBSB, "PSUBSB", func(a, b int32) int32 { return clamp(int32(int8(a))-int32(int8(b)), -128, 127) })
	_ = bytewise(x86asm.PSUBUSB, "PSUBUSB", func(a, b int32) int32 { return clamp(a-b, 0, 255) })
	_ = bytewise(x86asm.PAVGB, "PAVGB", func(a, b int32) int32 { return (a + b + 1) >> 1 })
	_ = bytewise(x86asm.PMAXUB, "PMAXUB", func(a, b int32) int32 { return max(a, b) })
	_ = bytewise(x86asm.PCMPGTB, "PCMPGTB", func(a, b int32) int32 { return ones(int8(a) > int8(b)) })

	_ = wordwise(x86asm.PADDSW, "PADDSW", func(a, b int32) int32 { return clamp(int32(int16(a))+int32(int16(b)), -32768, 32767) })
	_ = wordwise(x86asm.PADDUSW, "PADDUSW", func(a, b int32) int32 { return clamp(a+b, 0, 65535) })
	_ = wordwise(x86asm.PSUBSW, "PSUBSW", func(a, b int32) int32 { return clamp(int32(int16(a))-int32(int16(b)), -32768, 32767) })
	_ = wordwise(x86asm.PSUBUSW, "PSUBUSW", func(a, b int32) int32 { return clamp(a-b, 0, 65535) })
	_ = wordwise(x86asm.PAVGW, "PAVGW", func(a, b int32) int32 { return (a + b + 1) >> 1 })
	_ = wordwise(x86asm.PMAXSW, "PMAXSW", func(a, b int32) int32 { return int32(max(int16(a), int16(b))) })
	_ = wordwise(x86asm.PMINSW, "PMINSW", func(a, b int32) int32 { return int32(min(int16(a), int16(b))) })
	_ = wordwise(x86asm.PMULLW, "PMULLW", func(a, b int32) int32 { return int32(int16(a)) * int32(int16(b)) })
	_ = wordwise(x86asm.PMULHW, "PMULHW", func(a, b int32) int32 { return int32(int16(a)) * int32(int16(b)) >> 16 })
	_ = wordwise(x86asm.PMULHUW, "PMULHUW", func(a, b int32) int32 { return int32(uint32(a) * uint32(b) >> 16) })
	_ = wordwise(x86asm.PCMPEQW, "PCMPEQW", func(a, b int32) int32 { return ones(a == b) })
	_ = wordwise(x86asm.PCMPGTW, "PCMPGTW", func(a, b int32) int32 { return ones(int16(a) > int16(b)) })

	_ = halves(x86asm.PCMPEQD, "PCMPEQD", func(a, b uint64) uint64 {
		return pair(uint32(ones(uint32(a) == uint32(b))), uint32(ones(a>>32 == b>>32)))
	})
	_ = halves(x86asm.PCMPGTD, "PCMPGTD", func(a, b uint64) uint64 {
		return pair(uint32(ones(int32(a) > int32(b))), uint32(ones(int32(a>>32) > int32(b>>32))))
	})
	_ = halves(x86asm.PMULUDQ, "PMULUDQ", func(a, b uint64) uint64 { return a & 0xffffffff * (b & 0xffffffff) })
	_ = halves(x86asm.PMADDWD, "PMADDWD", func(a, b uint64) uint64 {
		return pair(multiplyAdd(uint32(a), uint32(b)), multiplyAdd(uint32(a>>32), uint32(b>>32)))
	})
	_ = halves(x86asm.PSADBW, "PSADBW", absoluteDifferences)
)

// The top bits of the lanes of a half.
const (
	tops8  = 0x8080808080808080
	tops16 = 0x8000800080008000
	tops32 = 0x8000000080000000
)

// addLanes adds lanes without carries between them: the top bits are added apart.
func addLanes(a, b, tops uint64) uint64 { return (a&^tops + b&^tops) ^ (a^b)&tops }

// subLanes subtracts lanes without borrows between them.
func subLanes(a, b, tops uint64) uint64 { return (a | tops - b&^tops) ^ (a^^b)&tops }

func clamp(v, low, high int32) int32 { return max(low, min(v, high)) }

func ones(b bool) int32 {
	if b {
		return -1
	}
	return 0
}

func pair(low, high uint32) uint64 { return uint64(low) | uint64(high)<<32 }

func multiplyAdd(a, b uint32) uint32 {
	return uint32(int32(int16(a))*int32(int16(b)) + int32(int16(a>>16))*int32(int16(b>>16)))
}

func absoluteDifferences(a, b uint64) (sum uint64) {
	for i := 0; i < 64; i += 8 {
		x, y := a>>i&0xff, b>>i&0xff
		sum += max(x, y) - min(x, y)
	}
	return sum
}

// equalBytes sets each byte of the result to ones where a and b agree.
func equalBytes(a, b uint64) uint64 {
	x := a ^ b
	differ := (x&^tops8 + ^uint64(tops8) | x) & tops8 // the top bit of each byte that is not zero
	same := differ ^ tops8
	return same >> 7 * 0xff
}

// minBytes is the lesser of each pair of unsigned bytes.
func minBytes(a, b uint64) uint64 {
	// The top bit of each byte of d says a ≥ b: of the low seven bits when the tops agree, else of the tops.
	d := (a|tops8-b&^tops8) & ^(a^b) | a&^b
	m := d & tops8 >> 7 * 0xff
	return b&m | a&^m
}

func halves(op x86asm.Op, ref string, f func(a, b uint64) uint64) struct{} {
	return lanes(SSE2, op, ref, f)
}

// lanes defines an instruction that works on the halves of its operands apart.
func lanes(feature Feature, op x86asm.Op, ref string, f func(a, b uint64) uint64) struct{} {
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Feature: feature, Fn: func(c *CPU, u *Uop) bool {
		if u.Size != 16 {
			return c.halfMM(u, f)
		}
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		d := &c.S.X[u.Dst&15]
		d[0], d[1] = f(d[0], s[0]), f(d[1], s[1])
		return true
	}})
}

// halfMM is the MMX form.
func (c *CPU) halfMM(u *Uop, f func(a, b uint64) uint64) bool {
	if !c.beginMMX() {
		return false
	}
	s, ok := c.srcMM(u)
	if !ok {
		return false
	}
	c.setMM(u.Dst, f(c.S.ST[u.Dst&7].Sig, s))
	return true
}

func bytewise(op x86asm.Op, ref string, f func(a, b int32) int32) struct{} {
	return halves(op, ref, bytes2(f))
}
func wordwise(op x86asm.Op, ref string, f func(a, b int32) int32) struct{} {
	return halves(op, ref, words2(f))
}

// bytes2 makes a function of halves of one of zero-extended bytes.
func bytes2(f func(a, b int32) int32) func(a, b uint64) uint64 {
	return func(a, b uint64) (r uint64) {
		for i := 0; i < 64; i += 8 {
			r |= uint64(uint8(f(int32(a>>i&0xff), int32(b>>i&0xff)))) << i
		}
		return r
	}
}

// words2 makes a function of halves of one of zero-extended words.
func words2(f func(a, b int32) int32) func(a, b uint64) uint64 {
	return func(a, b uint64) (r uint64) {
		for i := 0; i < 64; i += 16 {
			r |= uint64(uint16(f(int32(a>>i&0xffff), int32(b>>i&0xffff)))) << i
		}
		return r
	}
}

// The instructions of strlen, memchr and the like are written out: a call through a pointer for each half would show.

func pxor(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return a ^ b })
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = d[0]^s[0], d[1]^s[1]
	}
	return ok
}

func por(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return a | b })
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = d[0]|s[0], d[1]|s[1]
	}
	return ok
}

func pand(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return a & b })
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = d[0]&s[0], d[1]&s[1]
	}
	return ok
}

func pandn(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return b &^ a })
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = s[0]&^d[0], s[1]&^d[1]
	}
	return ok
}

func pcmpeqb(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, equalBytes)
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = equalBytes(d[0], s[0]), equalBytes(d[1], s[1])
	}
	return ok
}

func pminub(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, minBytes)
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = minBytes(d[0], s[0]), minBytes(d[1], s[1])
	}
	return ok
}

func psubb(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return subLanes(a, b, tops8) })
	}
	s, ok := c.src128(u)
	d := &c.S.X[u.Dst&15]
	if ok {
		d[0], d[1] = subLanes(d[0], s[0], tops8), subLanes(d[1], s[1], tops8)
	}
	return ok
}
