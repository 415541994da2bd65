package dev

import "vitrine/engine/trace"

// Commands ("ATA/ATAPI-6", "Command descriptions").
const (
	cmdRecalibrate   = 0x10 // to 0x1f
	cmdRead          = 0x20
	cmdReadNoRetry   = 0x21
	cmdReadExt       = 0x24
	cmdReadMulExt    = 0x29
	cmdWrite         = 0x30
	cmdWriteNoRetry  = 0x31
	cmdWriteExt      = 0x34
	cmdWriteMulExt   = 0x39
	cmdVerify        = 0x40
	cmdVerifyNoRetry = 0x41
	cmdVerifyExt     = 0x42
	cmdSeek          = 0x70 // to 0x7f
	cmdDiagnostic    = 0x90
	cmdInitParams    = 0x91
	cmdReadMultiple  = 0xc4
	cmdWriteMultiple = 0xc5
	cmdSetMultiple   = 0xc6
	cmdStandbyNow    = 0xe0
	cmdIdleNow       = 0xe1
	cmdStandby       = 0xe2
	cmdIdle          = 0xe3
	cmdReadBuffer    = 0xe4
	cmdCheckPower    = 0xe5
	cmdSleep         = 0xe6
	cmdFlush         = 0xe7
	cmdWriteBuffer   = 0xe8
	cmdFlushExt      = 0xea
	cmdIdentify      = 0xec
	cmdSetFeatures   = 0xef
)

// Subcommands of SET FEATURES.
const (
	featureCacheOn   = 0x02
	featureMode      = 0x03
	featureNoAhead   = 0x55
	featureKeep      = 0x66 // settings survive a software reset
	featureCacheOff  = 0x82
	featureAhead     = 0xaa
	featureNotKeep   = 0xcc
	featureModePIO   = 1 << 3 // of the mode in the count register: PIO with flow control, mode 0 to 4
	ataMaxMultiple   = 16
	ataHeads         = 16 // the geometry that IDENTIFY reports, for hosts that address by cylinder, head and sector
	ataTrack         = 63
	ataMostCylinders = 16383
)

// command executes a command. A drive that is not there takes none, nor does one in reset.
func (a *ATA) command(b uint8) {
	s := &a.S
	if s.Control&controlReset != 0 || s.Device&deviceSecond != 0 && b != cmdDiagnostic {
		return
	}
	a.interrupt(false)
	s.Status, s.Error, s.Pos, s.Left, s.Writing = ataDRDY|ataDSC, 0, 0, 0, false
	s.PerBlock, s.Block = 1, 0
	switch b {
	case cmdRead, cmdReadNoRetry, cmdReadExt:
		a.read(b == cmdReadExt)
	case cmdReadMultiple, cmdReadMulExt:
		if a.multiple() {
			a.read(b == cmdReadMulExt)
		}
	case cmdWrite, cmdWriteNoRetry, cmdWriteExt:
		a.write(b == cmdWriteExt)
	case cmdWriteMultiple, cmdWriteMulExt:
		if a.multiple() {
			a.write(b == cmdWriteMulExt)
		}
	case cmdVerify, cmdVerifyNoRetry, cmdVerifyExt:
		if a.address(b == cmdVerifyExt) {
			s.Left = 0
			a.interrupt(true)
		}
	case cmdIdentify:
		a.identify()
		a.await(false)
	case cmdReadBuffer:
		a.await(false)
	case cmdWriteBuffer:
		a.await(true)
	case cmdDiagnostic:
		a.reset()
		a.interrupt(true)
	default:
		a.control(b)
	}
}

// control executes the commands that transfer nothing.
func (a *ATA) control(b uint8) {
	s := &a.S
	ok := true
	switch {
	case b&0xf0 == cmdRecalibrate, b&0xf0 == cmdSeek:
	case b == cmdCheckPower:
		s.Count[0] = 0xff // active
	case b == cmdInitParams:
		ok = a.initParams()
	case b == cmdSetMultiple:
		ok = a.setMultiple()
	case b == cmdSetFeatures:
		ok = a.setFeatures()
	case b == cmdFlush, b == cmdFlushExt, b >= cmdStandbyNow && b <= cmdIdle, b == cmdSleep:
	default:
		ok = false
	}
	if !ok {
		a.fail(ataABRT)
		return
	}
	a.interrupt(true)
}

func (a *ATA) read(ext bool) {
	if a.address(ext) {
		a.note(trace.DiskRead)
		a.fetch()
	}
}

func (a *ATA) write(ext bool) {
	if a.address(ext) {
		a.note(trace.DiskWrite)
		a.block()
		a.await(true)
	}
}

// await lets the host transfer the buffer. What it is to write is awaited without an interrupt.
func (a *ATA) await(writing bool) {
	a.S.Writing = writing
	a.S.Status |= ataDRQ
	if !writing {
		a.interrupt(true)
	}
}

// multiple prepares READ or WRITE MULTIPLE, which fail before SET MULTIPLE.
func (a *ATA) multiple() bool {
	if a.S.Multiple == 0 {
		a.fail(ataABRT)
		return false
	}
	a.S.PerBlock = a.S.Multiple
	return true
}

// setMultiple chooses the sectors in a block: a power of two, or 0 for none.
func (a *ATA) setMultiple() bool {
	n := a.S.Count[0]
	if n > ataMaxMultiple || n&(n-1) != 0 {
		return false
	}
	a.S.Multiple = n
	return true
}

// initParams chooses heads and sectors in a track for addresses by cylinder, head and sector.
func (a *ATA) initParams() bool {
	if a.S.Count[0] == 0 {
		return false
	}
	a.S.Heads, a.S.Track = a.S.Device&15+1, a.S.Count[0]
	return true
}

func (a *ATA) setFeatures() bool {
	s := &a.S
	switch s.Feature {
	case featureCacheOn, featureCacheOff:
		s.NoCache = s.Feature == featureCacheOff
	case featureMode: // the default modes 0 and 1, or PIO 0 to 4; there is no DMA
		return s.Count[0] <= 1 || s.Count[0]&^7 == featureModePIO && s.Count[0]&7 <= 4
	case featureAhead, featureNoAhead, featureKeep, featureNotKeep:
	default:
		return false
	}
	return true
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
		if sector == 0 || sector > uint64(s.Track) || head >= uint64(s.Heads) {
			a.fail(ataIDNF)
			return false
		}
		low = (cylinder*uint64(s.Heads)+head)*uint64(s.Track) + sector - 1
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
