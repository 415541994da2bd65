package cpu

import (
	"hash/crc32"

	"golang.org/x/arch/x86/x86asm"
)

var _ = def(Def{Op: x86asm.CRC32, Ref: "SDM 2A CRC32", Fn: crc32Fn, Feature: SSE42})

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// crc32Fn accumulates bit-reflected, as the table has it; no inversion at either end.
func crc32Fn(c *CPU, u *Uop) bool {
	v, ok := c.src(u)
	if !ok {
		return false
	}
	r := uint32(c.S.R[u.Dst&15])
	for range u.SSize {
		r = r>>8 ^ castagnoli[uint8(r)^uint8(v)]
		v >>= 8
	}
	c.S.R[u.Dst&15] = uint64(r)
	return true
}
