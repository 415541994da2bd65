package softfloat

import (
	"hash/fnv"
	"math"
	"math/big"
	"math/rand"
	"testing"
)

func same64(a, b uint64) bool {
	return a == b || math.IsNaN(math.Float64frombits(a)) && math.IsNaN(math.Float64frombits(b))
}

// FuzzBinary64 compares with the host's arithmetic, which rounds to nearest, on the slow path and on the fast one.
func FuzzBinary64(f *testing.F) {
	for i, a := range special64 {
		f.Add(a, special64[(i*7)%len(special64)])
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		x, y := math.Float64frombits(a), math.Float64frombits(b)
		for _, fast := range []bool{false, true} {
			e := Env{Masks: AllFlags, HostSafe: fast}
			for _, c := range []struct {
				name      string
				got, want uint64
			}{
				{"add", e.Add64(a, b), math.Float64bits(x + y)},
				{"sub", e.Sub64(a, b), math.Float64bits(x - y)},
				{"mul", e.Mul64(a, b), math.Float64bits(x * y)},
				{"div", e.Div64(a, b), math.Float64bits(x / y)},
				{"sqrt", e.Sqrt64(a), math.Float64bits(math.Sqrt(x))},
				{"narrow", uint64(e.Narrow(a)), uint64(math.Float32bits(float32(x)))},
			} {
				if c.name == "narrow" && math.IsNaN(x) {
					continue
				}
				if !same64(c.got, c.want) {
					t.Errorf("%s %016x %016x: got %016x, want %016x", c.name, a, b, c.got, c.want)
				}
			}
		}
	})
}

// value80 gives a finite extended value as a big.Float.
func value80(v F80) *big.Float {
	x := unpack80(v)
	r := new(big.Float).SetPrec(64).SetMode(big.ToNearestEven)
	if x.class == zero {
		return r
	}
	r.SetUint64(x.sig)
	r.SetMantExp(r, int(x.exp)-63)
	if x.neg {
		r.Neg(r)
	}
	return r
}

// FuzzExtended compares with math/big wherever the result is larger than the smallest normal number.
func FuzzExtended(f *testing.F) {
	for i, a := range special80 {
		b := special80[(i*5)%len(special80)]
		f.Add(a.Sig, a.SE, b.Sig, b.SE)
	}
	f.Fuzz(func(t *testing.T, as uint64, ae uint16, bs uint64, be uint16) {
		a, b := F80{as, ae}, F80{bs, be}
		checkRoundTrips(t, a)
		x, y := unpack80(a), unpack80(b)
		if x.class != finite || y.class != finite {
			return
		}
		e := Env{Masks: AllFlags, Prec: 64}
		p, q := value80(a), value80(b)
		fresh := func() *big.Float { return new(big.Float).SetPrec(64) }
		for _, c := range []struct {
			name string
			got  F80
			want *big.Float
		}{
			{"add", e.Add80(a, b), fresh().Add(p, q)},
			{"sub", e.Sub80(a, b), fresh().Sub(p, q)},
			{"mul", e.Mul80(a, b), fresh().Mul(p, q)},
			{"div", e.Div80(a, b), fresh().Quo(p, q)},
		} {
			if r := unpack80(c.got); r.class == finite && r.exp > format80.emin && value80(c.got).Cmp(c.want) != 0 {
				t.Errorf("%s %v %v: got %v, want %v", c.name, p, q, value80(c.got), c.want)
			}
		}
	})
}

func checkRoundTrips(t *testing.T, a F80) {
	e := Env{Masks: AllFlags, Prec: 64}
	if d := e.Store64(a); !same64(e.Store64(e.Load64(d)), d) {
		t.Errorf("%x to binary64 and back", a)
	}
	if i := e.Int80(a, 64, Nearest); e.Int80(FromInt80(i), 64, Nearest) != i {
		t.Errorf("%x to an integer and back", a)
	}
}

// FuzzTranscendental checks what must hold for every operand.
func FuzzTranscendental(f *testing.F) {
	for i, a := range special80 {
		b := special80[(i*5)%len(special80)]
		f.Add(a.Sig, a.SE, b.Sig, b.SE)
	}
	f.Fuzz(func(t *testing.T, as uint64, ae uint16, bs uint64, be uint16) {
		a, b := F80{as, ae}, F80{bs, be}
		e := Env{Masks: AllFlags, Prec: 64}
		one := FromInt80(1)
		sin, cos, far := e.FSINCOS(a)
		if !far && (beyond(sin, one) || beyond(cos, one)) {
			t.Errorf("sine %x or cosine %x of %x beyond 1", sin, cos, a)
		}
		if v := e.FPATAN(a, b); beyond(v, F80{0xc90fdaa22168c235, 0x4000}) {
			t.Errorf("angle %x of %x %x beyond pi", v, a, b)
		}
		e.FYL2X(a, b)
		e.FYL2XP1(a, b)
		e.F2XM1(a)
		e.FPTAN(a)
		e.Scale80(a, b)
		e.Extract80(a)
		e.RoundInt80(a)
		e.Rem80(a, b, as&1 != 0)
		e.ToBCD(a)
	})
}

// beyond tells that v is a number of larger magnitude than limit.
func beyond(v, limit F80) bool {
	x, y := unpack80(v), unpack80(limit)
	return !x.isNaN() && x.class != zero && compareMagnitude(&x, &y) == Greater
}

// TestDigest holds the results of a fixed set of operations to one number on every host: run it also under js/wasm.
func TestDigest(t *testing.T) {
	const want = 0xa5fc3da7d1a9cbf0
	h := fnv.New64a()
	put := func(v ...uint64) {
		for _, x := range v {
			for i := 0; i < 64; i += 8 {
				h.Write([]byte{byte(x >> i)})
			}
		}
	}
	r := rand.New(rand.NewSource(7))
	for i := range 4000 {
		e := Env{Masks: AllFlags, Round: Round(r.Intn(4)), Prec: []uint8{24, 53, 64}[r.Intn(3)], FTZ: r.Intn(4) == 0, DAZ: r.Intn(4) == 0}
		e.HostSafe = Fast(e.Round, e.Masks, Precision)
		a, b, c, d := pick64(r), pick64(r), pick32(r), pick32(r)
		put(e.Add64(a, b), e.Sub64(a, b), e.Mul64(a, b), e.Div64(a, b), e.Sqrt64(a), e.Min64(a, b), e.Max64(a, b))
		put(uint64(e.Add32(c, d)), uint64(e.Mul32(c, d)), uint64(e.Div32(c, d)), uint64(e.Sqrt32(c)), e.Widen(c), uint64(e.Narrow(a)))
		put(uint64(Reciprocal32(c)), uint64(ReciprocalSqrt32(c)), uint64(e.Int64(a, 64, e.Round)), e.FromInt64(int64(b)))
		p, q := pick80(r), pick80(r)
		for _, f := range []func(*Env, F80, F80) F80{(*Env).Add80, (*Env).Mul80, (*Env).Div80, (*Env).FPATAN, (*Env).FYL2X} {
			v := f(&e, p, q)
			put(v.Sig, uint64(v.SE))
		}
		sin, cos, _ := e.FSINCOS(p)
		put(sin.Sig, cos.Sig, e.F2XM1(p).Sig, e.Sqrt80(q).Sig, uint64(e.Flags), uint64(i))
	}
	if got := h.Sum64(); got != want {
		t.Errorf("digest %#x, want %#x", got, uint64(want))
	}
}

func TestNoAllocations(t *testing.T) {
	e := Env{Masks: AllFlags, Prec: 64}
	a, b := F80{0xc90fdaa22168c235, 0x4000}, FromInt80(3)
	if n := testing.AllocsPerRun(10, func() {
		e.Add64(1<<62, 3<<61)
		e.Div80(a, b)
		e.FSIN(a)
		e.Sqrt32(0x40400000)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAdd64Fast(b *testing.B) {
	e := Env{Masks: AllFlags, HostSafe: true}
	x, y := math.Float64bits(1.5), math.Float64bits(0.1)
	for b.Loop() {
		x = e.Add64(x, y)
	}
}

func BenchmarkAdd64Slow(b *testing.B) {
	e := Env{Masks: AllFlags}
	x, y := math.Float64bits(1.5), math.Float64bits(0.1)
	for b.Loop() {
		x = e.Add64(x, y)
	}
}

func BenchmarkMul80(b *testing.B) {
	e := Env{Masks: AllFlags, Prec: 64}
	x, y := FromInt80(3), FromInt80(1)
	for b.Loop() {
		x = e.Mul80(x, y)
	}
}

func BenchmarkFSIN(b *testing.B) {
	e := Env{Masks: AllFlags, Prec: 64}
	x := F80{0xc90fdaa22168c235, 0x3fff}
	for b.Loop() {
		e.FSIN(x)
	}
}
