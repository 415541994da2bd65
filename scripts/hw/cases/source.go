package cases

import (
	"math/rand/v2"
	"slices"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
)

// Source makes the tests of a seed: number i of a seed is always the same.
type Source struct {
	seed      uint64
	plain     map[int][]Form // by mode: what may stand in a sequence
	jumps     map[int][]Form // conditional jumps, which may end one
	ops       [][]Form       // by operation, in the order of x86asm
	undefined []Form
}

// NewSource finds all forms. keep says which definitions are wanted; nil is all.
func NewSource(seed uint64, keep func(d *cpu.Def) bool) *Source {
	s := &Source{seed: seed, plain: map[int][]Form{}, jumps: map[int][]Form{}}
	by := map[x86asm.Op][]Form{}
	for _, mode := range []int{64, 32, 16} {
		for _, f := range Forms(mode) {
			switch {
			case f.Def == nil && (f.dangerous() || f.beyond()):
			case f.Def == nil:
				s.undefined = append(s.undefined, f)
			case Unasked(f.Op) == "" && (keep == nil || keep(f.Def)):
				by[f.Op] = append(by[f.Op], f)
				s.collect(f)
			}
		}
	}
	for op := range by {
		s.ops = append(s.ops, by[op])
	}
	slices.SortFunc(s.ops, func(a, b []Form) int { return int(a[0].Op) - int(b[0].Op) })
	return s
}

// Test makes test number i: the operations take turns, and in each its forms.
func (s *Source) Test(i uint64) Test {
	r := rand.New(rand.NewPCG(s.seed, i))
	switch i % 16 {
	case 3, 7:
		if t, ok := s.sequence(r); ok {
			return t
		}
	case 11:
		return random(r)
	}
	for {
		f := s.form(r, i)
		if t, ok := f.Build(r); ok {
			return t
		}
	}
}

func (s *Source) form(r *rand.Rand, i uint64) *Form {
	if i%16 == 0 && len(s.undefined) > 0 {
		return &s.undefined[r.IntN(len(s.undefined))]
	}
	forms := s.ops[i%uint64(len(s.ops))]
	return &forms[r.IntN(len(forms))]
}

// Sample makes a small set of tests: some for each operation, of forms far apart, and some of the other families.
func (s *Source) Sample() (tests []Test) {
	for n, forms := range s.ops {
		r := rand.New(rand.NewPCG(s.seed, uint64(n)))
		for want, at := min(6+len(forms)/12, 16), 0; want > 0; at++ {
			if t, ok := forms[at*7919%len(forms)].Build(r); ok {
				t.Quiet()
				tests = append(tests, t)
				want--
			}
		}
	}
	for i := range uint64(600) {
		r := rand.New(rand.NewPCG(s.seed, 1<<32+i))
		switch i % 4 {
		case 0:
			if t, ok := s.undefined[r.IntN(len(s.undefined))].Build(r); ok {
				t.Quiet()
				tests = append(tests, t)
			}
		case 1:
			tests = append(tests, random(r))
		default:
			if t, ok := s.sequence(r); ok {
				tests = append(tests, t)
			}
		}
	}
	return tests
}

// dangerous tells of the calls of a hypervisor, which have prefixes under which the engine does not know them.
func (f *Form) dangerous() bool {
	return len(f.Opcode) == 2 && f.Opcode[1] == 1 && !f.Memory && (f.Reg <= 0 || f.Reg == 3) && (f.RM == 1 || f.RM < 0)
}

// beyond tells of instructions that no CPUID bit of the engine reports but the host may have.
func (f *Form) beyond() bool {
	op := f.Opcode
	switch {
	case len(op) == 1:
		return op[0] == 0xc6 || op[0] == 0xc7 || op[0] == 0xc4 || op[0] == 0xc5 || op[0] == 0x62 // XABORT, XBEGIN; VEX, EVEX
	case op[1] == 0x38: // INVPCID, AES, SHA, MOVDIRI, MOVDIR64B, ENQCMD, GFNI, AADD, keylocker
		return op[2] >= 0x80 && op[2] <= 0x82 || op[2] >= 0xc8 && op[2] <= 0xdf || op[2] >= 0xf6 && op[2] <= 0xfc
	case op[1] == 0x3a: // PCLMULQDQ, SHA, GFNI, AES, HRESET
		return op[2] == 0x44 || op[2] >= 0xcc && op[2] <= 0xdf || op[2] == 0xf0
	case op[1] == 0x01: // SERIALIZE, XTEST, RDPKRU, ENCLU and their like
		return !f.Memory
	}
	return op[1] == 0xae || op[1] == 0xc7 // PTWRITE, CLRSSBSY, UMONITOR, XSAVES, SENDUIPI
}

// Ops are the operations that tests are made for.
func (s *Source) Ops() (ops []x86asm.Op) {
	for _, forms := range s.ops {
		ops = append(ops, forms[0].Op)
	}
	return ops
}

// PerMillion is about how many of a million tests are of each operation.
func (s *Source) PerMillion() int { return 1_000_000 / 16 * 12 / len(s.ops) / 100 * 100 }

// Unasked says why an operation is not compared with the host's processor, "" when it is.
func Unasked(op x86asm.Op) string {
	switch op {
	case x86asm.CPUID, decode.RDPID:
		return "tells which processor it is"
	case x86asm.RDTSC, x86asm.RDTSCP:
		return "tells the time"
	case x86asm.RDRAND, decode.RDSEED:
		return "tells a number by chance"
	case x86asm.SYSCALL, x86asm.SYSENTER:
		return "enters the host's kernel"
	case decode.VMCALL:
		return "leaves the host's virtual machine"
	case x86asm.SGDT, x86asm.SIDT, x86asm.SLDT, x86asm.STR, x86asm.SMSW:
		return "the host's kernel answers in its place (UMIP)"
	case x86asm.XSAVEOPT, x86asm.XSAVEOPT64:
		return "may leave out what a former XRSTOR loaded"
	case x86asm.XGETBV:
		return "tells what the host's kernel has enabled"
	}
	return ""
}
