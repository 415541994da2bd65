package boot

import (
	"bytes"
	"fmt"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
)

// Describe says in a link's terms what computer the options make. Disk must be the root disk as it was before anything was put
// into it. What is not larger than inside bytes becomes part of the description, but never our own kernel's root disk.
func Describe(o *Options, inside uint64) (link.Setup, []link.Item) {
	s := link.Setup{Cmdline: o.Cmdline, Append: o.Append, RAM: o.RAM, Seed: o.Seed, Date: o.Date, Rows: o.Rows, Cols: o.Cols,
		TermRaw: o.TermRaw, TermNoEcho: o.TermNoEcho, BIOS: o.BIOS}
	if s.RAM == defaultRAM(o) {
		s.RAM = 0
	}
	if s.Rows == 24 && s.Cols == 80 {
		s.Rows, s.Cols = 0, 0
	}
	var items []link.Item
	if o.Disk != nil {
		if o.Kernel == nil && !o.BIOS {
			items = append(items, diskItem(link.Disk, o.Disk, 0))
		} else {
			items = append(items, diskItem(link.Disk, o.Disk, inside))
		}
	}
	if o.Swap != nil {
		if swap := diskItem(link.Swap, o.Swap, inside); swap.Sum == DiskSum(SwapDisk(swap.Size)) {
			s.Swap = swap.Size
		} else {
			items = append(items, swap)
		}
	}
	if o.Kernel != nil {
		items = append(items, fileItem(link.Kernel, o.Kernel, inside))
	}
	if o.Initrd != nil {
		items = append(items, fileItem(link.Initrd, o.Initrd, inside))
	}
	return s, items
}

func fileItem(role link.Role, b []byte, inside uint64) link.Item {
	it := link.Item{Role: role, Size: uint64(len(b)), Sum: link.Sum(b)}
	if it.Size <= inside {
		it.Inside, it.Data = true, bytes.TrimRight(b, "\x00")
	}
	return it
}

// diskItem describes a disk. One that knows its own hash is not read, unless it is to travel inside.
func diskItem(role link.Role, d dev.Backing, inside uint64) link.Item {
	it := link.Item{Role: role, Size: d.Sectors() * dev.SectorSize, Sum: DiskSum(d)}
	if it.Size <= inside {
		b := make([]byte, it.Size)
		for n := range d.Sectors() {
			d.ReadSector(n, b[n*dev.SectorSize:][:dev.SectorSize])
		}
		it.Inside, it.Data = true, bytes.TrimRight(b, "\x00")
	}
	return it
}

// DiskSum is the hash of a disk's content.
func DiskSum(d dev.Backing) uint64 {
	if known, ok := d.(interface{ Sum() uint64 }); ok {
		return known.Sum()
	}
	const sectors = link.ChunkSize / dev.SectorSize
	var sums []uint64
	var chunk, zero [link.ChunkSize]byte
	for first := uint64(0); first < d.Sectors(); first += sectors {
		n := min(sectors, d.Sectors()-first)
		for i := range n {
			d.ReadSector(first+i, chunk[i*dev.SectorSize:][:dev.SectorSize])
		}
		sum := uint64(0)
		if b := chunk[:n*dev.SectorSize]; !bytes.Equal(b, zero[:len(b)]) {
			sum = link.Sum(b)
		}
		sums = append(sums, sum)
	}
	return link.DiskSum(d.Sectors(), sums)
}

// maxInside bounds what the things inside a link may take in memory, in bytes.
const maxInside = 64 << 20

// Memory is how many bytes of the host's memory a link's computer may take, before anything is made: whoever opens a
// stranger's link may refuse.
func Memory(l *link.Link) uint64 {
	n := l.Setup.RAM + l.Setup.Swap
	if l.Setup.RAM == 0 {
		n += LinuxRAM
	}
	for _, it := range l.Loaded {
		if it.Inside {
			n += it.Size
		}
	}
	for _, f := range l.Files {
		n += uint64(len(f.Data))
	}
	return n
}

// Equip makes the options of a link's computer. Of have it takes disks, kernel and initrd where they are not inside the link,
// and says which is missing or not the one that the link means. Files of the link are not yet on the disk.
func Equip(l *link.Link, have *Options) (*Options, error) {
	s := &l.Setup
	o := &Options{Cmdline: s.Cmdline, Append: s.Append, RAM: s.RAM, Seed: s.Seed, Date: s.Date, Rows: s.Rows, Cols: s.Cols,
		TermRaw: s.TermRaw, TermNoEcho: s.TermNoEcho, BIOS: s.BIOS, Mask: have.Mask}
	if s.Swap > MaxRAM {
		return nil, fmt.Errorf("the link asks for a second disk of %d bytes: too large", s.Swap)
	}
	if s.Swap != 0 {
		o.Swap = SwapDisk(s.Swap)
	}
	for i := range l.Loaded {
		it := &l.Loaded[i]
		if err := o.load(it, have); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// load puts a thing of the link, or the one at hand, in its place.
func (o *Options) load(it *link.Item, have *Options) error {
	var content []byte
	if it.Inside {
		if it.Size > maxInside {
			return fmt.Errorf("the link's %v of %d bytes is too large", it.Role, it.Size)
		}
		content = make([]byte, it.Size)
		copy(content, it.Data)
	}
	switch it.Role {
	case link.Disk:
		return putDisk(&o.Disk, it, content, have.Disk)
	case link.Swap:
		return putDisk(&o.Swap, it, content, have.Swap)
	case link.Kernel:
		return putFile(&o.Kernel, it, content, have.Kernel)
	}
	return putFile(&o.Initrd, it, content, have.Initrd)
}

func putDisk(to *dev.Backing, it *link.Item, content []byte, have dev.Backing) error {
	if it.Inside {
		have = dev.Image(content)
	}
	if have == nil {
		return missing(it)
	}
	*to = have
	return matches(it, have.Sectors()*dev.SectorSize, DiskSum(have))
}

func putFile(to *[]byte, it *link.Item, content, have []byte) error {
	if it.Inside {
		have = content
	}
	if have == nil {
		return missing(it)
	}
	*to = have
	return matches(it, uint64(len(have)), link.Sum(have))
}

func missing(it *link.Item) error {
	return fmt.Errorf("the link needs a %v of %d bytes with hash %016x, which is not here", it.Role, it.Size, it.Sum)
}

func matches(it *link.Item, size, sum uint64) error {
	if size != it.Size || sum != it.Sum {
		return fmt.Errorf("the link was made with another %v: %d bytes, hash %016x; here %d bytes, hash %016x", it.Role, it.Size, it.Sum, size, sum)
	}
	return nil
}
