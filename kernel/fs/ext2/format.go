package ext2

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
)

// Format describes a new file system. Equal formats give equal bytes.
type Format struct {
	BlockSize     uint32 // 1024, 2048 or 4096 (0)
	BytesPerInode uint32 // 16384 (0)
	UUID          [16]byte
	Label         string
	Time          int64 // of creation
}

// plan is a new file system's geometry.
type plan struct {
	Format
	m           Mount
	tableBlocks uint32 // of a group's inode table
	descBlocks  uint32 // of the descriptors
	dev         blk.Device
}

// Mkfs writes an empty file system with its root and lost+found. mke2fs(8)
func Mkfs(dev blk.Device, f Format) abi.Errno {
	if f.BlockSize == 0 {
		f.BlockSize = 4096
	}
	if f.BytesPerInode == 0 {
		f.BytesPerInode = 16384
	}
	p, err := newPlan(dev, f)
	if err != abi.OK {
		return err
	}
	for g := range p.m.Groups {
		if err := p.writeGroup(g); err != abi.OK {
			return err
		}
	}
	if err := p.writeRoot(); err != abi.OK {
		return err
	}
	return p.writeSupers()
}

// newPlan computes the geometry. A last group too small to be useful is left out.
func newPlan(dev blk.Device, f Format) (*plan, abi.Errno) {
	p := &plan{Format: f, dev: dev}
	m := &p.m
	m.BlockSize, m.InodeSize, m.FirstIno, m.Filetype = f.BlockSize, largeInode, firstIno, true
	m.BlocksPerGroup = f.BlockSize * 8
	m.Blocks = dev.Blocks() / (f.BlockSize / blk.SectorSize)
	if f.BlockSize == 1024 {
		m.FirstData = 1
	}
	perBlock := f.BlockSize / m.InodeSize
	for {
		if m.Blocks < 64 {
			return nil, abi.ENOSPC
		}
		m.Groups = (m.Blocks - m.FirstData + m.BlocksPerGroup - 1) / m.BlocksPerGroup
		inodes := uint32(uint64(m.Blocks) * uint64(f.BlockSize) / uint64(f.BytesPerInode))
		each := max((inodes+m.Groups-1)/m.Groups, 16)
		m.InodesPerGroup = min(((each+perBlock-1)/perBlock*perBlock+7)&^7, m.BlocksPerGroup)
		m.Inodes = m.InodesPerGroup * m.Groups
		p.tableBlocks = (m.InodesPerGroup + perBlock - 1) / perBlock
		p.descBlocks = (m.Groups*gdSize + f.BlockSize - 1) / f.BlockSize
		if last := m.groupBlocks(m.Groups - 1); m.Groups > 1 && last < p.overhead(m.Groups-1)+50 {
			m.Blocks -= last
			continue
		}
		if p.overhead(0)+8 > m.groupBlocks(0) {
			return nil, abi.ENOSPC
		}
		return p, m.check(uint64(dev.Blocks()))
	}
}

// hasSuper tells whether a group keeps a copy of super block and descriptors: groups 0, 1 and powers of 3, 5 and 7.
// Linux fs/ext2/balloc.c:ext2_group_sparse
func hasSuper(group uint32) bool {
	if group <= 1 {
		return true
	}
	for _, base := range [...]uint32{3, 5, 7} {
		for n := base; n <= group; n *= base {
			if n == group {
				return true
			}
		}
	}
	return false
}

// overhead is how many blocks of a group hold metadata.
func (p *plan) overhead(group uint32) uint32 {
	n := 2 + p.tableBlocks
	if hasSuper(group) {
		n += 1 + p.descBlocks
	}
	return n
}

// first is the first block of a group, bitmap its block bitmap; the inode bitmap and table follow that.
func (p *plan) first(group uint32) uint32 { return p.m.FirstData + group*p.m.BlocksPerGroup }

func (p *plan) bitmap(group uint32) uint32 {
	if hasSuper(group) {
		return p.first(group) + 1 + p.descBlocks
	}
	return p.first(group)
}

func (p *plan) write(block uint32, b []byte) abi.Errno {
	return p.dev.WriteBlock(block*(p.BlockSize/blk.SectorSize), b)
}

// Blocks of the two directories that a new file system has: the first after group 0's metadata.
const (
	lostBlocks = 4
	dirBlocks  = 1 + lostBlocks
)

// used is how many blocks and inodes of a group are taken.
func (p *plan) used(group uint32) (blocks, inodes, dirs uint32) {
	blocks = p.overhead(group)
	if group == 0 {
		return blocks + dirBlocks, firstIno, 2
	}
	return blocks, 0, 0
}

// writeGroup writes a group's bitmaps and clears its inode table.
func (p *plan) writeGroup(group uint32) abi.Errno {
	blocks, inodes, _ := p.used(group)
	at := p.bitmap(group)
	if err := p.write(at, bitmapOf(blocks, p.m.groupBlocks(group), p.BlockSize)); err != abi.OK {
		return err
	}
	if err := p.write(at+1, bitmapOf(inodes, p.m.InodesPerGroup, p.BlockSize)); err != abi.OK {
		return err
	}
	zero := make([]byte, p.BlockSize)
	for i := range p.tableBlocks {
		if err := p.write(at+2+i, zero); err != abi.OK {
			return err
		}
	}
	return abi.OK
}

// bitmapOf has the first used bits set, and those from end on, which stand for nothing.
func bitmapOf(used, end, size uint32) []byte {
	b := make([]byte, size)
	for i := range size * 8 {
		if i < used || i >= end {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

// writeRoot writes the root directory and lost+found, which e2fsck wants to find with room in it.
func (p *plan) writeRoot() abi.Errno {
	block := p.first(0) + p.overhead(0)
	b := make([]byte, p.BlockSize)
	p.m.putEntry(b, 0, rootIno, 12, ".", abi.S_IFDIR)
	p.m.putEntry(b, 12, rootIno, 12, "..", abi.S_IFDIR)
	p.m.putEntry(b, 24, firstIno, p.BlockSize-24, "lost+found", abi.S_IFDIR)
	if err := p.write(block, b); err != abi.OK {
		return err
	}
	clear(b)
	p.m.putEntry(b, 0, firstIno, 12, ".", abi.S_IFDIR)
	p.m.putEntry(b, 12, rootIno, p.BlockSize-12, "..", abi.S_IFDIR)
	if err := p.write(block+1, b); err != abi.OK {
		return err
	}
	clear(b)
	p.m.putEntry(b, 0, 0, p.BlockSize, "", 0)
	for i := uint32(1); i < lostBlocks; i++ {
		if err := p.write(block+1+i, b); err != abi.OK {
			return err
		}
	}
	return p.writeInodes(block)
}

// writeInodes writes the inodes of the two directories.
func (p *plan) writeInodes(block uint32) abi.Errno {
	perBlock := p.BlockSize / p.m.InodeSize
	table := make([]byte, p.tableBlocks*p.BlockSize)
	p.putInode(table[(rootIno-1)*p.m.InodeSize:], 0o755, 3, block, 1)
	p.putInode(table[(firstIno-1)*p.m.InodeSize:], 0o700, 2, block+1, lostBlocks)
	for i := uint32(0); i < p.tableBlocks && i*perBlock < firstIno; i++ {
		if err := p.write(p.bitmap(0)+2+i, table[i*p.BlockSize:][:p.BlockSize]); err != abi.OK {
			return err
		}
	}
	return abi.OK
}

// putInode writes a directory's inode whose n blocks follow each other.
func (p *plan) putInode(raw []byte, perm, links uint16, block, n uint32) {
	le.PutUint16(raw[iMode:], abi.S_IFDIR|perm)
	le.PutUint16(raw[iLinks:], links)
	le.PutUint32(raw[iSize:], n*p.BlockSize)
	le.PutUint32(raw[iSectors:], n*(p.BlockSize/blk.SectorSize))
	for i := range n {
		le.PutUint32(raw[iBlock+4*i:], block+i)
	}
	for _, at := range [...]int{iAtime, iCtime, iMtime, iCrtime} {
		le.PutUint32(raw[at:], uint32(p.Time))
	}
	le.PutUint16(raw[iExtraSize:], extraSize)
}

// super fills in the super block as group has it.
func (p *plan) super(group uint32) []byte {
	s := make([]byte, superSize)
	freeBlocks, freeInodes := p.m.Blocks-p.m.FirstData, p.m.Inodes
	for g := range p.m.Groups {
		blocks, inodes, _ := p.used(g)
		freeBlocks, freeInodes = freeBlocks-blocks, freeInodes-inodes
	}
	log := uint32(0)
	for 1024<<log < p.BlockSize {
		log++
	}
	for _, f := range [...]struct {
		at int
		x  uint32
	}{
		{sInodes, p.m.Inodes}, {sBlocks, p.m.Blocks}, {sFreeBlocks, freeBlocks}, {sFreeInodes, freeInodes},
		{sFirstData, p.m.FirstData}, {sLogBlock, log}, {sLogFrag, log}, {sBlocksPerGroup, p.m.BlocksPerGroup},
		{sFragsPerGroup, p.m.BlocksPerGroup}, {sInodesPerGroup, p.m.InodesPerGroup}, {sWtime, uint32(p.Time)},
		{sLastCheck, uint32(p.Time)}, {sRevision, revDynamic}, {sFirstIno, firstIno}, {sIncompat, incompatFiletype},
		{sRoCompat, roSparseSuper | roLargeFile | roExtraIsize}, {sMkfsTime, uint32(p.Time)},
	} {
		le.PutUint32(s[f.at:], f.x)
	}
	for _, f := range [...]struct {
		at int
		x  uint16
	}{
		{sMagic, magic}, {sState, stateValid}, {sErrors, onErrorGo}, {sMaxMounts, 0xffff}, {sInodeSize, largeInode},
		{sGroupNr, uint16(group)}, {sMinExtraIsize, extraSize}, {sWantExtraIsize, extraSize},
	} {
		le.PutUint16(s[f.at:], f.x)
	}
	copy(s[sUUID:sUUID+16], p.UUID[:])
	copy(s[sVolume:sVolume+16], p.Label)
	return s
}

// descriptors is the table of group descriptors.
func (p *plan) descriptors() []byte {
	b := make([]byte, p.descBlocks*p.BlockSize)
	for g := range p.m.Groups {
		blocks, inodes, dirs := p.used(g)
		d := b[g*gdSize:]
		le.PutUint32(d[gdBlockBitmap:], p.bitmap(g))
		le.PutUint32(d[gdInodeBitmap:], p.bitmap(g)+1)
		le.PutUint32(d[gdInodeTable:], p.bitmap(g)+2)
		le.PutUint16(d[gdFreeBlocks:], uint16(p.m.groupBlocks(g)-blocks))
		le.PutUint16(d[gdFreeInodes:], uint16(p.m.InodesPerGroup-inodes))
		le.PutUint16(d[gdDirs:], uint16(dirs))
	}
	return b
}

// writeSupers writes super block and descriptors with all their copies.
func (p *plan) writeSupers() abi.Errno {
	table := p.descriptors()
	for g := range p.m.Groups {
		if !hasSuper(g) {
			continue
		}
		block := make([]byte, p.BlockSize)
		if g == 0 && p.BlockSize > superAt {
			copy(block[superAt:], p.super(g)) // block 0 begins with room for a boot sector
		} else {
			copy(block, p.super(g))
		}
		if err := p.write(p.first(g), block); err != abi.OK {
			return err
		}
		if err := p.write(p.first(g)+1, table); err != abi.OK {
			return err
		}
	}
	return abi.OK
}
