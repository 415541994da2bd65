package vfs

import "vitrine/kernel/abi"

// A file that pages are swapped to is read and written behind the page cache's back.

// DirectPages prepares a file for DirectPage and returns its whole pages: what the cache has of it is written and
// dropped. EINVAL when it lies on no disk, or has holes. Linux mm/swapfile.c:setup_swap_extents
func (v *VFS) DirectPages(id InodeID) (uint32, abi.Errno) {
	in := v.inode(id)
	if !in.IsReg() || !v.evictable(in) || v.driver(in).FileOps(v, in) != nil {
		return 0, abi.EINVAL
	}
	if in.Sects*sectorSize < in.Size {
		return 0, abi.EINVAL // swapon: swapfile has holes
	}
	if err := v.flushInode(id); err != abi.OK {
		return 0, err
	}
	v.host.Unmap(uint32(id), 0)
	v.dropPages(id, 0)
	return uint32(min(v.inode(id).Size/PageSize, 1<<32-1)), abi.OK
}

// sectorSize is the unit of Inode.Sects.
const sectorSize = 512

// DirectPage moves one page between p and the disk.
func (v *VFS) DirectPage(obj uint32, index uint64, p []byte, write bool) abi.Errno {
	in := v.inode(InodeID(obj))
	if write {
		return v.driver(in).WritePage(v, in, index, p)
	}
	return v.driver(in).ReadPage(v, in, index, p)
}
