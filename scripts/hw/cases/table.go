package cases

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
)

// Row is what a table of the instructions says of one.
type Row struct {
	Def     cpu.Def
	Opcodes []string // "66 0F 38 17", "81 /5"
	Modes   []int    // code sizes in which there is one of them
	Forms   int      // encodings that cases are made of
}

// Table describes every definition by its encodings.
func Table() []Row {
	rows := map[x86asm.Op]*Row{}
	for _, d := range cpu.Definitions() {
		rows[d.Op] = &Row{Def: d}
	}
	for _, mode := range []int{64, 32, 16} {
		for _, f := range Forms(mode) {
			r := rows[f.Op]
			if f.Def == nil || r == nil {
				continue
			}
			r.Forms++
			if !slices.Contains(r.Modes, mode) {
				r.Modes = append(r.Modes, mode)
			}
			if o := f.opcode(); !slices.Contains(r.Opcodes, o) {
				r.Opcodes = append(r.Opcodes, o)
			}
		}
	}
	var list []Row
	for _, d := range cpu.Definitions() {
		list = append(list, *rows[d.Op])
	}
	return list
}

// opcode writes a form as the manual does. Prefixes are left out where the operation is the same without.
func (f *Form) opcode() string {
	var b strings.Builder
	bare := *f
	bare.Prefix, bare.W = nil, false
	modrm := f.sample(int(max(f.Reg, 0)), int(max(f.RM, 0)))
	bare.examine(modrm)
	if bare.Op != f.Op {
		if one := f.without(modrm, func(g *Form) { g.W = false }); one.Op == f.Op {
			bare.W = false
		} else {
			bare.W = f.W
		}
		for _, p := range f.Prefix {
			if g := f.without(modrm, func(g *Form) { g.Prefix = drop(g.Prefix, p) }); g.Op != f.Op {
				fmt.Fprintf(&b, "%02X ", p)
			}
		}
	}
	if bare.W && f.W {
		b.WriteString("REX.W ")
	}
	if f.VEX != 0 {
		fmt.Fprintf(&b, "VEX.%s.%s ", [4]string{"NP", "66", "F3", "F2"}[f.PP], [4]string{2: "0F38", 3: "0F3A"}[f.VEX])
	}
	fmt.Fprintf(&b, "% X", f.Opcode)
	switch {
	case f.RM >= 0 && f.ModRM:
		fmt.Fprintf(&b, " %02X", modrm)
	case f.Reg >= 0:
		fmt.Fprintf(&b, " /%d", f.Reg)
	}
	return b.String()
}

// without is the form after a change, decoded again.
func (f *Form) without(modrm byte, change func(g *Form)) Form {
	g := *f
	change(&g)
	g.examine(modrm)
	return g
}

func drop(b []byte, p byte) (out []byte) {
	for _, v := range b {
		if v != p {
			out = append(out, v)
		}
	}
	return out
}
