package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

var _ = define(kernel.Syscall{Nr: 217, Name: "getdents64", Man: "getdents64(2); fs/readdir.c:getdents64",
	Args: args(pFD("fd"), pResult("dirp", "dirents"), pUint("count")), Fn: getdents64})

func getdents64(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	b, e := dirents(k, t, a.Int(0), a.Uint(2))
	if e != abi.OK {
		return 0, e
	}
	return int64(len(b)), k.CopyOut(t, a[1], b)
}

// dirents reads directory entries in the layout of getdents64.
func dirents(k *kernel.Kernel, t *kernel.Task, fd int32, count uint32) ([]byte, abi.Errno) {
	f, e := k.VFS.Get(k.Ctx(t), fd)
	if e != abi.OK {
		return nil, e
	}
	if !isDir(k, f) {
		return nil, abi.ENOTDIR
	}
	buf := make([]byte, min(count, chunk))
	n, e := k.VFS.Getdents64(f, buf)
	if e != abi.OK {
		return nil, e
	}
	return buf[:n], abi.OK
}

var _ = define(kernel.Syscall{Nr: 78, Name: "getdents", Man: "getdents(2); fs/readdir.c:getdents",
	Args: args(pFD("fd"), pPtr("dirp"), pUint("count")), Fn: getdents})

// getdents is the older layout: no d_type behind d_reclen, but in the last byte of the record. An old record is as
// long as a new one or 8 bytes shorter, so that what fits there fits here.
func getdents(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	b, e := dirents(k, t, a.Int(0), a.Uint(2))
	if e != abi.OK {
		return 0, e
	}
	var out []byte
	for len(b) > 0 {
		reclen := binary.LittleEndian.Uint16(b[16:])
		name := b[19:reclen]
		for i, c := range name {
			if c == 0 {
				name = name[:i]
				break
			}
		}
		rec := make([]byte, (18+len(name)+2+7)&^7)
		copy(rec, b[:16])
		binary.LittleEndian.PutUint16(rec[16:], uint16(len(rec)))
		copy(rec[18:], name)
		rec[len(rec)-1] = b[18]
		out = append(out, rec...)
		b = b[reclen:]
	}
	return int64(len(out)), k.CopyOut(t, a[1], out)
}

// withPath reads the path of a call and hands it on.
func withPath(k *kernel.Kernel, t *kernel.Task, addr uint64, fn func(path string) abi.Errno) (int64, abi.Errno) {
	path, e := k.CopyPath(t, addr)
	if e != abi.OK {
		return 0, e
	}
	return done(fn(path))
}

func withPaths(k *kernel.Kernel, t *kernel.Task, old, new uint64, fn func(old, new string) abi.Errno) (int64, abi.Errno) {
	from, e := k.CopyPath(t, old)
	if e != abi.OK {
		return 0, e
	}
	to, e := k.CopyPath(t, new)
	if e != abi.OK {
		return 0, e
	}
	return done(fn(from, to))
}

var _ = define(kernel.Syscall{Nr: 83, Name: "mkdir", Man: "mkdir(2); fs/namei.c:do_mkdirat",
	Args: args(pPath("pathname"), pOct("mode")), Fn: mkdir})

func mkdir(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno { return k.VFS.Mkdir(k.Ctx(t), abi.AT_FDCWD, p, a.Uint(1)) })
}

var _ = define(kernel.Syscall{Nr: 258, Name: "mkdirat", Man: "mkdirat(2); fs/namei.c:do_mkdirat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pOct("mode")), Fn: mkdirat})

func mkdirat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[1], func(p string) abi.Errno { return k.VFS.Mkdir(k.Ctx(t), a.Int(0), p, a.Uint(2)) })
}

var _ = define(kernel.Syscall{Nr: 84, Name: "rmdir", Man: "rmdir(2); fs/namei.c:do_rmdir",
	Args: args(pPath("pathname")), Fn: rmdir})

func rmdir(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno { return k.VFS.Rmdir(k.Ctx(t), abi.AT_FDCWD, p) })
}

var _ = define(kernel.Syscall{Nr: 87, Name: "unlink", Man: "unlink(2); fs/namei.c:do_unlinkat",
	Args: args(pPath("pathname")), Fn: unlink})

func unlink(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno { return k.VFS.Unlink(k.Ctx(t), abi.AT_FDCWD, p) })
}

var _ = define(kernel.Syscall{Nr: 263, Name: "unlinkat", Man: "unlinkat(2); fs/namei.c:unlinkat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pFlags("flags", "unlinkat")), Fn: unlinkat})

func unlinkat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(2)&^uint32(abi.AT_REMOVEDIR) != 0 {
		return 0, abi.EINVAL
	}
	return withPath(k, t, a[1], func(p string) abi.Errno {
		if a.Uint(2) != 0 {
			return k.VFS.Rmdir(k.Ctx(t), a.Int(0), p)
		}
		return k.VFS.Unlink(k.Ctx(t), a.Int(0), p)
	})
}

var _ = define(kernel.Syscall{Nr: 82, Name: "rename", Man: "rename(2); fs/namei.c:do_renameat2",
	Args: args(pPath("oldpath"), pPath("newpath")), Fn: rename})

func rename(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPaths(k, t, a[0], a[1], func(old, new string) abi.Errno {
		return k.VFS.Rename(k.Ctx(t), abi.AT_FDCWD, old, abi.AT_FDCWD, new, 0)
	})
}

var _ = define(kernel.Syscall{Nr: 264, Name: "renameat", Man: "renameat(2); fs/namei.c:do_renameat2",
	Args: args(pDirFD("olddirfd"), pPath("oldpath"), pDirFD("newdirfd"), pPath("newpath")), Fn: renameat})

func renameat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPaths(k, t, a[1], a[3], func(old, new string) abi.Errno {
		return k.VFS.Rename(k.Ctx(t), a.Int(0), old, a.Int(2), new, 0)
	})
}

var _ = define(kernel.Syscall{Nr: 316, Name: "renameat2", Man: "renameat2(2); fs/namei.c:do_renameat2",
	Args: args(pDirFD("olddirfd"), pPath("oldpath"), pDirFD("newdirfd"), pPath("newpath"), pFlags("flags", "rename")), Fn: renameat2})

func renameat2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	flags := a.Uint(4)
	if flags&^uint32(abi.RENAME_NOREPLACE|abi.RENAME_EXCHANGE|abi.RENAME_WHITEOUT) != 0 ||
		flags&abi.RENAME_EXCHANGE != 0 && flags != abi.RENAME_EXCHANGE {
		return 0, abi.EINVAL
	}
	return withPaths(k, t, a[1], a[3], func(old, new string) abi.Errno {
		return k.VFS.Rename(k.Ctx(t), a.Int(0), old, a.Int(2), new, flags)
	})
}

var _ = define(kernel.Syscall{Nr: 86, Name: "link", Man: "link(2); fs/namei.c:do_linkat",
	Args: args(pPath("oldpath"), pPath("newpath")), Fn: link})

func link(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPaths(k, t, a[0], a[1], func(old, new string) abi.Errno {
		return k.VFS.Link(k.Ctx(t), abi.AT_FDCWD, old, abi.AT_FDCWD, new, 0)
	})
}

var _ = define(kernel.Syscall{Nr: 265, Name: "linkat", Man: "linkat(2); fs/namei.c:do_linkat",
	Args: args(pDirFD("olddirfd"), pPath("oldpath"), pDirFD("newdirfd"), pPath("newpath"), pFlags("flags", "at")), Fn: linkat})

func linkat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(4)&^uint32(abi.AT_SYMLINK_FOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return withPaths(k, t, a[1], a[3], func(old, new string) abi.Errno {
		return k.VFS.Link(k.Ctx(t), a.Int(0), old, a.Int(2), new, a.Uint(4))
	})
}

var _ = define(kernel.Syscall{Nr: 88, Name: "symlink", Man: "symlink(2); fs/namei.c:do_symlinkat",
	Args: args(pPath("target"), pPath("linkpath")), Fn: symlink})

func symlink(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPaths(k, t, a[0], a[1], func(target, path string) abi.Errno {
		return k.VFS.Symlink(k.Ctx(t), target, abi.AT_FDCWD, path)
	})
}

var _ = define(kernel.Syscall{Nr: 266, Name: "symlinkat", Man: "symlinkat(2); fs/namei.c:do_symlinkat",
	Args: args(pPath("target"), pDirFD("newdirfd"), pPath("linkpath")), Fn: symlinkat})

func symlinkat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPaths(k, t, a[0], a[2], func(target, path string) abi.Errno {
		return k.VFS.Symlink(k.Ctx(t), target, a.Int(1), path)
	})
}

var _ = define(kernel.Syscall{Nr: 89, Name: "readlink", Man: "readlink(2); fs/stat.c:do_readlinkat",
	Args: args(pPath("pathname"), pOut("buf", 2), pUint("bufsiz")), Fn: readlink})

func readlink(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return readlinkAt(k, t, abi.AT_FDCWD, a[0], a[1], a.Int(2))
}

var _ = define(kernel.Syscall{Nr: 267, Name: "readlinkat", Man: "readlinkat(2); fs/stat.c:do_readlinkat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pOut("buf", 3), pUint("bufsiz")), Fn: readlinkat})

func readlinkat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return readlinkAt(k, t, a.Int(0), a[1], a[2], a.Int(3))
}

func readlinkAt(k *kernel.Kernel, t *kernel.Task, dirfd int32, path, buf uint64, size int32) (int64, abi.Errno) {
	if size <= 0 {
		return 0, abi.EINVAL
	}
	name, e := k.CopyPath(t, path)
	if e != abi.OK {
		return 0, e
	}
	target, e := k.VFS.Readlink(k.Ctx(t), dirfd, name)
	if e != abi.OK {
		return 0, e
	}
	target = target[:min(len(target), int(size))]
	return int64(len(target)), k.CopyOut(t, buf, []byte(target))
}

var _ = define(kernel.Syscall{Nr: 133, Name: "mknod", Man: "mknod(2); fs/namei.c:do_mknodat",
	Args: args(pPath("pathname"), pOct("mode"), pHex("dev")), Fn: mknod})

func mknod(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return mknodAt(k, t, abi.AT_FDCWD, a[0], a.Uint(1), a.Uint(2))
}

var _ = define(kernel.Syscall{Nr: 259, Name: "mknodat", Man: "mknodat(2); fs/namei.c:do_mknodat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pOct("mode"), pHex("dev")), Fn: mknodat})

func mknodat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return mknodAt(k, t, a.Int(0), a[1], a.Uint(2), a.Uint(3))
}

func mknodAt(k *kernel.Kernel, t *kernel.Task, dirfd int32, addr uint64, mode, dev uint32) (int64, abi.Errno) {
	switch mode & abi.S_IFMT {
	case 0, abi.S_IFREG, abi.S_IFIFO, abi.S_IFSOCK:
	case abi.S_IFCHR, abi.S_IFBLK:
		if !t.Capable(abi.CAP_MKNOD) {
			return 0, abi.EPERM
		}
	case abi.S_IFDIR:
		return 0, abi.EPERM
	default:
		return 0, abi.EINVAL
	}
	return withPath(k, t, addr, func(p string) abi.Errno { return k.VFS.Mknod(k.Ctx(t), dirfd, p, mode, uint64(dev)) })
}

var _ = define(kernel.Syscall{Nr: 80, Name: "chdir", Man: "chdir(2); fs/open.c:chdir",
	Args: args(pPath("path")), Fn: chdir})

func chdir(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno { return k.VFS.Chdir(k.Ctx(t), p) })
}

var _ = define(kernel.Syscall{Nr: 81, Name: "fchdir", Man: "fchdir(2); fs/open.c:fchdir",
	Args: args(pFD("fd")), Fn: fchdir})

func fchdir(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return done(k.VFS.Fchdir(k.Ctx(t), a.Int(0)))
}

var _ = define(kernel.Syscall{Nr: 161, Name: "chroot", Man: "chroot(2); fs/open.c:chroot",
	Args: args(pPath("path")), Fn: chroot})

func chroot(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return withPath(k, t, a[0], func(p string) abi.Errno {
		if !t.Capable(abi.CAP_SYS_CHROOT) {
			return abi.EPERM
		}
		return k.VFS.Chroot(k.Ctx(t), p)
	})
}

var _ = define(kernel.Syscall{Nr: 79, Name: "getcwd", Man: "getcwd(2); fs/d_path.c:getcwd",
	Args: args(pOut("buf", 1), pUint("size")), Fn: getcwd})

func getcwd(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	path, e := k.VFS.Getcwd(k.Ctx(t))
	if e != abi.OK {
		return 0, e
	}
	if uint64(len(path)+1) > a[1] {
		return 0, abi.ERANGE
	}
	return int64(len(path) + 1), k.CopyOut(t, a[0], append([]byte(path), 0))
}
