package dev

// SectorSize is the size of a disk sector.
const SectorSize = 512

// Backing is the immutable image behind a disk. What the guest writes stays in the drive's Overlay.
type Backing interface {
	// ReadSector fills p, SectorSize bytes, from sector lba, which is below Sectors.
	ReadSector(lba uint64, p []byte)
	// Sectors is the size of the disk.
	Sectors() uint64
}

// Image is a Backing in memory. A last part of a sector is not seen.
type Image []byte

// ReadSector copies a sector.
func (m Image) ReadSector(lba uint64, p []byte) { copy(p, m[lba*SectorSize:]) }

// Sectors is the size in whole sectors.
func (m Image) Sectors() uint64 { return uint64(len(m)) / SectorSize }

// The overlay keeps blocks of 4 KiB, in groups.
const (
	blockSectors = 8
	blockSize    = blockSectors * SectorSize
	groupBlocks  = 512
)

// Overlay holds the blocks of a disk that were written: block n is Blocks[Groups[n/512].Slots[n%512]-1].
type Overlay struct {
	Groups []Group
	Blocks [][]byte
}

// Group is the index of 512 blocks; empty while none of them was written.
type Group struct{ Slots []uint32 }

func newOverlay(sectors uint64) Overlay {
	const groupSectors = groupBlocks * blockSectors
	return Overlay{Groups: make([]Group, (sectors+groupSectors-1)/groupSectors)}
}

// find returns the block's bytes, nil when it was never written.
func (o *Overlay) find(block uint64) []byte {
	slots := o.Groups[block/groupBlocks].Slots
	if len(slots) == 0 || slots[block%groupBlocks] == 0 {
		return nil
	}
	return o.Blocks[slots[block%groupBlocks]-1]
}

// read fills p with a sector, from the overlay or from the image below.
func (o *Overlay) read(base Backing, lba uint64, p []byte) {
	if b := o.find(lba / blockSectors); b != nil {
		copy(p[:SectorSize], b[lba%blockSectors*SectorSize:])
		return
	}
	base.ReadSector(lba, p[:SectorSize])
}

// write takes a sector; the first write to a block copies the block from the image below.
func (o *Overlay) write(base Backing, lba uint64, p []byte) {
	block := lba / blockSectors
	b := o.find(block)
	if b == nil {
		b = make([]byte, blockSize)
		first := block * blockSectors
		for i := uint64(0); i < blockSectors && first+i < base.Sectors(); i++ {
			base.ReadSector(first+i, b[i*SectorSize:(i+1)*SectorSize])
		}
		g := &o.Groups[block/groupBlocks]
		if len(g.Slots) == 0 {
			g.Slots = make([]uint32, groupBlocks)
		}
		o.Blocks = append(o.Blocks, b)
		g.Slots[block%groupBlocks] = uint32(len(o.Blocks))
	}
	copy(b[lba%blockSectors*SectorSize:], p[:SectorSize])
}
