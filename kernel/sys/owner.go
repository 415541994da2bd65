package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// fileOwner is what fcntl(2) does about who gets a file's signals. Linux fs/fcntl.c:f_setown, f_getown
func fileOwner(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, cmd int32, arg uint64) (int64, abi.Errno) {
	o := &k.VFS.File(f).Owner
	switch cmd {
	case abi.F_GETSIG:
		return int64(o.Signal), abi.OK
	case abi.F_SETSIG:
		if arg > kernel.NumSigs {
			return 0, abi.EINVAL
		}
		o.Signal = int32(arg)
		return 0, abi.OK
	case abi.F_GETOWN:
		if o.Kind == vfs.OwnerGroup {
			return -int64(o.ID), abi.OK
		}
		return int64(o.ID), abi.OK
	case abi.F_SETOWN:
		if int32(arg) == -1<<31 {
			return 0, abi.EINVAL
		}
		if id := int32(arg); id < 0 {
			return done(setOwner(k, o, vfs.OwnerGroup, -id))
		}
		return done(setOwner(k, o, vfs.OwnerProcess, int32(arg)))
	case abi.F_GETOWN_EX:
		var b [8]byte
		binary.LittleEndian.PutUint32(b[:], uint32(o.Kind))
		binary.LittleEndian.PutUint32(b[4:], uint32(o.ID))
		return done(k.CopyOut(t, arg, b[:]))
	}
	var b [8]byte
	if e := k.CopyIn(t, arg, b[:]); e != abi.OK {
		return 0, e
	}
	kind := binary.LittleEndian.Uint32(b[:])
	if kind > vfs.OwnerGroup {
		return 0, abi.EINVAL
	}
	return done(setOwner(k, o, uint8(kind), int32(binary.LittleEndian.Uint32(b[4:]))))
}

// setOwner finds that there is such a task or group; 0 is nobody.
func setOwner(k *kernel.Kernel, o *vfs.SigOwner, kind uint8, id int32) abi.Errno {
	known := id == 0
	k.ForEachTask(func(t *kernel.Task) bool {
		known = known || kind == vfs.OwnerGroup && t.PGID == id || kind != vfs.OwnerGroup && t.PID == id
		return !known
	})
	if !known {
		return abi.ESRCH
	}
	o.Kind, o.ID = kind, id
	return abi.OK
}
