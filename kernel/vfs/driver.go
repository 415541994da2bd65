package vfs

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/wait"
)

// FSKind names a file system type.
type FSKind uint8

// The file system types.
const (
	NoFS FSKind = iota
	Ext2
	Proc
	Devtmpfs
	Tmpfs
	BinfmtMisc
	Devpts
	Sysfs
	Anon   // pipes and other files without a place in the tree
	Memory // files of memfd_create, which have none either
	NumFS
)

// FileSystem is what a file system does with inodes and pages. Methods get the inode by pointer and never make one.
// Embed ReadOnly for what a file system cannot do.
type FileSystem interface {
	// Name is the word of mount(2) and /proc/filesystems; NoDev tells that it needs no device.
	Name() string
	NoDev() bool
	// Mount fills sb and returns the number of the root inode.
	Mount(v *VFS, sb *SuperBlock) (uint64, abi.Errno)
	// Unmount follows a last Sync.
	Unmount(v *VFS, sb *SuperBlock)
	// ReadInode fills in from in.SB and in.Ino; WriteInode stores it; EvictInode frees it when it has no links left.
	ReadInode(v *VFS, in *Inode) abi.Errno
	WriteInode(v *VFS, in *Inode) abi.Errno
	EvictInode(v *VFS, in *Inode)
	// Lookup finds a name in a directory.
	Lookup(v *VFS, dir *Inode, name string) (uint64, abi.Errno)
	// Stable tells whether names of the directory change only through this interface (false: look again each time).
	Stable(v *VFS, dir *Inode) bool
	// Readdir calls emit from position pos on until it returns false; next is the position after the entry.
	Readdir(v *VFS, dir *Inode, pos int64, emit func(name string, ino uint64, dtype uint8, next int64) bool) abi.Errno
	Readlink(v *VFS, in *Inode) (string, abi.Errno)
	// Create makes an inode of n's mode, owner, device and target and a name for it; Link makes another name;
	// Unlink removes one (a directory's too, known to be empty). Nlink and times are the VFS's affair, except a directory's "..".
	Create(v *VFS, dir *Inode, name string, n *NewInode) (uint64, abi.Errno)
	Link(v *VFS, dir *Inode, name string, in *Inode) abi.Errno
	Unlink(v *VFS, dir *Inode, name string, in *Inode) abi.Errno
	// Replace makes the existing name mean in; Reparent makes a moved directory's ".." mean dir.
	Replace(v *VFS, dir *Inode, name string, in *Inode) abi.Errno
	Reparent(v *VFS, in, dir *Inode) abi.Errno
	// Empty tells whether a directory has only "." and "..".
	Empty(v *VFS, dir *Inode) (bool, abi.Errno)
	// ReadPage and WritePage move one page between the cache and the device; Reserve makes sure that bytes
	// [off, off+n) have a place there; Truncate frees what lies after size.
	ReadPage(v *VFS, in *Inode, index uint64, p []byte) abi.Errno
	WritePage(v *VFS, in *Inode, index uint64, p []byte) abi.Errno
	Reserve(v *VFS, in *Inode, off, n uint64) abi.Errno
	Truncate(v *VFS, in *Inode, size uint64) abi.Errno
	Statfs(v *VFS, sb *SuperBlock, st *Statfs) abi.Errno
	// Sync stores what the driver itself keeps; pages and inodes were written before, the device's pages are written after.
	Sync(v *VFS, sb *SuperBlock) abi.Errno
	// FileOps returns how files of this inode behave when they are not plain pages or directories; nil otherwise.
	FileOps(v *VFS, in *Inode) FileOps
}

// Optioned is what a FileSystem may also be: one with options of its own, which /proc/mounts shows, each after a comma.
type Optioned interface{ Options(sb *SuperBlock) string }

// Remounter is what a FileSystem may also be: one whose own options can be changed.
type Remounter interface {
	Remount(v *VFS, sb *SuperBlock, data string) abi.Errno
}

// NewInode describes an inode to be made.
type NewInode struct {
	Mode     uint32
	UID, GID uint32
	Rdev     uint64
	Target   string // symbolic links
	Time     Time
}

// FileOps is how a device or a generated file behaves. Not ready is abi.EAGAIN. Linux struct file_operations
type FileOps interface {
	Open(v *VFS, f *File, in *Inode) abi.Errno
	Release(v *VFS, f *File, in *Inode)
	Read(v *VFS, f *File, in *Inode, p []byte, off int64) (int, abi.Errno)
	Write(v *VFS, f *File, in *Inode, p []byte, off int64) (int, abi.Errno)
	Ioctl(v *VFS, f *File, in *Inode, cmd uint32, arg uint64, um User) (int64, abi.Errno)
	Poll(v *VFS, f *File, in *Inode) uint32
	WaitKey(v *VFS, f *File, in *Inode, write bool) wait.Key
	// Seekable tells whether the file has positions (Lseek, Pread); a terminal has not.
	Seekable(in *Inode) bool
}

// Sized is what FileOps may also be: a device with an end, which stat(2) does not tell. Less than 0 is no end, from which
// lseek(2) cannot count.
type Sized interface{ DeviceSize(in *Inode) int64 }

// User is the caller's memory, for ioctl(2).
type User interface {
	CopyIn(p []byte, addr uint64) abi.Errno
	CopyOut(addr uint64, p []byte) abi.Errno
}

// Host is what the kernel gives: the time of day and wake-ups.
type Host interface {
	Now() Time
	Wake(k wait.Key)
	// Unmap takes pages of object obj from index first on out of all address spaces: the file was cut short.
	Unmap(obj uint32, first uint64)
}

// Privileged is what a Host may also be: it tells whether who runs may use what is reserved for root.
type Privileged interface{ Privileged() bool }

// FrameSource hands out frames for the page cache. mm.Frames is one; tools and tests use NewFrames.
type FrameSource interface {
	// AllocPageCache takes a frame for page index of object obj, with one reference; false when none is free.
	AllocPageCache(obj uint32, index uint64) (mem.Frame, bool)
	GetFrame(f mem.Frame)
	PutFrame(f mem.Frame)
	RefCount(f mem.Frame) int32
	// MarkAccessed notes that a cached page was used, so that others leave memory first.
	MarkAccessed(f mem.Frame)
}
