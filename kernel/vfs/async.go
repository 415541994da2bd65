package vfs

import (
	"slices"

	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// SigOwner is who gets the signals of a file with O_ASYNC, and which. Linux struct fown_struct
type SigOwner struct {
	Kind   uint8 // F_OWNER_*: a thread, a process, a process group
	ID     int32 // 0 is nobody
	Signal int32 // 0 is SIGIO without what belongs to it
	FD     int32 // the descriptor by which O_ASYNC was set, as si_fd tells it
}

// The kinds of owners. fcntl(2)
const (
	OwnerThread = iota
	OwnerProcess
	OwnerGroup
)

// setAsync turns signals on or off, for files that have them: pipes, sockets and terminals. Linux fs/fcntl.c:setfl, fasync_helper
func (v *VFS) setAsync(f FileID, on bool, fd int32) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch in.Mode & abi.S_IFMT {
	case abi.S_IFIFO, abi.S_IFSOCK:
	case abi.S_IFCHR:
		if Major(in.Rdev) == 1 { // memory
			return
		}
	default:
		return
	}
	i := slices.Index(v.S.Async, f)
	switch {
	case on:
		file.Flags |= abi.O_ASYNC
		file.Owner.FD = fd
		if i < 0 {
			v.S.Async = append(v.S.Async, f)
		}
	case i >= 0:
		file.Flags &^= abi.O_ASYNC
		v.S.Async = slices.Delete(v.S.Async, i, i+1)
	}
}

// AsyncOn calls fn for the files with O_ASYNC that a wake-up on key is about; write tells whether it is about room.
func (v *VFS) AsyncOn(key wait.Key, fn func(o SigOwner, write bool)) {
	for _, f := range v.S.Async {
		for _, write := range []bool{false, true} {
			file := v.S.Files.Get(f)
			if v.WaitKey(f, write) == key && (write && file.writes() || !write && file.reads()) {
				fn(file.Owner, write)
				break
			}
		}
	}
}
