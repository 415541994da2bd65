// Package blk is block devices: what a file system asks of a disk, the ATA driver, and disks for tools and tests.
package blk

import (
	"encoding/binary"

	"vitrine/kernel/abi"
)

// SectorSize is the unit of every device here.
const SectorSize = 512

// Device is a disk. A block is a sector of 512 bytes; p holds a whole number of them, from block n on.
type Device interface {
	ReadBlock(n uint32, p []byte) abi.Errno
	WriteBlock(n uint32, p []byte) abi.Errno
	Blocks() uint32
}

// fits checks a transfer against the device's size.
func fits(d Device, n uint32, p []byte) bool {
	return len(p)%SectorSize == 0 && uint64(n)+uint64(len(p)/SectorSize) <= uint64(d.Blocks())
}

// Bytes is a disk in memory.
type Bytes []byte

// ReadBlock copies sectors out.
func (d Bytes) ReadBlock(n uint32, p []byte) abi.Errno {
	if !fits(d, n, p) {
		return abi.EIO
	}
	copy(p, d[int(n)*SectorSize:])
	return abi.OK
}

// WriteBlock copies sectors in.
func (d Bytes) WriteBlock(n uint32, p []byte) abi.Errno {
	if !fits(d, n, p) {
		return abi.EIO
	}
	copy(d[int(n)*SectorSize:], p)
	return abi.OK
}

// Blocks is the number of whole sectors.
func (d Bytes) Blocks() uint32 { return uint32(len(d) / SectorSize) }

// part is a stretch of another device.
type part struct {
	of           Device
	first, count uint32
}

func (d part) ReadBlock(n uint32, p []byte) abi.Errno {
	if !fits(d, n, p) {
		return abi.EIO
	}
	return d.of.ReadBlock(d.first+n, p)
}

func (d part) WriteBlock(n uint32, p []byte) abi.Errno {
	if !fits(d, n, p) {
		return abi.EIO
	}
	return d.of.WriteBlock(d.first+n, p)
}

func (d part) Blocks() uint32 { return d.count }

// The partition table in sector 0: four entries of 16 bytes and a mark. Linux block/partitions/msdos.c
const (
	tableAt   = 446
	entrySize = 16
	entries   = 4
	markAt    = 510
	mark      = 0xaa55
)

// Partition returns primary partition number i (from 1) of a disk; ENXIO when there is none.
func Partition(d Device, i int) (Device, abi.Errno) {
	var sector [SectorSize]byte
	if err := d.ReadBlock(0, sector[:]); err != abi.OK {
		return nil, err
	}
	if i < 1 || i > entries || binary.LittleEndian.Uint16(sector[markAt:]) != mark {
		return nil, abi.ENXIO
	}
	e := sector[tableAt+(i-1)*entrySize:]
	first, count := binary.LittleEndian.Uint32(e[8:]), binary.LittleEndian.Uint32(e[12:])
	if e[4] == 0 || count == 0 || uint64(first)+uint64(count) > uint64(d.Blocks()) {
		return nil, abi.ENXIO
	}
	return part{of: d, first: first, count: count}, abi.OK
}
