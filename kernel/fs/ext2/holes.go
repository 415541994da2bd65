package ext2

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Preallocates is false: a block that is there but was never written cannot be told from one that was.
func (fs *FS) Preallocates() bool { return false }

// NextData finds the first block from off on that a file has.
func (fs *FS) NextData(v *vfs.VFS, in *vfs.Inode, off uint64) (uint64, bool, abi.Errno) {
	o := fs.op(v, in)
	bs := uint64(o.m.BlockSize)
	end := (in.Size + bs - 1) / bs
	for n := off / bs; n < end; {
		block, skip, err := o.bmapSpan(in, n)
		if err != abi.OK {
			return 0, false, err
		}
		if block != 0 {
			return max(off, n*bs), true, abi.OK
		}
		n += skip
	}
	return 0, false, abi.OK
}

// NextHole finds the first block from off on that a file does not have.
func (fs *FS) NextHole(v *vfs.VFS, in *vfs.Inode, off uint64) (uint64, abi.Errno) {
	o := fs.op(v, in)
	bs := uint64(o.m.BlockSize)
	for n := off / bs; n*bs < in.Size; n++ {
		block, err := o.bmap(in, n)
		if err != abi.OK {
			return 0, err
		}
		if block == 0 {
			return max(off, n*bs), abi.OK
		}
	}
	return in.Size, abi.OK
}

// bmapSpan is bmap that says of a hole how many blocks, from n on, are not there because the same indirect block is not.
func (o op) bmapSpan(in *vfs.Inode, n uint64) (block uint32, skip uint64, err abi.Errno) {
	p, ok := o.m.find(n)
	if !ok {
		return 0, 1, abi.EFBIG
	}
	span := uint64(1)
	for range p.depth {
		span *= o.m.per()
	}
	block = in.Block[p.root]
	for level := 0; ; level++ {
		if block == 0 {
			below := uint64(0) // where n lies in what is not there
			for _, index := range p.index[level:p.depth] {
				below = below*o.m.per() + index
			}
			return 0, span - below, abi.OK
		}
		if !o.m.valid(block) {
			return 0, 1, o.damaged("inode %d: block %d", in.Ino, block)
		}
		if level == p.depth {
			return block, 1, abi.OK
		}
		if block, err = o.get32(o.m.at(block) + 4*p.index[level]); err != abi.OK {
			return 0, 1, err
		}
		span /= o.m.per()
	}
}

// Punch frees the blocks that lie whole within [off, end); indirect blocks stay, as they do when Linux frees a range until
// the file is cut. Linux fs/ext4/indirect.c:ext4_ind_remove_space
func (fs *FS) Punch(v *vfs.VFS, in *vfs.Inode, off, end uint64) abi.Errno {
	o := fs.op(v, in)
	bs := uint64(o.m.BlockSize)
	last := end / bs
	if end >= in.Size { // what lies behind the end counts as whole
		last = (end + bs - 1) / bs
	}
	o.modify()
	for n := (off + bs - 1) / bs; n < last && n*bs < in.Size+bs; {
		block, skip, err := o.bmapSpan(in, n)
		if err != abi.OK {
			return err
		}
		if block != 0 {
			if err := o.unmap(in, n, block); err != abi.OK {
				return err
			}
		}
		n += skip
	}
	return abi.OK
}

// unmap frees block n of a file, which has it.
func (o op) unmap(in *vfs.Inode, n uint64, block uint32) abi.Errno {
	p, _ := o.m.find(n)
	if p.depth == 0 {
		in.Block[p.root] = 0
	} else {
		at := in.Block[p.root]
		for _, index := range p.index[:p.depth-1] {
			var err abi.Errno
			if at, err = o.get32(o.m.at(at) + 4*index); err != abi.OK {
				return err
			}
		}
		if err := o.put32(o.m.at(at)+4*p.index[p.depth-1], 0); err != abi.OK {
			return err
		}
	}
	in.Dirty = true
	return o.freeBlock(in, block)
}
