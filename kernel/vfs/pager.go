package vfs

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// The pager's side of the page cache. Package mm calls an inode that is mapped an object.

// PageIn returns the frame of a page of an object with one more reference. Past the end of the file it is EFAULT,
// which the fault handler turns into SIGBUS. Linux mm/filemap.c:filemap_fault
func (v *VFS) PageIn(obj uint32, index uint64) (mem.Frame, abi.Errno) {
	in := v.inode(InodeID(obj))
	if in == nil || index >= pagesOf(in.Size) {
		return 0, abi.EFAULT
	}
	f, err := v.page(InodeID(obj), index)
	if err != abi.OK {
		return 0, err
	}
	v.frames.GetFrame(f)
	return f, abi.OK
}

// pagesOf is how many pages hold size bytes.
func pagesOf(size uint64) uint64 { return (size + PageSize - 1) / PageSize }

// ObjGet takes a reference of an object.
func (v *VFS) ObjGet(obj uint32) { v.inode(InodeID(obj)).Refs++ }

// ObjPut drops one.
func (v *VFS) ObjPut(obj uint32) { v.iput(InodeID(obj)) }

// DenyWrite takes a reference of a file that is being executed: it cannot be opened for writing (ETXTBSY).
// Linux include/linux/fs.h:deny_write_access
func (v *VFS) DenyWrite(obj uint32) {
	v.ObjGet(obj)
	v.inode(InodeID(obj)).Writers--
}

// AllowWrite undoes DenyWrite.
func (v *VFS) AllowWrite(obj uint32) {
	v.inode(InodeID(obj)).Writers++
	v.ObjPut(obj)
}

// Size of an object in bytes.
func (v *VFS) Size(obj uint32) uint64 { return v.inode(InodeID(obj)).Size }

// Dirty is told before a shared mapping of a page becomes writable: the file system makes room for it, and the page
// counts as dirty for as long as it is mapped. Linux vm_operations_struct.page_mkwrite
func (v *VFS) Dirty(obj uint32, index uint64) {
	in := v.inode(InodeID(obj))
	at, found := in.pageAt(index)
	if !found {
		return
	}
	n := min(PageSize, in.Size-index*PageSize)
	v.frames.GetFrame(in.Pages[at].Frame)
	f := in.Pages[at].Frame
	err := v.driver(in).Reserve(v, in, index*PageSize, n)
	v.frames.PutFrame(f)
	if err != abi.OK {
		return // a full disk: the page stays a private matter of the cache, as data lost on ENOSPC is on Linux
	}
	v.setDirty(in, index)
	if at, found := in.pageAt(index); found {
		in.Pages[at].Mkw = true
	}
	v.touch(in, touchM|touchC)
}

// Object is the object of an open file for mmap(2), ENODEV when it cannot be mapped. No reference is taken.
func (v *VFS) Object(f FileID) (uint32, abi.Errno) {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	if !in.IsReg() || v.driver(in).FileOps(v, in) != nil {
		return 0, abi.ENODEV
	}
	return uint32(file.Inode), abi.OK
}

// Cached tells whether a page of an object is in memory. mincore(2)
func (v *VFS) Cached(obj uint32, index uint64) bool {
	in := v.inode(InodeID(obj))
	at, found := in.pageAt(index)
	return found && in.Pages[at].Swap == 0
}
