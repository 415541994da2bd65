package link

import "math/bits"

// Times between keys differ too much for a table of symbols to help: the spread of log(time) is that of people. So they are
// written as exponential Golomb codes of an order that fits: the number of bits beyond the order in unary, then the bits.

// maxOrder is the highest order of a code.
const maxOrder = 48

// codeSize is the length of v's code in bits.
func codeSize(v uint64, order int) int {
	n := bits.Len64(v + 1<<order)
	return 2*n - order - 1
}

// bestOrder is the order that makes all codes together shortest, the lowest of several.
func bestOrder(values []uint64) int {
	best, least := 0, -1
	for order := range maxOrder + 1 {
		total := 0
		for _, v := range values {
			total += codeSize(v, order)
		}
		if least < 0 || total < least {
			best, least = order, total
		}
	}
	return best
}

// bitWriter appends bits, the lowest of a byte first.
type bitWriter struct {
	b    []byte
	free int // bits of the last byte
}

func (w *bitWriter) bit(v uint64) {
	if w.free == 0 {
		w.b, w.free = append(w.b, 0), 8
	}
	w.b[len(w.b)-1] |= byte(v&1) << (8 - w.free)
	w.free--
}

func (w *bitWriter) code(v uint64, order int) {
	v += 1 << order
	n := bits.Len64(v)
	for range n - order - 1 {
		w.bit(1)
	}
	w.bit(0)
	for i := n - 2; i >= 0; i-- {
		w.bit(v >> i)
	}
}

// bitReader reads what bitWriter wrote.
type bitReader struct {
	b   []byte
	at  int // in bits
	bad bool
}

func (r *bitReader) bit() uint64 {
	if r.at >= 8*len(r.b) {
		r.bad = true
		return 0
	}
	v := r.b[r.at/8] >> (r.at % 8) & 1
	r.at++
	return uint64(v)
}

func (r *bitReader) code(order int) uint64 {
	n := order + 1
	for r.bit() == 1 {
		if n++; n > maxOrder+2 { // longer than any time
			r.bad = true
			return 0
		}
	}
	v := uint64(1)
	for range n - 1 {
		v = v<<1 | r.bit()
	}
	return v - 1<<order
}
