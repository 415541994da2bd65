package blk_test

import (
	"bytes"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
)

// line is an interrupt line nobody listens to.
type line struct{ raised bool }

func (l *line) Set(on bool) { l.raised = l.raised || on }

// ports is a machine with nothing but a disk.
type ports struct{ drive *dev.ATA }

func (p ports) In(port uint16, size uint8) uint32     { return p.drive.In(port, size) }
func (p ports) Out(port uint16, size uint8, v uint32) { p.drive.Out(port, size, v) }
func (p ports) InsW(port uint16, b []byte)            { p.drive.Ins(port, b) }
func (p ports) OutsW(port uint16, b []byte)           { p.drive.Outs(port, b) }

func newDrive(t *testing.T, sectors int) (*blk.ATA, []byte, *line) {
	t.Helper()
	image := make([]byte, sectors*blk.SectorSize)
	for i := range image {
		image[i] = byte(i / 7)
	}
	irq := &line{}
	d, err := blk.NewATA(ports{dev.NewATA(irq, dev.Image(bytes.Clone(image)), &trace.Hub{})})
	if err != abi.OK {
		t.Fatal(err)
	}
	return d, image, irq
}

func TestATA(t *testing.T) {
	d, image, irq := newDrive(t, 1000)
	if d.Blocks() != 1000 {
		t.Fatalf("%d sectors", d.Blocks())
	}
	p := make([]byte, 300*blk.SectorSize) // more than one command moves
	if err := d.ReadBlock(5, p); err != abi.OK || !bytes.Equal(p, image[5*blk.SectorSize:305*blk.SectorSize]) {
		t.Errorf("read: %v", err)
	}
	for i := range p {
		p[i] = byte(i)
	}
	if err := d.WriteBlock(600, p); err != abi.OK {
		t.Errorf("write: %v", err)
	}
	got := make([]byte, len(p))
	if err := d.ReadBlock(600, got); err != abi.OK || !bytes.Equal(got, p) {
		t.Errorf("read back: %v", err)
	}
	if err := d.Flush(); err != abi.OK {
		t.Errorf("flush: %v", err)
	}
	if irq.raised {
		t.Error("polled transfers must not interrupt")
	}
}

func TestATARefuses(t *testing.T) {
	d, _, _ := newDrive(t, 10)
	for _, c := range []struct {
		n    uint32
		size int
	}{{10, 512}, {9, 1024}, {0, 100}, {^uint32(0), 512}} {
		if err := d.ReadBlock(c.n, make([]byte, c.size)); err != abi.EIO {
			t.Errorf("read of %d at %d: %v", c.size, c.n, err)
		}
	}
}

// nothing is a bus without a drive: it floats.
type nothing struct{}

func (nothing) In(uint16, uint8) uint32    { return 0xff }
func (nothing) Out(uint16, uint8, uint32)  {}
func (nothing) InsW(port uint16, b []byte) {}
func (nothing) OutsW(uint16, []byte)       {}

func TestNoDrive(t *testing.T) {
	if _, err := blk.NewATA(nothing{}); err != abi.ENODEV {
		t.Errorf("%v", err)
	}
}

func TestPartition(t *testing.T) {
	disk := make(blk.Bytes, 100*blk.SectorSize)
	if _, err := blk.Partition(disk, 1); err != abi.ENXIO {
		t.Errorf("without a table: %v", err)
	}
	copy(disk[446:], []byte{0x80, 0, 0, 0, 0x83, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0})
	disk[510], disk[511] = 0x55, 0xaa
	part, err := blk.Partition(disk, 1)
	if err != abi.OK || part.Blocks() != 20 {
		t.Fatalf("%v", err)
	}
	disk[12*blk.SectorSize] = 42
	p := make([]byte, blk.SectorSize)
	if err := part.ReadBlock(2, p); err != abi.OK || p[0] != 42 {
		t.Errorf("read: %v", err)
	}
	if err := part.WriteBlock(20, p); err != abi.EIO {
		t.Errorf("write past the end: %v", err)
	}
	disk[446+12] = 91
	if _, err := blk.Partition(disk, 1); err != abi.ENXIO {
		t.Errorf("larger than the disk: %v", err)
	}
}
