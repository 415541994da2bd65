package mm

import (
	"bytes"
	"encoding/binary"

	"vitrine/engine/mmu"
	"vitrine/kernel/abi"
)

// The kernel's copies go the way the CPU would: by the page tables, with page faults where an entry is missing,
// leaving the accessed and dirty bits as an access does. Linux arch/x86/lib/usercopy.c

// reach returns the physical address of user address va, or why it cannot be accessed.
func (m *Manager) reach(as *AddressSpace, va uint64, write bool) (uint64, abi.Errno) {
	need, mark := uint64(mmu.P|mmu.U), uint64(mmu.A)
	code := uint32(mmu.FaultU)
	if write {
		need, mark = need|mmu.W, mark|mmu.D
		code |= mmu.FaultW
	}
	for {
		pte, size, ok := m.leaf(as, va)
		e := uint64(0)
		if ok {
			e = m.ram.Read64(pte)
		}
		if e&need == need {
			if e&mark != mark && !m.watching {
				m.ram.Write64(pte, e|mark)
			}
			return e&mmu.AddrMask | va&(size-1), abi.OK
		}
		if m.watching {
			return 0, abi.EFAULT
		}
		if o := m.Fault(as.ID, va, code|uint32(e&mmu.P)); !o.Resolved() {
			return 0, o.errno()
		}
	}
}

// Watch runs f, for which copies from user memory leave everything as it is: no entry is marked, and what is not there stays
// away (EFAULT). For those who look at the computer and may not be seen in it.
func (m *Manager) Watch(f func()) {
	m.watching = true
	f()
	m.watching = false
}

// errno is what a system call returns whose buffer met this outcome.
func (o Outcome) errno() abi.Errno {
	switch o.Kind {
	case Blocked:
		return abi.ErrBlocked
	case OOM:
		return abi.ENOMEM
	}
	return abi.EFAULT
}

// accessOK tells whether [va, va+n) is user space. Linux arch/x86/include/asm/uaccess_64.h:__access_ok
func (as *AddressSpace) accessOK(va, n uint64) bool { return n <= as.TaskSize && va <= as.TaskSize-n }

// eachPiece calls fn for the physical address and length of every page's part of [va, va+n).
func (m *Manager) eachPiece(id ASID, va, n uint64, write bool, fn func(pa, n uint64)) abi.Errno {
	as := m.AS(id)
	if as == nil || !as.accessOK(va, n) {
		return abi.EFAULT
	}
	for n > 0 {
		pa, e := m.reach(as, va, write)
		if e != abi.OK {
			return e
		}
		part := min(n, pageSize-va&pageMask)
		fn(pa, part)
		va, n = va+part, n-part
	}
	return abi.OK
}

// CopyIn fills dst from user memory; EFAULT when any byte of it is out of reach.
func (m *Manager) CopyIn(id ASID, dst []byte, va uint64) abi.Errno {
	return m.eachPiece(id, va, uint64(len(dst)), false, func(pa, n uint64) {
		m.ram.ReadAt(dst[:n], pa)
		dst = dst[n:]
	})
}

// CopyOut writes src to user memory; EFAULT when any byte of it is out of reach (bytes before it may be written).
func (m *Manager) CopyOut(id ASID, va uint64, src []byte) abi.Errno {
	return m.eachPiece(id, va, uint64(len(src)), true, func(pa, n uint64) {
		m.ram.WriteAt(src[:n], pa)
		src = src[n:]
	})
}

// ClearUser writes n zero bytes to user memory.
func (m *Manager) ClearUser(id ASID, va, n uint64) abi.Errno {
	var zeros [pageSize]byte
	return m.eachPiece(id, va, n, true, func(pa, n uint64) { m.ram.WriteAt(zeros[:n], pa) })
}

// Prefault makes user memory accessible before a system call commits itself and returns how many of the n bytes from
// va on are in reach; EFAULT only when none is.
func (m *Manager) Prefault(id ASID, va, n uint64, write bool) (uint64, abi.Errno) {
	got := uint64(0)
	if as := m.AS(id); as != nil && va < as.TaskSize {
		n = min(n, as.TaskSize-va)
	}
	e := m.eachPiece(id, va, n, write, func(_, part uint64) { got += part })
	if got > 0 && e != abi.ErrBlocked {
		e = abi.OK
	}
	return got, e
}

// Present lists the pages of [start, end) that are mapped to frames of their own or a file's, not to the zero page.
func (m *Manager) Present(id ASID, start, end uint64) (list []uint64) {
	m.eachPage(m.AS(id), start, end, func(va, _, e uint64) {
		if mapped(e) && pteFrame(e) != m.State.ZeroPage {
			list = append(list, va)
		}
	})
	return list
}

// CopyString reads a NUL-terminated string, without its NUL, of at most max bytes with it; ENAMETOOLONG beyond.
// Linux lib/strncpy_from_user.c
func (m *Manager) CopyString(id ASID, va uint64, max int) ([]byte, abi.Errno) {
	as := m.AS(id)
	var s []byte
	for as != nil && len(s) < max {
		if !as.accessOK(va, 1) {
			return nil, abi.EFAULT
		}
		pa, e := m.reach(as, va, false)
		if e != abi.OK {
			return nil, e
		}
		n := min(pageSize-va&pageMask, uint64(max-len(s)))
		piece := m.ram.Bytes[pa : pa+n]
		if i := bytes.IndexByte(piece, 0); i >= 0 {
			return append(s, piece[:i]...), abi.OK
		}
		s = append(s, piece...)
		va += n
	}
	if as == nil {
		return nil, abi.EFAULT
	}
	return nil, abi.ENAMETOOLONG
}

// Read32 reads a 32-bit word of user memory.
func (m *Manager) Read32(id ASID, va uint64) (uint32, abi.Errno) {
	var b [4]byte
	e := m.CopyIn(id, b[:], va)
	return binary.LittleEndian.Uint32(b[:]), e
}

// Read64 reads a 64-bit word of user memory.
func (m *Manager) Read64(id ASID, va uint64) (uint64, abi.Errno) {
	var b [8]byte
	e := m.CopyIn(id, b[:], va)
	return binary.LittleEndian.Uint64(b[:]), e
}

// Write32 writes a 32-bit word of user memory.
func (m *Manager) Write32(id ASID, va uint64, v uint32) abi.Errno {
	return m.CopyOut(id, va, binary.LittleEndian.AppendUint32(nil, v))
}

// Write64 writes a 64-bit word of user memory.
func (m *Manager) Write64(id ASID, va uint64, v uint64) abi.Errno {
	return m.CopyOut(id, va, binary.LittleEndian.AppendUint64(nil, v))
}

// FutexKey names the word that tasks meet at: a place in an object when it is shared, in an address space when not.
type FutexKey struct {
	Object uint32
	Space  ASID
	Off    uint64
}

// FutexKey finds the key of the word at va. Linux kernel/futex/core.c:get_futex_key
func (m *Manager) FutexKey(id ASID, va uint64, private bool) (FutexKey, abi.Errno) {
	as := m.AS(id)
	if va&3 != 0 {
		return FutexKey{}, abi.EINVAL
	}
	if as == nil || !as.accessOK(va, 4) {
		return FutexKey{}, abi.EFAULT
	}
	if private {
		return FutexKey{Space: id, Off: va}, abi.OK
	}
	if _, e := m.reach(as, va, false); e != abi.OK {
		return FutexKey{}, e
	}
	v := as.Find(va)
	if v.Flags&VM_MAYSHARE == 0 {
		return FutexKey{Space: id, Off: va}, abi.OK
	}
	return FutexKey{Object: v.Object, Off: v.Off + va - v.Start}, abi.OK
}
