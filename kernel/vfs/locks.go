package vfs

import (
	"slices"

	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// OwnerKind says to whom a lock belongs, which decides when it goes away.
type OwnerKind uint8

// The owners. Those of fcntl(2) conflict with each other, those of flock(2) only among themselves.
const (
	OwnerTable OwnerKind = iota // F_SETLK: the process; any close of the file by it drops the lock
	OwnerFile                   // F_OFD_SETLK: the open file description
	OwnerFlock                  // flock(2): the open file description, the whole file
)

// Owner is who holds a lock.
type Owner struct {
	Kind OwnerKind
	ID   uint32 // of the descriptor table or the file
}

// Lock is one advisory lock on bytes Start to End, both included. Linux struct file_lock
type Lock struct {
	Inode     InodeID
	Owner     Owner
	PID       int32 // as F_GETLK tells it; -1 for open file descriptions
	Start     uint64
	End       uint64
	Exclusive bool
}

// LockEnd is the End of a lock to the end of the file, however long it gets.
const LockEnd = 1<<63 - 1

// LockKey is what waits for locks on a file sleep on.
func LockKey(in InodeID) wait.Key { return wait.Key{Kind: wait.FileLock, ID: uint64(in)} }

// Conflict finds the first lock that keeps l from being taken, nil when there is none. Linux fs/locks.c:posix_locks_conflict
func (v *VFS) Conflict(l *Lock) *Lock {
	for i := range v.S.Locks {
		o := &v.S.Locks[i]
		if o.Inode == l.Inode && o.Owner != l.Owner && (o.Owner.Kind == OwnerFlock) == (l.Owner.Kind == OwnerFlock) &&
			(o.Exclusive || l.Exclusive) && o.Start <= l.End && l.Start <= o.End {
			return o
		}
	}
	return nil
}

// SetLock takes a lock in place of what its owner held there before; EAGAIN when others are in the way.
func (v *VFS) SetLock(l Lock) abi.Errno {
	if v.Conflict(&l) != nil {
		return abi.EAGAIN
	}
	if len(v.S.Locks) >= maxLocks {
		return abi.ENOLCK
	}
	v.ClearLock(l)
	v.S.Locks = append(v.S.Locks, l)
	return abi.OK
}

// maxLocks bounds the list.
const maxLocks = 4096

// ClearLock gives the owner's locks on the range back; what sticks out of the range stays. Linux fs/locks.c:posix_lock_inode
func (v *VFS) ClearLock(l Lock) {
	meant := func(o Lock) bool {
		return o.Inode == l.Inode && o.Owner == l.Owner && o.Start <= l.End && l.Start <= o.End
	}
	first := slices.IndexFunc(v.S.Locks, meant)
	if first < 0 {
		return
	}
	var rest []Lock // of those that stick out
	kept := v.S.Locks[:first]
	for _, o := range v.S.Locks[first:] {
		if !meant(o) {
			kept = append(kept, o)
			continue
		}
		if o.Start < l.Start {
			left := o
			left.End = l.Start - 1
			rest = append(rest, left)
		}
		if o.End > l.End {
			right := o
			right.Start = l.End + 1
			rest = append(rest, right)
		}
	}
	v.S.Locks = append(kept, rest...)
	v.host.Wake(LockKey(l.Inode))
}

// dropLocks gives back all that an owner holds on a file.
func (v *VFS) dropLocks(in InodeID, o Owner) {
	if len(v.S.Locks) > 0 {
		v.ClearLock(Lock{Inode: in, Owner: o, End: LockEnd})
	}
}
