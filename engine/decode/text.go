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
	alias, ours := names[inst.Op]
	switch {
	case inst.Op == 0:
		return "(bad)"
	case ours && alias.like == 0:
		return alias.name
	case ours:
		inst.Op = alias.like
		text := Text(inst, pc, syntax, symbols)
		return strings.Replace(text, strings.ToLower(alias.like.String()), alias.name, 1)
	}
	if syntax == GNU {
		return x86asm.GNUSyntax(inst, pc, x86asm.SymLookup(symbols))
	}
	return strings.ToLower(x86asm.IntelSyntax(inst, pc, x86asm.SymLookup(symbols)))
}

// Name is the name of an operation, in capitals as in the manual.
func Name(op x86asm.Op) string {
	if alias, ours := names[op]; ours {
		return strings.ToUpper(alias.name)
	}
	return op.String()
}

// names are those of the operations that x86asm does not have, and one of its own that is written like it.
var names = map[x86asm.Op]struct {
	name string
	like x86asm.Op
}{
	VMCALL: {name: "vmcall"}, ENDBR64: {name: "endbr64"}, ENDBR32: {name: "endbr32"}, CLAC: {name: "clac"}, STAC: {name: "stac"},
	HINT: {"nop", x86asm.NOP}, ADCX: {"adcx", x86asm.ADC}, ADOX: {"adox", x86asm.ADC}, RDSEED: {"rdseed", x86asm.RDRAND},
	RDPID: {"rdpid", x86asm.RDRAND}, CLFLUSHOPT: {"clflushopt", x86asm.CLFLUSH}, CLWB: {"clwb", x86asm.CLFLUSH},
	FSTPNCE: {"fstpnce", x86asm.FSTP}, FNENI: {name: "fneni"}, FNDISI: {name: "fndisi"}, FNSETPM: {name: "fnsetpm"}, SALC: {name: "salc"},
	PCMPESTRIQ: {"pcmpestriq", x86asm.PCMPESTRI}, PCMPESTRMQ: {"pcmpestrmq", x86asm.PCMPESTRM},
}
