package ext2

import (
	"math/bits"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// addGroup adds to a 16-bit counter of a group descriptor.
func (o op) addGroup(group uint32, field uint64, n int) abi.Errno {
	at := o.m.descriptor(group) + field
	x, err := o.get16(at)
	if err != abi.OK {
		return err
	}
	return o.put16(at, uint16(int(x)+n))
}

// zeroBit finds the first clear bit of a bitmap from bit from on and below limit.
func zeroBit(bitmap []byte, from, limit uint32) (uint32, bool) {
	for i := from; i < limit; {
		b := bitmap[i/8] | byte(1<<(i%8)-1) // bits before i count as taken
		if b != 0xff {
			i = i&^7 + uint32(bits.TrailingZeros8(^b))
			return i, i < limit
		}
		i = i&^7 + 8
	}
	return 0, false
}

// setBit sets or clears one bit of a bitmap block; it fails when the bit is so already.
func (o op) setBit(bitmap, bit uint32, on bool) abi.Errno {
	if !o.m.valid(bitmap) {
		return o.damaged("bitmap in block %d", bitmap)
	}
	at := o.m.at(bitmap) + uint64(bit/8)
	var b [1]byte
	if err := o.get(at, b[:]); err != abi.OK {
		return err
	}
	if (b[0]>>(bit%8)&1 != 0) == on {
		return o.damaged("bit %d of the bitmap in block %d is %t already", bit, bitmap, on)
	}
	b[0] ^= 1 << (bit % 8)
	o.modify()
	return o.put(at, b[:])
}

// allocBlock takes the first free block from goal on, going round all groups. Linux fs/ext2/balloc.c:ext2_new_blocks
func (o op) allocBlock(goal uint32) (uint32, abi.Errno) {
	if o.m.FreeBlocks == 0 || o.m.FreeBlocks <= o.m.Reserved && !o.v.Privileged() {
		return 0, abi.ENOSPC
	}
	if !o.m.valid(goal) {
		goal = o.m.FirstData
	}
	first := (goal - o.m.FirstData) / o.m.BlocksPerGroup
	from := (goal - o.m.FirstData) % o.m.BlocksPerGroup
	for i := range o.m.Groups + 1 { // the first group again at the end, for the blocks before goal
		group := (first + i) % o.m.Groups
		bit, err := o.takeBlock(group, from)
		if err == abi.OK {
			return o.m.FirstData + group*o.m.BlocksPerGroup + bit, abi.OK
		}
		if err != abi.ENOSPC {
			return 0, err
		}
		from = 0
	}
	return 0, abi.ENOSPC
}

// takeBlock takes a free block of one group.
func (o op) takeBlock(group, from uint32) (uint32, abi.Errno) {
	bitmap, err := o.get32(o.m.descriptor(group) + gdBlockBitmap)
	if err != abi.OK {
		return 0, err
	}
	bit, err := o.scan(bitmap, from, o.m.groupBlocks(group))
	if err != abi.OK {
		return 0, err
	}
	if !o.m.valid(o.m.FirstData + group*o.m.BlocksPerGroup + bit) {
		return 0, o.damaged("bit %d of group %d's block bitmap is no block", bit, group)
	}
	if err := o.setBit(bitmap, bit, true); err != abi.OK {
		return 0, err
	}
	o.m.FreeBlocks -= min(1, o.m.FreeBlocks)
	return bit, o.addGroup(group, gdFreeBlocks, -1)
}

// scan finds a clear bit in a bitmap block, ENOSPC when there is none.
func (o op) scan(bitmap, from, limit uint32) (uint32, abi.Errno) {
	if !o.m.valid(bitmap) {
		return 0, o.damaged("bitmap in block %d", bitmap)
	}
	var b [vfs.PageSize]byte
	if err := o.get(o.m.at(bitmap), b[:o.m.BlockSize]); err != abi.OK {
		return 0, err
	}
	bit, ok := zeroBit(b[:o.m.BlockSize], from, limit)
	if !ok {
		return 0, abi.ENOSPC
	}
	return bit, abi.OK
}

// freeBlock gives a block back; a free one is a damaged disk. Linux fs/ext2/balloc.c:ext2_free_blocks
func (o op) freeBlock(in *vfs.Inode, block uint32) abi.Errno {
	if !o.m.valid(block) {
		return o.damaged("block %d of inode %d cannot be freed", block, in.Ino)
	}
	group := (block - o.m.FirstData) / o.m.BlocksPerGroup
	bitmap, err := o.get32(o.m.descriptor(group) + gdBlockBitmap)
	if err != abi.OK {
		return err
	}
	if err := o.setBit(bitmap, (block-o.m.FirstData)%o.m.BlocksPerGroup, false); err != abi.OK {
		return err
	}
	o.m.FreeBlocks++
	in.Sects -= min(in.Sects, uint64(o.m.BlockSize/512))
	return o.addGroup(group, gdFreeBlocks, 1)
}

// allocInode takes a free inode: a file's near its directory, a directory's in the group with the most free ones.
// Linux fs/ext2/ialloc.c:ext2_new_inode
func (o op) allocInode(parent uint64, dir bool) (uint32, abi.Errno) {
	first := (uint32(parent) - 1) / o.m.InodesPerGroup
	if dir {
		var err abi.Errno
		if first, err = o.emptiest(); err != abi.OK {
			return 0, err
		}
	}
	for i := range o.m.Groups {
		group := (first + i) % o.m.Groups
		ino, err := o.takeInode(group, dir)
		if err != abi.ENOSPC {
			return ino, err
		}
	}
	return 0, abi.ENOSPC
}

// emptiest is the group with the most free inodes, the first of equals.
func (o op) emptiest() (uint32, abi.Errno) {
	best, most := uint32(0), -1
	for g := range o.m.Groups {
		n, err := o.get16(o.m.descriptor(g) + gdFreeInodes)
		if err != abi.OK {
			return 0, err
		}
		if int(n) > most {
			best, most = g, int(n)
		}
	}
	return best, abi.OK
}

// takeInode takes a free inode of one group.
func (o op) takeInode(group uint32, dir bool) (uint32, abi.Errno) {
	bitmap, err := o.get32(o.m.descriptor(group) + gdInodeBitmap)
	if err != abi.OK {
		return 0, err
	}
	from := uint32(0)
	if group == 0 {
		from = min(o.m.FirstIno-1, o.m.InodesPerGroup)
	}
	bit, err := o.scan(bitmap, from, o.m.InodesPerGroup)
	if err != abi.OK {
		return 0, err
	}
	ino := group*o.m.InodesPerGroup + bit + 1
	if o.v.Find(o.sb.ID, uint64(ino)) != 0 {
		return 0, o.damaged("inode %d is in use and free on the disk", ino)
	}
	if err := o.setBit(bitmap, bit, true); err != abi.OK {
		return 0, err
	}
	o.m.FreeInodes -= min(1, o.m.FreeInodes)
	if dir {
		if err := o.addGroup(group, gdDirs, 1); err != abi.OK {
			return 0, err
		}
	}
	return ino, o.addGroup(group, gdFreeInodes, -1)
}

// freeInode gives an inode back.
func (o op) freeInode(ino uint32, dir bool) abi.Errno {
	group := (ino - 1) / o.m.InodesPerGroup
	bitmap, err := o.get32(o.m.descriptor(group) + gdInodeBitmap)
	if err != abi.OK {
		return err
	}
	if err := o.setBit(bitmap, (ino-1)%o.m.InodesPerGroup, false); err != abi.OK {
		return err
	}
	o.m.FreeInodes++
	if dir {
		if err := o.addGroup(group, gdDirs, -1); err != abi.OK {
			return err
		}
	}
	return o.addGroup(group, gdFreeInodes, 1)
}
