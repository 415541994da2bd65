package kernel

import (
	"encoding/binary"

	"vitrine/kernel/abi"
)

// Limits of what is copied from a program.
const (
	PathMax   = 4096      // PATH_MAX, with the NUL
	argMax    = 2 << 20   // ARG_MAX with the default stack limit: a quarter of 8 MiB
	argStrLen = 128 << 10 // MAX_ARG_STRLEN
)

// CopyIn reads user memory: EFAULT when any of it is out of reach.
func (k *Kernel) CopyIn(t *Task, addr uint64, p []byte) abi.Errno {
	k.Charge(uint64(len(p)) / costCopy)
	if k.isStaged(addr) {
		return k.stagedIn(addr, p)
	}
	return k.MM.CopyIn(t.ASID, p, addr)
}

// CopyOut writes user memory.
func (k *Kernel) CopyOut(t *Task, addr uint64, p []byte) abi.Errno {
	k.Charge(uint64(len(p)) / costCopy)
	if k.isStaged(addr) {
		return k.stagedOut(addr, p)
	}
	return k.MM.CopyOut(t.ASID, addr, p)
}

// CopyString reads a NUL-terminated string; ENAMETOOLONG when there is no NUL within max bytes.
func (k *Kernel) CopyString(t *Task, addr uint64, max int) (string, abi.Errno) {
	b, e := k.MM.CopyString(t.ASID, addr, max)
	return string(b), e
}

// CopyPath reads a path name. Linux fs/namei.c:getname
func (k *Kernel) CopyPath(t *Task, addr uint64) (string, abi.Errno) {
	return k.CopyString(t, addr, PathMax)
}

// ReadU32 reads a 32-bit word.
func (k *Kernel) ReadU32(t *Task, addr uint64) (uint32, abi.Errno) {
	if k.isStaged(addr) {
		var b [4]byte
		e := k.stagedIn(addr, b[:])
		return binary.LittleEndian.Uint32(b[:]), e
	}
	return k.MM.Read32(t.ASID, addr)
}

// ReadU64 reads a 64-bit word.
func (k *Kernel) ReadU64(t *Task, addr uint64) (uint64, abi.Errno) {
	if k.isStaged(addr) {
		var b [8]byte
		e := k.stagedIn(addr, b[:])
		return binary.LittleEndian.Uint64(b[:]), e
	}
	return k.MM.Read64(t.ASID, addr)
}

// WriteU32 writes a 32-bit word.
func (k *Kernel) WriteU32(t *Task, addr uint64, v uint32) abi.Errno {
	if k.isStaged(addr) {
		return k.stagedOut(addr, binary.LittleEndian.AppendUint32(nil, v))
	}
	return k.MM.Write32(t.ASID, addr, v)
}

// WriteU64 writes a 64-bit word.
func (k *Kernel) WriteU64(t *Task, addr uint64, v uint64) abi.Errno {
	if k.isStaged(addr) {
		return k.stagedOut(addr, binary.LittleEndian.AppendUint64(nil, v))
	}
	return k.MM.Write64(t.ASID, addr, v)
}

// ReadStruct reads a structure of fixed size, v a pointer to it, in the ABI's little-endian layout.
func (k *Kernel) ReadStruct(t *Task, addr uint64, v any) abi.Errno {
	p := make([]byte, binary.Size(v))
	if e := k.CopyIn(t, addr, p); e != abi.OK {
		return e
	}
	if _, err := binary.Decode(p, binary.LittleEndian, v); err != nil {
		panic("BUG: ReadStruct of a type without a fixed size")
	}
	return abi.OK
}

// WriteStruct writes a structure of fixed size.
func (k *Kernel) WriteStruct(t *Task, addr uint64, v any) abi.Errno {
	p, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		panic("BUG: WriteStruct of a type without a fixed size")
	}
	return k.CopyOut(t, addr, p)
}

// pointerSize is that of the pointers in the structures of the call that t is in.
func (k *Kernel) pointerSize(t *Task) uint64 {
	if t.Sys.Compat {
		return 4
	}
	return 8
}

func (k *Kernel) readPointer(t *Task, addr uint64) (uint64, abi.Errno) {
	if t.Sys.Compat {
		v, e := k.ReadU32(t, addr)
		return uint64(v), e
	}
	return k.ReadU64(t, addr)
}

// CopyStrings reads a vector of strings that a NULL pointer ends, as execve(2) takes it. A NULL vector is empty.
// Linux fs/exec.c:copy_strings
func (k *Kernel) CopyStrings(t *Task, addr uint64) ([][]byte, abi.Errno) {
	var list [][]byte
	if addr == 0 {
		return nil, abi.OK
	}
	word := k.pointerSize(t)
	for total := 0; ; addr += word {
		p, e := k.readPointer(t, addr)
		if e != abi.OK {
			return nil, e
		}
		if p == 0 {
			return list, abi.OK
		}
		s, e := k.MM.CopyString(t.ASID, p, argStrLen)
		if e == abi.ENAMETOOLONG {
			e = abi.E2BIG
		}
		if e != abi.OK {
			return nil, e
		}
		if total += len(s) + 9; total > argMax {
			return nil, abi.E2BIG
		}
		list = append(list, append([]byte(nil), s...))
	}
}
