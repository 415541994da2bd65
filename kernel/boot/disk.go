package boot

import (
	"vitrine/engine"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
)

// disk is the first partition of the ATA drive as file systems see it. The drive is found when the root is mounted.
type disk struct {
	m     *engine.Machine
	drive blk.Device
	part  blk.Device
}

// probe finds the drive and its first partition.
func (d *disk) probe() abi.Errno {
	drive, e := blk.NewATA(ports{d.m})
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
	d.m.Charge(costDisk + uint64(len(p))/costWord)
	return d.part.ReadBlock(n, p)
}

func (d *disk) WriteBlock(n uint32, p []byte) abi.Errno {
	if d.part == nil {
		return abi.ENXIO
	}
	d.m.Charge(costDisk + uint64(len(p))/costWord)
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
	d.m.Charge(costDisk + uint64(len(p))/costWord)
	return d.drive.ReadBlock(n, p)
}

func (d whole) Blocks() uint32 {
	if d.drive == nil {
		return 0
	}
	return d.drive.Blocks()
}

// What a transfer costs in time, in units of 10 ns: the command, and PIO at 8 bytes a unit (800 MB/s; a fast drive).
// The processor polls meanwhile, as with programmed I/O.
const (
	costDisk = 2000
	costWord = 8
)

// ports is the port space as the disk's driver uses it.
type ports struct{ m *engine.Machine }

func (p ports) In(port uint16, size uint8) uint32     { return p.m.In(port, size) }
func (p ports) Out(port uint16, size uint8, v uint32) { p.m.Out(port, size, v) }
func (p ports) InsW(port uint16, b []byte)            { p.m.Bus.Ins(p.m.Now(), port, 2, b) }
func (p ports) OutsW(port uint16, b []byte)           { p.m.Bus.Outs(p.m.Now(), port, 2, b) }
