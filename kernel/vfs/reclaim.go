package vfs

import "vitrine/kernel/abi"

// reclaimBatch is how many pages are freed when the cache itself finds no frame.
const reclaimBatch = 32

// Reclaim frees up to n cached pages that nobody maps and returns how many. Clean ones go first; only when there are
// none are dirty ones written and freed. It goes round the inodes like a clock's hand, so that no file is always the
// first to lose its pages. Linux mm/vmscan.c:shrink_inactive_list
func (v *VFS) Reclaim(n int) int {
	freed := v.sweep(n)
	if freed > 0 || v.flushing {
		return freed
	}
	v.writeAll()
	return v.sweep(n)
}

// sweep frees up to n clean pages.
func (v *VFS) sweep(n int) int {
	freed := 0
	for range v.S.Inodes.Len() {
		if v.S.Hand++; int(v.S.Hand) > v.S.Inodes.Len() {
			v.S.Hand = 1
		}
		if in := v.inode(v.S.Hand); in != nil && v.evictable(in) {
			freed += v.sweepInode(in, n-freed)
		}
		if freed >= n {
			break
		}
	}
	return freed
}

// Evictable tells whether the pages of an object can be had again, so that mm may ask for Evict.
func (v *VFS) Evictable(obj uint32) bool {
	in := v.inode(InodeID(obj))
	if in == nil {
		return false
	}
	if s, ok := v.frames.(SwapSpace); ok && s.Swapping() && v.inMemory(in) {
		return true
	}
	return v.evictable(in)
}

// Evict drops one page that nobody maps, written back first when it is dirty, and tells whether it did. While the cache
// writes anyway only clean pages go: the driver is in the middle of something. Linux mm/vmscan.c:pageout
func (v *VFS) Evict(obj uint32, index uint64) bool {
	in := v.inode(InodeID(obj))
	at, found := in.pageAt(index)
	if !found {
		return false
	}
	if v.inMemory(in) {
		return v.swapOutPage(&in.Pages[at])
	}
	if in.Pages[at].Dirty {
		if v.flushing {
			return false
		}
		v.flushing = true
		err := v.flushPage(in, at)
		v.flushing = false
		if at, found = in.pageAt(index); err != abi.OK || !found {
			return false
		}
	}
	p := in.Pages[at]
	if p.Dirty || v.frames.RefCount(p.Frame) != 1 {
		return false
	}
	if at < len(in.Pages)/2 { // the shorter part moves: pages often leave in order
		copy(in.Pages[1:at+1], in.Pages[:at])
		in.Pages = in.Pages[1:]
	} else {
		in.Pages = append(in.Pages[:at], in.Pages[at+1:]...)
	}
	v.forget(p)
	return true
}

// evictable tells whether the inode's pages can be had again from its file system.
func (v *VFS) evictable(in *Inode) bool {
	kind := v.S.Supers.Get(in.SB).Kind
	return !kind.Hidden() && kind != Tmpfs && kind != Devtmpfs
}

// sweepInode frees up to n clean unmapped pages of one inode.
func (v *VFS) sweepInode(in *Inode, n int) int {
	kept := in.Pages[:0]
	freed := 0
	for _, p := range in.Pages {
		if freed < n && !p.Dirty && v.frames.RefCount(p.Frame) == 1 {
			v.forget(p)
			freed++
			continue
		}
		kept = append(kept, p)
	}
	in.Pages = kept
	return freed
}

// Writeback stores dirty pages and inodes; the kernel calls it every few seconds. Linux fs/fs-writeback.c:wb_workfn
func (v *VFS) Writeback() { v.Sync() }

// writeAll writes every dirty page and inode to the devices. What is written first may dirty what comes later
// (an inode dirties its block of the inode table), so the devices' own pages come last.
func (v *VFS) writeAll() abi.Errno {
	v.flushing = true
	result := abi.OK
	for _, device := range []bool{false, true} {
		for id := InodeID(1); int(id) <= v.S.Inodes.Len(); id++ {
			in := v.inode(id)
			if in == nil || !v.evictable(in) || v.isDevice(id) != device {
				continue
			}
			if err := v.flushInode(id); err != abi.OK {
				result = err
			}
		}
		if !device {
			result = firstError(result, v.syncSupers())
		}
	}
	v.flushing = false
	return result
}

// isDevice tells whether an inode's pages are the blocks of a mounted device.
func (v *VFS) isDevice(id InodeID) bool { return v.S.Supers.Get(v.inode(id).SB).Bdev == id }

// syncSupers has every file system store its own records.
func (v *VFS) syncSupers() abi.Errno {
	result := abi.OK
	for id := FSID(1); int(id) <= v.S.Supers.Len(); id++ {
		if sb := v.S.Supers.Get(id); sb != nil && !sb.ReadOnly {
			result = firstError(result, v.types[sb.Kind].Sync(v, sb))
		}
	}
	return result
}

func firstError(a, b abi.Errno) abi.Errno {
	if a != abi.OK {
		return a
	}
	return b
}

// Sync writes everything. sync(2)
func (v *VFS) Sync() abi.Errno { return v.writeAll() }

// dirtyLimit is how many dirty pages may wait before a writer has to write back first. Linux dirty_ratio
func (v *VFS) dirtyLimit() uint32 { return uint32(v.ram.Frames()/8) + 16 }

// balance writes an inode's pages back when too much of memory is dirty. Linux balance_dirty_pages
func (v *VFS) balance(id InodeID) {
	if v.S.Dirty > v.dirtyLimit() {
		v.flushing = true
		v.flushInode(id)
		v.flushing = false
	}
}

// DropCaches forgets clean pages that nobody maps, and names that nobody uses. Linux fs/drop_caches.c
func (v *VFS) DropCaches(pages, names bool) {
	if names {
		v.prune()
	}
	if pages {
		v.sweep(int(v.S.Cached))
	}
}

// UnusedDentries counts the names that are only remembered.
func (v *VFS) UnusedDentries() int {
	n := 0
	for d := DentryID(1); int(d) <= v.S.Dentries.Len(); d++ {
		if de := v.dentry(d); de != nil && de.Refs == 0 {
			n++
		}
	}
	return n
}
