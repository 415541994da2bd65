package dev

// identity is the answer to IDENTIFY DEVICE while it is filled in, as words.
type identity struct{ buf *[SectorSize]byte }

func (id identity) word(n int, v uint16) { id.buf[2*n], id.buf[2*n+1] = byte(v), byte(v>>8) }

// long puts a value into several words, the low one first.
func (id identity) long(n, words int, v uint64) {
	for i := range words {
		id.word(n+i, uint16(v>>(16*i)))
	}
}

// text has two characters in each word, the first in its high byte.
func (id identity) text(n, words int, s string) {
	for i := range 2 * words {
		c := byte(' ')
		if i < len(s) {
			c = s[i]
		}
		id.buf[2*n+i^1] = c
	}
}

// Bits of the words that list features; words 85 to 87 say which of them are on.
const (
	idPower      = 1 << 3 // word 82
	idWriteCache = 1 << 5
	idLookAhead  = 1 << 6
	idWriteBuf   = 1 << 12
	idReadBuf    = 1 << 13
	idLBA48      = 1 << 10 // word 83
	idFlush      = 1 << 12
	idFlushExt   = 1 << 13
	idValid      = 1 << 14 // words 83, 84 and 87
)

// identify fills the buffer ("ATA/ATAPI-6", "IDENTIFY DEVICE information").
func (a *ATA) identify() {
	s := &a.S
	s.Buffer = [SectorSize]byte{}
	id := identity{&s.Buffer}
	size := a.disk.Sectors()
	cylinders := min(size/(ataHeads*ataTrack), ataMostCylinders)
	now := min(size/(uint64(s.Heads)*uint64(s.Track)), 65535)
	id.word(0, 0x0040) // a fixed disk
	id.word(1, uint16(cylinders))
	id.word(3, ataHeads)
	id.word(6, ataTrack)
	id.text(10, 10, "VD00000001")
	id.text(23, 4, "1.0")
	id.text(27, 20, "Vitrine disk")
	id.word(47, 0x8000|ataMaxMultiple)
	id.word(49, 1<<9|1<<10|1<<11) // LBA, flow control by IORDY, which can be switched off; no DMA
	id.word(50, idValid)
	id.word(51, 2<<8)   // PIO mode 2 without flow control
	id.word(53, 1|1<<1) // words 54 to 58 and 64 to 70 are valid
	id.word(54, uint16(now))
	id.word(55, uint16(s.Heads))
	id.word(56, uint16(s.Track))
	id.long(57, 2, now*uint64(s.Heads)*uint64(s.Track))
	if s.Multiple != 0 {
		id.word(59, 1<<8|uint16(s.Multiple))
	}
	id.long(60, 2, min(size, 0x0fffffff))
	id.word(64, 3)   // PIO modes 3 and 4
	id.word(67, 120) // ns for each transfer, without and with flow control
	id.word(68, 120)
	id.word(80, 1<<4|1<<5|1<<6) // ATA/ATAPI-4 to 6
	set := uint16(idPower | idWriteCache | idLookAhead | idWriteBuf | idReadBuf)
	id.word(82, set)
	id.word(83, idValid|idLBA48|idFlush|idFlushExt)
	id.word(84, idValid)
	if s.NoCache {
		set &^= idWriteCache
	}
	id.word(85, set)
	id.word(86, idLBA48|idFlush|idFlushExt)
	id.word(87, idValid)
	id.long(100, 4, size)
	s.Buffer[510] = 0xa5 // word 255: signature, and what makes the sum of all bytes 0
	sum := byte(0)
	for _, b := range s.Buffer[:511] {
		sum += b
	}
	s.Buffer[511] = -sum
}
