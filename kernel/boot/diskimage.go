package boot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Where a disk says what it holds: the superblock of ext2 (Documentation/filesystems/ext2), and the partition table of the PC's
// first sector.
const (
	extMagicAt, extMagic   = 1024 + 56, 0xEF53
	tableAt, entryLen      = 446, 16
	bootMarkAt, bootMark   = 510, 0xAA55
	linuxPartition         = 0x83
	sector                 = 512
	entryKind, entryStart  = 4, 8
	entryLength, tableRows = 12, 4
)

// MaxDiskImage bounds a disk that a reader brings along, in bytes: it lies in the page's memory.
const MaxDiskImage = 256 << 20

// DiskImage looks whether a file is the image of a disk. If it is, fs is the part of it that the kernel can mount: all of it, or the first
// partition with ext2; err says why there is none.
func DiskImage(b []byte) (fs []byte, isDisk bool, err error) {
	if bytes.HasPrefix(b, []byte("\x7fELF")) || bytes.HasPrefix(b, []byte("#!")) {
		return nil, false, nil // whatever its further bytes may look like
	}
	if isExt(b) {
		return sized(b)
	}
	if len(b) < 2*sector || len(b)%sector != 0 || binary.LittleEndian.Uint16(b[bootMarkAt:]) != bootMark {
		return nil, false, nil
	}
	kinds := ""
	for i := range tableRows {
		e := b[tableAt+entryLen*i:][:entryLen]
		from, n := uint64(binary.LittleEndian.Uint32(e[entryStart:]))*sector, uint64(binary.LittleEndian.Uint32(e[entryLength:]))*sector
		if e[entryKind] == 0 || from >= uint64(len(b)) {
			continue
		}
		if part := b[from:min(from+n, uint64(len(b)))]; e[entryKind] == linuxPartition && isExt(part) {
			return sized(part)
		}
		kinds += fmt.Sprintf(" %#02x", e[entryKind])
	}
	if kinds == "" {
		return nil, true, errors.New("this is the image of a disk or a floppy without a partition of Linux's: the machine starts from its own disk, and mounts ext2")
	}
	return nil, true, fmt.Errorf("this is the image of a disk with partitions of type%s and none with ext2, which is what the kernel mounts", kinds)
}

func isExt(b []byte) bool {
	return len(b) >= 2048 && binary.LittleEndian.Uint16(b[extMagicAt:]) == extMagic
}

// sized returns whole sectors of a disk that is not too large.
func sized(b []byte) ([]byte, bool, error) {
	if len(b) > MaxDiskImage {
		return nil, true, fmt.Errorf("the disk has %d MiB; a page has room for %d", len(b)>>20, MaxDiskImage>>20)
	}
	return b[:len(b)/sector*sector], true, nil
}
