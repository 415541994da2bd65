package cpu

import "vitrine/engine/decode"

// CLAC and STAC: whether supervisor accesses may reach pages of ring 3 (SDM 3A "Access Rights", SMAP).

var (
	_ = def(Def{Op: decode.CLAC, Ref: "SDM 2A CLAC", Fn: acFn(0), Feature: SMAP})
	_ = def(Def{Op: decode.STAC, Ref: "SDM 2B STAC", Fn: acFn(FlagAC), Feature: SMAP})
)

// acFn makes RFLAGS.AC ac; outside ring 0 the instructions do not exist.
func acFn(ac uint64) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		if c.cpl() != 0 {
			return c.raise(VecUD, 0)
		}
		c.setFlags(FlagAC, ac)
		return true
	}
}
