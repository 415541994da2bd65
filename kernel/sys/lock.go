package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// flockSize is sizeof(struct flock): l_type and l_whence 16 bits, l_start and l_len 64 bits at 8, l_pid at 24.
const flockSize = 32

// recordLock is F_SETLK and its kin. Linux fs/locks.c:fcntl_setlk, fcntl_getlk
func recordLock(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, cmd int32, addr uint64) (int64, abi.Errno) {
	var b [flockSize]byte
	if e := k.CopyIn(t, addr, b[:]); e != 0 {
		return 0, e
	}
	le := binary.LittleEndian
	kind := le.Uint16(b[0:])
	l, e := lockRange(k, f, le.Uint16(b[2:]), int64(le.Uint64(b[8:])), int64(le.Uint64(b[16:])))
	if e != 0 {
		return 0, e
	}
	l.Owner, l.PID = vfs.Owner{Kind: vfs.OwnerTable, ID: uint32(t.Files)}, t.TGID
	if cmd == abi.F_OFD_GETLK || cmd == abi.F_OFD_SETLK || cmd == abi.F_OFD_SETLKW {
		if le.Uint32(b[24:]) != 0 {
			return 0, abi.EINVAL
		}
		l.Owner, l.PID = vfs.Owner{Kind: vfs.OwnerFile, ID: uint32(f)}, -1
	}
	l.Exclusive = kind == abi.F_WRLCK
	if cmd == abi.F_GETLK || cmd == abi.F_OFD_GETLK {
		return testLock(k, t, addr, b[:], kind, l)
	}
	mode := k.VFS.FileFlags(f) & abi.O_ACCMODE
	switch {
	case kind > abi.F_UNLCK:
		return 0, abi.EINVAL
	case kind == abi.F_RDLCK && mode == abi.O_WRONLY, kind == abi.F_WRLCK && mode == abi.O_RDONLY:
		return 0, abi.EBADF
	case kind == abi.F_UNLCK:
		k.VFS.ClearLock(l)
		return 0, 0
	}
	return setLock(k, t, l, cmd == abi.F_SETLKW || cmd == abi.F_OFD_SETLKW)
}

// lockRange is the range of a struct flock. Linux fs/locks.c:flock64_to_posix_lock
func lockRange(k *kernel.Kernel, f vfs.FileID, whence uint16, start, n int64) (vfs.Lock, abi.Errno) {
	file := k.VFS.File(f)
	l := vfs.Lock{Inode: file.Inode}
	base := int64(0)
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		base = file.Pos
	case abi.SEEK_END:
		base = int64(k.VFS.S.Inodes.Get(file.Inode).Size)
	default:
		return l, abi.EINVAL
	}
	if start > vfs.LockEnd-base {
		return l, abi.EOVERFLOW
	}
	if start += base; start < 0 {
		return l, abi.EINVAL
	}
	switch {
	case n == 0:
		l.Start, l.End = uint64(start), vfs.LockEnd
	case n > 0 && n-1 > vfs.LockEnd-start:
		return l, abi.EOVERFLOW
	case n > 0:
		l.Start, l.End = uint64(start), uint64(start+n-1)
	case start+n < 0:
		return l, abi.EINVAL
	default:
		l.Start, l.End = uint64(start+n), uint64(start-1)
	}
	return l, 0
}

// testLock is F_GETLK: who is in the way, or F_UNLCK.
func testLock(k *kernel.Kernel, t *kernel.Task, addr uint64, b []byte, kind uint16, l vfs.Lock) (int64, abi.Errno) {
	if kind != abi.F_RDLCK && kind != abi.F_WRLCK {
		return 0, abi.EINVAL
	}
	le := binary.LittleEndian
	o := k.VFS.Conflict(&l)
	if o == nil {
		le.PutUint16(b[0:], abi.F_UNLCK)
		return done(k.CopyOut(t, addr, b))
	}
	le.PutUint16(b[0:], abi.F_RDLCK)
	if o.Exclusive {
		le.PutUint16(b[0:], abi.F_WRLCK)
	}
	n := o.End - o.Start + 1
	if o.End == vfs.LockEnd {
		n = 0
	}
	le.PutUint16(b[2:], abi.SEEK_SET)
	le.PutUint64(b[8:], o.Start)
	le.PutUint64(b[16:], n)
	le.PutUint32(b[24:], uint32(o.PID))
	return done(k.CopyOut(t, addr, b))
}
