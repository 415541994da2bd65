package cases

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/scripts/hw/silicon"
)

// Plain is a case in which no register holds anything of interest.
func Plain(mode int) (c silicon.Case) {
	f := Form{Mode: mode}
	b := builder{form: &f}
	for i := range c.GPR {
		c.GPR[i] = b.wide(0x0123456789abcdef + uint64(i)*0x1111111111111111)
		if mode != 64 && i >= 8 {
			c.GPR[i] = 0
		}
	}
	c.GPR[cpu.RSP] = b.offset(silicon.Stack + 2048)
	c.At = silicon.Code + 1024
	c.RIP = b.offset(c.At)
	c.Flags, c.MXCSR, c.FCW, c.FTW = 2, 0x1f80, 0x37f, 0xff
	for i := range c.ST {
		c.ST[i] = [2]uint64{1<<63 + uint64(i)<<56, 0x3fff}
	}
	for i := range c.X {
		c.X[i] = [2]uint64{uint64(i) * 0x0101010101010101, uint64(i)}
	}
	switch mode {
	case 64:
		c.Seg = [6]uint16{silicon.UserData, silicon.User64, silicon.UserData, silicon.UserData, 0, 0}
	case 32:
		c.Seg = [6]uint16{silicon.UserData, silicon.User32, silicon.UserData, silicon.UserData, silicon.UserData, silicon.Data16}
	default:
		c.Seg = [6]uint16{silicon.Data16, silicon.Code16, silicon.Data16, silicon.Data16, silicon.Data16, silicon.UserData}
	}
	return c
}

// Quiet makes registers that the instruction does not name plain, and operands short, so that many cases take little room.
func (t *Test) Quiet() {
	inst, err := decode.Decode(padded(t.Code()), t.Mode())
	if err != nil {
		return
	}
	p := Plain(t.Mode())
	general := uint32(1<<cpu.RAX | 1<<cpu.RCX | 1<<cpu.RDX | 1<<cpu.RBX | 1<<cpu.RSP | 1<<cpu.RBP | 1<<cpu.RSI | 1<<cpu.RDI)
	vectors, stack := uint32(1), uint32(3)
	top := uint32(t.FSW >> 11 & 7)
	note := func(r x86asm.Reg) {
		switch {
		case r >= x86asm.AX && r <= x86asm.R15:
			general |= generalOf(r)
		case r >= x86asm.X0 && r <= x86asm.X15:
			vectors |= 1 << (r - x86asm.X0)
		case r >= x86asm.F0 && r <= x86asm.F7:
			stack |= 1 << (r - x86asm.F0)
		case r >= x86asm.M0 && r <= x86asm.M7:
			stack |= 1 << ((uint32(r-x86asm.M0) - top) & 7)
		}
	}
	for _, a := range inst.Args {
		switch a := a.(type) {
		case x86asm.Reg:
			note(a)
		case x86asm.Mem:
			note(a.Base)
			note(a.Index)
		}
	}
	for i := range 16 {
		if general>>i&1 == 0 {
			t.GPR[i] = p.GPR[i]
		}
		if vectors>>i&1 == 0 {
			t.X[i] = p.X[i]
		}
		if i < 8 && stack>>i&1 == 0 {
			t.ST[i] = p.ST[i]
		}
	}
	t.shorten(&inst)
}

// generalOf is the bit of a general register.
func generalOf(r x86asm.Reg) uint32 {
	for _, first := range []x86asm.Reg{x86asm.RAX, x86asm.EAX, x86asm.AX} {
		if r >= first {
			return 1 << (r - first)
		}
	}
	return 0
}

// shorten cuts memory operands to 16 bytes, when the instruction reads no more.
func (t *Test) shorten(inst *decode.Inst) {
	d := cpu.DefinitionOf(inst.Op)
	name := inst.Op.String()
	if d == nil || d.Traits&cpu.End != 0 || starts(name, "FXRSTOR", "XRSTOR", "FLDENV", "FRSTOR", "POPA") {
		return
	}
	for i := range t.Pokes[:t.NPokes] {
		k := &t.Pokes[i]
		k.Len = min(k.Len, 16)
		clear(k.Bytes[k.Len:])
	}
}

// SetLoose finds out how exactly results must agree, from the instruction.
func (t *Test) SetLoose() {
	t.Alike = true
	if d := cpu.DefinitionOf(t.Op); d != nil {
		t.Loose = d.Loose
	}
}
