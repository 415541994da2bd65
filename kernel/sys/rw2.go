package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// Flags of preadv2(2) and pwritev2(2).
const (
	rwfHighPri = 1
	rwfDsync   = 2
	rwfSync    = 4
	rwfNowait  = 8
	rwfAppend  = 16
	rwfKnown   = rwfHighPri | rwfDsync | rwfSync | rwfNowait | rwfAppend
)

var _ = define(kernel.Syscall{Nr: 327, Name: "preadv2", Man: "readv(2); fs/read_write.c:preadv2",
	Args: args(pFD("fd"), pResult("iov", "iov"), pInt("iovcnt"), pInt("pos_l"), pInt("pos_h"), pFlags("flags", "rwf")), Fn: preadv2})

func preadv2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withFlags(k, t, a, false, func(off int64) (int64, abi.Errno) {
		return readSpan(k, t, a.Int(0), off, func() (span, abi.Errno) { return iovSpan(k, t, a[1], a[2]) })
	})
}

var _ = define(kernel.Syscall{Nr: 328, Name: "pwritev2", Man: "readv(2); fs/read_write.c:pwritev2",
	Args: args(pFD("fd"), pStruct("iov", "iov"), pInt("iovcnt"), pInt("pos_l"), pInt("pos_h"), pFlags("flags", "rwf")), Fn: pwritev2})

func pwritev2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withFlags(k, t, a, true, func(off int64) (int64, abi.Errno) {
		return writeSpan(k, t, a.Int(0), off, func() (span, abi.Errno) { return iovSpan(k, t, a[1], a[2]) })
	})
}

// withFlags makes a transfer under the flags of this one call: they stand in the file's for as long as it lasts, which is
// not across a sleep. An offset of -1 is the file's own. Linux include/linux/fs.h:kiocb_set_rw_flags
func withFlags(k *kernel.Kernel, t *kernel.Task, a *kernel.Args, write bool, do func(off int64) (int64, abi.Errno)) (int64, abi.Errno) {
	off, flags := int64(a[3]), a.Uint(5)
	if off < -1 {
		return 0, abi.EINVAL
	}
	f, e := k.VFS.Get(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	if flags&^rwfKnown != 0 {
		return 0, abi.EOPNOTSUPP
	}
	file := k.VFS.File(f)
	old := file.Flags
	if flags&rwfNowait != 0 {
		file.Flags |= abi.O_NONBLOCK
	}
	if flags&(rwfDsync|rwfSync) != 0 {
		file.Flags |= abi.O_DSYNC
	}
	if flags&rwfAppend != 0 && write {
		file.Flags |= abi.O_APPEND
	}
	n, e := do(off)
	if file := k.VFS.File(f); file != nil {
		file.Flags = old
	}
	return n, e
}
