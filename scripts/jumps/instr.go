package main

import "fmt"

// Opcodes that matter here (WebAssembly Core Specification, "Binary Format", "Instructions").
const (
	opBlock      = 0x02
	opLoop       = 0x03
	opIf         = 0x04
	opEnd        = 0x0b
	opBr         = 0x0c
	opBrTable    = 0x0e
	opSelectType = 0x1c
	opLocalGet   = 0x20
	opLocalSet   = 0x21
	opI32Const   = 0x41
	opPrefix     = 0xfc
)

// instr is an instruction: where it begins and ends, the depth behind it, its opcode, its first immediate, and the labels
// of a br_table.
type instr struct {
	at, end int
	depth   int
	op      byte
	value   int64
	labels  []uint64
}

// instr reads an instruction. It knows what Go emits and what is like it; of vectors, threads and exceptions it knows
// nothing and says so.
func (r *reader) instr() instr {
	in := instr{at: r.at}
	in.op = r.byte()
	switch op := in.op; {
	case op == opBlock || op == opLoop || op == opIf:
		r.signed() // the type
	case op == 0x0c || op == 0x0d || op == 0x10 || op >= 0x20 && op <= 0x26 || op == 0xd2: // br, br_if, call, variables, tables, ref.func
		in.value = int64(r.unsigned())
	case op == opBrTable:
		in.labels = r.labels()
	case op == 0x11: // call_indirect
		r.unsigned()
		r.unsigned()
	case op == opSelectType:
		r.bytes(r.unsigned())
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.unsigned()
		r.unsigned()
	case op == 0x3f || op == 0x40 || op == 0xd0: // memory.size, memory.grow, ref.null
		r.byte()
	case op == opI32Const || op == 0x42:
		in.value = r.signed()
	case op == 0x43: // f32.const
		r.bytes(4)
	case op == 0x44: // f64.const
		r.bytes(8)
	case op == opPrefix:
		r.prefixed()
	case op <= 0x01 || op == 0x05 || op == opEnd || op == 0x0f || op == 0x1a || op == 0x1b || op >= 0x45 && op <= 0xc4 || op == 0xd1:
	default:
		r.fail(fmt.Errorf("opcode %#x at %d is not known", op, in.at))
	}
	return in
}

// labels reads those of a br_table; the default is the last.
func (r *reader) labels() []uint64 {
	n := r.unsigned()
	if n >= uint64(len(r.b)) {
		r.fail(errTruncated)
		return nil
	}
	labels := make([]uint64, n+1)
	for i := range labels {
		labels[i] = r.unsigned()
	}
	return labels
}

// prefixed skips the immediates of an instruction behind 0xfc.
func (r *reader) prefixed() {
	switch op := r.unsigned(); {
	case op <= 7: // saturating truncations
	case op == 9 || op == 11 || op == 13 || op >= 15 && op <= 17: // one index
		r.unsigned()
	case op == 8 || op == 10 || op == 12 || op == 14: // two
		r.unsigned()
		r.unsigned()
	default:
		r.fail(fmt.Errorf("opcode 0xfc %#x is not known", op))
	}
}
