package boot

import (
	"vitrine/engine"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
)

// disk is the first partition of the ATA drive as file systems see it. The drive is found when the root is mounted.
type disk struct {
	k     *kernel.Kernel
	drive blk.Device
	part  blk.Device
}

// probe finds the drive and its first partition.
func (d *disk) probe() abi.Errno {
	drive, e := blk.NewATA(ports{d.k.M})
	if e != abi.OK {
		return e
	}
	part, e := blk.Partition(drive, 1)
	if e != abi.OK {
		return e
	}
	d.drive, d.part = drive, part
	return abi.OK
}

func (d *disk) ReadBlock(n uint32, p []byte) abi.Errno {
	if d.part == nil {
		return abi.ENXIO
	}
	d.k.ChargeDisk(len(p))
	return d.part.ReadBlock(n, p)
}

func (d *disk) WriteBlock(n uint32, p []byte) abi.Errno {
	if d.part == nil {
		return abi.ENXIO
	}
	d.k.ChargeDisk(len(p))
	return d.part.WriteBlock(n, p)
}

func (d *disk) Blocks() uint32 {
	if d.part == nil {
		return 0
	}
	return d.part.Blocks()
}

// whole is the drive as /dev/sda shows it, boot sector and kernel image included.
type whole struct{ *disk }

func (d whole) ReadBlock(n uint32, p []byte) abi.Errno {
	if d.drive == nil {
		return abi.ENXIO
	}
	d.k.ChargeDisk(len(p))
	return d.drive.ReadBlock(n, p)
}

func (d whole) Blocks() uint32 {
	if d.drive == nil {
		return 0
	}
	return d.drive.Blocks()
}

// ports is the port space as the disk's driver uses it.
type ports struct{ m *engine.Machine }

func (p ports) In(port uint16, size uint8) uint32     { return p.m.In(port, size) }
func (p ports) Out(port uint16, size uint8, v uint32) { p.m.Out(port, size, v) }
func (p ports) InsW(port uint16, b []byte)            { p.m.Bus.Ins(p.m.Now(), port, 2, b) }
func (p ports) OutsW(port uint16, b []byte)           { p.m.Bus.Outs(p.m.Now(), port, 2, b) }
