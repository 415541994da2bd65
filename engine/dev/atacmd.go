package dev

import "vitrine/engine/trace"

// command executes a command ("ATA/ATAPI-6", "Command descriptions"). A drive that is not there takes none.
func (a *ATA) command(b uint8) {
	s := &a.S
	if s.Device&deviceSecond != 0 && b != cmdDiagnostic {
		return
	}
	s.Status, s.Error, s.Pos, s.Left, s.Writing = ataDRDY|ataDSC, 0, 0, 0, false
	switch b {
	case cmdRead, cmdReadNoRetry, cmdReadExt:
		if a.address(b == cmdReadExt) {
			a.note(trace.DiskRead)
			a.fetch()
		}
	case cmdWrite, cmdWriteNoRe, cmdWriteExt:
		if a.address(b == cmdWriteExt) {
			a.note(trace.DiskWrite)
			s.Writing = true
			s.Status |= ataDRQ // the first block is awaited without an interrupt
		}
	case cmdIdentify:
		a.identify()
		s.Status |= ataDRQ
		a.interrupt(true)
	case cmdVerify:
		if a.address(false) {
			s.Left = 0
			a.interrupt(true)
		}
	case cmdCheckPower:
		s.Count[0] = 0xff // active
		a.interrupt(true)
	case cmdDiagnostic:
		a.reset()
		a.interrupt(true)
	case cmdFlush, cmdFlushExt, cmdInitParams, cmdSetFeatures, cmdStandbyNow, cmdIdleNow:
		a.interrupt(true)
	default:
		a.fail(ataABRT)
	}
}

func (a *ATA) fail(code uint8) {
	a.S.Error = code
	a.S.Status |= ataERR
	a.S.Left = 0
	a.interrupt(true)
}

func (a *ATA) note(k trace.Kind) {
	if a.trace.Has(k) {
		a.trace.Emit(k, a.S.Sector, uint64(a.S.Left))
	}
}

// Geometry that IDENTIFY reports, for hosts that address by cylinder, head and sector.
const (
	ataHeads = 16
	ataTrack = 63
)

// address reads sector and count from the task file; it fails the command when they are not on the disk.
func (a *ATA) address(ext bool) bool {
	s := &a.S
	low := uint64(s.LBA[0][0]) | uint64(s.LBA[1][0])<<8 | uint64(s.LBA[2][0])<<16
	count := uint64(s.Count[0])
	most := uint64(256)
	switch {
	case ext:
		low |= uint64(s.LBA[0][1])<<24 | uint64(s.LBA[1][1])<<32 | uint64(s.LBA[2][1])<<40
		count |= uint64(s.Count[1]) << 8
		most = 65536
	case s.Device&deviceLBA != 0:
		low |= uint64(s.Device&15) << 24
	default:
		cylinder, head, sector := low>>8, uint64(s.Device&15), low&0xff
		if sector == 0 || sector > ataTrack {
			a.fail(ataIDNF)
			return false
		}
		low = (cylinder*ataHeads+head)*ataTrack + sector - 1
	}
	if count == 0 {
		count = most
	}
	size := a.disk.Sectors()
	if low >= size || count > size-low {
		a.fail(ataIDNF)
		return false
	}
	s.Sector, s.Left = low, uint32(count)
	return true
}

// identify fills the buffer ("ATA/ATAPI-6", "IDENTIFY DEVICE information").
func (a *ATA) identify() {
	buf := &a.S.Buffer
	*buf = [SectorSize]byte{}
	word := func(n int, v uint16) { buf[2*n], buf[2*n+1] = byte(v), byte(v>>8) }
	text := func(n, words int, s string) { // two characters a word, the first in its high byte
		for i := range 2 * words {
			c := byte(' ')
			if i < len(s) {
				c = s[i]
			}
			buf[2*n+i^1] = c
		}
	}
	size := a.disk.Sectors()
	cylinders := min(size/(ataHeads*ataTrack), 16383)
	lba28 := min(size, 0x0fffffff)
	word(0, 0x0040) // a fixed disk
	word(1, uint16(cylinders))
	word(3, ataHeads)
	word(6, ataTrack)
	text(10, 10, "VD00000001")
	text(23, 4, "1.0")
	text(27, 20, "Vitrine disk")
	word(49, 1<<9) // LBA, no DMA
	word(53, 1)    // words 54 to 58 are valid
	word(54, uint16(cylinders))
	word(55, ataHeads)
	word(56, ataTrack)
	chs := cylinders * ataHeads * ataTrack
	word(57, uint16(chs))
	word(58, uint16(chs>>16))
	word(60, uint16(lba28))
	word(61, uint16(lba28>>16))
	word(80, 1<<6)                    // ATA/ATAPI-6
	word(83, 1<<14|1<<10|1<<12|1<<13) // LBA48, FLUSH CACHE, FLUSH CACHE EXT
	word(84, 1<<14)
	word(86, 1<<10|1<<12|1<<13)
	for i := range 4 {
		word(100+i, uint16(size>>(16*i)))
	}
}
