package vfs

import (
	"sort"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// PageSize is the unit of the page cache: a frame.
const PageSize = mem.FrameSize

// pageAt finds the place of a page among an inode's cached pages.
func (in *Inode) pageAt(index uint64) (int, bool) {
	n := len(in.Pages)
	if n > 0 && in.Pages[n-1].Index < index {
		return n, false
	}
	i := sort.Search(n, func(i int) bool { return in.Pages[i].Index >= index })
	return i, i < n && in.Pages[i].Index == index
}

// page returns the frame of a page, read from the file system when it is not in the cache. The frame stays only
// until the next page is wanted: take a reference to keep it. Linux mm/filemap.c:filemap_get_page
func (v *VFS) page(id InodeID, index uint64) (mem.Frame, abi.Errno) {
	return v.pageFrom(id, index, FileSystem.ReadPage)
}

// zeroPage is page for one that has no contents on the device yet.
func (v *VFS) zeroPage(id InodeID, index uint64) (mem.Frame, abi.Errno) {
	return v.pageFrom(id, index, func(FileSystem, *VFS, *Inode, uint64, []byte) abi.Errno { return abi.OK })
}

// pageFrom fills a page that is not in the cache by calling read on a zeroed frame.
func (v *VFS) pageFrom(id InodeID, index uint64, read func(FileSystem, *VFS, *Inode, uint64, []byte) abi.Errno) (mem.Frame, abi.Errno) {
	in := v.inode(id)
	if at, found := in.pageAt(index); found {
		if in.Pages[at].Swap != 0 {
			return v.swapInPage(id, index)
		}
		v.frames.MarkAccessed(in.Pages[at].Frame)
		return in.Pages[at].Frame, abi.OK
	}
	f, err := v.newPage(id, index)
	if err != abi.OK {
		return 0, err
	}
	if err := read(v.driver(in), v, in, index, v.ram.Page(f)); err != abi.OK {
		v.frames.PutFrame(f)
		return 0, err
	}
	v.insert(in, index, f)
	v.frames.MarkAccessed(f)
	return f, abi.OK
}

// newPage takes a zeroed frame for the cache, making room when memory is short.
func (v *VFS) newPage(id InodeID, index uint64) (mem.Frame, abi.Errno) {
	f, ok := v.frames.AllocPageCache(uint32(id), index)
	if !ok {
		v.Reclaim(reclaimBatch)
		f, ok = v.frames.AllocPageCache(uint32(id), index)
	}
	if !ok {
		return 0, abi.ENOMEM
	}
	v.ram.Zero(f)
	return f, abi.OK
}

// insert puts a page into the cache, taking over the frame's reference.
func (v *VFS) insert(in *Inode, index uint64, f mem.Frame) {
	at, found := in.pageAt(index)
	if found {
		panic("BUG: vfs: page cached twice")
	}
	in.Pages = append(in.Pages, Page{})
	copy(in.Pages[at+1:], in.Pages[at:])
	in.Pages[at] = Page{Index: index, Frame: f}
	v.S.Cached++
}

// setDirty notes that a cached page differs from the device.
func (v *VFS) setDirty(in *Inode, index uint64) {
	at, found := in.pageAt(index)
	if found && !in.Pages[at].Dirty && v.evictable(in) {
		in.Pages[at].Dirty = true
		v.S.Dirty++
	}
}

// flushPages writes an inode's dirty pages. One that a program has mapped for writing stays dirty, since
// it may change again unseen.
func (v *VFS) flushPages(in *Inode) abi.Errno {
	result := abi.OK
	for i := 0; i < len(in.Pages); i++ {
		if !in.Pages[i].Dirty {
			continue
		}
		index := in.Pages[i].Index
		if err := v.flushPage(in, i); err != abi.OK {
			result = err
		}
		// Writing may have read other pages of this inode into the cache, or dropped some.
		at, found := in.pageAt(index)
		if i = at; !found {
			i--
		}
	}
	return result
}

// flushPage writes the i-th cached page of an inode.
func (v *VFS) flushPage(in *Inode, i int) abi.Errno {
	p := in.Pages[i]
	if err := v.driver(in).WritePage(v, in, p.Index, v.ram.Page(p.Frame)); err != abi.OK {
		return err
	}
	at, found := in.pageAt(p.Index)
	if !found {
		panic("BUG: vfs: dirty page left the cache")
	}
	if p.Mkw && v.frames.RefCount(p.Frame) > 1 {
		return abi.OK
	}
	in.Pages[at].Dirty, in.Pages[at].Mkw = false, false
	v.S.Dirty--
	return abi.OK
}

// dropPages forgets an inode's pages from index first on, dirty or not.
func (v *VFS) dropPages(id InodeID, first uint64) {
	in := v.inode(id)
	at, _ := in.pageAt(first)
	for _, p := range in.Pages[at:] {
		v.forget(p)
	}
	in.Pages = in.Pages[:at]
}

// forget gives back the cache's reference of a page's frame, or its place in swap.
func (v *VFS) forget(p Page) {
	if p.Swap != 0 {
		v.frames.(SwapSpace).SwapFree(p.Swap)
		return
	}
	if p.Dirty {
		v.S.Dirty--
	}
	v.S.Cached--
	v.frames.PutFrame(p.Frame)
}

// ReadBuffer copies from the block device under a mounted file system through its page cache: Linux's buffer cache.
func (v *VFS) ReadBuffer(sb *SuperBlock, off uint64, p []byte) abi.Errno {
	return v.ReadContents(sb.Bdev, off, p)
}

// WriteBuffer is ReadBuffer's inverse; the pages are written to the device by the next sync.
func (v *VFS) WriteBuffer(sb *SuperBlock, off uint64, p []byte) abi.Errno {
	return v.WriteContents(sb.Bdev, off, p)
}

// ReadContents and WriteContents are a file's bytes for its own driver, which keeps directories in the page cache
// like files. The range must lie within pages that exist on the device.
func (v *VFS) ReadContents(id InodeID, off uint64, p []byte) abi.Errno {
	for len(p) > 0 {
		f, err := v.page(id, off/PageSize)
		if err != abi.OK {
			return err
		}
		n := copy(p, v.ram.Page(f)[off%PageSize:])
		p, off = p[n:], off+uint64(n)
	}
	return abi.OK
}

// WriteContents is ReadContents' inverse.
func (v *VFS) WriteContents(id InodeID, off uint64, p []byte) abi.Errno {
	for len(p) > 0 {
		f, err := v.page(id, off/PageSize)
		if err != abi.OK {
			return err
		}
		n := min(len(p), int(PageSize-off%PageSize))
		v.ram.WriteAt(p[:n], f.Addr()+off%PageSize)
		v.setDirty(v.inode(id), off/PageSize)
		p, off = p[n:], off+uint64(n)
	}
	return abi.OK
}

// CachedBuffer copies from the cache of the block device when the page is there, and tells whether it was. Drivers
// read and write file blocks straight from the device, but a block may be in this cache from when it held other things:
// what is here is never older than the device, as long as UpdateBuffer follows every such write.
func (v *VFS) CachedBuffer(sb *SuperBlock, off uint64, p []byte) bool {
	in := v.inode(sb.Bdev)
	at, found := in.pageAt(off / PageSize)
	if found {
		copy(p, v.ram.Page(in.Pages[at].Frame)[off%PageSize:])
	}
	return found
}

// UpdateBuffer copies to the cache of the block device when the page is there. p lies within one page.
func (v *VFS) UpdateBuffer(sb *SuperBlock, off uint64, p []byte) {
	in := v.inode(sb.Bdev)
	if at, found := in.pageAt(off / PageSize); found {
		v.ram.WriteAt(p, in.Pages[at].Frame.Addr()+off%PageSize)
	}
}

// Find returns the ID of an inode in memory by its number, 0 when it is not there.
func (v *VFS) Find(sb FSID, ino uint64) InodeID {
	at, found := v.hashAt(sb, ino)
	if !found {
		return 0
	}
	return v.S.Hashed[at].Inode
}

// Now is the time of day.
func (v *VFS) Now() Time { return v.host.Now() }

// Super returns a super block, nil when id names none.
func (v *VFS) Super(id FSID) *SuperBlock { return v.S.Supers.Get(id) }

// Orphans tells whether files of a file system are open that have no name left.
func (v *VFS) Orphans(id FSID) bool {
	for i := InodeID(1); int(i) <= v.S.Inodes.Len(); i++ {
		if in := v.inode(i); in != nil && in.SB == id && in.Nlink == 0 {
			return true
		}
	}
	return false
}

// Cached is the frame that holds a page of the file, if one does now: for those who look and must change nothing.
func (in *Inode) Cached(index uint64) (mem.Frame, bool) {
	at, found := in.pageAt(index)
	if !found || in.Pages[at].Swap != 0 {
		return 0, false
	}
	return in.Pages[at].Frame, true
}
