package cases

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Operands near the edges of what instructions distinguish.

var integerEdges = []uint64{0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000,
	0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
	0xffffffff80000000, 0xffffffff7fffffff, 0xffffffffffff8000, 0xffffffffffffff80, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa,
	0x0000ffff0000ffff, 0x00ff00ff00ff00ff, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f, 0x8000800080008000, 0x7fff7fff7fff7fff}

func integer(r *rand.Rand) uint64 {
	switch r.IntN(8) {
	case 0:
		return r.Uint64()
	case 1:
		return uint64(1)<<r.IntN(64) + uint64(r.IntN(3)) - 1
	case 2:
		return r.Uint64() >> r.IntN(64)
	case 3:
		return -(r.Uint64() >> r.IntN(64))
	}
	return integerEdges[r.IntN(len(integerEdges))] + uint64(r.IntN(5)/3)
}

var edges32 = []uint32{0, 1, 2, 0x007fffff, 0x00400000, 0x00800000, 0x00800001, 0x00ffffff, 0x34000000, 0x33800000, 0x3effffff, 0x3f000000,
	0x3f000001, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fc00000, 0x40000000, 0x4b000000, 0x4b800000, 0x4effffff, 0x4f000000, 0x4f7fffff,
	0x4f800000, 0x5effffff, 0x5f000000, 0x5f800000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fa00000, 0x7fbfffff, 0x7fc00000, 0x7fc00001, 0x7fffffff}

func single(r *rand.Rand) uint32 {
	sign := r.Uint32() & 0x80000000
	switch r.IntN(6) {
	case 0:
		return r.Uint32()
	case 1:
		return sign | uint32(0x3f800000+(r.IntN(60)-30)<<23) | r.Uint32()&0x7fffff
	case 2:
		return sign | math.Float32bits(float32(r.IntN(2000))/float32(int(1)<<r.IntN(5)))
	}
	return sign | edges32[r.IntN(len(edges32))]
}

var edges64 = []uint64{0, 1, 2, 0x000fffffffffffff, 0x0008000000000000, 0x0010000000000000, 0x0010000000000001, 0x001fffffffffffff,
	0x3ca0000000000000, 0x3cb0000000000000, 0x3fdfffffffffffff, 0x3fe0000000000000, 0x3fe0000000000001, 0x3fefffffffffffff,
	0x3ff0000000000000, 0x3ff0000000000001, 0x3ff8000000000000, 0x4000000000000000, 0x41dfffffffc00000, 0x41dfffffffe00000,
	0x41e0000000000000, 0x41efffffffe00000, 0x41f0000000000000, 0x4330000000000000, 0x4340000000000000, 0x43dfffffffffffff,
	0x43e0000000000000, 0x43f0000000000000, 0x36a0000000000000, 0x369fffffffffffff, 0x380fffffffffffff, 0x3810000000000000,
	0x380ffffff0000000, 0x47efffffe0000000, 0x47effffff0000000, 0x47f0000000000000, 0x7fefffffffffffff, 0x7ff0000000000000,
	0x7ff0000000000001, 0x7ff4000000000000, 0x7ff7ffffffffffff, 0x7ff8000000000000, 0x7ff8000000000001, 0x7fffffffffffffff}

func double(r *rand.Rand) uint64 {
	sign := r.Uint64() & (1 << 63)
	switch r.IntN(6) {
	case 0:
		return r.Uint64()
	case 1:
		return sign | uint64(0x3ff0000000000000+int64(r.IntN(140)-70)<<52) | r.Uint64()&(1<<52-1)
	case 2:
		return sign | math.Float64bits(float64(r.IntN(2000))/float64(int(1)<<r.IntN(5)))
	}
	return sign | edges64[r.IntN(len(edges64))]
}

var significands = []uint64{0, 1, 0x8000000000000000, 0x8000000000000001, 0xffffffffffffffff, 0xc000000000000000, 0xbfffffffffffffff,
	0xa000000000000000, 0x7fffffffffffffff, 0x4000000000000000, 0xfffffffffffff800, 0xfffffffffffffc00, 0x8000000000000400,
	0xffffff8000000000, 0xffffff0000000000, 0x8000008000000000, 0xfffffffffffffbff}

var exponents = []uint16{0, 1, 2, 0x3fff, 0x3ffe, 0x3ffd, 0x4000, 0x4001, 0x401d, 0x401e, 0x401f, 0x403d, 0x403e, 0x403f, 0x400d, 0x400e, 0x400f,
	0x3f81, 0x3f80, 0x407e, 0x407f, 0x3c01, 0x3c00, 0x43fe, 0x43ff, 0x7ffe, 0x7fff, 0x7ffd, 0x3f6a, 0x3bcd, 0x3fbf, 0x3fc0}

// extended is an 80-bit number: significand, and sign with exponent.
func extended(r *rand.Rand) (sig uint64, se uint16) {
	sign := uint16(r.IntN(2)) << 15
	switch r.IntN(8) {
	case 0: // anything, unnormals included
		return r.Uint64(), uint16(r.Uint32())
	case 1, 2:
		return r.Uint64() | 1<<63, sign | uint16(0x3fff+r.IntN(140)-70)
	case 3: // a small integer or fraction
		n := r.IntN(64)
		return uint64(r.IntN(256)|128) << 56, sign | uint16(0x3fff+n%10-3)
	case 4:
		return 0, sign
	case 5:
		return significands[r.IntN(len(significands))], sign | exponents[r.IntN(len(exponents))]
	}
	return significands[r.IntN(len(significands))] | 1<<63, sign | exponents[r.IntN(len(exponents))]
}

// kind is how bytes of memory and XMM registers are filled.
type kind uint8

const (
	integers kind = iota
	singles
	doubles
	extendeds
	digits // packed BCD
	letters
	kinds
)

// fill makes bytes of a kind.
func (k kind) fill(r *rand.Rand, b []byte) {
	for i := 0; i < len(b); {
		var w [16]byte
		n := 8
		switch k {
		case singles:
			binary.LittleEndian.PutUint32(w[:], single(r))
			n = 4
		case doubles:
			binary.LittleEndian.PutUint64(w[:], double(r))
		case extendeds:
			sig, se := extended(r)
			binary.LittleEndian.PutUint64(w[:], sig)
			binary.LittleEndian.PutUint16(w[8:], se)
			n = 10
		case digits:
			for j := range 9 {
				w[j] = byte(r.IntN(10) | r.IntN(10)<<4)
			}
			w[9] = byte(r.IntN(2) << 7)
			n = 10
		case letters:
			for j := range w {
				w[j] = "aabbcz\x00\xff"[r.IntN(8)]
			}
			n = 16
		default:
			binary.LittleEndian.PutUint64(w[:], integer(r))
			if r.IntN(3) == 0 { // another edge in each half
				binary.LittleEndian.PutUint32(w[4:], uint32(integer(r)))
			}
		}
		i += copy(b[i:], w[:n])
	}
}
