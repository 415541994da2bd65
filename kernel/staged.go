package kernel

import "vitrine/kernel/abi"

// A 32-bit system call has its structures in another layout. Its definition converts them into memory of the kernel's
// own, and the 64-bit handler reads and writes them there through CopyIn and CopyOut, as if a program had them: Linux did
// the same with set_fs(KERNEL_DS). Such memory lives for one invocation of a handler and has addresses that no 32-bit
// register can hold and that nothing is mapped at.
const (
	stagedBase = 1 << 62
	stagedSlot = 1 << 32
)

// Staged is one piece of such memory.
type Staged struct {
	Data    []byte
	Written bool // by the handler
}

// Stage makes n bytes of the kernel's memory and returns their address for a handler.
func (k *Kernel) Stage(data []byte) (*Staged, uint64) {
	s := &Staged{Data: data}
	k.staged = append(k.staged, s)
	return s, stagedBase + uint64(len(k.staged)-1)*stagedSlot
}

// Unstage ends the life of all of it.
func (k *Kernel) Unstage() { k.staged = nil }

// stagedAt finds n bytes at addr; nil and EFAULT when there are not so many.
func (k *Kernel) stagedAt(addr uint64, n int) (*Staged, []byte, abi.Errno) {
	slot, off := (addr-stagedBase)/stagedSlot, addr%stagedSlot
	if slot >= uint64(len(k.staged)) || off > uint64(len(k.staged[slot].Data)) || uint64(n) > uint64(len(k.staged[slot].Data))-off {
		return nil, nil, abi.EFAULT
	}
	s := k.staged[slot]
	return s, s.Data[off : off+uint64(n)], abi.OK
}

// isStaged tells whether addr is the kernel's: only while a 32-bit call is being handled.
func (k *Kernel) isStaged(addr uint64) bool {
	return k.staged != nil && addr >= stagedBase && addr>>63 == 0
}

func (k *Kernel) stagedIn(addr uint64, p []byte) abi.Errno {
	_, b, e := k.stagedAt(addr, len(p))
	copy(p, b)
	return e
}

func (k *Kernel) stagedOut(addr uint64, p []byte) abi.Errno {
	s, b, e := k.stagedAt(addr, len(p))
	if e == abi.OK {
		copy(b, p)
		s.Written = true
	}
	return e
}
