package cpu

import (
	"fmt"
	"strings"
)

// Register reads a part of State that has a name: a register, or one flag. A value has one or two words, low one first.
type Register func(s *State) [2]uint64

// Named is a register with its name.
type Named struct {
	Name string
	Get  Register
}

// Registers are those that hold what instructions work with: all but flags and parts of others.
var Registers = wholeRegisters()

func one64(name string, get func(s *State) uint64) Named {
	return Named{name, func(s *State) [2]uint64 { return [2]uint64{get(s)} }}
}

func wholeRegisters() (list []Named) {
	for i, name := range [...]string{"RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"} {
		list = append(list, one64(name, func(s *State) uint64 { return s.R[i] }))
	}
	list = append(list, one64("RFLAGS", func(s *State) uint64 { return s.RFLAGS }))
	for i, name := range [...]string{"ES", "CS", "SS", "DS", "FS", "GS"} {
		list = append(list, one64(name, func(s *State) uint64 { return uint64(s.Seg[i].Sel) }),
			one64(name+"BASE", func(s *State) uint64 { return s.Seg[i].Base }))
	}
	list = append(list,
		one64("CPL", func(s *State) uint64 { return uint64(s.CPL()) }),
		one64("CR0", func(s *State) uint64 { return s.CR0 }),
		one64("CR2", func(s *State) uint64 { return s.CR2 }),
		one64("CR3", func(s *State) uint64 { return s.CR3 }),
		one64("CR4", func(s *State) uint64 { return s.CR4 }),
		one64("EFER", func(s *State) uint64 { return s.EFER }),
		one64("STAR", func(s *State) uint64 { return s.STAR }),
		one64("LSTAR", func(s *State) uint64 { return s.LSTAR }),
		one64("KERNELGSBASE", func(s *State) uint64 { return s.KernelGSBase }),
		Named{"GDTR", func(s *State) [2]uint64 { return [2]uint64{s.GDTR.Base, uint64(s.GDTR.Limit)} }},
		Named{"IDTR", func(s *State) [2]uint64 { return [2]uint64{s.IDTR.Base, uint64(s.IDTR.Limit)} }},
		Named{"LDTR", func(s *State) [2]uint64 { return [2]uint64{uint64(s.LDTR.Sel), s.LDTR.Base} }},
		Named{"TR", func(s *State) [2]uint64 { return [2]uint64{uint64(s.TR.Sel), s.TR.Base} }},
		one64("MXCSR", func(s *State) uint64 { return uint64(s.MXCSR) }),
		one64("FCW", func(s *State) uint64 { return uint64(s.FCW) }),
		one64("FSW", func(s *State) uint64 { return uint64(s.FSW) }))
	for i := range 8 {
		list = append(list, one64(fmt.Sprintf("DR%d", i), func(s *State) uint64 { return s.DR[i] }),
			Named{fmt.Sprintf("FPR%d", i), func(s *State) [2]uint64 { return [2]uint64{s.ST[i].Sig, uint64(s.ST[i].SE)} }})
	}
	for i := range 16 {
		list = append(list, Named{fmt.Sprintf("XMM%d", i), func(s *State) [2]uint64 { return s.X[i] }})
	}
	return list
}

// flagNames are the flags of RFLAGS, by bit.
var flagNames = [...]string{"CF", "", "PF", "", "AF", "", "ZF", "SF", "TF", "IF", "DF", "OF", "", "", "NT", "", "RF", "VM", "AC", "", "", "ID"}

// RegisterByName finds a register, a flag (CF, IOPL …) or a part of a general register (EAX, AX, AL, AH, R8D, R8W, R8B, SIL …) by
// its name in upper or lower case.
func RegisterByName(name string) (Register, bool) {
	name = strings.ToUpper(name)
	for _, r := range Registers {
		if r.Name == name {
			return r.Get, true
		}
	}
	if name == "IOPL" {
		return func(s *State) [2]uint64 { return [2]uint64{s.RFLAGS >> 12 & 3} }, true
	}
	for i, flag := range flagNames {
		if flag != "" && flag == name {
			return func(s *State) [2]uint64 { return [2]uint64{s.RFLAGS >> i & 1} }, true
		}
	}
	return partOfGeneral(name)
}

// partOfGeneral finds EAX, AX, AL, AH and their like.
func partOfGeneral(name string) (Register, bool) {
	for i, r := range Registers[:16] {
		x := r.Name[1:] // AX, SP, 8
		var parts [4]string
		switch {
		case i >= 8:
			parts = [4]string{r.Name + "D", r.Name + "W", r.Name + "B"}
		case i < 4:
			parts = [4]string{"E" + x, x, x[:1] + "L", x[:1] + "H"}
		default:
			parts = [4]string{"E" + x, x, x + "L"}
		}
		for k, part := range parts {
			if part == "" || part != name {
				continue
			}
			shift := uint(k / 3 * 8) // AH and its like
			mask := [4]uint64{1<<32 - 1, 1<<16 - 1, 1<<8 - 1, 1<<8 - 1}[k]
			return func(s *State) [2]uint64 { return [2]uint64{s.R[i] >> shift & mask} }, true
		}
	}
	return nil, false
}
