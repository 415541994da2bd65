package dev

import (
	"reflect"
	"testing"

	"vitrine/engine/bus"
)

// pit is a timer at work: at sets the time in pulses since the start.
type pit struct {
	*PIT
	w *wire
}

func newPIT() pit {
	w := &wire{}
	return pit{NewPIT(w), w}
}

func (p pit) at(tick uint64) { p.Advance(timeOf(tick + epoch)) }

// program writes a control word and a 16-bit count to a counter.
func (p pit) program(counter, mode uint32, count uint16) {
	p.Out(0x43, 1, counter<<6|3<<4|mode<<1)
	p.Out(uint16(0x40+counter), 1, uint32(count&0xff))
	p.Out(uint16(0x40+counter), 1, uint32(count>>8))
}

func (p pit) read(counter uint16) uint16 {
	lo := p.In(0x40+counter, 1)
	return uint16(lo | p.In(0x40+counter, 1)<<8)
}

// levels draws the output of counter 0 over n pulses.
func (p pit) levels(n int) string {
	s := ""
	for i := range n {
		p.at(uint64(i + 1)) // the count is loaded by the first pulse after the write
		if p.S.Counter[0].out() {
			s += "-"
		} else {
			s += "_"
		}
	}
	return s
}

func TestPITWaveforms(t *testing.T) {
	for _, c := range []struct {
		mode  uint32
		count uint16
		want  string
	}{
		{0, 4, "____------------"},
		{2, 4, "---_---_---_---_"},
		{2, 3, "--_--_--_--_--_-"},
		{3, 4, "--__--__--__--__"},
		{3, 5, "---__---__---__-"},
		{4, 4, "----_-----------"},
		{6, 4, "---_---_---_---_"},
		{7, 2, "-_-_-_-_-_-_-_-_"},
	} {
		p := newPIT()
		p.program(0, c.mode, c.count)
		if got := p.levels(len(c.want)); got != c.want {
			t.Errorf("mode %d, N = %d: %s, want %s", c.mode, c.count, got, c.want)
		}
	}
}

func TestPITCounts(t *testing.T) {
	for _, c := range []struct {
		mode  uint32
		count uint16
		want  []uint16
	}{
		{0, 3, []uint16{3, 2, 1, 0, 0xffff}},
		{2, 3, []uint16{3, 2, 1, 3, 2}},
		{3, 6, []uint16{6, 4, 2, 6, 4, 2, 6}},
		{3, 5, []uint16{4, 2, 0, 4, 2, 4, 2, 0}},
	} {
		p := newPIT()
		p.program(0, c.mode, c.count)
		for i, want := range c.want {
			p.at(uint64(i + 1))
			if got := p.read(0); got != want {
				t.Errorf("mode %d, N = %d, pulse %d: %d, want %d", c.mode, c.count, i, got, want)
			}
		}
	}
}

func TestPITTicksInTime(t *testing.T) {
	p := newPIT()
	p.program(0, 2, 11932) // 100 Hz
	p.w.edges = 0
	now := uint64(0)
	for p.w.edges < 1000 {
		now = p.Next()
		p.Advance(now)
	}
	if seconds := float64(now) / ClockHz; seconds < 9.999 || seconds > 10.001 {
		t.Errorf("1000 ticks took %f s", seconds)
	}
}

func TestPITStepsDoNotShow(t *testing.T) {
	for mode := range uint32(6) {
		a, b := newPIT(), newPIT()
		for _, p := range []pit{a, b} {
			p.program(0, mode, 7)
			p.at(10)
			p.program(2, 3, 100)
			p.Out(0x61, 1, 1)
			p.Out(0x40, 1, 9)
			p.Out(0x40, 1, 0)
		}
		for tick := uint64(11); tick < 300; tick++ {
			a.at(tick)
		}
		b.at(299)
		if !reflect.DeepEqual(a.S, b.S) {
			t.Errorf("mode %d: %+v, %+v", mode, a.S, b.S)
		}
	}
}

func TestPITNextIsTheNextEdge(t *testing.T) {
	for mode := range uint32(6) {
		p := newPIT()
		p.program(0, mode, 5)
		for tick := uint64(1); tick < 40; tick++ {
			p.at(tick)
			next, out := p.Next(), p.S.Counter[0].out()
			q := pit{&PIT{S: p.S, irq: &wire{}}, nil}
			for u := tick; u < tick+10; u++ {
				q.at(u)
				if q.S.Counter[0].out() != out {
					if want := timeOf(u + epoch); next != want {
						t.Fatalf("mode %d at %d: next %d, want %d", mode, tick, next, want)
					}
					break
				}
			}
		}
	}
}

func TestPITNewCountWaitsForThePeriod(t *testing.T) {
	p := newPIT()
	p.program(0, 2, 10)
	p.at(5)
	p.Out(0x40, 1, 3)
	p.Out(0x40, 1, 0)
	s := ""
	for tick := uint64(5); tick < 20; tick++ {
		p.at(tick)
		if p.S.Counter[0].out() {
			s += "-"
		} else {
			s += "_"
		}
	}
	if want := "-----_--_--_--_"; s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

func TestPITLatchAndStatus(t *testing.T) {
	p := newPIT()
	p.program(0, 2, 1000)
	p.at(101)
	p.Out(0x43, 1, 0x00) // latch counter 0
	p.at(501)
	if v := p.read(0); v != 900 {
		t.Errorf("latched %d, want 900", v)
	}
	if v := p.read(0); v != 500 {
		t.Errorf("read %d, want 500", v)
	}
	p.Out(0x43, 1, 0xe2) // read back: status of counter 0
	if v := p.In(0x40, 1); v != 0xb4 {
		t.Errorf("status %#x, want 0xb4", v)
	}
}

func TestPITSpeakerGate(t *testing.T) {
	p := newPIT()
	p.Out(0x43, 1, 0xb0)
	p.Out(0x42, 1, 100)
	p.Out(0x42, 1, 0)
	p.at(1000)
	if p.In(0x61, 1)&0x20 != 0 {
		t.Error("counter 2 counts with its gate low")
	}
	p.Out(0x61, 1, 1)
	p.at(1050)
	if p.In(0x61, 1)&0x20 != 0 {
		t.Error("the output is high too early")
	}
	p.at(1101)
	if p.In(0x61, 1)&0x20 == 0 {
		t.Error("the output is still low")
	}
}

func TestPITBCD(t *testing.T) {
	p := newPIT()
	p.Out(0x43, 1, 0x35)
	p.Out(0x40, 1, 0x00)
	p.Out(0x40, 1, 0x12)
	p.at(2)
	if v := p.read(0); v != 0x1199 {
		t.Errorf("%#x, want 0x1199", v)
	}
}

func TestPITIdle(t *testing.T) {
	p := newPIT()
	if p.Next() != bus.Never || p.w.level {
		t.Error("the timer runs before it is programmed")
	}
}
