package main

import (
	"encoding/binary"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
)

// A file's bytes for the picture, read so that the machine does not notice: from the page cache, else from the drive as
// it is now, by the inode's own block numbers. What has not been fetched of the drive yet is not fetched for this.

// fileBytes fills dst with the bytes of a file from off on, and tells whether all of them could be read.
func (p *picture) fileBytes(object uint32, off uint64, dst []byte) bool {
	in := p.comp.K.VFS.Inode(vfs.InodeID(object))
	if in == nil || off+uint64(len(dst)) > in.Size || off+uint64(len(dst)) < off {
		return false
	}
	for len(dst) > 0 {
		page, within := off/mem.FrameSize, off%mem.FrameSize
		n := min(uint64(len(dst)), mem.FrameSize-within)
		if f, ok := in.Cached(page); ok {
			copy(dst[:n], p.comp.M.RAM.Page(f)[within:])
		} else if !p.stored(in, off, dst[:n]) {
			return false
		}
		dst, off = dst[n:], off+n
	}
	return true
}

// cachedBytes is fileBytes of what is in the page cache: at most n bytes from off on, nil when the page is not there.
func (p *picture) cachedBytes(in *vfs.Inode, off, n uint64) []byte {
	f, ok := in.Cached(off / mem.FrameSize)
	if !ok || off >= in.Size {
		return nil
	}
	within := off % mem.FrameSize
	n = min(n, mem.FrameSize-within, in.Size-off)
	return append([]byte(nil), p.comp.M.RAM.Page(f)[within:within+n]...)
}

// stored reads bytes that lie in one page from the drive.
func (p *picture) stored(in *vfs.Inode, off uint64, dst []byte) bool {
	sb := p.comp.K.VFS.S.Supers.Get(in.SB)
	if sb == nil || sb.Kind != vfs.Ext2 || sb.Dev != vfs.MakeDev(8, 1) || sb.BlockSize < blk.SectorSize {
		return false
	}
	d := &quietDisk{p: p}
	part, e := blk.Partition(d, 1)
	if e != abi.OK {
		return false
	}
	size := uint64(sb.BlockSize)
	for len(dst) > 0 {
		n := min(uint64(len(dst)), size-off%size)
		block, ok := blockOf(part, in, off/size, size)
		if !ok || !readPart(part, block, size, off%size, dst[:n]) {
			return false
		}
		dst, off = dst[n:], off+n
	}
	return true
}

// readPart reads bytes of one block; block 0 is a hole.
func readPart(d blk.Device, block uint32, size, within uint64, dst []byte) bool {
	if block == 0 {
		clear(dst)
		return true
	}
	raw := make([]byte, size)
	if e := d.ReadBlock(uint32(uint64(block)*size/blk.SectorSize), raw); e != abi.OK {
		return false
	}
	copy(dst, raw[within:])
	return true
}

// directBlocks is how many blocks an ext2 inode names itself; the next three lead to trees of depth 1, 2 and 3.
const directBlocks = 12

// blockOf is the disk block of a file's block n. Linux fs/ext2/inode.c:ext2_block_to_path
func blockOf(d blk.Device, in *vfs.Inode, n, size uint64) (uint32, bool) {
	if n < directBlocks {
		return in.Block[n], true
	}
	n -= directBlocks
	per := size / 4
	span := per
	for depth := range 3 {
		if n < span {
			return descend(d, in.Block[directBlocks+depth], n, span, size)
		}
		n -= span
		span *= per
	}
	return 0, false
}

// descend follows a tree of block numbers that covers span blocks.
func descend(d blk.Device, block uint32, n, span, size uint64) (uint32, bool) {
	var entry [4]byte
	for span > 1 && block != 0 {
		span /= size / 4
		if !readPart(d, block, size, n/span%(size/4)*4, entry[:]) {
			return 0, false
		}
		block = binary.LittleEndian.Uint32(entry[:])
	}
	return block, true
}

// quietDisk is the first drive as the picture reads it.
type quietDisk struct{ p *picture }

// Blocks implements blk.Device.
func (d *quietDisk) Blocks() uint32 { return uint32(d.p.comp.M.ATA.Sectors()) }

// WriteBlock implements blk.Device: looking writes nothing.
func (d *quietDisk) WriteBlock(uint32, []byte) abi.Errno { return abi.EROFS }

// ReadBlock implements blk.Device; EIO where the page has not fetched the drive's content yet.
func (d *quietDisk) ReadBlock(n uint32, p []byte) abi.Errno {
	if uint64(n)+uint64(len(p)/blk.SectorSize) > d.p.comp.M.ATA.Sectors() {
		return abi.EIO
	}
	c := d.p.s.chunks
	if c != nil {
		c.peeking, c.missed = true, false
		defer func() { c.peeking = false }()
	}
	for i := 0; i < len(p); i += blk.SectorSize {
		d.p.comp.M.ATA.ReadSector(uint64(n)+uint64(i/blk.SectorSize), p[i:i+blk.SectorSize])
	}
	if c != nil && c.missed {
		return abi.EIO
	}
	return abi.OK
}
