package dev

import (
	"math/rand"
	"reflect"
	"testing"
	"time"

	"vitrine/engine/bus"
)

func newRTC() (*CMOS, *wire) {
	w := &wire{}
	return NewCMOS(w, time.Date(2026, 11, 23, 13, 59, 50, 0, time.UTC).Unix(), 64<<20), w
}

// run lets the clock go from deadline to deadline, answering interrupts, until time end.
func (c *CMOS) run(end uint64, w *wire) (causes []uint8) {
	for {
		next := min(c.Next(), end)
		c.Advance(next)
		if w.level {
			causes = append(causes, c.reg(0x0c))
		}
		if next == end {
			return causes
		}
	}
}

func TestRTCPeriodic(t *testing.T) {
	for rate, want := range map[uint32]int{0: 0, 1: 256, 2: 128, 3: 8192, 6: 1024, 15: 2} {
		c, w := newRTC()
		c.put(0x0a, 0x20|rate)
		c.put(0x0b, 0x42)
		if got := c.run(ClockHz, w); len(got) != want {
			t.Errorf("rate %d: %d interrupts a second, want %d", rate, len(got), want)
		}
	}
}

func TestRTCUpdateAndAlarm(t *testing.T) {
	c, w := newRTC()
	c.put(0x01, 0x00) // at full minutes
	c.put(0x03, 0xff)
	c.put(0x05, 0xc0)
	c.put(0x0b, 0x32)
	got := c.run(71*ClockHz, w)
	if len(got) != 71 {
		t.Fatalf("%d interrupts in 71 s", len(got))
	}
	for i, v := range got {
		want := uint8(0x90)
		if i == 9 || i == 69 {
			want = 0xb0
		}
		if v&^0x40 != want {
			t.Errorf("second %d: register C is %#x, want %#x", i+1, v, want)
		}
	}
}

// TestRTCAlarmTime: hours and minutes fit too, and reading C clears the line.
func TestRTCAlarmTime(t *testing.T) {
	c, w := newRTC()
	c.put(0x01, 0x30)
	c.put(0x03, 0x01)
	c.put(0x05, 0x14)
	c.put(0x0b, 0x22)
	for range 200 {
		c.Advance(c.Next())
		if w.level {
			break
		}
	}
	if h, m, s := c.reg(4), c.reg(2), c.reg(0); h != 0x14 || m != 1 || s != 0x30 {
		t.Errorf("the alarm comes at %x:%x:%x", h, m, s)
	}
	if c.reg(0x0c); w.level {
		t.Error("the line stays high")
	}
	c.put(0x0b, 0x02)
	if c.Next() != bus.Never {
		t.Error("a clock whose interrupts are off has a deadline")
	}
}

// TestRTCSet is Linux's way to set the clock: SET, divider in reset, write, let go (drivers/rtc/rtc-mc146818-lib.c).
func TestRTCSet(t *testing.T) {
	c, _ := newRTC()
	c.Advance(ClockHz * 3 / 4)
	b, a := c.reg(0x0b), c.reg(0x0a)
	c.put(0x0b, uint32(b)|0x80)
	c.put(0x0a, uint32(a)|0x70)
	for r, v := range map[uint32]uint32{0: 0x59, 2: 0x59, 4: 0x23, 7: 0x31, 8: 0x12, 9: 0x99, 0x32: 0x19} {
		c.put(r, v)
	}
	c.Advance(5 * ClockHz)
	if v := c.reg(0); v != 0x59 {
		t.Errorf("a second passes while the clock is set: %#x", v)
	}
	c.put(0x0b, uint32(b))
	c.put(0x0a, uint32(a))
	c.Advance(5*ClockHz + ClockHz/2 - 1)
	if v := c.reg(0); v != 0x59 {
		t.Errorf("seconds %#x before half a second has passed", v)
	}
	c.Advance(5*ClockHz + ClockHz/2)
	if y, cent, d, w := c.reg(9), c.reg(0x32), c.reg(7), c.reg(6); y != 0 || cent != 0x20 || d != 1 || w != 7 {
		t.Errorf("it is day %#x of %x%02x, weekday %d", d, cent, y, w)
	}
}

// TestRTCSetAlone: without the divider the fraction of the second goes on, and updates stop meanwhile.
func TestRTCSetAlone(t *testing.T) {
	c, _ := newRTC()
	c.Advance(ClockHz - 1)
	c.put(0x0b, 0x92)
	if c.reg(0x0a)&0x80 != 0 || c.reg(0x0b)&0x10 != 0 {
		t.Error("SET ends the update and clears its interrupt's enable")
	}
	c.Advance(ClockHz + 1)
	if c.reg(0) != 0x50 {
		t.Error("an update while SET is on")
	}
	c.put(0x0b, 2)
	c.Advance(2 * ClockHz)
	if v := c.reg(0); v != 0x51 {
		t.Errorf("seconds %#x", v)
	}
}

func TestCMOSNMIMask(t *testing.T) {
	c, _ := newRTC()
	c.Out(0x70, 1, 0x8f)
	if !c.S.NMIMask || c.S.Index != 0x0f {
		t.Error("bit 7 of the index is the mask")
	}
	c.Out(0x70, 1, 0x0d)
	if c.S.NMIMask || c.In(0x71, 1) != 0x80 {
		t.Error("the mask stays, or the battery is empty")
	}
}

func TestCMOSChecksum(t *testing.T) {
	c, _ := newRTC()
	sum := uint16(0)
	for r := uint32(0x10); r < 0x2e; r++ {
		sum += uint16(c.reg(r))
	}
	if got := uint16(c.reg(0x2e))<<8 | uint16(c.reg(0x2f)); got != sum || sum == 0 {
		t.Errorf("checksum %#x, want %#x", got, sum)
	}
}

func TestRTCCutsDoNotShow(t *testing.T) {
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		a, _ := newRTC()
		b, _ := newRTC()
		now := uint64(0)
		for range 30 {
			end := now + uint64(r.Intn(3*ClockHz))
			for ; now < end; now += uint64(1 + r.Intn(ClockHz/4)) {
				a.Advance(now)
			}
			a.Advance(now)
			b.Advance(now)
			if !reflect.DeepEqual(a.S, b.S) {
				t.Fatalf("seed %d\n%+v\n%+v", seed, a.S, b.S)
			}
			reg, v := uint32(r.Intn(14)), uint32(r.Intn(256))
			if r.Intn(2) == 0 {
				v |= 0xc0 // alarms that fit more often
			}
			a.put(reg, v)
			b.put(reg, v)
			if a.reg(0x0c) != b.reg(0x0c) {
				t.Fatalf("seed %d: flags differ", seed)
			}
		}
	}
}
