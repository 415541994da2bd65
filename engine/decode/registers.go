package decode

import "golang.org/x/arch/x86/x86asm"

// RegistersOf names the registers that an instruction's operands name, also in addresses, in their order and each once.
func RegistersOf(inst Inst) (list []string) {
	add := func(r x86asm.Reg) {
		if r == 0 || r == x86asm.RIP || r == x86asm.EIP {
			return
		}
		name := r.String()
		switch {
		case r >= x86asm.X0 && r <= x86asm.X15:
			name = "XMM" + name[1:]
		case r >= x86asm.SPB && r <= x86asm.DIB:
			name = name[:2] + "L"
		case r >= x86asm.R8L && r <= x86asm.R15L:
			name = name[:len(name)-1] + "D"
		}
		for _, n := range list {
			if n == name {
				return
			}
		}
		list = append(list, name)
	}
	for _, a := range inst.Args {
		switch a := a.(type) {
		case x86asm.Reg:
			add(a)
		case x86asm.Mem:
			add(a.Base)
			add(a.Index)
		}
	}
	return list
}
