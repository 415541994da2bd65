package sys

import (
	"fmt"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 16, Name: "ioctl", Man: "ioctl(2); fs/ioctl.c:do_vfs_ioctl", Missing: "requests of devices that are not here",
	Args: args(pFD("fd"), pFlags("request", "ioctl"), pResult("argp", "tty")), Fn: ioctl})

func ioctl(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	c, fd, cmd, arg := k.Ctx(t), a.Int(0), a.Uint(1), a[2]
	f, e := k.VFS.Get(c, fd)
	if e != abi.OK {
		return 0, e
	}
	switch cmd {
	case abi.FIOCLEX, abi.FIONCLEX:
		return done(k.VFS.SetCloexec(c, fd, cmd == abi.FIOCLEX))
	case abi.FIONBIO:
		return setNonblock(k, t, f, arg)
	case abi.FIOASYNC:
		return setAsync(k, t, f, fd, arg)
	}
	if isTTY(k, f) {
		return ttyIoctl(k, t, f, cmd, arg)
	}
	if cmd == abi.FIONREAD {
		if n, ok := unread(k, f); ok {
			return done(k.WriteU32(t, arg, n))
		}
	}
	if n, e, ok := fileIoctl(k, t, f, cmd, arg); ok {
		return n, e
	}
	n, e := k.VFS.Ioctl(f, cmd, arg, userMemory{k, t})
	if e == abi.ErrNoIoctlCmd {
		e = abi.ENOTTY
	}
	if e == abi.ENOTTY && !askedOfAll(cmd) {
		k.Lacks(t, "ioctl %#x of %s", cmd, fileKind(k, f))
	}
	return n, e
}

// fileKind names what an open file is, for the log.
func fileKind(k *kernel.Kernel, f vfs.FileID) string {
	switch in := k.VFS.S.Inodes.Get(k.VFS.S.Files.Get(f).Inode); in.Mode & abi.S_IFMT {
	case abi.S_IFREG:
		return "a file"
	case abi.S_IFDIR:
		return "a directory"
	case abi.S_IFIFO:
		return "a pipe"
	case abi.S_IFSOCK:
		return "a socket"
	case abi.S_IFCHR, abi.S_IFBLK:
		return fmt.Sprintf("device %d:%d", vfs.Major(in.Rdev), vfs.Minor(in.Rdev))
	}
	return "an anonymous file"
}

// askedOfAll tells of requests that programs make of any file to learn what it is: no answer is the answer.
func askedOfAll(cmd uint32) bool {
	switch cmd {
	case abi.TCGETS, abi.TIOCGWINSZ, abi.TIOCGPGRP, abi.TIOCSPGRP, abi.FIONREAD:
		return true
	}
	return false
}

// userMemory is a task's memory as drivers see it.
type userMemory struct {
	k *kernel.Kernel
	t *kernel.Task
}

func (m userMemory) CopyIn(p []byte, addr uint64) abi.Errno  { return m.k.CopyIn(m.t, addr, p) }
func (m userMemory) CopyOut(addr uint64, p []byte) abi.Errno { return m.k.CopyOut(m.t, addr, p) }

// setAsync is FIOASYNC: O_ASYNC by another name.
func setAsync(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, fd int32, arg uint64) (int64, abi.Errno) {
	on, e := k.ReadU32(t, arg)
	if e != abi.OK {
		return 0, e
	}
	flags := k.VFS.FileFlags(f) &^ abi.O_ASYNC
	if on != 0 {
		flags |= abi.O_ASYNC
	}
	return done(k.VFS.SetFileFlags(f, flags, fd))
}

func setNonblock(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, arg uint64) (int64, abi.Errno) {
	on, e := k.ReadU32(t, arg)
	if e != abi.OK {
		return 0, e
	}
	flags := k.VFS.FileFlags(f) &^ abi.O_NONBLOCK
	if on != 0 {
		flags |= abi.O_NONBLOCK
	}
	return done(k.VFS.SetFileFlags(f, flags, -1))
}

// unread is FIONREAD for regular files and pipes.
func unread(k *kernel.Kernel, f vfs.FileID) (uint32, bool) {
	file := k.VFS.S.Files.Get(f)
	in := k.VFS.S.Inodes.Get(file.Inode)
	if p := k.VFS.S.Pipes.Get(in.Pipe); p != nil {
		return p.Count(), true
	}
	if in.Mode&abi.S_IFMT == abi.S_IFREG {
		return uint32(int64(in.Size) - file.Pos), true
	}
	return 0, false
}
