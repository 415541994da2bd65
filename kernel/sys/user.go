package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// Limits of transfers. Linux MAX_RW_COUNT, UIO_MAXIOV
const (
	maxRWCount = 0x7ffff000
	maxIOV     = 1024
	chunk      = 64 << 10 // moved through the kernel at once
)

// segment is struct iovec: one piece of a program's memory.
type segment struct{ addr, n uint64 }

// span is the memory of a transfer: one segment, or as many as readv(2) was given.
type span struct {
	segs []segment
	n    uint64
}

// oneSpan is the memory of read(2) and write(2). Linux access_ok, then the cut to MAX_RW_COUNT
func oneSpan(k *kernel.Kernel, addr, n uint64) (span, abi.Errno) {
	if !accessOK(k, addr, n) {
		return span{}, abi.EFAULT
	}
	n = min(n, maxRWCount)
	return span{[]segment{{addr, n}}, n}, abi.OK
}

// iovSpan reads the vector of readv(2) and writev(2). Linux lib/iov_iter.c:import_iovec
func iovSpan(k *kernel.Kernel, t *kernel.Task, addr, count uint64) (span, abi.Errno) {
	if count > maxIOV {
		return span{}, abi.EINVAL
	}
	raw := make([]byte, 16*count)
	if e := k.CopyIn(t, addr, raw); e != abi.OK {
		return span{}, e
	}
	sp := span{segs: make([]segment, 0, count)}
	for i := uint64(0); i < count; i++ {
		s := segment{binary.LittleEndian.Uint64(raw[16*i:]), binary.LittleEndian.Uint64(raw[16*i+8:])}
		if int64(s.n) < 0 {
			return span{}, abi.EINVAL
		}
		if !accessOK(k, s.addr, s.n) {
			return span{}, abi.EFAULT
		}
		s.n = min(s.n, maxRWCount-sp.n)
		sp.n += s.n
		sp.segs = append(sp.segs, s)
	}
	return sp, abi.OK
}

// accessOK tells whether the range lies in the half of the address space that belongs to programs.
func accessOK(k *kernel.Kernel, addr, n uint64) bool {
	end := k.MM.TaskSizeMax()
	return addr <= end && n <= end-addr
}

// each calls fn for the pieces of the n bytes from off on until it fails.
func (sp *span) each(off, n uint64, fn func(addr, at, n uint64) abi.Errno) abi.Errno {
	at := uint64(0)
	for _, s := range sp.segs {
		if off >= s.n {
			off -= s.n
			continue
		}
		m := min(s.n-off, n-at)
		if m == 0 {
			continue
		}
		if e := fn(s.addr+off, at, m); e != abi.OK {
			return e
		}
		at += m
		off = 0
		if at == n {
			break
		}
	}
	return abi.OK
}

// reach tells how many of the n bytes from off on can be accessed; EFAULT when not even the first can.
func (sp *span) reach(k *kernel.Kernel, t *kernel.Task, off, n uint64, write bool) (uint64, abi.Errno) {
	got := uint64(0)
	e := sp.each(off, n, func(addr, at, m uint64) abi.Errno {
		r, e := k.MM.Prefault(t.ASID, addr, m, write)
		for e == abi.ENOMEM && k.OutOfMemory(t) {
			r, e = k.MM.Prefault(t.ASID, addr, m, write)
		}
		got += r
		if r < m && e == abi.OK {
			e = abi.EFAULT
		}
		return e
	})
	if got > 0 {
		e = abi.OK
	}
	return got, e
}

// in copies bytes [off, off+len(p)) of the span from the program.
func (sp *span) in(k *kernel.Kernel, t *kernel.Task, off uint64, p []byte) abi.Errno {
	return sp.each(off, uint64(len(p)), func(addr, at, n uint64) abi.Errno {
		return k.CopyIn(t, addr, p[at:at+n])
	})
}

// out copies p to the program, to the span's bytes from off on.
func (sp *span) out(k *kernel.Kernel, t *kernel.Task, off uint64, p []byte) abi.Errno {
	return sp.each(off, uint64(len(p)), func(addr, at, n uint64) abi.Errno {
		return k.CopyOut(t, addr, p[at:at+n])
	})
}

// packer lays out a structure for a program, little-endian, without implicit padding.
type packer struct{ b []byte }

func (p *packer) u16(v uint16) { p.b = binary.LittleEndian.AppendUint16(p.b, v) }
func (p *packer) u32(v uint32) { p.b = binary.LittleEndian.AppendUint32(p.b, v) }
func (p *packer) u64(v uint64) { p.b = binary.LittleEndian.AppendUint64(p.b, v) }
func (p *packer) i64(v int64)  { p.u64(uint64(v)) }
func (p *packer) pad(n int)    { p.b = append(p.b, make([]byte, n)...) }

// field appends s, NUL-padded to n bytes.
func (p *packer) field(s string, n int) {
	b := make([]byte, n)
	copy(b[:n-1], s)
	p.b = append(p.b, b...)
}

// timespec reads a struct timespec; invalid values are EINVAL.
func timespec(k *kernel.Kernel, t *kernel.Task, addr uint64) (ns int64, e abi.Errno) {
	var v [2]int64
	if e := readWords(k, t, addr, v[:]); e != abi.OK {
		return 0, e
	}
	if v[0] < 0 || v[1] < 0 || v[1] >= second {
		return 0, abi.EINVAL
	}
	return clampNS(v[0], v[1]), abi.OK
}

// second in ns.
const second = 1_000_000_000

// forever bounds times, so that sums of two cannot overflow. Linux KTIME_SEC_MAX
const forever = int64(1) << 61

func clampNS(sec, ns int64) int64 {
	if sec >= forever/second {
		return forever
	}
	return sec*second + ns
}

// readWords reads 64-bit words.
func readWords(k *kernel.Kernel, t *kernel.Task, addr uint64, v []int64) abi.Errno {
	b := make([]byte, 8*len(v))
	if e := k.CopyIn(t, addr, b); e != abi.OK {
		return e
	}
	for i := range v {
		v[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return abi.OK
}

// writeWords writes 64-bit words.
func writeWords(k *kernel.Kernel, t *kernel.Task, addr uint64, v ...int64) abi.Errno {
	var p packer
	for _, w := range v {
		p.i64(w)
	}
	return k.CopyOut(t, addr, p.b)
}

// sleep is Block for a transfer: when a signal keeps it from sleeping, what was moved already is the result.
func sleep(k *kernel.Kernel, t *kernel.Task, deadline uint64, keys ...wait.Key) (int64, abi.Errno) {
	e := k.Block(t, deadline, keys...)
	if e != abi.ErrBlocked {
		return partial(t.Sys.Done, e)
	}
	return 0, e
}
