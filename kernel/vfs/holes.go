package vfs

import "vitrine/kernel/abi"

// Holes is what a FileSystem may also be: it knows where files have no contents, and can make it so.
type Holes interface {
	// NextData is the first offset from off on, and below the file's size, that has contents; false when there is none.
	NextData(v *VFS, in *Inode, off uint64) (uint64, bool, abi.Errno)
	// NextHole is the first offset from off on that has none: at the latest the file's end.
	NextHole(v *VFS, in *Inode, off uint64) (uint64, abi.Errno)
	// Punch frees what lies whole within bytes [off, end).
	Punch(v *VFS, in *Inode, off, end uint64) abi.Errno
	// Preallocates tells whether fallocate(2) can reserve room in a file of this type.
	Preallocates() bool
}

// seekHole is lseek(2) with SEEK_DATA and SEEK_HOLE: a file system that knows nothing of holes says that there is one, at
// the end. Linux mm/filemap.c:mapping_seek_hole_data, fs/iomap/seek.c
func (v *VFS) seekHole(in *Inode, off, size int64, hole bool) (int64, abi.Errno) {
	if off < 0 || off >= size {
		return 0, abi.ENXIO
	}
	h, ok := v.driver(in).(Holes)
	switch {
	case !ok && hole:
		return size, abi.OK
	case !ok:
		return off, abi.OK
	case hole:
		at, err := h.NextHole(v, in, uint64(off))
		return min(int64(at), size), err
	}
	at, found, err := h.NextData(v, in, uint64(off))
	if err == abi.OK && (!found || int64(at) >= size) {
		err = abi.ENXIO
	}
	return int64(at), err
}

// memoryOnly tells whether the cache is all there is of a file: tmpfs.
func (v *VFS) memoryOnly(in *Inode) bool {
	h, ok := v.driver(in).(Holes)
	return ok && h.Preallocates()
}

// Modes of fallocate(2). Linux include/uapi/linux/falloc.h
const (
	fallocKeepSize = 1
	fallocPunch    = 2
	fallocKnown    = 0x7b // all modes of Linux 6.1
)

// Fallocate reserves room for a part of a file, or makes a hole of it. What else Linux can do needs extents.
// fallocate(2); Linux fs/open.c:vfs_fallocate, mm/shmem.c:shmem_fallocate
func (v *VFS) Fallocate(c *Ctx, f FileID, mode uint32, off, n int64) abi.Errno {
	file := v.S.Files.Get(f)
	in := v.inode(file.Inode)
	switch {
	case off < 0 || n <= 0:
		return abi.EINVAL
	case mode&^fallocKnown != 0, mode&fallocPunch != 0 && mode&fallocKeepSize == 0:
		return abi.EOPNOTSUPP
	case !file.writes():
		return abi.EBADF
	case in.Mode&abi.S_IFMT == abi.S_IFIFO:
		return abi.ESPIPE
	case in.IsDir():
		return abi.EISDIR
	case !in.IsReg():
		return abi.ENODEV
	case off+n < 0 || off+n > maxFile:
		return abi.EFBIG
	}
	h, ok := v.driver(in).(Holes)
	switch {
	case ok && mode == fallocPunch|fallocKeepSize:
		return v.punch(h, file.Inode, uint64(off), uint64(off+n))
	case ok && mode&^fallocKeepSize == 0 && h.Preallocates():
		return v.preallocate(c, file.Inode, uint64(off), uint64(off+n), mode&fallocKeepSize != 0)
	}
	return abi.EOPNOTSUPP
}

// punch makes bytes [off, end) of a file a hole: pages within leave the cache and every address space, the parts of pages
// at its ends become zero. Linux mm/truncate.c:truncate_pagecache_range
func (v *VFS) punch(h Holes, id InodeID, off, end uint64) abi.Errno {
	in := v.inode(id)
	if v.seals(in)&sealNoWrite != 0 {
		return abi.EPERM
	}
	first, last := pagesOf(off), end/PageSize // whole pages: [first, last)
	if stop := min(end, in.Size); off < stop {
		if err := v.zeroRange(h, id, off, min(stop, first*PageSize)); err != abi.OK {
			return err
		}
		if last >= first {
			if err := v.zeroRange(h, id, max(off, last*PageSize), stop); err != abi.OK {
				return err
			}
		}
	}
	v.host.Unmap(uint32(id), first)
	v.dropRange(id, first, last)
	in = v.inode(id)
	v.touch(in, touchM|touchC)
	return h.Punch(v, in, off, end)
}

// zeroRange clears bytes within one page, if the page has contents.
func (v *VFS) zeroRange(h Holes, id InodeID, off, end uint64) abi.Errno {
	if off >= end {
		return abi.OK
	}
	page := off / PageSize * PageSize
	if at, found, err := h.NextData(v, v.inode(id), page); err != abi.OK || !found || at >= page+PageSize {
		return err
	}
	f, err := v.page(id, off/PageSize)
	if err != abi.OK {
		return err
	}
	var zero [PageSize]byte
	v.ram.WriteAt(zero[:end-off], f.Addr()+off%PageSize)
	v.setDirty(v.inode(id), off/PageSize)
	return abi.OK
}

// dropRange forgets an inode's cached pages with indexes from first up to last.
func (v *VFS) dropRange(id InodeID, first, last uint64) {
	if first >= last {
		return
	}
	in := v.inode(id)
	from, _ := in.pageAt(first)
	to, _ := in.pageAt(last)
	for _, p := range in.Pages[from:to] {
		v.forget(p)
	}
	in.Pages = append(in.Pages[:from], in.Pages[to:]...)
}

// preallocate gives every page of a range a place, and the file the size unless it shall keep its own.
func (v *VFS) preallocate(c *Ctx, id InodeID, off, end uint64, keep bool) abi.Errno {
	in := v.inode(id)
	if seals := v.seals(in); !keep && end > in.Size && seals&SealGrow != 0 {
		return abi.EPERM
	}
	if !keep && end > in.Size && c != nil && end > c.FSize {
		return abi.EFBIG
	}
	for i := off / PageSize; i < pagesOf(end); i++ {
		if _, err := v.zeroPage(id, i); err != abi.OK {
			return abi.ENOSPC
		}
		if err := v.driver(v.inode(id)).Reserve(v, v.inode(id), i*PageSize, PageSize); err != abi.OK {
			v.dropRange(id, i, i+1)
			return err
		}
	}
	in = v.inode(id)
	if !keep {
		in.Size = max(in.Size, end)
	}
	v.touch(in, touchM|touchC)
	return abi.OK
}
