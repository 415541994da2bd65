package main

// forward returns the function with its forward jumps made direct, and how many those are: one leaves the wasm blocks that
// are still open around it up to the one behind which the code jumped to begins.
func (f *function) forward() (out []byte, jumps int) {
	copied, current := 0, -1
	for i := range f.instrs {
		for current+1 < len(f.starts) && f.starts[current+1] <= i {
			current++
		}
		s, ok := f.jump(i)
		if !ok || current < 0 || s <= current {
			continue
		}
		out = append(append(out, f.code[copied:f.instrs[i-2].at]...), opBr)
		out = appendUnsigned(out, uint64(f.instrs[i].depth-f.depth(s)))
		copied = f.instrs[i].end
		jumps++
	}
	return append(out, f.code[copied:]...), jumps
}
