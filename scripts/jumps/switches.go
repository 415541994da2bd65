package main

// Go compiles a switch over integers to a binary search, for WebAssembly too. Here it becomes a br_table.

// Comparisons of i64 with a constant (WebAssembly Core Specification, "Binary Format", "Numeric Instructions").
const (
	opI64Const  = 0x42
	opI32Eqz    = 0x45
	opI64Eqz    = 0x50
	opI64Eq     = 0x51
	opI64GeU    = 0x5a
	opI32WrapI6 = 0xa7
	opBrIf      = 0x0d
)

// test is the end of a segment that compares a local with a constant: when it holds, or when it does not, control goes to
// another segment, else on to the next.
type test struct {
	first  int // its first instruction
	whole  bool
	local  int64
	op     byte
	with   int64
	negate bool
	target int
}

// least and most that a table is worth: comparisons replaced, and entries.
const (
	leastTests = 4
	mostCases  = 512
)

// testAt finds the test that segment s ends with.
func (f *function) testAt(s int) (t test, ok bool) {
	begin, end := f.starts[s], len(f.instrs)
	if s+1 < len(f.starts) {
		end = f.starts[s+1] - 1
	}
	i := end - 1 // the end of the if
	if i-7 < begin || f.instrs[i].op != opEnd || f.instrs[i].depth != f.depth(s)-1 {
		return t, false
	}
	if t.target, ok = f.jump(i - 1); !ok || f.instrs[i-4].op != opIf {
		return t, false
	}
	i -= 5
	if f.instrs[i].op == opI32Eqz {
		t.negate = true
		i--
	}
	switch t.op = f.instrs[i].op; {
	case t.op == opI64Eqz:
		t.op = opI64Eq
		i--
	case t.op >= opI64Eq && t.op <= opI64GeU && i-2 >= begin && f.instrs[i-1].op == opI64Const:
		t.with = f.instrs[i-1].value
		i -= 2
	default:
		return t, false
	}
	if i < begin || f.instrs[i].op != opLocalGet {
		return t, false
	}
	t.first, t.whole, t.local = i, i == begin, f.instrs[i].value
	return t, true
}

// holds evaluates the test for a value.
func (t *test) holds(v int64) bool {
	u, w := uint64(v), uint64(t.with)
	is := false
	switch t.op - opI64Eq {
	case 0:
		is = v == t.with
	case 1:
		is = v != t.with
	case 2:
		is = v < t.with
	case 3:
		is = u < w
	case 4:
		is = v > t.with
	case 5:
		is = u > w
	case 6:
		is = v <= t.with
	case 7:
		is = u <= w
	case 8:
		is = v >= t.with
	case 9:
		is = u >= w
	}
	return is != t.negate
}

// search is a function's tests, by segment.
type search struct {
	f     *function
	tests map[int]test
}

// leaf follows the tests from segment s for a value of the local, and returns the segment it comes to.
func (q *search) leaf(s int, v int64) int {
	local := q.tests[s].local
	for first := true; ; first = false {
		t, ok := q.tests[s]
		if !ok || t.local != local || !first && !t.whole {
			return s
		}
		next := s + 1
		if t.holds(v) {
			next = t.target
		}
		if next <= s {
			return s
		}
		s = next
	}
}

// tree counts the tests of a binary search that begins in segment s, and finds the greatest constant.
func (q *search) tree(s int, seen map[int]bool) (tests int, greatest int64) {
	root := q.tests[s]
	work := []int{s}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		t, ok := q.tests[s]
		if !ok || seen[s] || t.local != root.local || t.first != root.first && !t.whole {
			continue
		}
		seen[s] = true
		tests++
		greatest = max(greatest, t.with)
		for _, next := range []int{s + 1, t.target} {
			if next > s {
				work = append(work, next)
			}
		}
	}
	return tests, greatest
}

// switches returns the function with a br_table in front of each binary search, and how many those are. The search stays
// behind it, for values that the table does not have.
func (f *function) switches() (out []byte, tables int) {
	if !f.shaped {
		return f.code, 0
	}
	q := &search{f: f, tests: map[int]test{}}
	for s := range f.starts {
		if t, ok := f.testAt(s); ok {
			q.tests[s] = t
		}
	}
	copied, seen := 0, map[int]bool{}
	for s := range f.starts {
		t, ok := q.tests[s]
		if !ok || seen[s] {
			continue
		}
		tests, greatest := q.tree(s, seen)
		if i := t.first; i >= 2 && f.instrs[i-1].op == opEnd && f.instrs[i-2].op == opBrTable {
			continue // it has one
		}
		if tests < leastTests || greatest >= mostCases || greatest > int64(16*tests) {
			continue
		}
		at := f.instrs[t.first].at
		out = append(out, f.code[copied:at]...)
		out = q.appendTable(out, s, greatest+2)
		copied = at
		tables++
	}
	return append(out, f.code[copied:]...), tables
}

// appendTable appends a br_table for the n values from 0 of the local that segment s tests.
func (q *search) appendTable(out []byte, s int, n int64) []byte {
	local := uint64(q.tests[s].local)
	out = append(out, opBlock, 0x40, opLocalGet)
	out = appendUnsigned(out, local)
	out = append(out, opI64Const)
	out = appendSigned(out, n)
	out = append(out, opI64GeU, opBrIf, 0, opLocalGet)
	out = appendUnsigned(out, local)
	out = append(out, opI32WrapI6, opBrTable)
	out = appendUnsigned(out, uint64(n))
	for v := range n {
		label := uint64(0) // the search itself
		if to := q.leaf(s, v); to > s {
			label = uint64(q.f.depth(s) - q.f.depth(to)) // one block more is open here than in the segment
		}
		out = appendUnsigned(out, label)
	}
	return append(out, 0, opEnd)
}

// appendSigned appends v in signed LEB128.
func appendSigned(out []byte, v int64) []byte {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
