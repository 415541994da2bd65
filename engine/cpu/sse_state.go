package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/softfloat"
)

// MXCSR (SDM 1 "MXCSR Control and Status Register"): flags 5:0, DAZ 6, masks 12:7, RC 14:13, FTZ 15.
const (
	mxcsrDAZ      = 1 << 6
	mxcsrMasks    = 7
	mxcsrRound    = 13
	mxcsrFTZ      = 1 << 15
	mxcsrReserved = 0xffff0000
)

var (
	_ = def(Def{Op: x86asm.LDMXCSR, Ref: "SDM 2A LDMXCSR", Fn: ldmxcsr, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.STMXCSR, Ref: "SDM 2B STMXCSR", Fn: stmxcsr, Traits: NeedSSE, Feature: SSE})
	_ = def(Def{Op: x86asm.FXSAVE, Ref: "SDM 2A FXSAVE", Fn: fxsave, Traits: NeedX87, Feature: FXSR})
	_ = def(Def{Op: x86asm.FXSAVE64, Ref: "SDM 2A FXSAVE", Fn: fxsave, Traits: NeedX87, Feature: FXSR})
	_ = def(Def{Op: x86asm.FXRSTOR, Ref: "SDM 2A FXRSTOR", Fn: fxrstor, Traits: NeedX87, Feature: FXSR})
	_ = def(Def{Op: x86asm.FXRSTOR64, Ref: "SDM 2A FXRSTOR", Fn: fxrstor, Traits: NeedX87, Feature: FXSR})
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

// fxArea is what FXSAVE writes of its 512 bytes; the rest is left alone.
const fxArea = 416

// xmmSaved is how many XMM registers FXSAVE reaches.
func (u *Uop) xmmSaved() int {
	if u.Bits&BitMode == Mode64<<4 {
		return 16
	}
	return 8
}

// fxLong tells that the instruction pointers are saved with 64 bits: REX.W.
func fxLong(u *Uop) bool {
	op := defs[u.Fn].Op
	return op == x86asm.FXSAVE64 || op == x86asm.FXRSTOR64
}

// fxsave writes the image of SDM 2A "FXSAVE", table "Non-64-bit-Mode Layout", or the 64-bit one.
func fxsave(c *CPU, u *Uop) bool {
	la := c.ea(u)
	if la&15 != 0 {
		return c.raise(VecGP, 0)
	}
	if !c.probe(la, fxArea) {
		return false
	}
	s := &c.S
	c.store64(la, uint64(s.FCW)|uint64(s.FSW)<<16|uint64(c.tagsInUse())<<32|uint64(s.FOP)<<48)
	fip, fdp := s.FIP, s.FDP
	if !fxLong(u) {
		fip, fdp = uint64(uint32(fip)), uint64(uint32(fdp))
	}
	c.store64(la+8, fip)
	c.store64(la+16, fdp)
	c.store64(la+24, uint64(s.MXCSR)|(1<<16-1)<<32)
	for i := range uint64(8) {
		r := c.st(uint8(i))
		c.store64(la+32+16*i, r.Sig)
		c.store64(la+40+16*i, uint64(r.SE))
	}
	for i := range u.xmmSaved() {
		c.store64(la+160+16*uint64(i), s.X[i][0])
		c.store64(la+168+16*uint64(i), s.X[i][1])
	}
	return true
}

// fxrstor loads the whole image before it changes anything.
func fxrstor(c *CPU, u *Uop) bool {
	la := c.ea(u)
	if la&15 != 0 {
		return c.raise(VecGP, 0)
	}
	var image [fxArea / 8]uint64
	n := 20 + 2*u.xmmSaved()
	for i := range n {
		v, ok := c.load64(la + 8*uint64(i))
		if !ok {
			return false
		}
		image[i] = v
	}
	if image[3]&mxcsrReserved != 0 {
		return c.raise(VecGP, 0)
	}
	s := &c.S
	s.FCW, s.FSW, s.FOP = uint16(image[0])&fcwWritable|fcwFixed, uint16(image[0]>>16), uint16(image[0]>>48)&0x7ff
	c.updateErrorSummary()
	c.setTagsInUse(uint8(image[0] >> 32))
	s.FIP, s.FDP = image[1], image[2]
	if !fxLong(u) {
		s.FIP, s.FDP = uint64(uint32(s.FIP)), uint64(uint32(s.FDP))
	}
	s.MXCSR = uint32(image[3])
	for i := range 8 {
		*c.st(uint8(i)) = Float80{Sig: image[4+2*i], SE: uint16(image[5+2*i])}
	}
	for i := range u.xmmSaved() {
		s.X[i] = [2]uint64{image[20+2*i], image[21+2*i]}
	}
	return true
}
