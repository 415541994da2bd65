package dev

// An ATA channel with one drive, PIO only: "AT Attachment with Packet Interface – 6" (T13 1410D). Ports
// 0x1f0–0x1f7 and 0x3f6, request line 14. The ROM and the boot sector read the kernel through it, the kernel its
// root file system. A second disk has a channel of its own, at 0x170–0x177 and 0x376 with line 15.
//
// The drive answers at once: a command is done, or its first block there, and its interrupt raised, when the write to the
// command register returns. Who waits for a disk is charged by the kernel, not by the drive.

import (
	"vitrine/engine/bus"
	"vitrine/engine/trace"
)

// Registers of the task file, by their offset from ataBase.
const (
	ataData    = iota
	ataError   // features when written
	ataCount   // sectors, 0 stands for the most
	ataLBA0    // the LBA registers are 8 bits wide and remember the byte written before (LBA48)
	ataLBA1    //
	ataLBA2    //
	ataDevice  // bit 6: LBA, bit 4: second drive
	ataStatus  // command when written
	ataBase    = 0x1f0
	ataControl = 0x3f6 // alternate status when read
	ataBelow   = 0x80  // the secondary channel's ports are that far below
)

// Bits of the status register.
const (
	ataERR  = 1 << 0
	ataDRQ  = 1 << 3
	ataDSC  = 1 << 4
	ataDRDY = 1 << 6
	ataBSY  = 1 << 7
)

// Bits of the error, device and device control registers.
const (
	ataABRT = 1 << 2 // error: no such command, or its registers make no sense
	ataIDNF = 1 << 4 // error: no such sector

	deviceLBA    = 1 << 6
	deviceSecond = 1 << 4

	controlNoIRQ = 1 << 1
	controlReset = 1 << 2
	controlHOB   = 1 << 7 // the count and LBA registers read as the byte before
)

// ATAState is the state of the channel and of the drive, with what was written to it.
type ATAState struct {
	Error, Feature  uint8
	Count           [2]uint8    // the byte written last, and the one before
	LBA             [3][2]uint8 // the same
	Device, Control uint8
	Status          uint8
	IRQ             bool // interrupt pending
	Writing         bool // the transfer goes to the drive
	Buffer          [SectorSize]byte
	Pos             uint16 // next byte of Buffer to transfer
	Sector          uint64 // where Buffer comes from or goes to
	Left            uint32 // sectors still to come, Buffer's among them; 0 when Buffer is no sector
	PerBlock, Block uint8  // sectors for each interrupt, and those still to come in the present block
	Multiple        uint8  // the block of READ and WRITE MULTIPLE; 0: these commands are off
	Heads, Track    uint8  // the geometry that the host has chosen
	NoCache         bool   // the host has switched the write cache off
	Overlay         Overlay
}

// ATA is a channel.
type ATA struct {
	bus.Timeless
	S     ATAState
	below uint16 // how far its ports lie below those of the primary channel
	irq   bus.Line
	disk  Backing
	trace *trace.Hub
}

// NewATA returns a channel with one drive that shows disk.
func NewATA(irq bus.Line, disk Backing, tr *trace.Hub) *ATA {
	a := &ATA{irq: irq, disk: disk, trace: tr}
	a.S.Overlay = newOverlay(disk.Sectors())
	a.reset()
	return a
}

// NewSecondATA returns the secondary channel with a drive that shows disk.
func NewSecondATA(irq bus.Line, disk Backing, tr *trace.Hub) *ATA {
	a := NewATA(irq, disk, tr)
	a.below = ataBelow
	return a
}

// Info is the device's place on the board.
func (a *ATA) Info() bus.Info {
	base, control := ataBase-a.below, ataControl-a.below
	info := bus.Info{
		Name:  "ATA disk",
		Ports: []bus.Range{{First: base, Last: base + 7}, {First: control, Last: control}},
		Wide:  []bus.Range{{First: base, Last: base}},
		IRQ:   14,
	}
	if a.below != 0 {
		info.Name, info.IRQ = "second ATA disk", 15
	}
	return info
}

// State is the device's plain data.
func (a *ATA) State() any { return &a.S }

// Sectors is the size of the disk.
func (a *ATA) Sectors() uint64 { return a.disk.Sectors() }

// ReadSector shows a sector as the guest would read it, for those who look at the machine from outside.
func (a *ATA) ReadSector(lba uint64, p []byte) { a.S.Overlay.read(a.disk, lba, p) }

// reset puts the signature of a disk in the task file ("ATA/ATAPI-6", "Signature and persistence").
func (a *ATA) reset() {
	s := &a.S
	s.Error, s.Status = 1, ataDRDY|ataDSC
	s.Count, s.LBA = [2]uint8{1}, [3][2]uint8{{1}}
	s.Device, s.Left, s.Writing, s.Pos = 0, 0, false, 0
	s.PerBlock, s.Block, s.Multiple = 1, 0, 0
	s.Heads, s.Track = ataHeads, ataTrack
	a.interrupt(false)
}

func (a *ATA) interrupt(on bool) {
	a.S.IRQ = on
	a.irq.Set(on && a.S.Control&controlNoIRQ == 0)
}

// In reads a register.
func (a *ATA) In(port uint16, size uint8) uint32 {
	s := &a.S
	hob := s.Control >> 7 // LBA48: which of the two bytes
	at := port + a.below
	switch at {
	case ataBase + ataData:
		var w [4]byte
		a.Ins(port, w[:max(size, 2)])
		return uint32(w[0]) | uint32(w[1])<<8 | uint32(w[2])<<16 | uint32(w[3])<<24
	case ataBase + ataStatus:
		a.interrupt(false)
		return uint32(a.status())
	case ataControl:
		return uint32(a.status())
	case ataBase + ataError:
		return uint32(s.Error)
	case ataBase + ataCount:
		return uint32(s.Count[hob])
	case ataBase + ataDevice:
		return uint32(s.Device | 0xa0)
	}
	return uint32(s.LBA[at-ataBase-ataLBA0][hob])
}

// status of the selected drive; there is no second one, and the first answers 0 for it ("ATA/ATAPI-6", "Device 0 only
// configurations").
func (a *ATA) status() uint8 {
	if a.S.Control&controlReset != 0 {
		return ataBSY
	}
	if a.S.Device&deviceSecond != 0 {
		return 0
	}
	return a.S.Status
}

// Out writes a register.
func (a *ATA) Out(port uint16, size uint8, v uint32) {
	s, b := &a.S, uint8(v)
	at := port + a.below
	switch at {
	case ataBase + ataData:
		w := [4]byte{b, byte(v >> 8), byte(v >> 16), byte(v >> 24)}
		a.Outs(port, w[:max(size, 2)])
		return
	case ataControl:
		if (s.Control^b)&controlReset != 0 {
			a.reset()
		}
		s.Control = b
		a.interrupt(s.IRQ)
		return
	case ataBase + ataStatus:
		a.command(b)
		return
	case ataBase + ataError:
		s.Feature = b
	case ataBase + ataCount:
		s.Count = [2]uint8{b, s.Count[0]}
	case ataBase + ataDevice:
		s.Device = b
	default:
		l := &s.LBA[at-ataBase-ataLBA0]
		*l = [2]uint8{b, l[0]}
	}
	s.Control &^= controlHOB
}

// Ins reads from the data register; a drained sector brings the next.
func (a *ATA) Ins(port uint16, p []byte) int {
	s := &a.S
	n := 0
	for port+a.below == ataBase+ataData && n < len(p) && s.Status&ataDRQ != 0 && !s.Writing {
		k := copy(p[n:], s.Buffer[s.Pos:])
		n += k
		s.Pos += uint16(k)
		if s.Pos == SectorSize {
			a.drained()
		}
	}
	return n
}

// drained ends a data block that the host has read.
func (a *ATA) drained() {
	s := &a.S
	s.Pos = 0
	s.Status &^= ataDRQ
	if s.Left <= 1 {
		s.Left = 0
		return
	}
	s.Left--
	s.Sector++
	a.fetch()
}

// fetch puts the present sector into the buffer and, at the beginning of a block, tells the host.
func (a *ATA) fetch() {
	s := &a.S
	s.Overlay.read(a.disk, s.Sector, s.Buffer[:])
	s.Status |= ataDRQ
	if s.Block == 0 {
		a.block()
		a.interrupt(true)
	}
	s.Block--
}

// block begins a block: the sectors that are transferred without an interrupt between them.
func (a *ATA) block() { a.S.Block = uint8(min(uint32(a.S.PerBlock), a.S.Left)) }

// Outs writes to the data register; a full sector goes to the disk.
func (a *ATA) Outs(port uint16, p []byte) int {
	s := &a.S
	n := 0
	for port+a.below == ataBase+ataData && n < len(p) && s.Status&ataDRQ != 0 && s.Writing {
		k := copy(s.Buffer[s.Pos:], p[n:])
		n += k
		s.Pos += uint16(k)
		if s.Pos == SectorSize {
			a.filled()
		}
	}
	return n
}

// filled ends a sector that the host has written.
func (a *ATA) filled() {
	s := &a.S
	s.Pos = 0
	if s.Left > 0 { // else it was for the buffer alone
		s.Overlay.write(a.disk, s.Sector, s.Buffer[:])
		s.Left--
		s.Sector++
		s.Block--
	}
	if s.Left == 0 {
		s.Writing = false
		s.Status &^= ataDRQ
	} else if s.Block > 0 {
		return
	}
	a.block()
	a.interrupt(true)
}
