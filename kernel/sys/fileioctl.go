package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Requests of ioctl(2) that any file system has an answer to. Linux include/uapi/linux/fs.h, fiemap.h
const (
	figetbsz       = 2
	ficlone        = 0x40049409
	ficloneRange   = 0x4020940d
	fidedupeRange  = 0xc0189436
	fsIocFiemap    = 0xc020660b
	fsIocGetflags  = 0x80086601
	fsIocSetflags  = 0x40086602
	fsFlagsVisible = 0x0003dfff // EXT2_FL_USER_VISIBLE
)

// fileIoctl serves them for files and directories; ok is false for other requests. Nothing is shared between files, so there
// is nothing to clone, and flags that nobody would obey cannot be set. Linux fs/ioctl.c:do_vfs_ioctl
func fileIoctl(k *kernel.Kernel, t *kernel.Task, f vfs.FileID, cmd uint32, arg uint64) (n int64, e abi.Errno, ok bool) {
	in := k.VFS.Inode(k.VFS.File(f).Inode)
	sb := k.VFS.Super(in.SB)
	if !in.IsReg() && !in.IsDir() {
		return 0, abi.OK, false
	}
	switch cmd {
	case figetbsz:
		return 0, k.WriteU32(t, arg, sb.BlockSize), true
	case ficlone:
		if _, e := k.VFS.Get(k.Ctx(t), int32(arg)); e != abi.OK {
			return 0, e, true
		}
		return 0, abi.EOPNOTSUPP, true
	case ficloneRange, fidedupeRange, fsIocFiemap:
		return 0, abi.EOPNOTSUPP, true
	}
	if sb.Kind != vfs.Ext2 && sb.Kind != vfs.Tmpfs {
		return 0, abi.OK, false
	}
	switch cmd {
	case fsIocGetflags:
		return 0, k.WriteU32(t, arg, in.Flags&fsFlagsVisible), true
	case fsIocSetflags:
		flags, e := k.ReadU32(t, arg)
		if e == abi.OK && flags != in.Flags&fsFlagsVisible {
			k.Lacks(t, "setting file flags %#x", flags)
			e = abi.EOPNOTSUPP
		}
		return 0, e, true
	}
	return 0, abi.OK, false
}
