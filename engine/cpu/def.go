package cpu

import "golang.org/x/arch/x86/x86asm"

// Def defines one instruction (one x86asm.Op): the only place that says what it does.
type Def struct {
	Op  x86asm.Op
	Ref string // where it is described, "SDM 2A ADD"
	// Fn executes it. It returns false when a trap is pending (c.raise); then it must have changed nothing.
	// RIP is advanced by the loop.
	Fn func(c *CPU, u *Uop) bool
	// In and Out are the arithmetic flags it reads and writes (writes for sure).
	In, Out uint16
	// Undef are the arithmetic flags that the manual leaves undefined; UndefCount, when set, says it of shifts instead,
	// by size in bytes and masked count (undef.go).
	Undef      uint16
	UndefCount func(size, count uint8) uint16
	Feature    Feature // what CPUID must report; those of NeedSSE and NeedX87 are SSE2 and FPU unless they say otherwise
	Loose      Loose   // how exactly processors agree on the result
	Traits     Trait
}

// Trait is what translation must know about an instruction.
type Trait uint16

const (
	// End: the instruction ends its block. When Fn runs, S.RIP is the address of the following instruction and the
	// counters are exact; Fn may set S.RIP.
	End Trait = 1 << iota
	// NeedSSE: #UD without CR4.OSFXSR or with CR0.EM, #NM with CR0.TS.
	NeedSSE
	// NeedX87: #NM with CR0.EM or CR0.TS.
	NeedX87
	// NeedWait: like NeedX87, for WAIT: #NM with CR0.MP and CR0.TS.
	NeedWait
	// Locks: LOCK is allowed with a memory destination, which is read and written.
	Locks
	// Ring0: #GP(0) in ring 3.
	Ring0
	// Not64: #UD in 64-bit mode.
	Not64
	// Changes: a memory destination is read and written, but LOCK is not allowed.
	Changes
)

const maxDefs = 1 << 11

var (
	defs   = make([]Def, 1, maxDefs) // 0 is "not defined"
	fns    [maxDefs]func(c *CPU, u *Uop) bool
	defOf  [1 << 13]uint16 // by x86asm.Op
	aflags = uint16(FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF)
)

// Definitions are all definitions, for documentation and tests.
func Definitions() []Def { return defs[1:] }

// DefinitionOf is the definition of op, nil when there is none.
func DefinitionOf(op x86asm.Op) *Def {
	if int(op) >= len(defOf) || defOf[op] == 0 {
		return nil
	}
	return &defs[defOf[op]]
}

// def enters a definition in the table; definitions are package variables: var _ = def(Def{…}).
func def(d Def) struct{} {
	if defOf[d.Op] != 0 {
		panic("BUG: two definitions of " + d.Op.String())
	}
	switch {
	case d.Feature != Baseline:
	case d.Traits&NeedSSE != 0:
		d.Feature = SSE2
	case d.Traits&(NeedX87|NeedWait) != 0:
		d.Feature = FPU
	}
	if d.Traits&NeedX87 != 0 && !controls87(d.Op) {
		d.Fn = recording(d.Fn)
	}
	n := uint16(len(defs))
	defs = append(defs, d)
	fns[n] = d.Fn
	defOf[d.Op] = n
	return struct{}{}
}
