package dev

import (
	"bytes"
	"testing"

	"vitrine/engine/trace"
)

func newATA(sectors int) (*ATA, *wire) {
	img := make(Image, sectors*SectorSize)
	for i := range img {
		img[i] = byte(i / SectorSize)
	}
	w := &wire{}
	return NewATA(w, img, &trace.Hub{}), w
}

// start fills the task file for LBA28 and gives a command.
func start(a *ATA, lba uint32, count, cmd uint32) {
	a.Out(0x1f2, 1, count)
	a.Out(0x1f3, 1, lba&0xff)
	a.Out(0x1f4, 1, lba>>8&0xff)
	a.Out(0x1f5, 1, lba>>16&0xff)
	a.Out(0x1f6, 1, 0xe0|lba>>24)
	a.Out(0x1f7, 1, cmd)
}

func TestATARead(t *testing.T) {
	a, w := newATA(100)
	start(a, 5, 2, 0x20)
	for _, want := range []byte{5, 6} {
		if !w.level {
			t.Fatal("no interrupt for a block")
		}
		if st := a.In(0x1f7, 1); st != 0x58 || w.level {
			t.Fatalf("status %#x, line %v", st, w.level)
		}
		for range SectorSize / 2 {
			if v := a.In(0x1f0, 2); v != uint32(want)*0x101 {
				t.Fatalf("data %#x, want sector %d", v, want)
			}
		}
	}
	if st := a.In(0x1f7, 1); st != 0x50 {
		t.Errorf("status %#x at the end", st)
	}
}

func TestATAWriteStaysInTheOverlay(t *testing.T) {
	a, w := newATA(100)
	start(a, 99, 1, 0x30)
	if w.level || a.In(0x3f6, 1)&0x08 == 0 {
		t.Fatal("the drive awaits the first block without an interrupt")
	}
	data := bytes.Repeat([]byte{0xab}, SectorSize)
	for i := 0; i < SectorSize; i += 4 {
		a.Out(0x1f0, 4, 0xabababab)
	}
	if !w.level {
		t.Error("no interrupt after the block")
	}
	p := make([]byte, SectorSize)
	a.ReadSector(99, p)
	if !bytes.Equal(p, data) {
		t.Error("the sector does not read back")
	}
	a.ReadSector(98, p)
	if p[0] != 98 {
		t.Errorf("its neighbour is %d", p[0])
	}
	if a.disk.(Image)[99*SectorSize] != 99 {
		t.Error("the image has changed")
	}
	if len(a.S.Overlay.Blocks) != 1 {
		t.Errorf("%d blocks in the overlay", len(a.S.Overlay.Blocks))
	}
}

func TestATAErrors(t *testing.T) {
	a, _ := newATA(100)
	for _, c := range []struct {
		lba, count, cmd, err uint32
	}{
		{100, 1, 0x20, 0x10}, {99, 2, 0x20, 0x10}, {0, 0, 0x20, 0x10}, {0, 1, 0xa0, 0x04}, {0x0fffffff, 255, 0x30, 0x10},
	} {
		start(a, c.lba, c.count, c.cmd)
		if st, e := a.In(0x1f7, 1), a.In(0x1f1, 1); st&0x09 != 0x01 || e != c.err {
			t.Errorf("%+v: status %#x, error %#x", c, st, e)
		}
	}
}

func TestATAIdentify(t *testing.T) {
	a, _ := newATA(5000)
	start(a, 0, 0, 0xec)
	var id [256]uint16
	for i := range id {
		id[i] = uint16(a.In(0x1f0, 2))
	}
	if n := uint32(id[60]) | uint32(id[61])<<16; n != 5000 {
		t.Errorf("%d sectors by LBA28", n)
	}
	if id[100] != 5000 || id[49]&(1<<9) == 0 || id[83]&(1<<10) == 0 {
		t.Errorf("words 100, 49, 83: %d %#x %#x", id[100], id[49], id[83])
	}
	model := ""
	for _, w := range id[27:47] {
		model += string([]byte{byte(w >> 8), byte(w)})
	}
	if model[:12] != "Vitrine disk" {
		t.Errorf("model %q", model)
	}
}

func TestATALBA48(t *testing.T) {
	a, _ := newATA(1000)
	for _, w := range [][2]uint16{
		{0x1f2, 0}, {0x1f2, 1}, {0x1f3, 0}, {0x1f4, 0}, {0x1f5, 0}, {0x1f3, 0x03}, {0x1f4, 0x02}, {0x1f5, 0}, {0x1f6, 0x40}, {0x1f7, 0x24},
	} {
		a.Out(w[0], 1, uint32(w[1]))
	}
	if v := a.In(0x1f0, 2); v != 0x0303 {
		t.Errorf("data %#x, want sector 0x203", v)
	}
}

func TestATACylinders(t *testing.T) {
	a, _ := newATA(5000)
	start(a, 2<<0|1<<8, 1, 0) // sector 2 of cylinder 1
	a.Out(0x1f6, 1, 0xa3)     // head 3
	a.Out(0x1f7, 1, 0x20)
	if want := uint64((1*16+3)*63 + 1); a.S.Sector != want {
		t.Errorf("sector %d, want %d", a.S.Sector, want)
	}
}

func TestATANoSecondDrive(t *testing.T) {
	a, w := newATA(10)
	a.Out(0x1f6, 1, 0xf0)
	a.Out(0x1f7, 1, 0xec)
	if a.In(0x1f7, 1) != 0 || w.level {
		t.Error("a second drive answers")
	}
}

func TestATAReset(t *testing.T) {
	a, _ := newATA(10)
	start(a, 0, 1, 0x20)
	a.Out(0x3f6, 1, 4)
	a.Out(0x3f6, 1, 0)
	if a.In(0x1f7, 1) != 0x50 || a.In(0x1f2, 1) != 1 || a.In(0x1f3, 1) != 1 || a.In(0x1f4, 1) != 0 {
		t.Error("no signature after a reset")
	}
}

func FuzzATA(f *testing.F) {
	f.Add([]byte{2, 1, 3, 0, 4, 0, 5, 0, 6, 0xe0, 7, 0x20, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		a, _ := newATA(20)
		for ; len(script) >= 2; script = script[2:] {
			port := 0x1f0 + uint16(script[0]&7)
			if script[0]&8 != 0 {
				port = 0x3f6
			}
			if script[0]&16 != 0 {
				a.In(port, 1<<(script[0]>>5&1))
				continue
			}
			a.Out(port, 1<<(script[0]>>5&1), uint32(script[1]))
			if port == 0x1f0 {
				a.Outs(port, make([]byte, 100))
			}
		}
	})
}
