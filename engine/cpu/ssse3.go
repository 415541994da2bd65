package cpu

import "golang.org/x/arch/x86/x86asm"

// SSSE3, on XMM and MMX registers alike (SDM 1 "Overview of SSSE3 Instructions").

var (
	_ = lanes(SSSE3, x86asm.PABSB, "PABSB/PABSW/PABSD", bytes2(func(_, b int32) int32 { return absolute(int32(int8(b))) }))
	_ = lanes(SSSE3, x86asm.PABSW, "PABSB/PABSW/PABSD", words2(func(_, b int32) int32 { return absolute(int32(int16(b))) }))
	_ = lanes(SSSE3, x86asm.PABSD, "PABSB/PABSW/PABSD", dwords2(func(_, b int32) int32 { return absolute(b) }))
	_ = lanes(SSSE3, x86asm.PSIGNB, "PSIGNB/PSIGNW/PSIGND", bytes2(func(a, b int32) int32 { return a * sign(int32(int8(b))) }))
	_ = lanes(SSSE3, x86asm.PSIGNW, "PSIGNB/PSIGNW/PSIGND", words2(func(a, b int32) int32 { return a * sign(int32(int16(b))) }))
	_ = lanes(SSSE3, x86asm.PSIGND, "PSIGNB/PSIGNW/PSIGND", dwords2(func(a, b int32) int32 { return a * sign(b) }))
	_ = lanes(SSSE3, x86asm.PMULHRSW, "PMULHRSW", words2(func(a, b int32) int32 {
		return (int32(int16(a))*int32(int16(b))>>14 + 1) >> 1
	}))
	_ = lanes(SSSE3, x86asm.PMADDUBSW, "PMADDUBSW", words2(func(a, b int32) int32 {
		return clamp(a&0xff*int32(int8(b))+a>>8*int32(int8(b>>8)), -32768, 32767)
	}))

	_ = neighbours(x86asm.PHADDW, "PHADDW/PHADDD", func(v uint64) uint32 { return wordsOf(v, func(a, b int32) int32 { return a + b }) })
	_ = neighbours(x86asm.PHADDD, "PHADDW/PHADDD", func(v uint64) uint32 { return uint32(v) + uint32(v>>32) })
	_ = neighbours(x86asm.PHADDSW, "PHADDSW", func(v uint64) uint32 {
		return wordsOf(v, func(a, b int32) int32 { return clamp(a+b, -32768, 32767) })
	})
	_ = neighbours(x86asm.PHSUBW, "PHSUBW/PHSUBD", func(v uint64) uint32 { return wordsOf(v, func(a, b int32) int32 { return a - b }) })
	_ = neighbours(x86asm.PHSUBD, "PHSUBW/PHSUBD", func(v uint64) uint32 { return uint32(v) - uint32(v>>32) })
	_ = neighbours(x86asm.PHSUBSW, "PHSUBSW", func(v uint64) uint32 {
		return wordsOf(v, func(a, b int32) int32 { return clamp(a-b, -32768, 32767) })
	})

	_ = def(Def{Op: x86asm.PSHUFB, Ref: "SDM 2B PSHUFB", Fn: pshufb, Traits: NeedSSE, Feature: SSSE3})
	_ = def(Def{Op: x86asm.PALIGNR, Ref: "SDM 2B PALIGNR", Fn: palignr, Traits: NeedSSE, Feature: SSSE3})
)

func absolute(v int32) int32 { return max(v, -v) }

// sign is −1, 0 or 1.
func sign(v int32) int32 { return v>>31 | int32(uint32(-v)>>31) }

// dwords2 makes a function of halves of one of signed doublewords.
func dwords2(f func(a, b int32) int32) func(a, b uint64) uint64 {
	return func(a, b uint64) uint64 {
		return pair(uint32(f(int32(a), int32(b))), uint32(f(int32(a>>32), int32(b>>32))))
	}
}

// neighbours defines a horizontal instruction; f combines the neighbours of a half.
func neighbours(op x86asm.Op, ref string, f func(half uint64) uint32) struct{} {
	return narrows(SSSE3, op, ref, f)
}

// wordsOf combines the two pairs of signed words of a half.
func wordsOf(v uint64, f func(a, b int32) int32) uint32 {
	low := uint16(f(int32(int16(v)), int32(int16(v>>16))))
	return uint32(low) | uint32(uint16(f(int32(int16(v>>32)), int32(int16(v>>48)))))<<16
}

// byteOf is byte i of v.
func byteOf(v *[2]uint64, i uint64) uint64 { return v[i>>3&1] >> (i & 7 * 8) & 0xff }

// pick gathers the bytes of v that a half of the mask names; a mask byte with its top bit set gives zero.
func pick(v *[2]uint64, mask, width uint64) (r uint64) {
	for i := 0; i < 64; i += 8 {
		if m := mask >> i; m&0x80 == 0 {
			r |= byteOf(v, m&width) << i
		}
	}
	return r
}

func pshufb(c *CPU, u *Uop) bool {
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return pick(&[2]uint64{a}, b, 7) })
	}
	s, ok := c.src128(u)
	if ok {
		d := &c.S.X[u.Dst&15]
		*d = [2]uint64{pick(d, s[0], 15), pick(d, s[1], 15)}
	}
	return ok
}

// palignr shifts the destination with the source below it right by bytes.
func palignr(c *CPU, u *Uop) bool {
	n := uint64(uint8(u.Imm))
	if u.Size != 16 {
		return c.halfMM(u, func(a, b uint64) uint64 { return window([]uint64{b, a}, n) })
	}
	s, ok := c.src128(u)
	if ok {
		d := &c.S.X[u.Dst&15]
		both := []uint64{s[0], s[1], d[0], d[1]}
		*d = [2]uint64{window(both, n), window(both, n+8)}
	}
	return ok
}

// window is the half that begins at byte n of v, with zeros behind v.
func window(v []uint64, n uint64) uint64 {
	i, shift := n>>3, n&7*8
	r := uint64(0)
	if i < uint64(len(v)) {
		r = v[i] >> shift
	}
	if i+1 < uint64(len(v)) && shift != 0 {
		r |= v[i+1] << (64 - shift)
	}
	return r
}
