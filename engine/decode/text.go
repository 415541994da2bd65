package decode

import (
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// Syntax is how assembly is written.
type Syntax uint8

// The two syntaxes.
const (
	Intel Syntax = iota
	GNU          // AT&T, as objdump prints it
)

// Symbols names addresses: the symbol at or before addr and its own address; "" when there is none. May be nil.
type Symbols func(addr uint64) (string, uint64)

// Text writes an instruction at address pc as assembly.
func Text(inst Inst, pc uint64, syntax Syntax, symbols Symbols) string {
	switch inst.Op {
	case 0:
		return "(bad)"
	case VMCALL:
		return "vmcall"
	case ENDBR64:
		return "endbr64"
	case ENDBR32:
		return "endbr32"
	case HINT:
		inst.Op = x86asm.NOP
	}
	if syntax == GNU {
		return x86asm.GNUSyntax(inst, pc, x86asm.SymLookup(symbols))
	}
	return strings.ToLower(x86asm.IntelSyntax(inst, pc, x86asm.SymLookup(symbols)))
}
