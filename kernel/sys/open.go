package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

var _ = define(kernel.Syscall{Nr: 2, Name: "open", Man: "open(2); fs/open.c:do_sys_open",
	Args: args(pPath("pathname"), pFlags("flags", "open"), pOct("mode")), Fn: open})

func open(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return openWith(k, t, abi.AT_FDCWD, a[0], a.Uint(1), a.Uint(2), 0)
}

var _ = define(kernel.Syscall{Nr: 257, Name: "openat", Man: "openat(2); fs/open.c:do_sys_open",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pFlags("flags", "open"), pOct("mode")), Fn: openat})

func openat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return openWith(k, t, a.Int(0), a[1], a.Uint(2), a.Uint(3), 0)
}

var _ = define(kernel.Syscall{Nr: 85, Name: "creat", Man: "creat(2); fs/open.c",
	Args: args(pPath("pathname"), pOct("mode")), Fn: creat})

func creat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return openWith(k, t, abi.AT_FDCWD, a[0], abi.O_CREAT|abi.O_WRONLY|abi.O_TRUNC, a.Uint(1), 0)
}

// openWith is all of open(2) and openat2(2). A FIFO waits for its partner with the file kept in Scratch[0].
func openWith(k *kernel.Kernel, t *kernel.Task, dirfd int32, addr uint64, flags, mode, resolve uint32) (int64, abi.Errno) {
	if t.Sys.Scratch[0] != 0 {
		return finishOpen(k, t, flags)
	}
	path, e := k.CopyPath(t, addr)
	if e != abi.OK {
		return 0, e
	}
	c := k.Ctx(t)
	c.Resolve = resolve
	fd, pending, e := k.VFS.Open(c, dirfd, path, flags, mode)
	if e == abi.EAGAIN && pending != 0 {
		t.Sys.Scratch[0] = uint64(pending)
		return finishOpen(k, t, flags)
	}
	if e != abi.OK {
		return 0, e
	}
	if flags&abi.O_PATH == 0 && flags&abi.O_NOCTTY == 0 {
		if f, e := k.VFS.Get(k.Ctx(t), fd); e == abi.OK {
			acquireTTY(k, t, f)
		}
	}
	return int64(fd), abi.OK
}

func finishOpen(k *kernel.Kernel, t *kernel.Task, flags uint32) (int64, abi.Errno) {
	f := vfs.FileID(t.Sys.Scratch[0])
	if !k.VFS.OpenReady(f) {
		e := k.Block(t, wait.Never, k.VFS.OpenKey(f))
		if e != abi.ErrBlocked { // a signal: the call starts afresh or ends
			k.VFS.PutFile(f)
			t.Sys.Scratch[0] = 0
		}
		return 0, e
	}
	t.Sys.Scratch[0] = 0
	fd, e := k.VFS.Install(k.Ctx(t), f, 0, flags&abi.O_CLOEXEC != 0)
	return int64(fd), e
}

var _ = define(kernel.Syscall{Nr: 3, Name: "close", Man: "close(2); fs/open.c:close",
	Args: args(pFD("fd")), Fn: closeFD})

func closeFD(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.VFS.Close(k.Ctx(t), a.Int(0)))
}

// Flags of close_range(2).
const (
	closeRangeUnshare = 1 << 1
	closeRangeCloexec = 1 << 2
)

var _ = define(kernel.Syscall{Nr: 436, Name: "close_range", Man: "close_range(2); fs/file.c:__close_range",
	Args: args(pUint("first"), pUint("last"), pFlags("flags", "close_range")), Fn: closeRange})

func closeRange(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	first, last, flags := a.Uint(0), a.Uint(1), a.Uint(2)
	if flags&^(closeRangeUnshare|closeRangeCloexec) != 0 || first > last {
		return 0, abi.EINVAL
	}
	if flags&closeRangeUnshare != 0 {
		unshareFiles(k, t)
	}
	return done(k.VFS.CloseRange(k.Ctx(t), first, last, flags&closeRangeCloexec != 0))
}

// unshareFiles gives the task its own descriptor table.
func unshareFiles(k *kernel.Kernel, t *kernel.Task) {
	if k.VFS.S.Tables.Get(t.Files).Refs > 1 {
		own := k.VFS.CopyTable(t.Files)
		k.VFS.PutTable(t.Files)
		t.Files = own
	}
}

var _ = define(kernel.Syscall{Nr: 32, Name: "dup", Man: "dup(2); fs/file.c:dup",
	Args: args(pFD("oldfd")), Fn: dup})

func dup(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	fd, e := k.VFS.Dup(k.Ctx(t), a.Int(0), 0, false)
	return int64(fd), e
}

var _ = define(kernel.Syscall{Nr: 33, Name: "dup2", Man: "dup2(2); fs/file.c:dup2",
	Args: args(pFD("oldfd"), pFD("newfd")), Fn: dup2})

func dup2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	fd, e := k.VFS.Dup2(k.Ctx(t), a.Int(0), a.Int(1))
	return int64(fd), e
}

var _ = define(kernel.Syscall{Nr: 292, Name: "dup3", Man: "dup3(2); fs/file.c:ksys_dup3",
	Args: args(pFD("oldfd"), pFD("newfd"), pFlags("flags", "fdflags")), Fn: dup3})

func dup3(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	fd, e := k.VFS.Dup3(k.Ctx(t), a.Int(0), a.Int(1), a.Uint(2))
	return int64(fd), e
}
