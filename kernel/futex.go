package kernel

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/wait"
)

// FutexKey names the word at addr as a thing to sleep on: by address space and address, or by object and offset where
// the memory is shared. Linux kernel/futex/core.c:get_futex_key
func (k *Kernel) FutexKey(t *Task, addr uint64, private bool) (wait.Key, abi.Errno) {
	if addr&3 != 0 {
		return wait.Key{}, abi.EINVAL
	}
	key, e := k.MM.FutexKey(t.ASID, addr, private)
	return wait.Key{Kind: wait.Futex, ID: futexID(key)}, e
}

// futexID packs the name into 64 bits: address spaces have small numbers, objects 32 bits and files stay below 8 GiB.
func futexID(f mm.FutexKey) uint64 {
	if f.Object != 0 {
		return 1<<63 | uint64(f.Object)<<31 | f.Off>>2&(1<<31-1)
	}
	return uint64(f.Space)<<47 | f.Off
}

// FutexWake wakes up to n waiters of the word at addr.
func (k *Kernel) FutexWake(t *Task, addr uint64, private bool, n int) (int, abi.Errno) {
	key, e := k.FutexKey(t, addr, private)
	if e != abi.OK {
		return 0, e
	}
	return k.Wake(key, n), abi.OK
}

// maxRobust bounds the walk of a list that the program may have damaged. Linux ROBUST_LIST_LIMIT
const maxRobust = 2048

// exitRobustList marks the locks that a dying thread holds and wakes a waiter of each.
// Linux kernel/futex/core.c:exit_robust_list
func (k *Kernel) exitRobustList(t *Task) {
	k.walkRobustList(t, t.RobustList, 8, k.ReadU64)
	k.walkRobustList(t, t.RobustList32, 4, func(t *Task, addr uint64) (uint64, abi.Errno) {
		v, e := k.ReadU32(t, addr)
		return uint64(v), e
	})
	t.RobustList, t.RobustList32 = 0, 0
}

// walkRobustList does so for one list: the head is link, offset of the lock word and lock in transition, of word bytes each.
func (k *Kernel) walkRobustList(t *Task, head, word uint64, read func(t *Task, addr uint64) (uint64, abi.Errno)) {
	if head == 0 {
		return
	}
	link := func(addr uint64) (uint64, abi.Errno) { // the lowest bit says that the lock inherits priorities: none does here
		v, e := read(t, addr)
		return v &^ 1, e
	}
	entry, e := link(head)
	offset, e2 := read(t, head+word)
	pending, e3 := link(head + 2*word)
	if e != abi.OK || e2 != abi.OK || e3 != abi.OK {
		return
	}
	if word == 4 {
		offset = uint64(int64(int32(offset)))
	}
	for n := 0; entry != head && n < maxRobust; n++ {
		next, e := link(entry)
		if entry != pending && !k.futexDeath(t, entry+offset, false) || e != abi.OK {
			return
		}
		entry = next
	}
	if pending != 0 {
		k.futexDeath(t, pending+offset, true)
	}
}

// futexDeath marks a lock if t holds it, and tells whether the word can be one. A thread that died between unlocking a word
// (pending) and waking its waiters wakes one by this. Linux kernel/futex/core.c:handle_futex_death
func (k *Kernel) futexDeath(t *Task, addr uint64, pending bool) bool {
	v, e := k.ReadU32(t, addr)
	if addr&3 != 0 || e != abi.OK {
		return false
	}
	if pending && v == 0 {
		k.FutexWake(t, addr, false, 1)
		return true
	}
	if v&abi.FUTEX_TID_MASK != uint32(t.PID) {
		return true
	}
	if k.WriteU32(t, addr, v&abi.FUTEX_WAITERS|abi.FUTEX_OWNER_DIED) != abi.OK {
		return false
	}
	if v&abi.FUTEX_WAITERS != 0 {
		k.FutexWake(t, addr, false, 1)
	}
	return true
}
