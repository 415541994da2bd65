// Package ext2 is the second extended file system, revision 1, read and written: what Linux's fs/ext2 does, and mkfs.
// The layout is described in "The Second Extended File System: Internal Layout" (D. Poirier) and Linux fs/ext2/ext2.h.
//
// Metadata (super block, descriptors, bitmaps, inode tables, indirect blocks) is read and written through the page
// cache of the block device, file and directory contents through the page cache of their inodes.
package ext2

import (
	"encoding/binary"

	"vitrine/kernel/abi"
)

var le = binary.LittleEndian

// Offsets in the super block, which is at byte 1024 of the device.
const (
	superAt   = 1024
	superSize = 1024

	sInodes         = 0
	sBlocks         = 4
	sReserved       = 8
	sFreeBlocks     = 12
	sFreeInodes     = 16
	sFirstData      = 20
	sLogBlock       = 24
	sLogFrag        = 28
	sBlocksPerGroup = 32
	sFragsPerGroup  = 36
	sInodesPerGroup = 40
	sMtime          = 44
	sWtime          = 48
	sMountCount     = 52
	sMaxMounts      = 54
	sMagic          = 56
	sState          = 58
	sErrors         = 60
	sLastCheck      = 64
	sRevision       = 76
	sFirstIno       = 84
	sInodeSize      = 88
	sGroupNr        = 90
	sCompat         = 92
	sIncompat       = 96
	sRoCompat       = 100
	sUUID           = 104
	sVolume         = 120
	sMkfsTime       = 264
	sMinExtraIsize  = 348
	sWantExtraIsize = 350
)

// Values of the super block.
const (
	magic      = 0xef53
	stateValid = 1
	onErrorGo  = 1 // EXT2_ERRORS_CONTINUE
	revDynamic = 1

	incompatFiletype = 2
	roSparseSuper    = 1
	roLargeFile      = 2
	roExtraIsize     = 0x40
	roKnown          = roSparseSuper | roLargeFile | roExtraIsize
)

// Offsets in a group descriptor.
const (
	gdSize        = 32
	gdBlockBitmap = 0
	gdInodeBitmap = 4
	gdInodeTable  = 8
	gdFreeBlocks  = 12
	gdFreeInodes  = 14
	gdDirs        = 16
)

// Offsets in an inode; those from 128 on exist only in larger inodes.
const (
	iMode       = 0
	iUID        = 2
	iSize       = 4
	iAtime      = 8
	iCtime      = 12
	iMtime      = 16
	iDtime      = 20
	iGID        = 24
	iLinks      = 26
	iSectors    = 28
	iFlags      = 32
	iBlock      = 40
	iFileACL    = 104
	iSizeHigh   = 108
	iUIDHigh    = 120
	iGIDHigh    = 122
	iExtraSize  = 128
	iCtimeExtra = 132
	iMtimeExtra = 136
	iAtimeExtra = 140
	iCrtime     = 144

	goodInode  = 128 // size of a revision 0 inode
	largeInode = 256
	extraSize  = 32 // of the fields after the first 128 bytes
)

// Inode flags.
const (
	flagIndex   = 0x1000  // a hashed directory: still readable as a plain one
	flagExtents = 0x80000 // ext4's block mapping: not ours
)

// Well-known inodes.
const (
	rootIno  = 2
	firstIno = 11
)

// Directory entries: inode, record length, name length, file type, name.
const (
	deHead  = 8
	nameMax = 255
)

// Mount is what the driver remembers of a mounted super block. Plain data.
type Mount struct {
	BlockSize      uint32
	Blocks         uint32
	Inodes         uint32
	FirstData      uint32
	BlocksPerGroup uint32
	InodesPerGroup uint32
	InodeSize      uint32
	FirstIno       uint32
	Groups         uint32
	FreeBlocks     uint32
	FreeInodes     uint32
	Reserved       uint32
	Filetype       bool // directory entries have types
	Changed        bool // differs from the last Sync
}

// parse checks a super block as hard as an unknown disk deserves and takes over what is needed.
// Linux fs/ext2/super.c:ext2_fill_super
func parse(s []byte, deviceBlocks uint64) (Mount, abi.Errno) {
	if len(s) < superSize || le.Uint16(s[sMagic:]) != magic {
		return Mount{}, abi.EINVAL
	}
	logBlock := le.Uint32(s[sLogBlock:])
	if logBlock > 2 || le.Uint32(s[sRevision:]) > revDynamic {
		return Mount{}, abi.EINVAL
	}
	m := Mount{
		BlockSize:      1024 << logBlock,
		Blocks:         le.Uint32(s[sBlocks:]),
		Inodes:         le.Uint32(s[sInodes:]),
		FirstData:      le.Uint32(s[sFirstData:]),
		BlocksPerGroup: le.Uint32(s[sBlocksPerGroup:]),
		InodesPerGroup: le.Uint32(s[sInodesPerGroup:]),
		FreeBlocks:     le.Uint32(s[sFreeBlocks:]),
		FreeInodes:     le.Uint32(s[sFreeInodes:]),
		Reserved:       le.Uint32(s[sReserved:]),
		InodeSize:      goodInode,
		FirstIno:       firstIno,
	}
	if le.Uint32(s[sRevision:]) == revDynamic {
		m.InodeSize = uint32(le.Uint16(s[sInodeSize:]))
		m.FirstIno = le.Uint32(s[sFirstIno:])
		m.Filetype = le.Uint32(s[sIncompat:])&incompatFiletype != 0
		if le.Uint32(s[sIncompat:])&^incompatFiletype != 0 {
			return Mount{}, abi.EINVAL
		}
	}
	return m, m.check(deviceBlocks)
}

// check refuses geometry that the rest of the driver could not trust.
func (m *Mount) check(deviceSectors uint64) abi.Errno {
	bits := m.BlockSize * 8
	first := uint32(0)
	if m.BlockSize == 1024 {
		first = 1
	}
	switch {
	case m.InodeSize < goodInode || m.InodeSize > m.BlockSize || m.InodeSize&(m.InodeSize-1) != 0,
		m.BlocksPerGroup == 0 || m.BlocksPerGroup > bits || m.BlocksPerGroup%8 != 0,
		m.InodesPerGroup == 0 || m.InodesPerGroup > bits,
		m.FirstData != first || m.Blocks <= m.FirstData,
		m.FirstIno < firstIno || m.FirstIno > m.Inodes,
		uint64(m.Blocks)*uint64(m.BlockSize/512) > deviceSectors:
		return abi.EINVAL
	}
	m.Groups = (m.Blocks - m.FirstData + m.BlocksPerGroup - 1) / m.BlocksPerGroup
	if uint64(m.Groups)*uint64(m.InodesPerGroup) != uint64(m.Inodes) {
		return abi.EINVAL
	}
	return abi.OK
}

// per is how many block numbers fit in a block.
func (m *Mount) per() uint64 { return uint64(m.BlockSize / 4) }

// at is the byte offset of a block on the device.
func (m *Mount) at(block uint32) uint64 { return uint64(block) * uint64(m.BlockSize) }

// valid tells whether a block number lies in the file system's data.
func (m *Mount) valid(block uint32) bool { return block > m.FirstData && block < m.Blocks }

// descriptor is the byte offset of a group's descriptor.
func (m *Mount) descriptor(group uint32) uint64 {
	return m.at(m.FirstData+1) + uint64(group)*gdSize
}

// groupBlocks is how many blocks a group has: the last may be short.
func (m *Mount) groupBlocks(group uint32) uint32 {
	return min(m.BlocksPerGroup, m.Blocks-m.FirstData-group*m.BlocksPerGroup)
}
