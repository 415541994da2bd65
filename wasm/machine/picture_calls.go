package main

import (
	"encoding/binary"

	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/wasm/view"
)

// How far the stack of a program is searched for return addresses, and how many calls are named.
const (
	stackWords = 96
	maxCalls   = 8
)

// callSize is that of CALL rel32, after which a return address points.
const callSize = 5

// calls names the functions that a program is in, the outermost first: what lies on its stack is a return address when the call
// before it leads to the function below, itself or by a jump at its end. Compilers need no frame pointers for that. Calls by
// pointer end the list.
func (p *picture) calls(v *view.Code, c *view.CPU) {
	if c.Ring != 3 || v.Bits != 64 || p.comp.K == nil {
		return
	}
	here := p.symbol(c.RIP)
	if here == nil {
		return
	}
	v.Calls = []string{here.Name}
	var stack [stackWords * 8]byte
	n := p.read(stack[:], c.R[cpu.RSP])
	for at := 0; at+8 <= n && len(v.Calls) < maxCalls; at += 8 {
		back := binary.LittleEndian.Uint64(stack[at:])
		caller := p.symbol(back - callSize)
		if caller == nil {
			continue
		}
		if via, ok := p.leads(back-callSize, here); ok {
			if via != here && len(v.Calls) < maxCalls {
				v.Calls = append([]string{via.Name}, v.Calls...)
			}
			v.Calls = append([]string{caller.Name}, v.Calls...)
			here = caller
		}
	}
}

// leads tells whether there is a CALL at an address, and whether what it calls is f, or jumps to f; it returns what is called.
func (p *picture) leads(at uint64, f *view.Symbol) (*view.Symbol, bool) {
	to, ok := p.direct(at, x86asm.CALL)
	if !ok {
		return nil, false
	}
	called := p.symbol(to)
	if called == nil || called.Addr != to {
		return nil, false
	}
	if called.Addr == f.Addr {
		return called, true
	}
	for at := called.Addr; at < called.Addr+called.Size; {
		if to, ok := p.direct(at, x86asm.JMP); ok && to == f.Addr {
			return called, true
		}
		size := p.sizeAt(at)
		if size == 0 {
			break
		}
		at += size
	}
	return nil, false
}

// direct is where the instruction at an address goes, if it is of that operation and says so itself.
func (p *picture) direct(at uint64, op x86asm.Op) (uint64, bool) {
	var b [decode.MaxLen]byte
	n := p.read(b[:], at)
	inst, err := decode.Decode(b[:n], 64)
	if err != nil || inst.Op != op {
		return 0, false
	}
	rel, ok := inst.Args[0].(x86asm.Rel)
	return at + uint64(inst.Len) + uint64(int64(rel)), ok && (op != x86asm.CALL || inst.Len == callSize)
}

// sizeAt is the length of the instruction at an address, 0 when it cannot be read.
func (p *picture) sizeAt(at uint64) uint64 {
	var b [decode.MaxLen]byte
	n := p.read(b[:], at)
	inst, err := decode.Decode(b[:n], 64)
	if err != nil {
		return 0
	}
	return uint64(inst.Len)
}
