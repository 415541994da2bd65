package dev

import (
	"testing"
)

// sectors reads n sectors and tells at which of them the interrupt came.
func (a *ATA) sectors(t *testing.T, w *wire, first, n int) (interrupts []int) {
	t.Helper()
	for i := range n {
		if w.level {
			interrupts = append(interrupts, i)
		}
		if st := a.In(0x1f7, 1); st != 0x58 {
			t.Fatalf("sector %d: status %#x", i, st)
		}
		var p [SectorSize]byte
		a.Ins(0x1f0, p[:])
		if p[0] != byte(first+i) || p[511] != byte(first+i) {
			t.Fatalf("sector %d is %d", first+i, p[0])
		}
	}
	return interrupts
}

func TestATAReadMultiple(t *testing.T) {
	a, w := newATA(100)
	start(a, 3, 10, 0xc4)
	if a.In(0x1f7, 1) != 0x51 || a.In(0x1f1, 1) != 4 {
		t.Error("READ MULTIPLE before SET MULTIPLE")
	}
	start(a, 0, 3, 0xc6)
	if a.In(0x1f7, 1)&1 == 0 {
		t.Error("a block of 3 sectors")
	}
	start(a, 0, 4, 0xc6)
	if !w.level || a.In(0x1f7, 1) != 0x50 {
		t.Error("SET MULTIPLE 4 fails")
	}
	start(a, 3, 10, 0xc4)
	if at := a.sectors(t, w, 3, 10); len(at) != 3 || at[1] != 4 || at[2] != 8 {
		t.Errorf("interrupts at sectors %v", at)
	}
	if w.level || a.In(0x1f7, 1) != 0x50 {
		t.Error("an interrupt after the last block, or no end")
	}
}

func TestATAWriteMultiple(t *testing.T) {
	a, w := newATA(100)
	start(a, 0, 2, 0xc6)
	a.In(0x1f7, 1)
	w.edges = 0
	start(a, 8, 3, 0xc5)
	var edges []int
	for i := range 3 {
		if st := a.In(0x1f7, 1); st != 0x58 {
			t.Fatalf("status %#x", st)
		}
		p := make([]byte, SectorSize)
		p[0] = byte(0x80 + i)
		a.Outs(0x1f0, p)
		edges = append(edges, w.edges)
	}
	if edges[0] != 0 || edges[1] != 1 || edges[2] != 2 {
		t.Errorf("interrupts %v: after blocks of two sectors", edges)
	}
	p := make([]byte, SectorSize)
	for i := range 3 {
		if a.ReadSector(uint64(8+i), p); p[0] != byte(0x80+i) {
			t.Errorf("sector %d: %#x", 8+i, p[0])
		}
	}
}

func (a *ATA) identity() (id [256]uint16) {
	start(a, 0, 0, 0xec)
	for i := range id {
		id[i] = uint16(a.In(0x1f0, 2))
	}
	return id
}

func TestATAIdentityFollowsTheSettings(t *testing.T) {
	a, _ := newATA(5000)
	before := a.identity()
	start(a, 0, 8, 0xc6)
	a.Out(0x1f6, 1, 0xe7) // 8 heads
	a.Out(0x1f2, 1, 32)
	a.Out(0x1f7, 1, 0x91)
	a.Out(0x1f1, 1, 0x82) // write cache off
	a.Out(0x1f7, 1, 0xef)
	after := a.identity()
	if before[59] != 0 || after[59] != 0x108 || after[54] != 19 || after[55] != 8 || after[56] != 32 || after[57] != 19*8*32 {
		t.Errorf("words 54 to 59: %v", after[54:60])
	}
	if before[85]&^after[85] != 1<<5 || after[82]&(1<<5) == 0 {
		t.Errorf("words 82 and 85: %#x, %#x", after[82], after[85])
	}
	sum := 0
	for _, w := range after {
		sum += int(w&0xff) + int(w>>8)
	}
	if sum&0xff != 0 || after[255]&0xff != 0xa5 {
		t.Errorf("word 255: %#x, sum %#x", after[255], sum)
	}
	a.Out(0x1f3, 1, 2) // sector 2 of cylinder 1, head 3
	a.Out(0x1f4, 1, 1)
	a.Out(0x1f5, 1, 0)
	a.Out(0x1f6, 1, 0xa3)
	a.Out(0x1f2, 1, 1)
	a.Out(0x1f7, 1, 0x20)
	if want := uint64((1*8+3)*32 + 1); a.S.Sector != want {
		t.Errorf("sector %d, want %d", a.S.Sector, want)
	}
}

func TestATASetFeatures(t *testing.T) {
	for _, c := range []struct {
		feature, count uint32
		ok             bool
	}{{3, 0x0c, true}, {3, 0x00, true}, {3, 0x0d, false}, {3, 0x42, false}, {0xaa, 0, true}, {0x02, 0, true}, {0x05, 0, false}} {
		a, w := newATA(10)
		a.Out(0x1f1, 1, c.feature)
		start(a, 0, c.count, 0xef)
		if got := a.In(0x3f6, 1)&1 == 0; got != c.ok || !w.level {
			t.Errorf("%+v: %v, interrupt %v", c, got, w.level)
		}
	}
}

func TestATACommandsWithoutData(t *testing.T) {
	for _, cmd := range []uint32{0x10, 0x40, 0x42, 0x70, 0x90, 0xe0, 0xe1, 0xe2, 0xe3, 0xe5, 0xe6, 0xe7, 0xea} {
		a, w := newATA(10)
		start(a, 0, 0, 0xe7) // the bytes before, of LBA48, are 0 then
		start(a, 0, 1, cmd)
		if !w.level || a.In(0x1f7, 1) != 0x50 || w.level {
			t.Errorf("command %#x: status %#x", cmd, a.S.Status)
		}
	}
	for _, cmd := range []uint32{0x00, 0x08, 0x25, 0xa0, 0xa1, 0xb0, 0xc8, 0xca, 0xf8} { // NOP, packets, SMART, DMA, host area
		a, w := newATA(10)
		start(a, 0, 1, cmd)
		if !w.level || a.In(0x1f7, 1) != 0x51 || a.In(0x1f1, 1) != 4 {
			t.Errorf("command %#x: status %#x", cmd, a.S.Status)
		}
	}
}

func TestATABuffer(t *testing.T) {
	a, w := newATA(10)
	start(a, 0, 0, 0xe8)
	p := make([]byte, SectorSize)
	p[7] = 0x77
	if w.level || a.Outs(0x1f0, p) != SectorSize || !w.level || a.In(0x1f7, 1) != 0x50 {
		t.Error("WRITE BUFFER")
	}
	start(a, 0, 0, 0xe4)
	clear(p)
	if a.Ins(0x1f0, p); p[7] != 0x77 || a.In(0x1f7, 1) != 0x50 || len(a.S.Overlay.Blocks) != 0 {
		t.Error("READ BUFFER")
	}
}

func TestATAInterruptEnable(t *testing.T) {
	a, w := newATA(10)
	a.Out(0x3f6, 1, 2)
	start(a, 1, 1, 0x20)
	if w.level {
		t.Error("an interrupt in spite of nIEN")
	}
	a.Out(0x3f6, 1, 0)
	if !w.level {
		t.Error("the interrupt that waits does not come")
	}
	if a.In(0x3f6, 1) != 0x58 || !w.level {
		t.Error("the alternate status answers the interrupt")
	}
	start(a, 1, 1, 0x30)
	if w.level {
		t.Error("a new command leaves the old interrupt")
	}
}

// TestATAProbe is what libata does with a channel (drivers/ata/libata-sff.c: ata_devchk, ata_bus_softreset, classify).
func TestATAProbe(t *testing.T) {
	a, _ := newATA(10)
	for _, dev := range []uint32{0xa0, 0xb0} {
		a.Out(0x1f6, 1, dev)
		for _, v := range []uint32{0x55, 0xaa, 0x55} {
			a.Out(0x1f2, 1, v)
			a.Out(0x1f3, 1, v^0xff)
		}
		if a.In(0x1f2, 1) != 0x55 || a.In(0x1f3, 1) != 0xaa {
			t.Fatal("no registers")
		}
	}
	a.Out(0x3f6, 1, 2)
	a.Out(0x3f6, 1, 6)
	if a.In(0x3f6, 1) != 0x80 {
		t.Error("not busy in reset")
	}
	a.Out(0x1f7, 1, 0xec)
	a.Out(0x3f6, 1, 2)
	for dev, status := range map[uint32]uint32{0xa0: 0x50, 0xb0: 0} {
		a.Out(0x1f6, 1, dev)
		if st, err := a.In(0x1f7, 1), a.In(0x1f1, 1); st != status || err != 1 {
			t.Errorf("device %#x: status %#x, error %#x", dev, st, err)
		}
		if a.In(0x1f2, 1) != 1 || a.In(0x1f3, 1) != 1 || a.In(0x1f4, 1) != 0 || a.In(0x1f5, 1) != 0 {
			t.Errorf("device %#x: no signature", dev)
		}
	}
}
