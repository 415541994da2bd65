package cases

import (
	"bytes"
	"math/rand/v2"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/scripts/hw/silicon"
)

// collect keeps the forms of which sequences are made: what goes on to the next instruction and is exact.
func (s *Source) collect(f Form) {
	name := f.Op.String()
	switch {
	case f.Def.Traits&cpu.End != 0:
		if len(name) > 1 && name[0] == 'J' && f.Imm == 1 && f.Def.In != 0 {
			s.jumps[f.Mode] = append(s.jumps[f.Mode], f)
		}
	case f.Def.Loose != cpu.Exact, f.Def.Traits&cpu.Ring0 != 0, len(f.Prefix) > 1:
	case starts(name, "LSL", "MASKMOV", "FYL2XP1", "F2XM1", "FXRSTOR", "XRSTOR", "XSAVE", "FLDENV", "FRSTOR", "FLDCW", "LDMXCSR"):
	case f.Opcode[0] == 0x8e, f.Opcode[0] == 0x9d, name == "POP" && !f.ModRM && f.Opcode[0]&0xf8 != 0x58: // segment registers, POPF
	default:
		s.plain[f.Mode] = append(s.plain[f.Mode], f)
	}
}

// sequence makes several instructions that work on the registers and flags that the ones before left.
func (s *Source) sequence(r *rand.Rand) (t Test, ok bool) {
	mode := []int{64, 64, 32, 16}[r.IntN(4)]
	pool, jumps := s.plain[mode], s.jumps[mode]
	if len(pool) == 0 {
		return t, false
	}
	b := builder{Rand: r, form: &pool[0]}
	b.state()
	c, code := b.c, []byte(nil)
	open := uint64(0) // flags that are undefined at this point
	t.Family = "sequence"
	for n := 2 + r.IntN(5); n > 0; n-- {
		f := &pool[r.IntN(len(pool))]
		if n == 1 && len(jumps) > 0 && r.IntN(2) == 0 {
			f = &jumps[r.IntN(len(jumps))]
		}
		b := builder{Rand: r, form: f, c: c, over: -1, seg: silicon.DS, addr: mode, plain: true, before: len(code), name: f.Op.String()}
		b.locked = b.name == "XCHG"
		b.encode()
		if b.bad || uint64(f.Def.In)&open != 0 || len(code)+len(b.code) > len(c.Bytes)-1 {
			continue
		}
		if f.Def.Traits&cpu.End != 0 {
			b.code[len(b.code)-1] = byte(r.IntN(100))
		}
		inst, err := decode.Decode(padded(b.code), mode)
		if err != nil || inst.Op != f.Op {
			continue
		}
		u := anyCount(f.Def, &inst, &c)
		open = open&^uint64(f.Def.Out) | u
		t.Undef |= u
		code, c = append(code, b.code...), b.c
	}
	t.Case = c
	t.SetCode(code)
	return t, len(code) > 0
}

// anyCount is undefined for a shift of which CL is not known.
func anyCount(d *cpu.Def, inst *decode.Inst, c *silicon.Case) (f uint64) {
	if d.UndefCount == nil {
		return undefined(d, inst, c)
	}
	for n := range uint64(64) {
		w := *c
		w.GPR[cpu.RCX] = n
		f |= undefined(d, inst, &w)
	}
	return f
}

// unwanted are bytes that no random code contains: what enters the host's kernel, tells time, chance or identity, or what
// a hypervisor answers; VEX; UMIP's instructions, the state that XSAVE manages, and LSL, which may find the processor's number.
var unwanted = [][]byte{{0x0f, 0x05}, {0x0f, 0x34}, {0xcd, 0x80}, {0x0f, 0x01}, {0x0f, 0x00}, {0x0f, 0xa2}, {0x0f, 0x31}, {0x0f, 0xc7}, {0x0f, 0xae},
	{0x0f, 0xf7}, {0xc4}, {0xc5}, {0x62}, {0xc6, 0xf8}, {0xc7, 0xf8}, {0xcf}, {0xf0}, {0x0f, 0x33}, {0x0f, 0x03}}

// random makes bytes of no meaning, more of them prefixes and two-byte opcodes than by chance.
func random(r *rand.Rand) Test {
	f := Form{Mode: []int{64, 64, 32, 16}[r.IntN(4)], Reg: -1, RM: -1}
	for {
		b := builder{Rand: r, form: &f, over: -1, seg: silicon.DS, addr: f.Mode}
		b.state()
		b.c.Flags &^= cpu.FlagAC
		code := make([]byte, 2+r.IntN(17))
		for i := range code {
			code[i] = byte(r.Uint32())
			if r.IntN(12) == 0 {
				code[i] = []byte{0x66, 0x67, 0xf2, 0xf3, 0x0f, 0x48, 0x0f, 0x64}[r.IntN(8)]
			}
		}
		for i := range b.c.GPR {
			if r.IntN(3) == 0 {
				b.c.GPR[i] = b.wide(b.offset(b.place(16)))
			}
		}
		if open, read := undefinedAnywhere(code, f.Mode); wanted(code) && open&read == 0 {
			b.c.SetCode(code)
			return Test{Case: b.c, Family: "random", Undef: open}
		}
	}
}

func wanted(code []byte) bool {
	for _, u := range unwanted {
		if bytes.Contains(code, u) {
			return false
		}
	}
	return true
}

// undefinedAnywhere tells which flags instructions at any place in the code leave undefined, and which they read: a jump
// may begin there.
func undefinedAnywhere(code []byte, mode int) (open, read uint64) {
	var c silicon.Case
	for i := range code {
		inst, err := decode.Decode(padded(code[i:]), mode)
		if d := cpu.DefinitionOf(inst.Op); err == nil && d != nil {
			open |= anyCount(d, &inst, &c)
			read |= uint64(d.In)
			if d.Loose != cpu.Exact {
				return 1, 1 // not wanted
			}
		}
	}
	return open, read
}

// padded is code with what follows it in memory: HLT.
func padded(code []byte) []byte {
	b := append(make([]byte, 0, len(code)+decode.MaxLen), code...)
	for range decode.MaxLen {
		b = append(b, 0xf4)
	}
	return b
}

// beyondAt tells whether the code at an offset is an instruction that the host may have and the engine does not report.
func beyondAt(code []byte, mode int) bool {
	for len(code) > 0 {
		switch b := code[0]; {
		case b == 0x66, b == 0x67, b == 0xf2, b == 0xf3, b&0xe7 == 0x26, b == 0x64, b == 0x65, mode == 64 && b&0xf0 == 0x40:
			code = code[1:]
			continue
		}
		break
	}
	switch {
	case len(code) < 3:
		return true
	case code[0] != 0x0f:
		return (&Form{Opcode: code[:1]}).beyond()
	case code[1] == 0x38 || code[1] == 0x3a:
		return (&Form{Opcode: code[:3]}).beyond()
	}
	return (&Form{Opcode: code[:2], Memory: code[2] < 0xc0}).beyond()
}
