package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/decode"
)

// Instructions that do nothing here, or only look whether they may: the machine has one processor, executes in order and has no
// caches.
var _ = defNops()

func defNops() struct{} {
	for _, d := range []Def{
		{Op: x86asm.NOP, Ref: "SDM 2B NOP"},
		{Op: x86asm.PAUSE, Ref: "SDM 2B PAUSE"},
		{Op: decode.HINT, Ref: "SDM 2B NOP"},
		{Op: decode.ENDBR64, Ref: "SDM 2A ENDBR64"},
		{Op: decode.ENDBR32, Ref: "SDM 2A ENDBR32"},
		{Op: x86asm.PREFETCHNTA, Ref: "SDM 2B PREFETCHh", Feature: SSE},
		{Op: x86asm.PREFETCHT0, Ref: "SDM 2B PREFETCHh", Feature: SSE},
		{Op: x86asm.PREFETCHT1, Ref: "SDM 2B PREFETCHh", Feature: SSE},
		{Op: x86asm.PREFETCHT2, Ref: "SDM 2B PREFETCHh", Feature: SSE},
		{Op: x86asm.PREFETCHW, Ref: "SDM 2B PREFETCHW", Feature: PREFETCHW},
		{Op: x86asm.LFENCE, Ref: "SDM 2A LFENCE", Feature: SSE2},
		{Op: x86asm.MFENCE, Ref: "SDM 2B MFENCE", Feature: SSE2},
		{Op: x86asm.SFENCE, Ref: "SDM 2B SFENCE", Feature: SSE},
		{Op: x86asm.WBINVD, Ref: "SDM 2D WBINVD", Traits: Ring0},
		{Op: x86asm.INVD, Ref: "SDM 2A INVD", Traits: Ring0},
	} {
		d.Fn = ignore
		def(d)
	}
	return struct{}{}
}

var (
	_ = def(Def{Op: x86asm.CLFLUSH, Ref: "SDM 2A CLFLUSH", Fn: clflush, Feature: CLFSH})
	_ = def(Def{Op: decode.CLFLUSHOPT, Ref: "SDM 2A CLFLUSHOPT", Fn: clflush, Feature: CLFLUSHOPT})
	_ = def(Def{Op: decode.CLWB, Ref: "SDM 2A CLWB", Fn: clflush, Feature: CLWB})
)

// clflush faults where a load of the byte would.
func clflush(c *CPU, u *Uop) bool {
	_, ok := c.load8(c.ea(u))
	return ok
}

func ignore(*CPU, *Uop) bool { return true }
