package main

import "errors"

// A function as Go's compiler makes it (cmd/internal/obj/wasm):
//
//	block loop block … block
//	  local.get PC_B
//	  br_table …
//	end   code of basic block 0
//	end   code of basic block 1 …
//
// table is what is known of it. Labels are named by their depth from outside: the function is 0, the first block 1.
type table struct {
	local  int64 // PC_B
	loop   int   // the loop's depth
	target []int // by basic block: the depth of the wasm block whose end its code follows
	open   int   // the least depth since: wasm blocks deeper than that are closed
}

// rewriteFunction returns a function's code with its forward jumps made direct, and how many those are.
func rewriteFunction(f []byte) (out []byte, jumps int, err error) {
	r := reader{b: f}
	for n := r.unsigned(); n > 0 && r.err == nil; n-- {
		r.unsigned()
		r.byte()
	}
	var t *table
	var before, last instr // the two instructions before this one
	depth, loop, copied := 0, 0, 0
	for r.at < len(f) {
		in := r.instr()
		if r.err != nil {
			break
		}
		switch in.op {
		case opBlock, opIf:
			depth++
		case opLoop:
			if depth++; loop == 0 {
				loop = depth
			}
		case opEnd:
			if depth--; t != nil {
				t.open = min(t.open, depth)
			}
		case opBrTable:
			if t == nil && loop != 0 && last.op == opLocalGet {
				t = newTable(last.value, loop, depth, in.labels)
			}
		case opBr:
			if label, ok := t.direct(before, last, in, depth); ok {
				out = append(append(out, f[copied:before.at]...), opBr)
				out = appendUnsigned(out, uint64(label))
				copied = r.at
				jumps++
			}
		}
		before, last = last, in
	}
	if r.err == nil && depth != -1 {
		r.err = errors.New("its blocks do not close")
	}
	return append(out, f[copied:]...), jumps, r.err
}

// newTable is the br_table at a depth.
func newTable(local int64, loop, depth int, labels []uint64) *table {
	t := &table{local: local, loop: loop, open: depth}
	for _, l := range labels {
		t.target = append(t.target, depth-int(l))
	}
	return t
}

// direct gives the label by which "i32.const K; local.set PC_B; br loop" at a depth can leave directly; ok is false when
// it is something else or leads back.
func (t *table) direct(constant, set, br instr, depth int) (label int, ok bool) {
	if t == nil || constant.op != opI32Const || set.op != opLocalSet || set.value != t.local || depth-int(br.value) != t.loop {
		return 0, false
	}
	k := constant.value
	if k < 0 || k >= int64(len(t.target)) {
		return 0, false
	}
	target := t.target[k]
	if target <= t.loop || target > t.open {
		return 0, false
	}
	return depth - target, true
}
