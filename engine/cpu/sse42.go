package cpu

import (
	"math/bits"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// String and text processing of SSE4.2 (SDM 2B "Imm8 Control Byte Operation for PCMPESTRI / PCMPESTRM / PCMPISTRI /
// PCMPISTRM").

var (
	_ = comparesStrings(x86asm.PCMPESTRI, "PCMPESTRI", 4, false)
	_ = comparesStrings(x86asm.PCMPESTRM, "PCMPESTRM", 4, true)
	_ = comparesStrings(decode.PCMPESTRIQ, "PCMPESTRI", 8, false)
	_ = comparesStrings(decode.PCMPESTRMQ, "PCMPESTRM", 8, true)
	_ = comparesStrings(x86asm.PCMPISTRI, "PCMPISTRI", 0, false)
	_ = comparesStrings(x86asm.PCMPISTRM, "PCMPISTRM", 0, true)
)

// comparesStrings defines one of them. The lengths are in RAX and RDX, as numbers of so many bytes, or with 0 the strings
// end with a zero; the result is an index in ECX or a mask in XMM0.
func comparesStrings(op x86asm.Op, ref string, lengths uint8, mask bool) struct{} {
	return def(Def{Op: op, Ref: "SDM 2B " + ref, Out: aflags, Traits: NeedSSE, Feature: SSE42, Fn: func(c *CPU, u *Uop) bool {
		b, ok := c.src128u(u)
		if !ok {
			return false
		}
		t := newTexts(&c.S.X[u.Dst&15], &b, u.Imm)
		if lengths != 0 {
			t.na, t.nb = t.length(signExtend(c.S.R[RAX], lengths)), t.length(signExtend(c.S.R[RDX], lengths))
		} else {
			t.na, t.nb = t.ends(t.a), t.ends(t.b)
		}
		r := t.compare()
		if mask {
			c.S.X[0] = t.mask(r)
		} else {
			c.S.R[RCX] = t.index(r)
		}
		c.setArith(t.flags(r))
		return true
	}})
}

// texts are the two operands: n elements each, of which na and nb are valid.
type texts struct {
	a, b   *[2]uint64
	imm    int64
	n      int
	na, nb int
}

func newTexts(a, b *[2]uint64, imm int64) texts {
	return texts{a: a, b: b, imm: imm, n: 16 >> (imm & 1)}
}

// at is element i, extended by its sign where the elements are signed.
func (t *texts) at(v *[2]uint64, i int) int32 {
	if t.imm&1 == 0 {
		x := uint8(v[i>>3&1] >> (i & 7 * 8))
		if t.imm&2 != 0 {
			return int32(int8(x))
		}
		return int32(x)
	}
	x := uint16(v[i>>2&1] >> (i & 3 * 16))
	if t.imm&2 != 0 {
		return int32(int16(x))
	}
	return int32(x)
}

// length is an explicit length: its absolute value, at most all elements.
func (t *texts) length(r uint64) int {
	v := int64(r)
	if v < 0 {
		v = -v
	}
	if v < 0 || v > int64(t.n) {
		return t.n
	}
	return int(v)
}

// ends is the length of a string that ends with a zero.
func (t *texts) ends(v *[2]uint64) int {
	for i := range t.n {
		if t.at(v, i) == 0 {
			return i
		}
	}
	return t.n
}

// compare gives IntRes2, a bit for each element of the second operand.
func (t *texts) compare() (r uint32) {
	var f func(j int) bool
	switch t.imm >> 2 & 3 {
	case 0:
		f = t.equalAny
	case 1:
		f = t.inRanges
	case 2:
		f = t.equalEach
	default:
		f = t.equalOrdered
	}
	for j := range t.n {
		if f(j) {
			r |= 1 << j
		}
	}
	switch all := uint32(1)<<t.n - 1; t.imm >> 4 & 3 {
	case 1:
		r ^= all
	case 3: // only the valid elements
		r ^= uint32(1)<<t.nb - 1
	}
	return r
}

func (t *texts) equalAny(j int) bool {
	for i := range t.na {
		if j < t.nb && t.at(t.a, i) == t.at(t.b, j) {
			return true
		}
	}
	return false
}

func (t *texts) inRanges(j int) bool {
	for i := 0; i+1 < t.na; i += 2 {
		if v := t.at(t.b, j); j < t.nb && t.at(t.a, i) <= v && v <= t.at(t.a, i+1) {
			return true
		}
	}
	return false
}

// equalEach takes two invalid elements for equal.
func (t *texts) equalEach(j int) bool {
	if j >= t.na || j >= t.nb {
		return j >= t.na && j >= t.nb
	}
	return t.at(t.a, j) == t.at(t.b, j)
}

// equalOrdered looks for the first string at j of the second; it may go on behind the operand's end, not behind its string's.
func (t *texts) equalOrdered(j int) bool {
	for i := 0; i < t.na && i+j < t.n; i++ {
		if i+j >= t.nb || t.at(t.a, i) != t.at(t.b, i+j) {
			return false
		}
	}
	return true
}

// index is the first or the last bit set, or how many elements there are.
func (t *texts) index(r uint32) uint64 {
	switch {
	case r == 0:
		return uint64(t.n)
	case t.imm>>6&1 != 0:
		return uint64(bits.Len32(r) - 1)
	}
	return uint64(bits.TrailingZeros32(r))
}

// mask is the result as bits, or as elements of ones.
func (t *texts) mask(r uint32) (m [2]uint64) {
	if t.imm>>6&1 == 0 {
		return [2]uint64{uint64(r)}
	}
	size := 128 / t.n
	for i := range t.n {
		if r>>i&1 != 0 {
			m[i*size>>6] |= (1<<size - 1) << (i * size & 63)
		}
	}
	return m
}

func (t *texts) flags(r uint32) (f uint64) {
	if r != 0 {
		f |= FlagCF
	}
	if t.nb < t.n {
		f |= FlagZF
	}
	if t.na < t.n {
		f |= FlagSF
	}
	return f | uint64(r&1)*FlagOF
}
