package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

// SSE3 (SDM 1 "Programming with Intel SSE3, SSSE3, SSE4, and Intel AES-NI").

var (
	_ = mixed64(x86asm.ADDSUBPD, "ADDSUBPD", func(e *softfloat.Env, d, s [2]uint64) [2]uint64 {
		return [2]uint64{e.Sub64(d[0], s[0]), e.Add64(d[1], s[1])}
	})
	_ = mixed64(x86asm.HADDPD, "HADDPD", func(e *softfloat.Env, d, s [2]uint64) [2]uint64 {
		return [2]uint64{e.Add64(d[0], d[1]), e.Add64(s[0], s[1])}
	})
	_ = mixed64(x86asm.HSUBPD, "HSUBPD", func(e *softfloat.Env, d, s [2]uint64) [2]uint64 {
		return [2]uint64{e.Sub64(d[0], d[1]), e.Sub64(s[0], s[1])}
	})
	_ = mixed64(x86asm.ADDSUBPS, "ADDSUBPS", func(e *softfloat.Env, d, s [2]uint64) (r [2]uint64) {
		for i := range r {
			low := e.Sub32(uint32(d[i]), uint32(s[i]))
			r[i] = pair(low, e.Add32(uint32(d[i]>>32), uint32(s[i]>>32)))
		}
		return r
	})
	_ = mixed64(x86asm.HADDPS, "HADDPS", horizontal32((*softfloat.Env).Add32))
	_ = mixed64(x86asm.HSUBPS, "HSUBPS", horizontal32((*softfloat.Env).Sub32))

	_ = def(Def{Op: x86asm.LDDQU, Ref: "SDM 2A LDDQU", Fn: movups, Traits: NeedSSE, Feature: SSE3})
	_ = def(Def{Op: x86asm.MOVDDUP, Ref: "SDM 2B MOVDDUP", Fn: movddup, Traits: NeedSSE, Feature: SSE3})
	_ = def(Def{Op: x86asm.MOVSLDUP, Ref: "SDM 2B MOVSLDUP", Fn: movsldup, Traits: NeedSSE, Feature: SSE3})
	_ = def(Def{Op: x86asm.MOVSHDUP, Ref: "SDM 2B MOVSHDUP", Fn: movshdup, Traits: NeedSSE, Feature: SSE3})
	_ = def(Def{Op: x86asm.FISTTP, Ref: "SDM 2A FISTTP", Fn: fisttp, Traits: NeedX87, Feature: SSE3})
)

// mixed64 defines a packed floating-point instruction by both whole operands.
func mixed64(op x86asm.Op, ref string, f func(e *softfloat.Env, d, s [2]uint64) [2]uint64) struct{} {
	return def(Def{Op: op, Ref: "SDM 2A " + ref, Traits: NeedSSE, Feature: SSE3, Fn: func(c *CPU, u *Uop) bool {
		s, ok := c.src128(u)
		return ok && c.setAll(u, f(c.beginSSE(), c.S.X[u.Dst&15], s))
	}})
}

// horizontal32 applies f to neighbours, those of the destination first.
func horizontal32(f func(e *softfloat.Env, a, b uint32) uint32) func(e *softfloat.Env, d, s [2]uint64) [2]uint64 {
	return func(e *softfloat.Env, d, s [2]uint64) (r [2]uint64) {
		for i, v := range [2][2]uint64{d, s} {
			low := f(e, uint32(v[0]), uint32(v[0]>>32))
			r[i] = pair(low, f(e, uint32(v[1]), uint32(v[1]>>32)))
		}
		return r
	}
}

func movddup(c *CPU, u *Uop) bool {
	v, ok := c.src64(u)
	if ok {
		c.S.X[u.Dst&15] = [2]uint64{v, v}
	}
	return ok
}

func movsldup(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		c.S.X[u.Dst&15] = [2]uint64{uint64(uint32(s[0])) * (1<<32 + 1), uint64(uint32(s[1])) * (1<<32 + 1)}
	}
	return ok
}

func movshdup(c *CPU, u *Uop) bool {
	s, ok := c.src128(u)
	if ok {
		c.S.X[u.Dst&15] = [2]uint64{s[0] >> 32 * (1<<32 + 1), s[1] >> 32 * (1<<32 + 1)}
	}
	return ok
}
