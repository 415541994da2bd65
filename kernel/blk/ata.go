package blk

import "vitrine/kernel/abi"

// Ports is the machine's port space as the driver uses it. InsW and OutsW move 16-bit words, as REP INSW and OUTSW do.
type Ports interface {
	In(port uint16, size uint8) uint32
	Out(port uint16, size uint8, v uint32)
	InsW(port uint16, p []byte)
	OutsW(port uint16, p []byte)
}

// Registers of the primary channel. ATA/ATAPI-6, chapter 7
const (
	portData    = 0x1f0
	portCount   = 0x1f2
	portLBA     = 0x1f3 // and 1f4, 1f5
	portDevice  = 0x1f6
	portCommand = 0x1f7 // and status
	portControl = 0x3f6
)

// Status bits, commands and the drive select with LBA.
const (
	statusERR   = 1 << 0
	statusDRQ   = 1 << 3
	statusDF    = 1 << 5
	statusBSY   = 1 << 7
	cmdRead     = 0x20
	cmdWrite    = 0x30
	cmdFlush    = 0xe7
	cmdIdentify = 0xec
	selectLBA   = 0xe0
	noIRQ       = 2 // nIEN in the control register
	lbaLimit    = 1 << 28
)

// maxTransfer is how many sectors one command moves, and maxPolls how long a drive may stay busy.
const (
	maxTransfer = 128
	maxPolls    = 1 << 20
)

// ATA drives the first disk of a channel by polled programmed I/O. It keeps nothing but the disk's size.
// Linux drivers/ata/libata-sff.c:ata_sff_data_xfer
type ATA struct {
	ports  Ports
	blocks uint32
}

// NewATA asks the drive of the primary channel for its size; ENODEV when there is no drive.
func NewATA(ports Ports) (*ATA, abi.Errno) {
	d := &ATA{ports: ports}
	ports.Out(portControl, 1, noIRQ)
	ports.Out(portDevice, 1, selectLBA)
	ports.Out(portCommand, 1, cmdIdentify)
	if status := ports.In(portCommand, 1); status == 0 || status == 0xff {
		return nil, abi.ENODEV
	}
	if err := d.ready(statusDRQ); err != abi.OK {
		return nil, abi.ENODEV
	}
	var id [SectorSize]byte
	ports.InsW(portData, id[:])
	// Words 60 and 61: sectors addressable in LBA28.
	d.blocks = uint32(id[120]) | uint32(id[121])<<8 | uint32(id[122])<<16 | uint32(id[123])<<24
	return d, abi.OK
}

// Blocks is the number of sectors.
func (d *ATA) Blocks() uint32 { return min(d.blocks, lbaLimit) }

// ready waits until the drive is not busy and shows want; EIO when it reports an error or never is.
func (d *ATA) ready(want uint32) abi.Errno {
	for range maxPolls {
		status := d.ports.In(portCommand, 1)
		switch {
		case status&statusBSY != 0:
		case status&(statusERR|statusDF) != 0:
			return abi.EIO
		case status&want == want:
			return abi.OK
		}
	}
	return abi.EIO
}

// command starts a transfer of count sectors from sector n on.
func (d *ATA) command(cmd uint8, n uint32, count int) abi.Errno {
	if err := d.ready(0); err != abi.OK {
		return err
	}
	d.ports.Out(portDevice, 1, selectLBA|n>>24&0xf)
	d.ports.Out(portCount, 1, uint32(count)&0xff)
	d.ports.Out(portLBA, 1, n&0xff)
	d.ports.Out(portLBA+1, 1, n>>8&0xff)
	d.ports.Out(portLBA+2, 1, n>>16&0xff)
	d.ports.Out(portCommand, 1, uint32(cmd))
	return abi.OK
}

// ReadBlock reads sectors.
func (d *ATA) ReadBlock(n uint32, p []byte) abi.Errno {
	return d.transfer(cmdRead, n, p, d.ports.InsW)
}

// WriteBlock writes sectors.
func (d *ATA) WriteBlock(n uint32, p []byte) abi.Errno {
	return d.transfer(cmdWrite, n, p, d.ports.OutsW)
}

// transfer moves the sectors one by one, as the drive is ready for each.
func (d *ATA) transfer(cmd uint8, n uint32, p []byte, move func(port uint16, p []byte)) abi.Errno {
	if !fits(d, n, p) {
		return abi.EIO
	}
	for len(p) > 0 {
		count := min(len(p)/SectorSize, maxTransfer)
		if err := d.command(cmd, n, count); err != abi.OK {
			return err
		}
		for range count {
			if err := d.ready(statusDRQ); err != abi.OK {
				return err
			}
			move(portData, p[:SectorSize])
			p = p[SectorSize:]
		}
		n += uint32(count)
	}
	return abi.OK
}

// Flush has the drive write what it holds back.
func (d *ATA) Flush() abi.Errno {
	if err := d.ready(0); err != abi.OK {
		return err
	}
	d.ports.Out(portCommand, 1, cmdFlush)
	return d.ready(0)
}
