package main

import "errors"

// function is a function's code, taken apart.
//
// As Go's compiler makes it (cmd/internal/obj/wasm) it is
//
//	block loop block … block
//	  local.get PC_B
//	  br_table …
//	end   segment 0
//	end   segment 1 …
//
// where each segment holds one or more basic blocks, and PC_B names a basic block. Labels are named by their depth from
// outside: the function is 0, the first block 1. The end before segment s closes depth(s).
type function struct {
	code   []byte
	instrs []instr
	shaped bool  // it has the shape
	pcb    int64 // the local PC_B
	loop   int   // the loop's depth
	depth0 int   // the depth at the br_table
	of     []int // by basic block: its segment
	starts []int // by segment: its first instruction, then the end of the last
}

// parseFunction takes the body of a function apart.
func parseFunction(code []byte) (*function, error) {
	r := reader{b: code}
	for n := r.unsigned(); n > 0 && r.err == nil; n-- {
		r.unsigned()
		r.byte()
	}
	f := &function{code: code}
	depth := 0
	for r.at < len(code) && r.err == nil {
		in := r.instr()
		in.end = r.at
		switch in.op {
		case opBlock, opLoop, opIf:
			depth++
			if in.op == opLoop && f.loop == 0 {
				f.loop = depth
			}
		case opEnd:
			depth--
		}
		in.depth = depth
		f.instrs = append(f.instrs, in)
		f.look(len(f.instrs) - 1)
	}
	if r.err == nil && depth != -1 {
		r.err = errors.New("its blocks do not close")
	}
	if f.shaped && len(f.starts) <= f.most() {
		f.shaped = false
	}
	return f, r.err
}

// look notes what instruction i tells of the shape.
func (f *function) look(i int) {
	in := &f.instrs[i]
	switch {
	case in.op == opBrTable && !f.shaped && f.loop != 0 && f.instrs[i-1].op == opLocalGet:
		f.shaped, f.pcb, f.depth0 = true, f.instrs[i-1].value, in.depth
		for _, l := range in.labels {
			f.of = append(f.of, int(min(l, 1<<20)))
		}
	case in.op == opEnd && f.shaped && in.depth == f.depth0-1-len(f.starts) && in.depth >= f.loop:
		f.starts = append(f.starts, i+1)
	}
}

// most is the last segment that the table names.
func (f *function) most() int {
	m := 0
	for _, s := range f.of {
		m = max(m, s)
	}
	return m
}

// segment gives the segment where basic block k begins; ok is false when there is none.
func (f *function) segment(k int64) (s int, ok bool) {
	if k < 0 || k >= int64(len(f.of)) {
		return 0, false
	}
	return f.of[k], true
}

// depth is what the end before segment s closes: a br to it goes to the segment.
func (f *function) depth(s int) int { return f.depth0 - s }

// jump tells whether instruction i is the br of "i32.const K; local.set PC_B; br loop", and gives K's segment.
func (f *function) jump(i int) (segment int, ok bool) {
	if !f.shaped || i < 2 {
		return 0, false
	}
	constant, set, br := &f.instrs[i-2], &f.instrs[i-1], &f.instrs[i]
	if constant.op != opI32Const || set.op != opLocalSet || set.value != f.pcb || br.op != opBr || br.depth-int(br.value) != f.loop {
		return 0, false
	}
	return f.segment(constant.value)
}
