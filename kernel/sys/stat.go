package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

var _ = define(kernel.Syscall{Nr: 4, Name: "stat", Man: "stat(2); fs/stat.c:newstat",
	Args: args(pPath("pathname"), pResult("statbuf", "stat")), Fn: stat})

func stat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return statAt(k, t, abi.AT_FDCWD, a[0], a[1], 0)
}

var _ = define(kernel.Syscall{Nr: 5, Name: "fstat", Man: "fstat(2); fs/stat.c:newfstat",
	Args: args(pFD("fd"), pResult("statbuf", "stat")), Fn: fstat})

func fstat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.GetAny(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	return done(putStat(k, t, a[1], k.VFS.Fstat(f)))
}

var _ = define(kernel.Syscall{Nr: 6, Name: "lstat", Man: "lstat(2); fs/stat.c:newlstat",
	Args: args(pPath("pathname"), pResult("statbuf", "stat")), Fn: lstat})

func lstat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return statAt(k, t, abi.AT_FDCWD, a[0], a[1], abi.AT_SYMLINK_NOFOLLOW)
}

var _ = define(kernel.Syscall{Nr: 262, Name: "newfstatat", Man: "fstatat(2); fs/stat.c:newfstatat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pResult("statbuf", "stat"), pFlags("flags", "at")), Fn: newfstatat})

func newfstatat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(3)&^uint32(abi.AT_SYMLINK_NOFOLLOW|abi.AT_NO_AUTOMOUNT|abi.AT_EMPTY_PATH|abi.AT_STATX_SYNC_TYPE) != 0 {
		return 0, abi.EINVAL
	}
	return statAt(k, t, a.Int(0), a[1], a[2], a.Uint(3))
}

func statAt(k *kernel.Kernel, t *kernel.Task, dirfd int32, path, buf uint64, flags uint32) (int64, abi.Errno) {
	attr, e := attrAt(k, t, dirfd, path, flags)
	if e != abi.OK {
		return 0, e
	}
	return done(putStat(k, t, buf, attr))
}

// attrAt finds a file's attributes. A NULL path with AT_EMPTY_PATH means the descriptor itself, since Linux 6.11.
func attrAt(k *kernel.Kernel, t *kernel.Task, dirfd int32, addr uint64, flags uint32) (vfs.Attr, abi.Errno) {
	path := ""
	if addr != 0 || flags&abi.AT_EMPTY_PATH == 0 {
		var e abi.Errno
		if path, e = k.CopyPath(t, addr); e != abi.OK {
			return vfs.Attr{}, e
		}
	}
	return k.VFS.Stat(k.Ctx(t), dirfd, path, flags)
}

// putStat writes struct stat, 144 bytes. Linux arch/x86/include/uapi/asm/stat.h
func putStat(k *kernel.Kernel, t *kernel.Task, addr uint64, s vfs.Attr) abi.Errno {
	var p packer
	p.u64(s.Dev)
	p.u64(s.Ino)
	p.u64(uint64(s.Nlink))
	p.u32(s.Mode)
	p.u32(s.UID)
	p.u32(s.GID)
	p.pad(4)
	p.u64(s.Rdev)
	p.i64(s.Size)
	p.u64(uint64(s.Blksize))
	p.u64(s.Blocks)
	for _, at := range []vfs.Time{s.Atime, s.Mtime, s.Ctime} {
		p.i64(at.Sec)
		p.u64(uint64(at.Nsec))
	}
	p.pad(24)
	return k.CopyOut(t, addr, p.b)
}

var _ = define(kernel.Syscall{Nr: 332, Name: "statx", Man: "statx(2); fs/stat.c:do_statx",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pFlags("flags", "at"), pFlags("mask", "statx"), pPtr("statxbuf")), Fn: statx})

func statx(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	const reserved = 1 << 31 // STATX__RESERVED
	flags := a.Uint(2)
	if a.Uint(3)&reserved != 0 || flags&abi.AT_STATX_SYNC_TYPE == abi.AT_STATX_SYNC_TYPE ||
		flags&^uint32(abi.AT_SYMLINK_NOFOLLOW|abi.AT_NO_AUTOMOUNT|abi.AT_EMPTY_PATH|abi.AT_STATX_SYNC_TYPE) != 0 {
		return 0, abi.EINVAL
	}
	attr, e := attrAt(k, t, a.Int(0), a[1], flags)
	if e != abi.OK {
		return 0, e
	}
	return done(putStatx(k, t, a[4], attr, a.Uint(3)))
}

// putStatx writes struct statx, 256 bytes. Linux include/uapi/linux/stat.h
func putStatx(k *kernel.Kernel, t *kernel.Task, addr uint64, s vfs.Attr, asked uint32) abi.Errno {
	const birth, mountID = 0x800, 0x1000
	mask := uint32(abi.STATX_BASIC_STATS | mountID)
	if s.Btime == (vfs.Time{}) || asked&birth == 0 {
		s.Btime = vfs.Time{}
	} else {
		mask |= birth
	}
	var p packer
	stamp := func(at vfs.Time) {
		p.i64(at.Sec)
		p.u32(at.Nsec)
		p.pad(4)
	}
	p.u32(mask)
	p.u32(s.Blksize)
	p.u64(0) // stx_attributes
	p.u32(s.Nlink)
	p.u32(s.UID)
	p.u32(s.GID)
	p.u16(uint16(s.Mode))
	p.pad(2)
	p.u64(s.Ino)
	p.i64(s.Size)
	p.u64(s.Blocks)
	p.u64(0) // stx_attributes_mask
	stamp(s.Atime)
	stamp(s.Btime)
	stamp(s.Ctime)
	stamp(s.Mtime)
	p.u32(vfs.Major(s.Rdev))
	p.u32(vfs.Minor(s.Rdev))
	p.u32(vfs.Major(s.Dev))
	p.u32(vfs.Minor(s.Dev))
	p.u64(s.Mount)
	p.pad(256 - len(p.b))
	return k.CopyOut(t, addr, p.b)
}

var _ = define(kernel.Syscall{Nr: 21, Name: "access", Man: "access(2); fs/open.c:do_faccessat",
	Args: args(pPath("pathname"), pFlags("mode", "access")), Fn: access})

func access(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return accessAt(k, t, abi.AT_FDCWD, a[0], a.Uint(1), 0)
}

var _ = define(kernel.Syscall{Nr: 269, Name: "faccessat", Man: "faccessat(2); fs/open.c:do_faccessat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pFlags("mode", "access")), Fn: faccessat})

func faccessat(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	return accessAt(k, t, a.Int(0), a[1], a.Uint(2), 0)
}

var _ = define(kernel.Syscall{Nr: 439, Name: "faccessat2", Man: "faccessat2(2); fs/open.c:do_faccessat",
	Args: args(pDirFD("dirfd"), pPath("pathname"), pFlags("mode", "access"), pFlags("flags", "faccessat")), Fn: faccessat2})

func faccessat2(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	if a.Uint(3)&^uint32(abi.AT_EACCESS|abi.AT_SYMLINK_NOFOLLOW|abi.AT_EMPTY_PATH) != 0 {
		return 0, abi.EINVAL
	}
	return accessAt(k, t, a.Int(0), a[1], a.Uint(2), a.Uint(3))
}

// accessAt asks with the real IDs, unless AT_EACCESS says otherwise.
func accessAt(k *kernel.Kernel, t *kernel.Task, dirfd int32, addr uint64, mode, flags uint32) (int64, abi.Errno) {
	if mode&^uint32(abi.R_OK|abi.W_OK|abi.X_OK) != 0 {
		return 0, abi.EINVAL
	}
	path, e := k.CopyPath(t, addr)
	if e != abi.OK {
		return 0, e
	}
	c := k.Ctx(t)
	if flags&abi.AT_EACCESS == 0 {
		c.UID, c.GID, c.Caps = t.Cred.UID, t.Cred.GID, t.Cred.Caps.Permitted
		if c.UID != 0 {
			c.Caps = 0 // Linux fs/open.c:access_override_creds
		}
	}
	return done(k.VFS.Access(c, dirfd, path, mode, flags&^abi.AT_EACCESS))
}

var _ = define(kernel.Syscall{Nr: 137, Name: "statfs", Man: "statfs(2); fs/statfs.c:statfs",
	Args: args(pPath("path"), pResult("buf", "statfs")), Fn: statfs})

func statfs(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	path, e := k.CopyPath(t, a[0])
	if e != abi.OK {
		return 0, e
	}
	st, e := k.VFS.Statfs(k.Ctx(t), path)
	if e != abi.OK {
		return 0, e
	}
	return done(putStatfs(k, t, a[1], st))
}

var _ = define(kernel.Syscall{Nr: 138, Name: "fstatfs", Man: "fstatfs(2); fs/statfs.c:fstatfs",
	Args: args(pFD("fd"), pResult("buf", "statfs")), Fn: fstatfs})

func fstatfs(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
	f, e := k.VFS.GetAny(k.Ctx(t), a.Int(0))
	if e != abi.OK {
		return 0, e
	}
	st, e := k.VFS.Fstatfs(f)
	if e != abi.OK {
		return 0, e
	}
	return done(putStatfs(k, t, a[1], st))
}

// putStatfs writes struct statfs, 120 bytes. Linux include/uapi/asm-generic/statfs.h
func putStatfs(k *kernel.Kernel, t *kernel.Task, addr uint64, s vfs.Statfs) abi.Errno {
	var p packer
	for _, v := range []uint64{s.Type, s.Bsize, s.Blocks, s.Bfree, s.Bavail, s.Files, s.Ffree, s.Fsid, s.Namelen, s.Frsize, s.Flags} {
		p.u64(v)
	}
	p.pad(32)
	return k.CopyOut(t, addr, p.b)
}
