package cpu

import (
	"math/bits"

	"golang.org/x/arch/x86/x86asm"
)

// Integers of SSE4.1, and PCMPGTQ of SSE4.2 (SDM 1 "Overview of SSE4 Instructions").

var (
	_ = lanes(SSE41, x86asm.PMINSB, "PMINSB/PMINSW", bytes2(func(a, b int32) int32 { return int32(min(int8(a), int8(b))) }))
	_ = lanes(SSE41, x86asm.PMAXSB, "PMAXSB/PMAXSW/PMAXSD", bytes2(func(a, b int32) int32 { return int32(max(int8(a), int8(b))) }))
	_ = lanes(SSE41, x86asm.PMINUW, "PMINUB/PMINUW", words2(func(a, b int32) int32 { return min(a, b) }))
	_ = lanes(SSE41, x86asm.PMAXUW, "PMAXUB/PMAXUW", words2(func(a, b int32) int32 { return max(a, b) }))
	_ = lanes(SSE41, x86asm.PMINSD, "PMINSD", dwords2(func(a, b int32) int32 { return min(a, b) }))
	_ = lanes(SSE41, x86asm.PMAXSD, "PMAXSB/PMAXSW/PMAXSD", dwords2(func(a, b int32) int32 { return max(a, b) }))
	_ = lanes(SSE41, x86asm.PMINUD, "PMINUD", dwords2(func(a, b int32) int32 { return int32(min(uint32(a), uint32(b))) }))
	_ = lanes(SSE41, x86asm.PMAXUD, "PMAXUD", dwords2(func(a, b int32) int32 { return int32(max(uint32(a), uint32(b))) }))
	_ = lanes(SSE41, x86asm.PMULLD, "PMULLD", dwords2(func(a, b int32) int32 { return a * b }))
	_ = lanes(SSE41, x86asm.PMULDQ, "PMULDQ", func(a, b uint64) uint64 { return uint64(int64(int32(a)) * int64(int32(b))) })
	_ = lanes(SSE41, x86asm.PCMPEQQ, "PCMPEQQ", func(a, b uint64) uint64 { return uint64(int64(ones(a == b))) })
	_ = lanes(SSE42, x86asm.PCMPGTQ, "PCMPGTQ", func(a, b uint64) uint64 { return uint64(int64(ones(int64(a) > int64(b)))) })
	_ = narrows(SSE41, x86asm.PACKUSDW, "PACKUSDW", func(v uint64) uint32 {
		return uint32(clamp(int32(v), 0, 65535)) | uint32(clamp(int32(v>>32), 0, 65535))<<16
	})

	_ = widens(x86asm.PMOVSXBW, "PMOVSX", 8, 16, true)
	_ = widens(x86asm.PMOVSXBD, "PMOVSX", 8, 32, true)
	_ = widens(x86asm.PMOVSXBQ, "PMOVSX", 8, 64, true)
	_ = widens(x86asm.PMOVSXWD, "PMOVSX", 16, 32, true)
	_ = widens(x86asm.PMOVSXWQ, "PMOVSX", 16, 64, true)
	_ = widens(x86asm.PMOVSXDQ, "PMOVSX", 32, 64, true)
	_ = widens(x86asm.PMOVZXBW, "PMOVZX", 8, 16, false)
	_ = widens(x86asm.PMOVZXBD, "PMOVZX", 8, 32, false)
	_ = widens(x86asm.PMOVZXBQ, "PMOVZX", 8, 64, false)
	_ = widens(x86asm.PMOVZXWD, "PMOVZX", 16, 32, false)
	_ = widens(x86asm.PMOVZXWQ, "PMOVZX", 16, 64, false)
	_ = widens(x86asm.PMOVZXDQ, "PMOVZX", 32, 64, false)

	_ = def(Def{Op: x86asm.MPSADBW, Ref: "SDM 2B MPSADBW", Fn: mpsadbw, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PHMINPOSUW, Ref: "SDM 2B PHMINPOSUW", Fn: phminposuw, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PTEST, Ref: "SDM 2B PTEST", Fn: ptest, Out: aflags, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.MOVNTDQA, Ref: "SDM 2B MOVNTDQA", Fn: movaps, Traits: NeedSSE, Feature: SSE41})
)

// widens defines PMOVSX or PMOVZX: the low elements of from bits become elements of to bits.
func widens(op x86asm.Op, ref string, from, to uint, signed bool) struct{} {
	half := func(v uint64) (r uint64) {
		for i, j := uint(0), uint(0); i < 64; i, j = i+to, j+from {
			x := v >> j << (64 - from)
			if signed {
				x = uint64(int64(x) >> (64 - from))
			} else {
				x >>= 64 - from
			}
			r |= x << (64 - to) >> (64 - to) << i
		}
		return r
	}
	step := from * (64 / to)
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Traits: NeedSSE, Feature: SSE41, Fn: func(c *CPU, u *Uop) bool {
		v, ok := c.S.X[u.Src&15][0], true
		if u.Form&FormMem1 != 0 {
			v, ok = c.load(c.ea(u), u.SSize)
		}
		if ok {
			c.S.X[u.Dst&15] = [2]uint64{half(v), half(v >> step)}
		}
		return ok
	}})
}

// mpsadbw slides four bytes of the source along eleven of the destination.
func mpsadbw(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	d := &c.S.X[u.Dst&15]
	four := uint64(dword(&s, u.Imm))
	at := uint64(u.Imm>>2&1) * 4
	var r [2]uint64
	for i := range uint64(8) {
		sum := absoluteDifferences(window(d[:], at+i)&0xffffffff, four)
		r[i>>2] |= sum << (i & 3 * 16)
	}
	*d = r
	return true
}

// phminposuw finds the least word and its index.
func phminposuw(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	least := uint64(1 << 19)
	for i := range uint64(8) {
		least = min(least, s[i>>2]>>(i&3*16)&0xffff<<3|i)
	}
	c.S.X[u.Dst&15] = [2]uint64{least>>3 | least&7<<16, 0}
	return true
}

func ptest(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if !ok {
		return false
	}
	d, f := &c.S.X[u.Dst&15], uint64(0)
	if s[0]&d[0]|s[1]&d[1] == 0 {
		f |= FlagZF
	}
	if s[0]&^d[0]|s[1]&^d[1] == 0 {
		f |= FlagCF
	}
	c.setArith(f)
	return true
}

var (
	_ = def(Def{Op: x86asm.PBLENDW, Ref: "SDM 2B PBLENDW", Fn: blend(1, 8), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.BLENDPS, Ref: "SDM 2A BLENDPS", Fn: blend(2, 4), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.BLENDPD, Ref: "SDM 2A BLENDPD", Fn: blend(4, 2), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PBLENDVB, Ref: "SDM 2B PBLENDVB", Fn: blendv(8), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.BLENDVPS, Ref: "SDM 2A BLENDVPS", Fn: blendv(32), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.BLENDVPD, Ref: "SDM 2A BLENDVPD", Fn: blendv(64), Traits: NeedSSE, Feature: SSE41})

	_ = def(Def{Op: x86asm.PINSRB, Ref: "SDM 2B PINSRB/PINSRD/PINSRQ", Fn: inserts(1), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PINSRD, Ref: "SDM 2B PINSRB/PINSRD/PINSRQ", Fn: inserts(4), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PINSRQ, Ref: "SDM 2B PINSRB/PINSRD/PINSRQ", Fn: inserts(8), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PEXTRB, Ref: "SDM 2B PEXTRB/PEXTRD/PEXTRQ", Fn: extracts(1), Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PEXTRD, Ref: "SDM 2B PEXTRB/PEXTRD/PEXTRQ", Fn: pextrd, Traits: NeedSSE, Feature: SSE41})
	_ = def(Def{Op: x86asm.PEXTRQ, Ref: "SDM 2B PEXTRB/PEXTRD/PEXTRQ", Fn: extracts(8), Traits: NeedSSE, Feature: SSE41})
)

var pextrd = extracts(4)

// blend takes elements of words words from the source where the immediate has a bit.
func blend(words, elements int) func(c *CPU, u *Uop) bool {
	element := uint64(1)<<(16*words) - 1 // of 64 bits, that is all ones
	return func(c *CPU, u *Uop) bool {
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		d := &c.S.X[u.Dst&15]
		for i := range elements {
			if u.Imm>>i&1 != 0 {
				at := i * words
				m := element << (at & 3 * 16)
				d[at>>2] = d[at>>2]&^m | s[at>>2]&m
			}
		}
		return true
	}
}

// blendv takes elements of lane bits from the source where XMM0's have their top bit set.
func blendv(lane uint) func(c *CPU, u *Uop) bool {
	tops := uint64(0)
	for i := lane; i <= 64; i += lane {
		tops |= 1 << (i - 1)
	}
	return func(c *CPU, u *Uop) bool {
		s, ok := c.src128(u)
		if !ok {
			return false
		}
		d, mask := &c.S.X[u.Dst&15], c.S.X[0]
		for i := range d {
			top := mask[i] & tops
			m := top<<1 - top>>(lane-1)
			d[i] = d[i]&^m | s[i]&m
		}
		return true
	}
}

// inserts replaces one element of size bytes.
func inserts(size uint8) func(c *CPU, u *Uop) bool {
	log := uint(bits.TrailingZeros8(size))
	return func(c *CPU, u *Uop) bool {
		v := c.S.R[u.Src&15]
		if u.Form&FormMem1 != 0 {
			m, ok := c.load(c.ea(u), size)
			if !ok {
				return false
			}
			v = m
		}
		at := uint64(u.Imm) << log & 15
		half, shift, mask := &c.S.X[u.Dst&15][at>>3], at&7*8, maskOf(size)
		*half = *half&^(mask<<shift) | v&mask<<shift
		return true
	}
}

// extracts stores one element of size bytes to memory, or zero-extended to a register.
func extracts(size uint8) func(c *CPU, u *Uop) bool {
	log := uint(bits.TrailingZeros8(size))
	return func(c *CPU, u *Uop) bool {
		at := uint64(u.Imm) << log & 15
		v := c.S.X[u.Src&15][at>>3] >> (at & 7 * 8) & maskOf(size)
		if u.Form&FormMem0 != 0 {
			return c.store(c.ea(u), size, v)
		}
		c.S.R[u.Dst&15] = v
		return true
	}
}
