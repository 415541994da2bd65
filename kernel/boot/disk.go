package boot

import (
	"vitrine/engine"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
)

// disk is the ATA drive and its first partition, as the file layer sees them: every transfer takes its time. Both are
// found when the root is mounted, and so is a second drive.
type disk struct {
	drive, part, second timed
	found               [3]blk.Device // what they were before they were forgotten
}

func newDisk(k *kernel.Kernel) *disk {
	return &disk{drive: timed{k: k}, part: timed{k: k}, second: timed{k: k, disk: kernel.DiskB}}
}

// probe finds the drive and the partition.
func (d *disk) probe() abi.Errno {
	drive, e := blk.NewATA(ports{d.drive.k.M})
	if e != abi.OK {
		return e
	}
	part, e := blk.Partition(drive, 1)
	if e != abi.OK {
		return e
	}
	d.drive.dev, d.part.dev = drive, part
	if second, e := blk.NewSecondATA(ports{d.drive.k.M}); e == abi.OK {
		d.second.dev = second
	}
	return abi.OK
}

// forget is for a computer that went back to before the root was mounted.
func (d *disk) forget() {
	if d.drive.dev != nil {
		d.found = [...]blk.Device{d.drive.dev, d.part.dev, d.second.dev}
	}
	d.drive.dev, d.part.dev, d.second.dev = nil, nil, nil
}

// recall is for one that goes from there to a moment when the root was mounted.
func (d *disk) recall() {
	if d.drive.dev == nil {
		d.drive.dev, d.part.dev, d.second.dev = d.found[0], d.found[1], d.found[2]
	}
}

// timed is a device whose transfers are charged to the clock; dev is nil until it is found.
type timed struct {
	k    *kernel.Kernel
	dev  blk.Device
	disk int // as whose its transfers are counted
}

func (d *timed) ReadBlock(n uint32, p []byte) abi.Errno {
	if d.dev == nil {
		return abi.ENXIO
	}
	d.k.TransferDisk(d.disk, len(p), false)
	return d.dev.ReadBlock(n, p)
}

func (d *timed) WriteBlock(n uint32, p []byte) abi.Errno {
	if d.dev == nil {
		return abi.ENXIO
	}
	d.k.TransferDisk(d.disk, len(p), true)
	return d.dev.WriteBlock(n, p)
}

func (d *timed) Blocks() uint32 {
	if d.dev == nil {
		return 0
	}
	return d.dev.Blocks()
}

// ports is the port space as the disk's driver uses it.
type ports struct{ m *engine.Machine }

func (p ports) In(port uint16, size uint8) uint32     { return p.m.In(port, size) }
func (p ports) Out(port uint16, size uint8, v uint32) { p.m.Out(port, size, v) }
func (p ports) InsW(port uint16, b []byte)            { p.m.Bus.Ins(p.m.Now(), port, 2, b) }
func (p ports) OutsW(port uint16, b []byte)           { p.m.Bus.Outs(p.m.Now(), port, 2, b) }
