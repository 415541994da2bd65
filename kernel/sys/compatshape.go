package sys

import (
	"encoding/binary"
	"math"

	"vitrine/kernel/abi"
)

// shape describes a structure whose members come in the same order in both ABIs, one letter each:
//
//	h  short             2 bytes in both
//	i  int               4 bytes in both
//	l  long, time_t      4 and 8 bytes, signed
//	u  pointer, size_t   4 and 8 bytes, unsigned
//	r  rlim_t            4 and 8 bytes; what does not fit is infinity
//	q  64 bits           8 bytes in both, but aligned to 4 in the 32-bit ABI
//	n  tv_nsec           8 bytes in both, of which a 32-bit program means the lower half (struct __kernel_timespec)
type shape string

// Shapes that several calls use.
const (
	timespec32   shape = "ll"
	itimerspec32 shape = "llll"
	timespec64   shape = "qn"
	itimerspec64 shape = "qnqn"
	rusage32     shape = "llllllllllllllllll"
)

// member is where one letter lies.
type member struct {
	kind           byte
	narrow, wide   int // offsets
	nBytes, wBytes int
}

func (s shape) members() (list []member, narrow, wide int) {
	nAlign, wAlign := 1, 1
	for i := range len(s) {
		m := member{kind: s[i], nBytes: 4, wBytes: 8}
		switch s[i] {
		case 'h':
			m.nBytes, m.wBytes = 2, 2
		case 'i':
			m.wBytes = 4
		case 'q', 'n':
			m.nBytes = 8
		}
		m.narrow, m.wide = roundUp(narrow, min(m.nBytes, 4)), roundUp(wide, m.wBytes)
		narrow, wide = m.narrow+m.nBytes, m.wide+m.wBytes
		nAlign, wAlign = max(nAlign, min(m.nBytes, 4)), max(wAlign, m.wBytes)
		list = append(list, m)
	}
	return list, roundUp(narrow, nAlign), roundUp(wide, wAlign)
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// size is that of the whole structure.
func (s shape) size(wide bool) int {
	_, n, w := s.members()
	if wide {
		return w
	}
	return n
}

// widen makes the 64-bit structure of a 32-bit one.
func (s shape) widen(b []byte) []byte {
	list, _, size := s.members()
	w := make([]byte, size)
	le := binary.LittleEndian
	for _, m := range list {
		from, to := b[m.narrow:m.narrow+m.nBytes], w[m.wide:m.wide+m.wBytes]
		copy(to, from)
		if m.nBytes == m.wBytes && m.kind != 'n' {
			continue
		}
		v := uint64(le.Uint32(from))
		switch {
		case m.kind == 'l':
			v = uint64(int64(int32(v)))
		case m.kind == 'r' && v == math.MaxUint32:
			v = abi.RLIM_INFINITY
		}
		le.PutUint64(to, v)
	}
	return w
}

// narrow makes the 32-bit structure of a 64-bit one.
func (s shape) narrow(w []byte) ([]byte, abi.Errno) {
	list, size, _ := s.members()
	b := make([]byte, size)
	for _, m := range list {
		from, to := w[m.wide:m.wide+m.wBytes], b[m.narrow:m.narrow+m.nBytes]
		copy(to, from)
		if m.kind == 'r' && binary.LittleEndian.Uint64(from) > math.MaxUint32 {
			binary.LittleEndian.PutUint32(to, math.MaxUint32)
		}
	}
	return b, abi.OK
}
