package vfs

import "vitrine/kernel/abi"

// anonFS is the file system of nameless inodes: pipes.
type anonFS struct{ ReadOnly }

func (anonFS) Name() string { return "pipefs" }
func (anonFS) NoDev() bool  { return true }

// Statfs says PIPEFS_MAGIC. statfs(2)
func (anonFS) Statfs(v *VFS, sb *SuperBlock, st *Statfs) abi.Errno {
	*st = Statfs{Type: 0x50495045, Bsize: PageSize, Frsize: PageSize, Namelen: nameMax}
	return abi.OK
}

// ReadOnly is what a file system answers to everything it cannot do. Embed it and define the rest.
type ReadOnly struct{}

// Mount and the following methods are the defaults of FileSystem.
func (ReadOnly) Mount(v *VFS, sb *SuperBlock) (uint64, abi.Errno) { return 0, abi.ENODEV }

func (ReadOnly) Unmount(v *VFS, sb *SuperBlock)                 {}
func (ReadOnly) ReadInode(v *VFS, in *Inode) abi.Errno          { return abi.EIO }
func (ReadOnly) WriteInode(v *VFS, in *Inode) abi.Errno         { return abi.OK }
func (ReadOnly) EvictInode(v *VFS, in *Inode)                   {}
func (ReadOnly) Stable(v *VFS, dir *Inode) bool                 { return true }
func (ReadOnly) Empty(v *VFS, dir *Inode) (bool, abi.Errno)     { return false, abi.OK }
func (ReadOnly) Sync(v *VFS, sb *SuperBlock) abi.Errno          { return abi.OK }
func (ReadOnly) FileOps(v *VFS, in *Inode) FileOps              { return nil }
func (ReadOnly) Reparent(v *VFS, in, dir *Inode) abi.Errno      { return abi.EPERM }
func (ReadOnly) Readlink(v *VFS, in *Inode) (string, abi.Errno) { return "", abi.EINVAL }

// Lookup finds nothing.
func (ReadOnly) Lookup(v *VFS, dir *Inode, name string) (uint64, abi.Errno) { return 0, abi.ENOENT }

// Readdir lists nothing.
func (ReadOnly) Readdir(v *VFS, dir *Inode, pos int64, emit func(string, uint64, uint8, int64) bool) abi.Errno {
	return abi.OK
}

// Create, Link, Unlink and Replace are refused as Linux refuses them where there is no such inode operation.
func (ReadOnly) Create(v *VFS, dir *Inode, name string, n *NewInode) (uint64, abi.Errno) {
	if n.Mode&abi.S_IFMT == abi.S_IFREG {
		return 0, abi.EACCES
	}
	return 0, abi.EPERM
}
func (ReadOnly) Link(v *VFS, dir *Inode, name string, in *Inode) abi.Errno    { return abi.EPERM }
func (ReadOnly) Unlink(v *VFS, dir *Inode, name string, in *Inode) abi.Errno  { return abi.EPERM }
func (ReadOnly) Replace(v *VFS, dir *Inode, name string, in *Inode) abi.Errno { return abi.EPERM }

// ReadPage and its like are not reached for inodes without pages.
func (ReadOnly) ReadPage(v *VFS, in *Inode, index uint64, p []byte) abi.Errno  { return abi.EIO }
func (ReadOnly) WritePage(v *VFS, in *Inode, index uint64, p []byte) abi.Errno { return abi.EIO }
func (ReadOnly) Reserve(v *VFS, in *Inode, off, n uint64) abi.Errno            { return abi.EIO }
func (ReadOnly) Truncate(v *VFS, in *Inode, size uint64) abi.Errno             { return abi.OK }
