package cases

import (
	"fmt"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/scripts/hw/silicon"
)

// Mode is the code size in bits of a case.
func (t *Test) Mode() int {
	switch t.Seg[silicon.CS] {
	case silicon.User64:
		return 64
	case silicon.Code16:
		return 16
	}
	return 32
}

// Describe tells the code of a test and the state that its operands come from.
func (t *Test) Describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d-bit % x:", t.Mode(), t.Code())
	for code := t.Code(); len(code) > 0; {
		inst, err := decode.Decode(padded(code), t.Mode())
		if err != nil {
			fmt.Fprintf(&b, " (%v)", err)
			break
		}
		fmt.Fprintf(&b, " %s;", decode.Text(inst, t.RIP, decode.Intel, nil))
		code = code[min(inst.Len, len(code)):]
	}
	b.WriteString("\n   ")
	for i, v := range t.GPR {
		fmt.Fprintf(&b, " %s=%x", gprNames[i], v)
	}
	fmt.Fprintf(&b, " RFLAGS=%x RIP=%x", t.Flags, t.RIP)
	for i := range t.Pokes[:t.NPokes] {
		p := &t.Pokes[i]
		fmt.Fprintf(&b, "\n    [%x]=% x", p.Addr, p.Bytes[:min(p.Len, 32)])
	}
	if d := cpu.DefinitionOf(t.Op); d != nil && d.Feature == cpu.FPU {
		fmt.Fprintf(&b, "\n    FCW=%x FSW=%x FTW=%x", t.FCW, t.FSW, t.FTW)
		for i, v := range t.ST {
			fmt.Fprintf(&b, " ST(%d)=%04x:%016x", i, v[1], v[0])
		}
	} else if d != nil && d.Feature >= cpu.MMX {
		fmt.Fprintf(&b, "\n    MXCSR=%x", t.MXCSR)
		for i, v := range t.X[:8] {
			fmt.Fprintf(&b, " XMM%d=%016x%016x", i, v[1], v[0])
		}
	}
	return b.String()
}
