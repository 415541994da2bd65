package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

// MXCSR (SDM 1 "MXCSR Control and Status Register"): flags 5:0, DAZ 6, masks 12:7, RC 14:13, FTZ 15.
const (
	mxcsrInitial  = 0x1f80
	mxcsrDAZ      = 1 << 6
	mxcsrMasks    = 7
	mxcsrRound    = 13
	mxcsrFTZ      = 1 << 15
	mxcsrReserved = 0xffff0000
)

var (
	_ = def(Def{Op: x86asm.LDMXCSR, Ref: "SDM 2A LDMXCSR", Fn: ldmxcsr, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.STMXCSR, Ref: "SDM 2B STMXCSR", Fn: stmxcsr, Traits: NeedSSE, Feature: SSE})
)

// floatEnv is a softfloat environment and the control register it was made from.
type floatEnv struct {
	softfloat.Env
	of   uint32
	made bool
}

// beginSSE gives the environment of MXCSR with no flag raised; endSSE must follow before the result is stored.
func (c *CPU) beginSSE() *softfloat.Env {
	if f := &c.sse; f.of != c.S.MXCSR || !f.made {
		f.setMXCSR(c.S.MXCSR)
	}
	c.sse.Flags = 0
	return &c.sse.Env
}

// hostSafe tells that softfloat's Host functions may be used; until the environment is made it says no.
func (c *CPU) hostSafe() bool { return c.sse.HostSafe && c.sse.of == c.S.MXCSR }

func (f *floatEnv) setMXCSR(m uint32) {
	f.of, f.made = m, true
	e := &f.Env
	e.Masks = softfloat.Flags(m>>mxcsrMasks) & softfloat.AllFlags
	e.Round = softfloat.Round(m >> mxcsrRound & 3)
	e.FTZ = m&mxcsrFTZ != 0
	e.DAZ = m&mxcsrDAZ != 0
	e.HostSafe = softfloat.Fast(e.Round, e.Masks, softfloat.Flags(m))
}

// endSSE moves the raised flags to MXCSR. An unmasked one is #XM, and then the result is not stored
// (SDM 1 "SIMD Floating-Point Exception Conditions"): exceptions found before computing hide the others.
func (c *CPU) endSSE() bool {
	if c.sse.Flags == 0 {
		return true
	}
	return c.raiseSSE()
}

func (c *CPU) raiseSSE() bool {
	e := &c.sse.Env
	if e.Flags&softfloat.Before&^e.Masks != 0 {
		e.Flags &= softfloat.Before
	}
	c.S.MXCSR |= uint32(e.Flags)
	if e.Flags&^e.Masks == 0 {
		return true
	}
	if c.S.CR4&CR4OSXMMEXCPT == 0 {
		return c.raise(VecUD, 0)
	}
	return c.raise(VecXM, 0)
}

func ldmxcsr(c *CPU, u *Uop) bool {
	v, ok := c.load32(c.ea(u))
	if !ok {
		return false
	}
	if v&mxcsrReserved != 0 {
		return c.raise(VecGP, 0)
	}
	c.S.MXCSR = v
	return true
}

func stmxcsr(c *CPU, u *Uop) bool { return c.store32(c.ea(u), c.S.MXCSR) }
