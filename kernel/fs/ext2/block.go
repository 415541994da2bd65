package ext2

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// direct is how many blocks an inode names itself; the following three lead to trees of depth 1, 2 and 3.
const direct = 12

// path says how to reach block n of a file: which of the inode's 15 numbers, then which entry at each level.
// Linux fs/ext2/inode.c:ext2_block_to_path
type path struct {
	root  int
	depth int
	index [3]uint64
}

// find computes the path; ok is false past the largest file.
func (m *Mount) find(n uint64) (p path, ok bool) {
	if n < direct {
		return path{root: int(n)}, true
	}
	n -= direct
	span := m.per()
	for depth := 1; depth <= 3; depth++ {
		if n >= span {
			n -= span
			span *= m.per()
			continue
		}
		p = path{root: direct + depth - 1, depth: depth}
		for level := depth - 1; level >= 0; level-- {
			p.index[level] = n % m.per()
			n /= m.per()
		}
		return p, true
	}
	return path{}, false
}

// bmap is the disk block of block n of a file, 0 for a hole.
func (o op) bmap(in *vfs.Inode, n uint64) (uint32, abi.Errno) {
	p, ok := o.m.find(n)
	if !ok {
		return 0, abi.EFBIG
	}
	block := in.Block[p.root]
	for _, index := range p.index[:p.depth] {
		if block == 0 {
			return 0, abi.OK
		}
		if !o.m.valid(block) {
			return 0, o.damaged("inode %d: indirect block %d", in.Ino, block)
		}
		var err abi.Errno
		if block, err = o.get32(o.m.at(block) + 4*index); err != abi.OK {
			return 0, err
		}
	}
	if block != 0 && !o.m.valid(block) {
		return 0, o.damaged("inode %d: block %d", in.Ino, block)
	}
	return block, abi.OK
}

// bmapAlloc is bmap that fills holes: the block and whatever indirect blocks lead to it.
func (o op) bmapAlloc(in *vfs.Inode, n uint64) (uint32, abi.Errno) {
	p, ok := o.m.find(n)
	if !ok {
		return 0, abi.EFBIG
	}
	block := in.Block[p.root]
	if block == 0 {
		var err abi.Errno
		if block, err = o.newBlock(in, o.goal(in, p.root), p.depth > 0); err != abi.OK {
			return 0, err
		}
		in.Block[p.root], in.Dirty = block, true
	}
	for level, index := range p.index[:p.depth] {
		if !o.m.valid(block) {
			return 0, o.damaged("inode %d: indirect block %d", in.Ino, block)
		}
		at := o.m.at(block) + 4*index
		next, err := o.get32(at)
		if err != abi.OK {
			return 0, err
		}
		if next == 0 {
			goal := block + 1
			if index > 0 {
				if prev, err := o.get32(at - 4); err == abi.OK && prev != 0 {
					goal = prev + 1
				}
			}
			if next, err = o.newBlock(in, goal, level < p.depth-1); err != abi.OK {
				return 0, err
			}
			if err := o.put32(at, next); err != abi.OK {
				return 0, err
			}
		}
		block = next
	}
	if !o.m.valid(block) {
		return 0, o.damaged("inode %d: block %d", in.Ino, block)
	}
	return block, abi.OK
}

// goal is where the block for slot root of an inode would best lie: after the one before, or in the inode's group.
func (o op) goal(in *vfs.Inode, root int) uint32 {
	for i := root - 1; i >= 0; i-- {
		if in.Block[i] != 0 {
			return in.Block[i] + 1
		}
	}
	group := (uint32(in.Ino) - 1) / o.m.InodesPerGroup
	return o.m.FirstData + group*o.m.BlocksPerGroup
}

// newBlock takes a block for an inode; an indirect block is cleared.
func (o op) newBlock(in *vfs.Inode, goal uint32, indirect bool) (uint32, abi.Errno) {
	block, err := o.allocBlock(goal)
	if err != abi.OK {
		return 0, err
	}
	in.Sects += uint64(o.m.BlockSize / 512)
	in.Dirty = true
	if indirect {
		err = o.clearBlock(block)
	}
	return block, err
}

// clearBlock writes zeroes.
func (o op) clearBlock(block uint32) abi.Errno {
	var zero [vfs.PageSize]byte
	return o.put(o.m.at(block), zero[:o.m.BlockSize])
}

// Truncate frees the blocks past size. Linux fs/ext2/inode.c:__ext2_truncate_blocks
func (fs *FS) Truncate(v *vfs.VFS, in *vfs.Inode, size uint64) abi.Errno {
	o := fs.op(v, in)
	if o.m.isFastSymlink(in) || !hasBlocks(in) {
		return abi.OK
	}
	keep := (size + uint64(o.m.BlockSize) - 1) / uint64(o.m.BlockSize)
	in.Dirty = true
	for i := keep; i < direct; i++ {
		if err := o.freeTree(in, &in.Block[i], 0); err != abi.OK {
			return err
		}
	}
	base, span := uint64(direct), o.m.per()
	for depth := 1; depth <= 3; depth++ {
		slot := &in.Block[direct+depth-1]
		err := abi.OK
		switch {
		case keep <= base:
			err = o.freeTree(in, slot, depth)
		case keep < base+span && *slot != 0:
			err = o.trim(in, *slot, depth, keep-base)
		}
		if err != abi.OK {
			return err
		}
		base += span
		span *= o.m.per()
	}
	return abi.OK
}

// freeTree frees a block and, when it is indirect, all below, and clears the number that led to it. The block itself
// goes first: a damaged disk whose blocks lead in circles then stops at the first one that is free already.
func (o op) freeTree(in *vfs.Inode, slot *uint32, depth int) abi.Errno {
	block := *slot
	if block == 0 {
		return abi.OK
	}
	*slot = 0
	if err := o.freeBlock(in, block); err != abi.OK {
		return err
	}
	if depth == 0 {
		return abi.OK
	}
	var entries [vfs.PageSize]byte
	if err := o.get(o.m.at(block), entries[:o.m.BlockSize]); err != abi.OK {
		return err
	}
	for i := uint32(0); i < o.m.BlockSize; i += 4 {
		child := le.Uint32(entries[i:])
		if err := o.freeTree(in, &child, depth-1); err != abi.OK {
			return err
		}
	}
	return abi.OK
}

// trim frees what lies after the first keep blocks of an indirect block's tree.
func (o op) trim(in *vfs.Inode, block uint32, depth int, keep uint64) abi.Errno {
	if !o.m.valid(block) {
		return o.damaged("inode %d: indirect block %d", in.Ino, block)
	}
	span := uint64(1)
	for range depth - 1 {
		span *= o.m.per()
	}
	for i := keep / span; i < o.m.per(); i++ {
		at := o.m.at(block) + 4*i
		child, err := o.get32(at)
		if err != abi.OK {
			return err
		}
		if child == 0 {
			continue
		}
		if start := i * span; start < keep {
			err = o.trim(in, child, depth-1, keep-start)
		} else if err = o.freeTree(in, &child, depth-1); err == abi.OK {
			err = o.put32(at, 0)
		}
		if err != abi.OK {
			return err
		}
	}
	return abi.OK
}

// hasBlocks tells whether Block holds block numbers and not a device number.
func hasBlocks(in *vfs.Inode) bool { return in.IsReg() || in.IsDir() || in.IsLnk() }
