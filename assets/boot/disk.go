package boot

import "encoding/binary"

// Places in the first sector of a disk, by the convention of the PC's fixed disks.
const (
	sectorSize     = 512
	partitionTable = 446 // four entries of 16 bytes
	bootSignature  = 510

	partitionActive = 0x80
	partitionLinux  = 0x83
)

// DiskHead returns what stands on the disk before the root file system: the boot sector with a partition table
// whose first entry is the root, rootSectors large, then the kernel image, then zeros up to PartitionLBA.
func DiskHead(rootSectors uint32) []byte {
	p := make([]byte, PartitionLBA*sectorSize)
	copy(p, bootSector)
	e := p[partitionTable:]
	e[0] = partitionActive
	copy(e[1:], "\xfe\xff\xff") // cylinder, head, sector: beyond what they can say, use the LBA
	e[4] = partitionLinux
	copy(e[5:], "\xfe\xff\xff")
	binary.LittleEndian.PutUint32(e[8:], PartitionLBA)
	binary.LittleEndian.PutUint32(e[12:], rootSectors)
	binary.LittleEndian.PutUint16(p[bootSignature:], 0xaa55)
	copy(p[KernelLBA*sectorSize:], kernel)
	return p
}
