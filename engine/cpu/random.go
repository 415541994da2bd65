package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

var (
	_ = def(Def{Op: x86asm.RDRAND, Ref: "SDM 2B RDRAND", Fn: rdrand, Out: aflags, Feature: RDRAND})
	_ = def(Def{Op: decode.RDSEED, Ref: "SDM 2B RDSEED", Fn: rdrand, Out: aflags, Feature: RDSEED})
	_ = def(Def{Op: decode.RDPID, Ref: "SDM 2B RDPID", Fn: rdpid, Feature: RDPID})
)

// random is the next number of the machine's generator: a counter with a large odd step, mixed (SplitMix64 of Steele, Lea
// and Flood, "Fast Splittable Pseudorandom Number Generators").
func (c *CPU) random() uint64 {
	c.S.Rand += 0x9e3779b97f4a7c15
	z := c.S.Rand
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// rdrand always has a number ready: CF.
func rdrand(c *CPU, u *Uop) bool {
	c.setReg(u.Dst, u.Size, c.random())
	c.setArith(FlagCF)
	return true
}

func rdpid(c *CPU, u *Uop) bool {
	c.S.R[u.Dst&15] = c.S.TSCAux
	return true
}
