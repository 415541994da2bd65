package vfs

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
)

// Files that live in memory only (tmpfs, memfd_create) have nowhere to go but to swap. Their pages keep their records in
// the cache: Frame is 0, Swap the place. Linux mm/shmem.c:shmem_writepage, shmem_swapin_folio

// SwapSpace is what a FrameSource may also be.
type SwapSpace interface {
	// Swapping tells whether there is an area to swap to.
	Swapping() bool
	// SwapOut stores a frame's contents and returns where; false when there is no room.
	SwapOut(f mem.Frame) (place uint32, ok bool)
	// SwapIn fills a frame with what is stored at a place, and frees the place.
	SwapIn(f mem.Frame, place uint32) abi.Errno
	// SwapFree forgets what is stored at a place.
	SwapFree(place uint32)
}

// inMemory tells whether an inode's pages are all there is of it.
func (v *VFS) inMemory(in *Inode) bool {
	kind := v.S.Supers.Get(in.SB).Kind
	return kind == Tmpfs || kind == Memory
}

// swapOutPage sends a page to swap, and tells whether it could.
func (v *VFS) swapOutPage(p *Page) bool {
	s, ok := v.frames.(SwapSpace)
	if !ok || v.frames.RefCount(p.Frame) != 1 {
		return false
	}
	place, ok := s.SwapOut(p.Frame)
	if !ok {
		return false
	}
	v.S.Cached--
	v.frames.PutFrame(p.Frame)
	p.Frame, p.Swap = 0, place
	return true
}

// swapInPage brings a page of the inode back.
func (v *VFS) swapInPage(id InodeID, index uint64) (mem.Frame, abi.Errno) {
	f, err := v.newPage(id, index)
	if err != abi.OK {
		return 0, err
	}
	in := v.inode(id)
	at, _ := in.pageAt(index)
	if err := v.frames.(SwapSpace).SwapIn(f, in.Pages[at].Swap); err != abi.OK {
		v.frames.PutFrame(f)
		return 0, err
	}
	in.Pages[at].Frame, in.Pages[at].Swap = f, 0
	v.S.Cached++
	v.frames.MarkAccessed(f)
	return f, abi.OK
}

// EachSwapped calls fn for every page that is in swap.
func (v *VFS) EachSwapped(fn func(obj uint32, index uint64, place uint32)) {
	for id := InodeID(1); int(id) <= v.S.Inodes.Len(); id++ {
		in := v.inode(id)
		if in == nil || !v.inMemory(in) {
			continue
		}
		for _, p := range in.Pages {
			if p.Swap != 0 {
				fn(uint32(id), p.Index, p.Swap)
			}
		}
	}
}
