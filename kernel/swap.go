package kernel

import (
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
)

// What swap areas lie on. Transfers are synchronous: whoever needs a frame waits for the disk, in guest time, and
// nothing else runs meanwhile.

// Disk is a block device; n counts sectors of 512 bytes, p holds a whole number of them.
type Disk interface {
	ReadBlock(n uint32, p []byte) abi.Errno
	WriteBlock(n uint32, p []byte) abi.Errno
	Blocks() uint32
}

// sectorsPerPage is how many sectors hold a page.
const sectorsPerPage = mem.FrameSize / 512

// swapIO moves one page between memory and the disk or file of an area. Linux mm/page_io.c
func (k *Kernel) swapIO(a *mm.SwapArea, page uint32, p []byte, write bool) abi.Errno {
	if a.File {
		return k.VFS.DirectPage(a.Object, uint64(page), p, write)
	}
	dev := k.BlockDevice(uint64(a.Object))
	switch {
	case dev == nil:
		return abi.EIO
	case write:
		return dev.WriteBlock(page*sectorsPerPage, p)
	}
	return dev.ReadBlock(page*sectorsPerPage, p)
}

// Flags of swapon(2). Linux include/linux/swap.h
const (
	swapPrefer     = 0x8000
	swapPrioMask   = 0x7fff
	swapFlagsValid = 0x7ffff // with those that ask for discards, of which our disks know nothing
)

// SwapOn is swapon(2) behind the check of who calls. Linux mm/swapfile.c:swapon
func (k *Kernel) SwapOn(t *Task, path string, flags uint64) abi.Errno {
	if flags&^swapFlagsValid != 0 {
		return abi.EINVAL
	}
	area, pages, e := k.swapTarget(t, path, abi.O_RDWR)
	if e != abi.OK {
		return e
	}
	if _, on := k.swapOf(&area); on {
		return abi.EBUSY
	}
	header := make([]byte, mem.FrameSize)
	if pages == 0 {
		return abi.EINVAL
	}
	if e := k.swapIO(&area, 0, header, false); e != abi.OK {
		return e
	}
	h, e := mm.ParseSwapHeader(header, pages)
	if e != abi.OK || area.File && len(h.Bad) > 0 {
		return abi.EINVAL
	}
	if area.Prio = -1; flags&swapPrefer != 0 {
		area.Prio = int16(flags & swapPrioMask)
	}
	if area.File && k.VFS.Inode(vfs.InodeID(area.Object)).Writers > 0 {
		return abi.ETXTBSY
	}
	if e := k.MM.SwapOn(area, h); e != abi.OK {
		return e
	}
	if area.File {
		k.VFS.DenyWrite(area.Object) // Linux: S_SWAPFILE
	}
	n, _ := k.swapOf(&area)
	s := &k.MM.State.Swap[n]
	k.Printk("Adding %dk swap on %s.  Priority:%d extents:1 across:%dk", s.Pages<<2, path, s.Prio, h.Last<<2)
	return abi.OK
}

// SwapOff is swapoff(2) behind the check of who calls. Linux mm/swapfile.c:swapoff
func (k *Kernel) SwapOff(t *Task, path string) abi.Errno {
	area, _, e := k.swapTarget(t, path, abi.O_RDONLY) // a swap file cannot be opened for writing
	if e != abi.OK {
		return e
	}
	n, on := k.swapOf(&area)
	if !on {
		return abi.EINVAL
	}
	if e := k.MM.SwapOff(n); e != abi.OK {
		return e
	}
	if area.File {
		k.VFS.AllowWrite(area.Object)
	}
	return abi.OK
}

// swapTarget names the disk or file at path, and says how many pages it has.
func (k *Kernel) swapTarget(t *Task, path string, mode uint32) (area mm.SwapArea, pages uint32, e abi.Errno) {
	f, e := k.VFS.OpenFile(k.Ctx(t), path, mode|abi.O_LARGEFILE, 0)
	if e != abi.OK {
		return area, 0, e
	}
	defer k.VFS.PutFile(f)
	in := k.VFS.Inode(k.VFS.File(f).Inode)
	area.Path = k.VFS.Path(k.VFS.File(f).Dentry, 0)
	switch in.Mode & abi.S_IFMT {
	case abi.S_IFBLK:
		dev := k.BlockDevice(in.Rdev)
		if dev == nil {
			return area, 0, abi.EINVAL
		}
		area.Object = uint32(in.Rdev)
		return area, dev.Blocks() / sectorsPerPage, abi.OK
	case abi.S_IFREG:
		area.Object, area.File = uint32(k.VFS.File(f).Inode), true
		pages, e := k.VFS.DirectPages(vfs.InodeID(area.Object))
		return area, pages, e
	}
	return area, 0, abi.EINVAL
}

// swapOf finds the area that lies where a lies.
func (k *Kernel) swapOf(a *mm.SwapArea) (int, bool) {
	for i := range k.MM.State.Swap {
		if s := &k.MM.State.Swap[i]; s.On && s.File == a.File && s.Object == a.Object {
			return i, true
		}
	}
	return 0, false
}

// bootSwap does what the command line asks for: swap=PATH, replacement=POLICY.
func (k *Kernel) bootSwap() {
	if name, ok := k.option("replacement"); ok && !k.SetReplacement(name) {
		k.Printk("replacement: policy '%s' is not known, using %s", name, k.MM.State.Reclaim.Policy)
	}
	if path, ok := k.option("swap"); ok {
		if e := k.SwapOn(k.Current(), path, 0); e != abi.OK {
			k.Printk("Unable to swap on %s (error %d)", path, -int(e))
		}
	}
}

// SetReplacement chooses the policy by which pages leave memory, and tells whether there is one of that name.
func (k *Kernel) SetReplacement(name string) bool {
	for i, n := range mm.ReplacementNames {
		if n == name {
			k.MM.State.Reclaim.Policy = mm.Replacement(i)
			return true
		}
	}
	return false
}
