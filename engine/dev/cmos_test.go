package dev

import (
	"testing"
	"time"
)

func (c *CMOS) reg(r uint32) uint8 {
	c.Out(0x70, 1, r)
	return uint8(c.In(0x71, 1))
}

func (c *CMOS) put(r, v uint32) {
	c.Out(0x70, 1, r)
	c.Out(0x71, 1, v)
}

func TestCMOSDate(t *testing.T) {
	c := NewCMOS(&wire{}, time.Date(2026, 12, 31, 23, 59, 58, 0, time.UTC).Unix(), 64<<20)
	c.Advance(2 * ClockHz)
	for r, want := range map[uint32]uint8{0: 0, 2: 0, 4: 0, 6: 6, 7: 1, 8: 1, 9: 0x27, 0x32: 0x20} {
		if got := c.reg(r); got != want {
			t.Errorf("register %#x: %#x, want %#x", r, got, want)
		}
	}
}

func TestCMOSHours(t *testing.T) {
	c := NewCMOS(&wire{}, time.Date(2000, 2, 29, 15, 0, 0, 0, time.UTC).Unix(), 64<<20)
	c.put(0x0b, 0x04) // binary, 12 hours
	if h := c.reg(4); h != 0x83 {
		t.Errorf("3 p.m. reads %#x", h)
	}
	c.put(4, 12) // 12 a.m.
	c.put(0x0b, 0x02)
	if h := c.reg(4); h != 0 {
		t.Errorf("midnight reads %#x", h)
	}
	if d := c.reg(7); d != 0x29 {
		t.Errorf("the day has become %#x", d)
	}
}

func TestCMOSUpdateInProgress(t *testing.T) {
	c := NewCMOS(&wire{}, 0, 64<<20)
	if c.reg(0x0a)&0x80 != 0 {
		t.Error("updating at the start of a second")
	}
	c.Advance(ClockHz - 1)
	if c.reg(0x0a)&0x80 == 0 {
		t.Error("not updating at the end of a second")
	}
}

func TestCMOSMemory(t *testing.T) {
	for _, c := range []struct {
		ram         uint64
		kib, blocks uint16
	}{{8 << 20, 7 << 10, 0}, {64 << 20, 63 << 10, 48 << 4}, {1 << 30, 0xffff, 1008 << 4}} {
		m := NewCMOS(&wire{}, 0, c.ram)
		word := func(r uint32) uint16 { return uint16(m.reg(r)) | uint16(m.reg(r+1))<<8 }
		if word(0x30) != c.kib || word(0x34) != c.blocks {
			t.Errorf("%d bytes: %d KiB, %d blocks", c.ram, word(0x30), word(0x34))
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(-1))
	f.Add(int64(951782400))
	f.Fuzz(func(t *testing.T, unix int64) {
		unix %= 1 << 36
		d, want := dateOf(unix), time.Unix(unix, 0).UTC()
		if d != (date{want.Year(), int(want.Month()), want.Day(), want.Hour(), want.Minute(), want.Second()}) {
			t.Errorf("%d: %+v, want %v", unix, d, want)
		}
		if d.unix() != unix {
			t.Errorf("%d: back as %d", unix, d.unix())
		}
	})
}
