package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 22, Name: "pipe", Man: "pipe(2); fs/pipe.c:do_pipe2",
	Args: args(pResult("pipefd", "fds")), Fn: pipe})

func pipe(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return makePipe(k, t, a[0], 0)
}

var _ = define(kernel.Syscall{Nr: 293, Name: "pipe2", Man: "pipe2(2); fs/pipe.c:do_pipe2",
	Args: args(pResult("pipefd", "fds"), pFlags("flags", "fdflags")), Fn: pipe2})

func pipe2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return makePipe(k, t, a[0], a.Uint(1))
}

func makePipe(k *kernel.Kernel, t *kernel.Task, addr uint64, flags uint32) (int64, abi.Errno) {
	if flags&^uint32(abi.O_CLOEXEC|abi.O_NONBLOCK|abi.O_DIRECT) != 0 {
		return 0, abi.EINVAL
	}
	r, w, e := k.VFS.Pipe(flags)
	if e != abi.OK {
		return 0, e
	}
	return installPair(k, t, addr, r, w, flags&abi.O_CLOEXEC != 0)
}

// installPair gives two new files descriptors and stores those at addr.
func installPair(k *kernel.Kernel, t *kernel.Task, addr uint64, r, w vfs.FileID, cloexec bool) (int64, abi.Errno) {
	c := k.Ctx(t)
	rfd, e := k.VFS.Install(c, r, 0, cloexec)
	if e != abi.OK {
		k.VFS.PutFile(w)
		return 0, e
	}
	wfd, e := k.VFS.Install(c, w, 0, cloexec)
	if e != abi.OK {
		k.VFS.Close(c, rfd)
		return 0, e
	}
	var p packer
	p.u32(uint32(rfd))
	p.u32(uint32(wfd))
	if e := k.CopyOut(t, addr, p.b); e != abi.OK {
		k.VFS.Close(c, rfd)
		k.VFS.Close(c, wfd)
		return 0, e
	}
	return 0, abi.OK
}
