package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

var _ = define(kernel.Syscall{Nr: 0, Name: "read", Man: "read(2); fs/read_write.c:ksys_read",
	Args: args(pFD("fd"), pOut("buf", 2), pUint("count")), Fn: read})

func read(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return readSpan(k, t, a.Int(0), atPosition, func() (span, abi.Errno) { return oneSpan(k, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 1, Name: "write", Man: "write(2); fs/read_write.c:ksys_write",
	Args: args(pFD("fd"), pIn("buf", 2), pUint("count")), Fn: write})

func write(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return writeSpan(k, t, a.Int(0), atPosition, func() (span, abi.Errno) { return oneSpan(k, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 17, Name: "pread64", Man: "pread(2); fs/read_write.c:ksys_pread64",
	Args: args(pFD("fd"), pOut("buf", 2), pUint("count"), pInt("pos")), Fn: pread64})

func pread64(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if int64(a[3]) < 0 {
		return 0, abi.EINVAL
	}
	return readSpan(k, t, a.Int(0), int64(a[3]), func() (span, abi.Errno) { return oneSpan(k, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 18, Name: "pwrite64", Man: "pwrite(2); fs/read_write.c:ksys_pwrite64",
	Args: args(pFD("fd"), pIn("buf", 2), pUint("count"), pInt("pos")), Fn: pwrite64})

func pwrite64(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if int64(a[3]) < 0 {
		return 0, abi.EINVAL
	}
	return writeSpan(k, t, a.Int(0), int64(a[3]), func() (span, abi.Errno) { return oneSpan(k, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 19, Name: "readv", Man: "readv(2); fs/read_write.c:do_readv",
	Args: args(pFD("fd"), pResult("iov", "iov"), pInt("iovcnt")), Fn: readv})

func readv(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return readSpan(k, t, a.Int(0), atPosition, func() (span, abi.Errno) { return iovSpan(k, t, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 20, Name: "writev", Man: "writev(2); fs/read_write.c:do_writev",
	Args: args(pFD("fd"), pStruct("iov", "iov"), pInt("iovcnt")), Fn: writev})

func writev(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return writeSpan(k, t, a.Int(0), atPosition, func() (span, abi.Errno) { return iovSpan(k, t, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 295, Name: "preadv", Man: "preadv(2); fs/read_write.c:do_preadv",
	Args: args(pFD("fd"), pResult("iov", "iov"), pInt("iovcnt"), pInt("pos_l"), pInt("pos_h")), Fn: preadv})

func preadv(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if int64(a[3]) < 0 {
		return 0, abi.EINVAL
	}
	return readSpan(k, t, a.Int(0), int64(a[3]), func() (span, abi.Errno) { return iovSpan(k, t, a[1], a[2]) })
}

var _ = define(kernel.Syscall{Nr: 296, Name: "pwritev", Man: "pwritev(2); fs/read_write.c:do_pwritev",
	Args: args(pFD("fd"), pStruct("iov", "iov"), pInt("iovcnt"), pInt("pos_l"), pInt("pos_h")), Fn: pwritev})

func pwritev(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if int64(a[3]) < 0 {
		return 0, abi.EINVAL
	}
	return writeSpan(k, t, a.Int(0), int64(a[3]), func() (span, abi.Errno) { return iovSpan(k, t, a[1], a[2]) })
}

// atPosition in place of an offset means the file's own position, which moves.
const atPosition = -1

// readSpan is vfs_read for all its callers. Linux fs/read_write.c:vfs_read, add_rchar
func readSpan(k *kernel.Kernel, t *kernel.Task, fd int32, off int64, mem func() (span, abi.Errno)) (int64, abi.Errno) {
	n, e := readAny(k, t, fd, off, mem)
	if counted(e) {
		io := &k.Process(t).IO
		io.SyscR, io.RChar = io.SyscR+1, io.RChar+uint64(n)
	}
	return n, e
}

// counted tells whether a call came as far as the file.
func counted(e abi.Errno) bool {
	switch e {
	case abi.ErrBlocked, abi.EBADF, abi.EFAULT, abi.EINVAL, abi.ESPIPE:
		return false
	}
	return true
}

// readAny looks at the descriptor first, as Linux does, and only then at the memory.
func readAny(k *kernel.Kernel, t *kernel.Task, fd int32, off int64, mem func() (span, abi.Errno)) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK {
		return 0, e
	}
	if k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_WRONLY {
		return 0, abi.EBADF
	}
	sp, e := mem()
	if e != abi.OK {
		return 0, e
	}
	if id, e := k.Unix.Of(f); e == abi.OK && off == atPosition && sp.n > 0 {
		return readSocket(k, t, f, id, sp)
	}
	if sp.n == 0 && !isDir(k, f) {
		return 0, abi.OK
	}
	if isTTY(k, f) {
		if off != atPosition {
			return 0, abi.ESPIPE
		}
		return readTTY(k, t, f, sp)
	}
	if isDevice(k, f, devNull) {
		return 0, abi.OK
	}
	return readFile(k, t, f, off, sp)
}

// readFile reads until the span is full, the file ends, or it has nothing more at the moment.
func readFile(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, off int64, sp span) (int64, abi.Errno) {
	inode, e := lockFile(k, t, f)
	if e != abi.OK {
		return 0, e
	}
	got := &t.Sys.Done
	buf := make([]byte, min(sp.n-*got, chunk))
	for *got < sp.n || sp.n == 0 {
		want, e := sp.reach(k, t, *got, min(chunk, sp.n-*got), true)
		if e != abi.OK && !atEnd(k, f, off, *got) {
			return partial(*got, e)
		}
		n, e := readOnce(k, f, off, *got, buf[:want])
		if e == abi.EAGAIN && *got == 0 && k.VFS.FileFlags(f)&abi.O_NONBLOCK == 0 {
			return 0, k.Block(t, fileDeadline(k, f), k.VFS.WaitKey(f, false))
		}
		if e != abi.OK {
			return partial(*got, e)
		}
		if e := sp.out(k, t, *got, buf[:n]); e != abi.OK {
			return partial(*got, e)
		}
		*got += uint64(n)
		if n < len(buf) || *got >= sp.n {
			break
		}
		if paused, ended := k.Pause(t, inode); paused {
			return 0, abi.ErrPaused
		} else if ended {
			break
		}
	}
	return int64(*got), abi.OK
}

// lockFile waits until nobody else is in the middle of a regular file, which is then what a long call keeps to itself.
func lockFile(k *kernel.Kernel, t *kernel.Task, f vfs.FileID) (inode uint32, e abi.Errno) {
	if fileMode(k, f) != abi.S_IFREG {
		return 0, abi.OK
	}
	inode = uint32(k.VFS.File(f).Inode)
	return inode, k.LockInode(t, inode)
}

func readOnce(k *kernel.Kernel, f vfs.FileID, off int64, got uint64, p []byte) (int, abi.Errno) {
	if off == atPosition {
		return k.VFS.Read(f, p)
	}
	return k.VFS.Pread(f, p, off+int64(got))
}

// atEnd tells whether a read there would find the end of a regular file: then a bad buffer does no harm.
func atEnd(k *kernel.Kernel, f vfs.FileID, off int64, got uint64) bool {
	attr := k.VFS.Fstat(f)
	if attr.Mode&abi.S_IFMT != abi.S_IFREG {
		return false
	}
	if off == atPosition {
		off = k.VFS.S.Files.Get(f).Pos
	}
	return off+int64(got) >= attr.Size
}

// partial is the result of a transfer that stopped: what was moved counts more than why it stopped.
func partial(n uint64, e abi.Errno) (int64, abi.Errno) {
	if n > 0 {
		return int64(n), abi.OK
	}
	return 0, e
}

// writeSpan is vfs_write for all its callers. Linux fs/read_write.c:vfs_write, add_wchar
func writeSpan(k *kernel.Kernel, t *kernel.Task, fd int32, off int64, mem func() (span, abi.Errno)) (int64, abi.Errno) {
	n, e := writeAny(k, t, fd, off, mem)
	if counted(e) {
		io := &k.Process(t).IO
		io.SyscW, io.WChar = io.SyscW+1, io.WChar+uint64(n)
	}
	return n, e
}

func writeAny(k *kernel.Kernel, t *kernel.Task, fd int32, off int64, mem func() (span, abi.Errno)) (int64, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK {
		return 0, e
	}
	if k.VFS.FileFlags(f)&abi.O_ACCMODE == abi.O_RDONLY {
		return 0, abi.EBADF
	}
	sp, e := mem()
	if e != abi.OK {
		return 0, e
	}
	if id, e := k.Unix.Of(f); e == abi.OK && off == atPosition {
		return transmit(k, t, f, id, &outgoing{sp: sp})
	}
	if sp.n == 0 {
		if isDevice(k, f, devFull) {
			return 0, abi.ENOSPC // the one device that looks at nothing
		}
		return 0, abi.OK
	}
	if isTTY(k, f) {
		if off != atPosition {
			return 0, abi.ESPIPE
		}
		if e := mayWriteTTY(k, t, f); e != abi.OK {
			return 0, e
		}
	}
	if isDevice(k, f, devNull) {
		return int64(sp.n), abi.OK // it does not even look at the bytes
	}
	return writeFile(k, t, f, off, sp)
}

// writeFile writes the whole span, going to sleep whenever a pipe or the terminal takes no more.
func writeFile(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, off int64, sp span) (int64, abi.Errno) {
	inode, e := lockFile(k, t, f)
	if e != abi.OK {
		return 0, e
	}
	for {
		want, e := sp.reach(k, t, t.Sys.Done, min(chunk, sp.n-t.Sys.Done), false)
		if e != abi.OK {
			return partial(t.Sys.Done, e)
		}
		buf := make([]byte, want)
		if e := sp.in(k, t, t.Sys.Done, buf); e != abi.OK {
			return partial(t.Sys.Done, e)
		}
		n, e := writeOnce(k, t, f, off, buf)
		t.Sys.Done += uint64(n)
		if e == abi.EAGAIN || e == abi.OK && n == 0 {
			if k.VFS.FileFlags(f)&abi.O_NONBLOCK != 0 {
				return partial(t.Sys.Done, abi.EAGAIN)
			}
			return sleep(k, t, wait.Never, k.VFS.WaitKey(f, true))
		}
		if e != abi.OK {
			if e != abi.EFBIG || t.Sys.Done == 0 { // what fits in the limit was written
				signalFailedWrite(k, t, e)
			}
			return partial(t.Sys.Done, e)
		}
		if t.Sys.Done >= sp.n {
			break
		}
		if paused, ended := k.Pause(t, inode); paused {
			return 0, abi.ErrPaused
		} else if ended {
			break
		}
	}
	return int64(t.Sys.Done), abi.OK
}

func writeOnce(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, off int64, p []byte) (int, abi.Errno) {
	if off == atPosition {
		return k.VFS.Write(k.Ctx(t), f, p)
	}
	return k.VFS.Pwrite(k.Ctx(t), f, p, off+int64(t.Sys.Done))
}

// signalFailedWrite sends the signals that go with errors of write(2) and truncate(2).
func signalFailedWrite(k *kernel.Kernel, t *kernel.Task, e abi.Errno) {
	switch {
	case e == abi.EPIPE:
		k.SendSignal(t, kernel.Siginfo{Signo: abi.SIGPIPE, Code: abi.SI_USER, PID: t.TGID, UID: t.Cred.UID})
	case e == abi.EFBIG && k.Process(t).Rlimits[abi.RLIMIT_FSIZE].Cur != abi.RLIM_INFINITY:
		k.SendSignal(t, kernel.Siginfo{Signo: abi.SIGXFSZ, Code: abi.SI_USER, PID: t.TGID, UID: t.Cred.UID})
	}
}

func fileMode(k *kernel.Kernel, f vfs.FileID) uint32 {
	return k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode).Mode & abi.S_IFMT
}

// Devices whose reads, writes, positions or mappings are not those of a file. Linux drivers/char/mem.c
const (
	devNull = 1<<8 | 3
	devZero = 1<<8 | 5
	devFull = 1<<8 | 7
	devKmsg = 1<<8 | 11
)

// isDevice tells whether an open file is the character device dev.
func isDevice(k *kernel.Kernel, f vfs.FileID, dev uint64) bool {
	in := k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode)
	return in.Mode&abi.S_IFMT == abi.S_IFCHR && in.Rdev == dev
}

func isDir(k *kernel.Kernel, f vfs.FileID) bool { return fileMode(k, f) == abi.S_IFDIR }
