package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
	"vitrine/engine/softfloat"
)

var (
	_ = def(Def{Op: x86asm.FLDCW, Ref: "SDM 2A FLDCW", Fn: fldcw, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNSTCW, Ref: "SDM 2A FSTCW/FNSTCW", Fn: fnstcw, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNSTSW, Ref: "SDM 2A FSTSW/FNSTSW", Fn: fnstsw, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNCLEX, Ref: "SDM 2A FCLEX/FNCLEX", Fn: fnclex, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNINIT, Ref: "SDM 2A FINIT/FNINIT", Fn: fninit, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FLDENV, Ref: "SDM 2A FLDENV", Fn: fldenv, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNSTENV, Ref: "SDM 2A FSTENV/FNSTENV", Fn: fnstenv, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNSAVE, Ref: "SDM 2A FSAVE/FNSAVE", Fn: fnsave, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FRSTOR, Ref: "SDM 2A FRSTOR", Fn: frstor, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FFREE, Ref: "SDM 2A FFREE", Fn: ffree, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FFREEP, Ref: "SDM 2A FFREE, with a pop: DF C0+i, undocumented", Fn: ffreep, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FINCSTP, Ref: "SDM 2A FINCSTP", Fn: fincstp, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FDECSTP, Ref: "SDM 2A FDECSTP", Fn: fdecstp, Traits: NeedX87})
	_ = def(Def{Op: decode.FSTPNCE, Ref: "SDM 2A FST/FSTP, undocumented", Fn: fstpnce, Traits: NeedX87})
	_ = def(Def{Op: decode.FNENI, Ref: "SDM 3B 8087 FENI, ignored", Fn: ignore, Traits: NeedX87})
	_ = def(Def{Op: decode.FNDISI, Ref: "SDM 3B 8087 FDISI, ignored", Fn: ignore, Traits: NeedX87})
	_ = def(Def{Op: decode.FNSETPM, Ref: "SDM 3B 287 FSETPM, ignored", Fn: ignore, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FNOP, Ref: "SDM 2A FNOP", Fn: fnop, Traits: NeedX87})
	_ = def(Def{Op: x86asm.FWAIT, Ref: "SDM 2D WAIT/FWAIT", Fn: fnop, Traits: NeedWait})
)

func fldcw(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	v, ok := c.load16(c.ea(u))
	if !ok {
		return false
	}
	c.setControl(v)
	return true
}

func (c *CPU) setControl(v uint16) {
	c.S.FCW = v&fcwWritable | fcwFixed
	c.updateErrorSummary()
}

func fnstcw(c *CPU, u *Uop) bool { return c.store16(c.ea(u), c.S.FCW) }
func fnstsw(c *CPU, u *Uop) bool { return c.setDst(u, uint64(c.S.FSW)) }

func fnclex(c *CPU, _ *Uop) bool {
	c.S.FSW &= fswTop | fswConditions
	c.updateErrorSummary()
	return true
}

func fninit(c *CPU, _ *Uop) bool {
	s := &c.S
	s.FCW, s.FSW, s.FTW = fcwInitial, 0, tagsEmpty
	c.updateErrorSummary()
	s.FIP, s.FDP, s.FOP = 0, 0, 0
	return true
}

// initX87 is the initial state of the XSAVE feature set, which has empty registers too.
func (c *CPU) initX87() {
	fninit(c, nil)
	c.S.ST = [8]Float80{}
}

func ffree(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC1
	c.setEmpty(u.Dst)
	return true
}

func ffreep(c *CPU, u *Uop) bool {
	if !ffree(c, u) {
		return false
	}
	c.fpPop()
	return true
}

// fstpnce moves ST(0), unless it is empty, and pops.
func fstpnce(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC1
	if !c.isEmpty(0) {
		c.fpPut(u.Dst, c.fpGet(0))
	}
	c.fpPop()
	return true
}

func fincstp(c *CPU, _ *Uop) bool { return c.turn(1) }
func fdecstp(c *CPU, _ *Uop) bool { return c.turn(7) }

func (c *CPU) turn(n uint8) bool {
	if !c.begin87() {
		return false
	}
	c.S.FSW &^= fswC1
	c.setFPTop(c.fpTop() + n)
	return true
}

func fnop(c *CPU, _ *Uop) bool { return c.begin87() }

// tagWord is FTW as it is stored: valid, zero, special, empty (SDM 1 "x87 FPU Tag Word").
func (c *CPU) tagWord() (w uint16) {
	for i := range 8 {
		tag := uint16(3)
		if c.S.FTW>>(2*i)&3 != 3 {
			r := c.S.ST[i]
			tag = tagOf(softfloat.Classify80(softfloat.F80{Sig: r.Sig, SE: r.SE}))
		}
		w |= tag << (2 * i)
	}
	return w
}

func tagOf(class softfloat.Class80) uint16 {
	switch class {
	case softfloat.Normal80:
		return 0
	case softfloat.Zero80:
		return 1
	}
	return 2
}

// envWidth is the size of the fields of the environment: 2 bytes with a 16-bit operand size, else 4.
func envWidth(u *Uop) uint8 {
	if u.Size == 2 {
		return 2
	}
	return 4
}

// environment is the seven fields of SDM 1, figure "Protected Mode x87 FPU State Image in Memory, 32-Bit Format";
// in 64-bit mode the selectors are not recorded.
func (c *CPU) environment() [7]uint32 {
	s := &c.S
	const high = 0xffff0000
	env := [7]uint32{high | uint32(s.FCW), high | uint32(s.FSW), high | uint32(c.tagWord()),
		uint32(s.FIP), uint32(s.FOP) << 16, uint32(s.FDP), high}
	if c.realFormat() {
		env[3], env[4] = high|env[3], env[3]>>16<<12|uint32(s.FOP)
		env[5], env[6] = high|env[5], env[5]>>16<<12
	}
	return env
}

// realFormat tells that the pointers are stored as linear addresses, with the opcode beside them (SDM 1 "Real Mode x87 FPU
// State Image in Memory, 32-Bit Format" and "16-Bit Format").
func (c *CPU) realFormat() bool { return c.S.CR0&CR0PE == 0 || c.S.RFLAGS&FlagVM != 0 }

// ends checks the first field of an area, then the last byte: a fault tells that processors do.
func (c *CPU) ends(la, n uint64, width uint8, acc access) bool {
	if !c.inLimit(la, uint64(width), acc) || !c.readable(la, n) {
		return false
	}
	if acc == accessWrite {
		return c.probe(la, uint64(width)) && c.probe(c.last(la, n), 1) && c.probe(la, n)
	}
	_, first := c.load(la, width)
	if !first {
		return false
	}
	_, last := c.load8(c.last(la, n))
	return last && c.readable(la, n)
}

func (c *CPU) storeEnvironment(la uint64, width uint8) {
	for i, v := range c.environment() {
		c.store(la+uint64(i)*uint64(width), width, uint64(v))
	}
}

// loadEnvironment reads the fields; nothing is changed yet.
func (c *CPU) loadEnvironment(la uint64, width uint8) (env [7]uint32, ok bool) {
	for i := range env {
		v, ok := c.load(la+uint64(i)*uint64(width), width)
		if !ok {
			return env, false
		}
		env[i] = uint32(v)
	}
	return env, true
}

func (c *CPU) setEnvironment(env [7]uint32, width uint8) {
	s := &c.S
	s.FSW = uint16(env[1])
	s.FTW = 0
	for i := range 8 {
		if env[2]>>(2*i)&3 == 3 {
			s.FTW |= 3 << (2 * i)
		}
	}
	s.FIP, s.FDP, s.FOP = uint64(env[3]), uint64(env[5]), 0
	switch {
	case c.realFormat():
		s.FIP = uint64(env[3]&0xffff | env[4]>>12<<16)
		s.FDP = uint64(env[5]&0xffff | env[6]>>12<<16)
		s.FOP = uint16(env[4]) & 0x7ff
	case width == 4:
		s.FOP = uint16(env[4]>>16) & 0x7ff
	}
	c.setControl(uint16(env[0]))
}

func fldenv(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	la, width := c.ea(u), envWidth(u)
	if !c.ends(la, 7*uint64(width), width, accessRead) {
		return false
	}
	env, ok := c.loadEnvironment(la, width)
	if !ok {
		return false
	}
	c.setEnvironment(env, width)
	return true
}

// fnstenv also masks all exceptions.
func fnstenv(c *CPU, u *Uop) bool {
	la, width := c.ea(u), envWidth(u)
	if !c.ends(la, 7*uint64(width), width, accessWrite) {
		return false
	}
	c.storeEnvironment(la, width)
	c.setControl(c.S.FCW | fcwMasks)
	return true
}

// fnsave stores the environment and the registers, ST(0) first, and then does FNINIT.
func fnsave(c *CPU, u *Uop) bool {
	la, width := c.ea(u), envWidth(u)
	size := 7 * uint64(width)
	if !c.ends(la, size+80, width, accessWrite) {
		return false
	}
	c.storeEnvironment(la, width)
	for i := range uint8(8) {
		c.store80(la+size+10*uint64(i), c.fpGet(i))
	}
	return fninit(c, u)
}

func frstor(c *CPU, u *Uop) bool {
	if !c.begin87() {
		return false
	}
	la, width := c.ea(u), envWidth(u)
	if !c.ends(la, 7*uint64(width)+80, width, accessRead) {
		return false
	}
	env, ok := c.loadEnvironment(la, width)
	if !ok {
		return false
	}
	var regs [8]softfloat.F80
	for i := range regs {
		if regs[i], ok = c.load80(la + 7*uint64(width) + 10*uint64(i)); !ok {
			return false
		}
	}
	c.setEnvironment(env, width)
	for i, v := range regs {
		*c.st(uint8(i)) = Float80{Sig: v.Sig, SE: v.SE}
	}
	return true
}
