package main

import (
	"vitrine/engine/cpu"
	"vitrine/kernel"
	"vitrine/kernel/sys"
	"vitrine/wasm/view"
)

// The registers of a system call's arguments: those of SYSCALL, and those of INT 0x80 and SYSENTER (syscall(2)).
var (
	callRegs   = [6]uint8{cpu.RDI, cpu.RSI, cpu.RDX, cpu.R10, cpu.R8, cpu.R9}
	compatRegs = [6]uint8{cpu.RBX, cpu.RCX, cpu.RDX, cpu.RSI, cpu.RDI, cpu.RBP}
)

// compatVector is the gate of the system calls of 32 bits.
const compatVector = 0x80

// asked tells of the system call that is about to be made, that has just come in, or that the kernel has taken up.
func (p *picture) asked(v *view.Request, r *view.Rings, f *view.Frame) {
	k := p.comp.K
	if k == nil || !k.State.Booted {
		return
	}
	t := k.Task(k.State.Current)
	if t == nil {
		return
	}
	if f.CPU.Ring == 3 {
		if compat, ok := p.asks(f); ok {
			v.Soon = true
			p.askedRegisters(v, t, compat, f)
		}
		return
	}
	if len(p.ways.open) == 0 || p.ways.open[0].from != 3 {
		return
	}
	way := &p.ways.open[0]
	compat := way.key != doorKey{view.DoorSyscall, 0}
	switch {
	case way.key.kind == view.DoorException || way.key.kind == view.DoorInterrupt:
	case way.key.kind == view.DoorSoft && way.key.vector != compatVector:
	case t.Sys.Entered >= way.at && t.Sys.Compat == compat:
		p.askedCall(v, t, uint64(t.Sys.Nr), t.Sys.Args, compat)
	case len(p.ways.open) == 1 && r.Saved.Door >= 0 && f.CPU.RIP == r.Doors[r.Saved.Door].Target:
		p.askedRegisters(v, t, compat, f)
	}
}

// asks tells whether the instruction at RIP asks the kernel, and whether by the convention of 32 bits.
func (p *picture) asks(f *view.Frame) (compat, ok bool) {
	c := &f.Code
	if c.Current < 0 || c.Current >= len(c.Lines) {
		return false, false
	}
	switch c.Lines[c.Current].Intel {
	case "syscall":
		return false, c.Bits == 64
	case "sysenter", "int 0x80":
		return true, true
	}
	return false, false
}

// askedRegisters takes the call from the CPU's registers: the kernel has not looked at it yet.
func (p *picture) askedRegisters(v *view.Request, t *kernel.Task, compat bool, f *view.Frame) {
	nr, regs := f.CPU.R[cpu.RAX], &callRegs
	if compat {
		nr, regs = uint64(uint32(nr))+kernel.CompatBase, &compatRegs
	}
	var args kernel.Args
	for i, r := range regs {
		args[i] = f.CPU.R[r]
		if compat {
			args[i] = uint64(uint32(args[i]))
		}
	}
	p.askedCall(v, t, nr, args, compat)
}

func (p *picture) askedCall(v *view.Request, t *kernel.Task, nr uint64, args kernel.Args, compat bool) {
	s := p.comp.K.Syscall(nr)
	if s == nil {
		return
	}
	v.Name, v.Nr = s.Name, nr
	regs := &callRegs
	if compat {
		v.Nr, regs = nr-kernel.CompatBase, &compatRegs
	}
	var texts []string
	p.comp.K.MM.Watch(func() { texts = sys.ArgTexts(p.comp.K, t, s, args) })
	for i, text := range texts {
		if i == len(regs) {
			break
		}
		v.Args = append(v.Args, view.RequestArg{Reg: regs[i], Name: s.Args[i].Name, Value: args[i], Text: text})
	}
}
