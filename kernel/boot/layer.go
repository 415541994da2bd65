package boot

import (
	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/image"
)

// layer is a disk over another one, which stays as it is and is read only where it must: what is written lies in the layer.
type layer struct {
	base  dev.Backing
	wrote map[uint64][]byte // by sector
}

// Sectors is the size of the disk.
func (d *layer) Sectors() uint64 { return d.base.Sectors() }

// ReadSector fills p from sector lba.
func (d *layer) ReadSector(lba uint64, p []byte) {
	if b := d.wrote[lba]; b != nil {
		copy(p, b)
		return
	}
	d.base.ReadSector(lba, p)
}

// ReadBlock copies sectors out.
func (d *layer) ReadBlock(n uint32, p []byte) abi.Errno {
	if len(p)%dev.SectorSize != 0 || uint64(n)+uint64(len(p)/dev.SectorSize) > d.Sectors() {
		return abi.EIO
	}
	for at := 0; at < len(p); at += dev.SectorSize {
		d.ReadSector(uint64(n)+uint64(at/dev.SectorSize), p[at:at+dev.SectorSize])
	}
	return abi.OK
}

// WriteBlock copies sectors in.
func (d *layer) WriteBlock(n uint32, p []byte) abi.Errno {
	if len(p)%dev.SectorSize != 0 || uint64(n)+uint64(len(p)/dev.SectorSize) > d.Sectors() {
		return abi.EIO
	}
	for at := 0; at < len(p); at += dev.SectorSize {
		d.wrote[uint64(n)+uint64(at/dev.SectorSize)] = append([]byte(nil), p[at:at+dev.SectorSize]...)
	}
	return abi.OK
}

// Blocks is the number of whole sectors.
func (d *layer) Blocks() uint32 { return uint32(min(d.Sectors(), 1<<32-1)) }

var _ blk.Device = (*layer)(nil)

// cacheForFiles is memory to change a file system with: what does not fit is written back meanwhile.
const cacheForFiles = 8 << 20

// PutFiles puts a link's files on its root disk, which stays as it is: the disk with the files lies over it. Of disk no more
// is read than finding the places takes.
func PutFiles(disk dev.Backing, files []link.File) (dev.Backing, error) {
	if disk == nil || len(files) == 0 {
		return disk, nil
	}
	over := &layer{base: disk, wrote: map[uint64][]byte{}}
	im, err := image.Mount(over, cacheForFiles)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := im.Put(f); err != nil {
			return nil, err
		}
	}
	return over, im.Unmount()
}
