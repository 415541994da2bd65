package softfloat

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"testing"

	"vitrine/scripts/silicon"
)

// special64 are the bit patterns around which things go wrong.
var special64 = []uint64{
	0, 1 << 63, 1, 2, 1<<52 - 1, 1 << 52, 1<<52 + 1, 0x3ff << 52, 0xbff << 52, 0x3ff<<52 + 1, 0x400 << 52, 0x3fe << 52, 0x3fe<<52 - 1,
	0x7ff << 52, 0xfff << 52, 0x7fe<<52 | 1<<52 - 1, 0x7ff<<52 | 1, 0x7ff<<52 | 1<<51, 0xfff<<52 | 1<<51 | 5, 0xfff<<52 | 9,
	0x433 << 52, 0x43e << 52, 0xc3e << 52, 0xc3e<<52 + 1, 0x41e << 52, 0xc1e << 52, 0x41dfffffffc00000, 0x41dfffffffe00000, 0xc1e0000000100000,
	0x369 << 52, 0x380 << 52, 0x381 << 52, 0x47e << 52, 0x47efffffe0000000, 0x47effffff0000000, 0x1ff << 52, 0x5fe << 52,
}

var special32 = []uint32{
	0, 1 << 31, 1, 2, 1<<23 - 1, 1 << 23, 1<<23 + 1, 0x7f << 23, 0x17f << 23, 0x7f<<23 + 1, 0x80 << 23, 0x7e << 23,
	0xff << 23, 0x1ff << 23, 0xfe<<23 | 1<<23 - 1, 0xff<<23 | 1, 0xff<<23 | 1<<22, 0x1ff<<23 | 1<<22 | 5, 0x1ff<<23 | 9,
	0x9e << 23, 0x19e << 23, 0x9d<<23 | 1<<23 - 1, 0xbe << 23, 0x1be << 23, 0x3f << 23, 0x40 << 23,
}

var special80 = []F80{
	{0, 0}, {0, 0x8000}, {1, 0}, {3, 0x8000}, {1 << 62, 0}, {1<<63 - 1, 0}, {1 << 63, 0}, {1<<63 + 7, 0x8000}, {1 << 63, 1}, {1<<63 | 1, 1}, {^uint64(0), 1},
	{1 << 63, 0x3fff}, {1 << 63, 0xbfff}, {1<<63 | 1, 0x3fff}, {^uint64(0), 0x3ffe}, {1 << 63, 0x4000}, {1 << 63, 0x3ffe},
	{1 << 63, 0x7fff}, {1 << 63, 0xffff}, {^uint64(0), 0x7ffe}, {^uint64(0), 0xfffe}, {1 << 63, 0x7ffe},
	{1<<63 | 1, 0x7fff}, {1<<63 | 9, 0xffff}, {3 << 62, 0x7fff}, {3 << 62, 0xffff}, {3<<62 | 5, 0xffff}, {3<<62 | 5, 0x7fff}, {1<<63 | 9, 0x7fff},
	{0, 0x7fff}, {1, 0x7fff}, {1 << 62, 0x3fff}, {0, 0x3fff}, {1, 0x8123}, {3 << 61, 0x7fff},
	{1 << 63, 0x403e}, {1 << 63, 0xc03e}, {^uint64(0), 0x403d}, {1<<63 | 1, 0xc03e}, {1 << 63, 0x403f}, {0xfffffffeffffffff, 0x401e}, {1 << 63, 0x401e}, {1 << 63, 0xc00e}, {1<<63 | 1<<47, 0xc00e},
	{0xc000000000000000, 0x3ffe}, {0xa000000000000000, 0x4000}, {0xfffffffffffffc00, 0x43fe}, {0xfffffffffffff800, 0x43fe}, {0x8000000000000400, 0x3c00}, {0xffffff8000000000, 0x407e}, {1 << 63, 0x3bcd}, {1 << 63, 0x3f6a},
}

func pick64(r *rand.Rand) uint64 {
	switch r.Intn(4) {
	case 0:
		return special64[r.Intn(len(special64))]
	case 1:
		return r.Uint64()
	case 2:
		return special64[r.Intn(len(special64))] + uint64(r.Intn(7)) - 3
	}
	return uint64(0x3ff-32+r.Intn(64))<<52 | r.Uint64()>>12&(^uint64(0)<<uint(r.Intn(52))) | uint64(r.Intn(2))<<63
}

func pick32(r *rand.Rand) uint32 {
	switch r.Intn(4) {
	case 0:
		return special32[r.Intn(len(special32))]
	case 1:
		return r.Uint32()
	case 2:
		return special32[r.Intn(len(special32))] + uint32(r.Intn(7)) - 3
	}
	return uint32(0x7f-16+r.Intn(32))<<23 | r.Uint32()>>9&(^uint32(0)<<uint(r.Intn(23))) | uint32(r.Intn(2))<<31
}

func pick80(r *rand.Rand) F80 {
	switch r.Intn(5) {
	case 0, 1:
		return special80[r.Intn(len(special80))]
	case 2:
		return F80{r.Uint64() | 1<<63, uint16(r.Uint32())}
	case 3:
		v := special80[r.Intn(len(special80))]
		v.Sig += uint64(r.Intn(7)) - 3
		return v
	}
	return F80{1<<63 | r.Uint64()&(^uint64(0)<<uint(r.Intn(64))), uint16(0x3fff-64+r.Intn(128)) | uint16(r.Intn(2))<<15}
}

// sample is one operation: how the processor does it (on XMM0 and XMM1, or ST0 and ST1, result in the first or in RAX)
// and how we do it.
type sample struct {
	name string
	code []byte
	do   func(e *Env, r *rand.Rand, c *silicon.Case) outcome
}

// outcome is what is compared: the result and, for the x87, a second one and the condition bits.
type outcome struct {
	lo    uint64
	hi    uint16
	lo2   uint64
	hi2   uint16
	cond  uint16
	where byte // 'x' XMM0, 's' the low half of XMM0, 'a' RAX, 't' ST0, 'T' ST0 and ST1, 'w' only the status word
	mask  uint16
}

func two64(f func(e *Env, a, b uint64) uint64) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return func(e *Env, r *rand.Rand, c *silicon.Case) outcome {
		a, b := pick64(r), pick64(r)
		binary.LittleEndian.PutUint64(c.FX[160:], a)
		binary.LittleEndian.PutUint64(c.FX[176:], b)
		return outcome{lo: f(e, a, b), where: 'x'}
	}
}

func two32(f func(e *Env, a, b uint32) uint32) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return func(e *Env, r *rand.Rand, c *silicon.Case) outcome {
		a, b := pick32(r), pick32(r)
		binary.LittleEndian.PutUint32(c.FX[160:], a)
		binary.LittleEndian.PutUint32(c.FX[176:], b)
		return outcome{lo: uint64(f(e, a, b)), where: 's'}
	}
}

func two80(f func(e *Env, a, b F80) outcome) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return func(e *Env, r *rand.Rand, c *silicon.Case) outcome {
		a, b := pick80(r), pick80(r)
		putF80(c.FX[32:], a)
		putF80(c.FX[48:], b)
		return f(e, a, b)
	}
}

func putF80(p []byte, v F80) {
	binary.LittleEndian.PutUint64(p, v.Sig)
	binary.LittleEndian.PutUint16(p[8:], v.SE)
}

func getF80(p []byte) F80 {
	return F80{binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint16(p[8:])}
}

func c1(e *Env) uint16 { return uint16(b2u(e.RoundUp)) << 9 }

func simple80(f func(e *Env, a, b F80) F80) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return two80(func(e *Env, a, b F80) outcome {
		v := f(e, a, b)
		return outcome{lo: v.Sig, hi: v.SE, where: 't', cond: c1(e), mask: 1 << 9}
	})
}

var samplesSSE = []sample{
	{"addsd", []byte{0xf2, 0x0f, 0x58, 0xc1}, two64((*Env).Add64)},
	{"subsd", []byte{0xf2, 0x0f, 0x5c, 0xc1}, two64((*Env).Sub64)},
	{"mulsd", []byte{0xf2, 0x0f, 0x59, 0xc1}, two64((*Env).Mul64)},
	{"divsd", []byte{0xf2, 0x0f, 0x5e, 0xc1}, two64((*Env).Div64)},
	{"minsd", []byte{0xf2, 0x0f, 0x5d, 0xc1}, two64((*Env).Min64)},
	{"maxsd", []byte{0xf2, 0x0f, 0x5f, 0xc1}, two64((*Env).Max64)},
	{"sqrtsd", []byte{0xf2, 0x0f, 0x51, 0xc1}, two64(func(e *Env, _, b uint64) uint64 { return e.Sqrt64(b) })},
	{"addss", []byte{0xf3, 0x0f, 0x58, 0xc1}, two32((*Env).Add32)},
	{"subss", []byte{0xf3, 0x0f, 0x5c, 0xc1}, two32((*Env).Sub32)},
	{"mulss", []byte{0xf3, 0x0f, 0x59, 0xc1}, two32((*Env).Mul32)},
	{"divss", []byte{0xf3, 0x0f, 0x5e, 0xc1}, two32((*Env).Div32)},
	{"minss", []byte{0xf3, 0x0f, 0x5d, 0xc1}, two32((*Env).Min32)},
	{"maxss", []byte{0xf3, 0x0f, 0x5f, 0xc1}, two32((*Env).Max32)},
	{"sqrtss", []byte{0xf3, 0x0f, 0x51, 0xc1}, two32(func(e *Env, _, b uint32) uint32 { return e.Sqrt32(b) })},
	{"cvtsd2ss", []byte{0xf2, 0x0f, 0x5a, 0xc1}, two64(func(e *Env, a, b uint64) uint64 { return a&^0xffffffff | uint64(e.Narrow(b)) })},
	{"cvtss2sd", []byte{0xf3, 0x0f, 0x5a, 0xc1}, two64(func(e *Env, _, b uint64) uint64 { return e.Widen(uint32(b)) })},
	{"cvtsd2si", []byte{0xf2, 0x48, 0x0f, 0x2d, 0xc1}, toRAX(func(e *Env, b uint64) int64 { return e.Int64(b, 64, e.Round) })},
	{"cvttsd2si", []byte{0xf2, 0x48, 0x0f, 0x2c, 0xc1}, toRAX(func(e *Env, b uint64) int64 { return e.Int64(b, 64, Zero) })},
	{"cvtsd2si32", []byte{0xf2, 0x0f, 0x2d, 0xc1}, toRAX(func(e *Env, b uint64) int64 { return int64(uint32(e.Int64(b, 32, e.Round))) })},
	{"cvtss2si", []byte{0xf3, 0x48, 0x0f, 0x2d, 0xc1}, toRAX(func(e *Env, b uint64) int64 { return e.Int32(uint32(b), 64, e.Round) })},
	{"cvtsi2sd", []byte{0xf2, 0x48, 0x0f, 0x2a, 0xc0}, fromRAX(func(e *Env, v, _ uint64) uint64 { return e.FromInt64(int64(v)) })},
	{"cvtsi2ss", []byte{0xf3, 0x48, 0x0f, 0x2a, 0xc0}, fromRAX(func(e *Env, v, old uint64) uint64 {
		return old&^0xffffffff | uint64(e.FromInt32(int64(v)))
	})},
	{"cmpltsd", []byte{0xf2, 0x0f, 0xc2, 0xc1, 1}, two64(func(e *Env, a, b uint64) uint64 { return -b2u(e.Compare64(a, b, true) == Less) })},
	{"cmpeqsd", []byte{0xf2, 0x0f, 0xc2, 0xc1, 0}, two64(func(e *Env, a, b uint64) uint64 { return -b2u(e.Compare64(a, b, false) == Equal) })},
	{"cmpless", []byte{0xf3, 0x0f, 0xc2, 0xc1, 2}, two32(func(e *Env, a, b uint32) uint32 {
		return uint32(-b2u(e.Compare32(a, b, true) <= Equal))
	})},
}

func toRAX(f func(e *Env, b uint64) int64) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return func(e *Env, r *rand.Rand, c *silicon.Case) outcome {
		b := pick64(r)
		if r.Intn(2) == 0 {
			b = b&^0xffffffff | uint64(pick32(r))
		}
		binary.LittleEndian.PutUint64(c.FX[176:], b)
		return outcome{lo: uint64(f(e, b)), where: 'a'}
	}
}

func fromRAX(f func(e *Env, v, old uint64) uint64) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return func(e *Env, r *rand.Rand, c *silicon.Case) outcome {
		old := pick64(r)
		c.GPR[0] = r.Uint64() >> uint(r.Intn(64))
		if r.Intn(2) == 0 {
			c.GPR[0] = -c.GPR[0]
		}
		binary.LittleEndian.PutUint64(c.FX[160:], old)
		return outcome{lo: f(e, c.GPR[0], old), where: 'x'}
	}
}

var samples87 = []sample{
	{"fadd", []byte{0xd8, 0xc1}, simple80((*Env).Add80)},
	{"fsub", []byte{0xd8, 0xe1}, simple80((*Env).Sub80)},
	{"fmul", []byte{0xd8, 0xc9}, simple80((*Env).Mul80)},
	{"fdiv", []byte{0xd8, 0xf1}, simple80((*Env).Div80)},
	{"fsqrt", []byte{0xd9, 0xfa}, simple80(func(e *Env, a, _ F80) F80 { return e.Sqrt80(a) })},
	{"frndint", []byte{0xd9, 0xfc}, simple80(func(e *Env, a, _ F80) F80 { return e.RoundInt80(a) })},
	{"fscale", []byte{0xd9, 0xfd}, simple80((*Env).Scale80)},
	{"fprem", []byte{0xd9, 0xf8}, two80(func(e *Env, a, b F80) outcome { return rem(e, a, b, false) })},
	{"fprem1", []byte{0xd9, 0xf5}, two80(func(e *Env, a, b F80) outcome { return rem(e, a, b, true) })},
	{"fxtract", []byte{0xd9, 0xf4}, two80(func(e *Env, a, _ F80) outcome {
		exp, sig := e.Extract80(a)
		return outcome{lo: sig.Sig, hi: sig.SE, lo2: exp.Sig, hi2: exp.SE, where: 'T'}
	})},
	{"fucom", []byte{0xdd, 0xe1}, two80(func(e *Env, a, b F80) outcome { return cond(e.Compare80(a, b, false)) })},
	{"fcom", []byte{0xd8, 0xd1}, two80(func(e *Env, a, b F80) outcome { return cond(e.Compare80(a, b, true)) })},
	{"fist32", []byte{0xdb, 0x14, 0x25, 0, 0, 0x10, 0x01}, memory(4, func(e *Env, a F80) uint64 { return uint64(uint32(e.Int80(a, 32, e.Round))) })},
	{"fist16", []byte{0xdf, 0x14, 0x25, 0, 0, 0x10, 0x01}, memory(2, func(e *Env, a F80) uint64 { return uint64(uint16(e.Int80(a, 16, e.Round))) })},
	{"fst64", []byte{0xdd, 0x14, 0x25, 0, 0, 0x10, 0x01}, memory(8, func(e *Env, a F80) uint64 { return e.Store64(a) })},
	{"fst32", []byte{0xd9, 0x14, 0x25, 0, 0, 0x10, 0x01}, memory(4, func(e *Env, a F80) uint64 { return uint64(e.Store32(a)) })},
}

func rem(e *Env, a, b F80, nearest bool) outcome {
	v, q, done := e.Rem80(a, b, nearest)
	o := outcome{lo: v.Sig, hi: v.SE, where: 't', mask: 0x4700}
	if done == Partial {
		o.cond = 1 << 10
	} else {
		o.cond = uint16(q>>2&1<<8 | q&1<<9 | q>>1&1<<14)
	}
	return o
}

func cond(o Order) outcome {
	return outcome{where: 'w', mask: 0x4500, cond: [4]uint16{0x100, 0x4000, 0, 0x4500}[o]}
}

func memory(size int, f func(e *Env, a F80) uint64) func(*Env, *rand.Rand, *silicon.Case) outcome {
	return func(e *Env, r *rand.Rand, c *silicon.Case) outcome {
		a := pick80(r)
		putF80(c.FX[32:], a)
		return outcome{lo: f(e, a), where: 'm', cond: c1(e), mask: 1 << 9}
	}
}

const perSample = 4000

func TestSSEAgainstSilicon(t *testing.T) {
	silicon.Need(t)
	for _, s := range samplesSSE {
		t.Run(s.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(1))
			cases, want := make([]silicon.Case, perSample), make([]outcome, perSample)
			flags := make([]Flags, perSample)
			for i := range cases {
				c := &cases[i]
				c.Len = uint32(copy(c.Code[:], s.code))
				mode := Round(r.Intn(4))
				e := Env{Masks: AllFlags, Round: mode, FTZ: r.Intn(4) == 0, DAZ: r.Intn(4) == 0}
				csr := uint32(0x1f80) | uint32(mode)<<13 | uint32(b2u(e.FTZ))<<15 | uint32(b2u(e.DAZ))<<6
				if r.Intn(3) == 0 {
					csr |= 0x20
					e.Flags = Precision
				}
				e.HostSafe = Fast(e.Round, e.Masks, e.Flags)
				binary.LittleEndian.PutUint16(c.FX[0:], 0x37f)
				binary.LittleEndian.PutUint32(c.FX[24:], csr)
				want[i] = s.do(&e, r, c)
				flags[i] = e.Flags
			}
			bad := 0
			for i, g := range silicon.Run(t, cases) {
				got := binary.LittleEndian.Uint64(g.FX[160:])
				if want[i].where == 'a' {
					got = g.GPR[0]
				}
				if want[i].where == 's' {
					got &= 0xffffffff
				}
				if f := Flags(g.FX[24] & 63); got != want[i].lo || f != flags[i] || g.Signal != 0 {
					t.Errorf("%s rax %#x mxcsr %x %x: got %x %02x, silicon %x %02x", values(&cases[i], 160), cases[i].GPR[0],
						cases[i].FX[25], cases[i].FX[24], want[i].lo, flags[i], got, f)
					if bad++; bad > 10 {
						t.FailNow()
					}
				}
			}
		})
	}
}

func values(c *silicon.Case, at int) string {
	return fmt.Sprintf("%x %x", c.FX[at:at+8], c.FX[at+16:at+24])
}

func TestX87AgainstSilicon(t *testing.T) {
	silicon.Need(t)
	for _, s := range samples87 {
		t.Run(s.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(2))
			cases, want := make([]silicon.Case, perSample), make([]outcome, perSample)
			flags := make([]Flags, perSample)
			for i := range cases {
				c := &cases[i]
				c.Len = uint32(copy(c.Code[:], s.code))
				prec := []uint8{24, 53, 64, 64, 64}[r.Intn(5)]
				e := Env{Masks: AllFlags, Round: Round(r.Intn(4)), Prec: prec}
				fcw := 0x7f | uint16(e.Round)<<10 | map[uint8]uint16{24: 0, 53: 0x200, 64: 0x300}[prec]
				binary.LittleEndian.PutUint16(c.FX[0:], fcw)
				c.FX[4] = 0x3f // ST0…ST5 in use
				binary.LittleEndian.PutUint32(c.FX[24:], 0x1f80)
				want[i] = s.do(&e, r, c)
				flags[i] = e.Flags
			}
			bad := 0
			for i, g := range silicon.Run(t, cases) {
				w := want[i]
				got := w
				switch w.where {
				case 't':
					got.lo, got.hi = getF80(g.FX[32:]).Sig, getF80(g.FX[32:]).SE
				case 'T':
					got.lo, got.hi = getF80(g.FX[32:]).Sig, getF80(g.FX[32:]).SE
					got.lo2, got.hi2 = getF80(g.FX[48:]).Sig, getF80(g.FX[48:]).SE
				case 'm':
					got.lo = binary.LittleEndian.Uint64(g.Mem[:])
				}
				sw := binary.LittleEndian.Uint16(g.FX[2:])
				got.cond = sw & w.mask
				w.cond &= w.mask
				if f := Flags(sw & 63); got != w || f != flags[i] || g.Signal != 0 {
					t.Errorf("%v %v fcw %x%02x: got %x %02x, silicon %x %02x sig %d", getF(cases[i].FX[32:]), getF(cases[i].FX[48:]),
						cases[i].FX[1], cases[i].FX[0], w, flags[i], got, f, g.Signal)
					if bad++; bad > 10 {
						t.FailNow()
					}
				}
			}
		})
	}
}

func getF(p []byte) string { v := getF80(p); return fmt.Sprintf("%04x.%016x", v.SE, v.Sig) }
