package dev

import (
	"math/rand"
	"reflect"
	"testing"
)

// clocked is the counter as the data sheet tells it, pulse by pulse: what Counter8254 computes from times. Two-byte
// counts, binary.
type clocked struct {
	mode            uint8
	cr, ce, n       int // n: what CE was loaded with
	out, gate, null bool
	loaded, due     bool // CE has a count; the next pulse loads it
	counting        bool // modes 1 and 5: triggered, 0 and 4: loaded
	off, half       bool // mode 0: the first byte was written; mode 3: in the low half
}

func (m *clocked) control(mode uint8) {
	*m = clocked{mode: mode, gate: m.gate, out: mode != 0, null: true}
}

func (m *clocked) first() {
	if m.mode == 0 {
		m.off, m.out = true, false
	}
}

func (m *clocked) write(n int) {
	m.cr, m.null = n, true
	switch m.mode {
	case 0:
		m.due, m.off, m.out = true, true, false
	case 4:
		m.due = true
	case 2, 3:
		m.due = m.due || !m.loaded
	}
}

func (m *clocked) setGate(level bool) {
	rise := level && !m.gate
	m.gate = level
	if m.mode == 0 || m.mode == 4 {
		return
	}
	if rise && m.cr != 0 {
		m.due = true
	}
	if !level && (m.mode == 2 || m.mode == 3) {
		m.out = true
	}
}

func (m *clocked) pulse() {
	if m.due {
		m.due, m.null, m.off, m.loaded, m.counting, m.half = false, false, false, true, m.gate || m.mode == 1 || m.mode == 5, false
		m.ce, m.n = m.cr, m.cr
		m.out = m.mode != 0 && m.mode != 1
		return
	}
	if !m.loaded || m.off || !m.gate && m.mode != 1 && m.mode != 5 {
		if m.mode == 4 && m.loaded {
			m.out = true
		}
		return
	}
	if (m.mode == 2 || m.mode == 3) && !m.counting {
		return
	}
	m.ce--
	switch m.mode {
	case 0, 1:
		m.out = m.out || m.ce <= 0
	case 4, 5:
		m.out = m.ce != 0
	case 2:
		m.out = m.ce != 1
		if m.ce == 0 {
			m.ce, m.n, m.null, m.out = m.cr, m.cr, false, true
		}
	case 3:
		m.square()
	}
}

// square: the high half has (N+1)/2 pulses, the low one N/2.
func (m *clocked) square() {
	length := (m.n + 1) / 2
	if m.half {
		length = m.n / 2
	}
	if m.n-m.ce < length {
		return
	}
	m.half = !m.half
	m.out = !m.half
	m.n, m.ce, m.null = m.cr, m.cr, false
}

// TestPITAgainstTheModel drives both with random control words, counts and gates.
func TestPITAgainstTheModel(t *testing.T) {
	for seed := range int64(300) {
		r := rand.New(rand.NewSource(seed))
		p, m := newPIT(), &clocked{}
		mode := uint8(r.Intn(6))
		p.Out(0x43, 1, uint32(0xb0|mode<<1))
		m.control(mode)
		for tick := uint64(0); tick < 400; tick++ {
			p.at(tick)
			if tick > 0 {
				m.pulse()
			}
			if got := p.S.Counter[2].out(); got != m.out {
				t.Fatalf("seed %d, mode %d, pulse %d: output %v, want %v\n%+v\n%+v", seed, mode, tick, got, m.out, p.S.Counter[2], *m)
			}
			if p.S.Counter[2].Null != m.null {
				t.Fatalf("seed %d, mode %d, pulse %d: null count %v", seed, mode, tick, !m.null)
			}
			if v := p.S.Counter[2].value(); mode != 3 && m.loaded && v != uint16(m.ce) {
				t.Fatalf("seed %d, mode %d, pulse %d: count %d, want %d", seed, mode, tick, v, uint16(m.ce))
			}
			p.disturb(r, m)
		}
	}
}

// disturb sometimes turns the gate, writes a count, or half of one.
func (p pit) disturb(r *rand.Rand, m *clocked) {
	if m.mode == 4 && !m.out {
		return // the gate cannot stop the strobe half way; what it does to the count then is not specified
	}
	switch r.Intn(20) {
	case 0, 1:
		level := r.Intn(2)
		p.Out(0x61, 1, uint32(level))
		m.setGate(level == 1)
	case 2:
		n := 2 + r.Intn(12)
		p.Out(0x42, 1, uint32(n))
		m.first()
		p.Out(0x42, 1, 0)
		m.write(n)
	}
}

// TestPITCutsDoNotShow advances one timer pulse by pulse and another only when something is written.
func TestPITCutsDoNotShow(t *testing.T) {
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		a, b := newPIT(), newPIT()
		now := uint64(0)
		for range 40 {
			end := now + uint64(r.Intn(20_000))
			for ; now < end; now += uint64(1 + r.Intn(500)) {
				a.Advance(now)
			}
			a.Advance(now)
			b.Advance(now)
			if !reflect.DeepEqual(a.S, b.S) {
				t.Fatalf("seed %d\n%+v\n%+v", seed, a.S, b.S)
			}
			port, v := uint16([]int{0x40, 0x41, 0x42, 0x43, 0x61}[r.Intn(5)]), uint32(r.Intn(256))
			a.Out(port, 1, v)
			b.Out(port, 1, v)
		}
	}
}

// TestPITQuickCalibration: Linux reads the count right after it wrote it (arch/x86/kernel/tsc.c:quick_pit_calibrate).
func TestPITQuickCalibration(t *testing.T) {
	p := newPIT()
	p.at(1000)
	p.Out(0x61, 1, 1)
	p.program(2, 0, 0xffff)
	if v := p.read(2); v != 0xffff {
		t.Errorf("%#x before the pulse", v)
	}
}

func TestPITBCDWrapsAround(t *testing.T) {
	p := newPIT()
	p.Out(0x43, 1, 0x31) // counter 0, mode 0, BCD
	p.Out(0x40, 1, 0x02)
	p.Out(0x40, 1, 0x00)
	p.at(1 + 4)
	if v := p.read(0); v != 0x9998 {
		t.Errorf("%#x two pulses after 0, want 0x9998", v)
	}
}

// TestPITNullCount follows the status while a count waits for its trigger. "8254", "Null Count"
func TestPITNullCount(t *testing.T) {
	p := newPIT()
	null := func() bool {
		p.Out(0x43, 1, 0xe8)
		return p.In(0x42, 1)&0x40 != 0
	}
	p.Out(0x43, 1, 0xb2) // counter 2, mode 1
	if !null() {
		t.Error("no null count after the control word")
	}
	p.Out(0x42, 1, 5)
	p.Out(0x42, 1, 0)
	p.at(10)
	if !null() {
		t.Error("the count has reached the element without a trigger")
	}
	p.Out(0x61, 1, 1)
	p.at(11)
	if null() {
		t.Error("still null count after trigger and pulse")
	}
}

// TestPITReadBackOrder: the status is read before the count when both are latched. "8254", "Read-Back Command"
func TestPITReadBackOrder(t *testing.T) {
	p := newPIT()
	p.program(0, 2, 0x1234)
	p.at(1)
	p.Out(0x43, 1, 0xc2) // both of counter 0
	p.at(100)
	if st, v := p.In(0x40, 1), p.read(0); st != 0xb4 || v != 0x1234 {
		t.Errorf("status %#x, count %#x", st, v)
	}
}

// TestPITClock: ticks and timeOf are each other's inverse, also where a product no longer has 64 bits.
func TestPITClock(t *testing.T) {
	for _, p := range []uint64{1, 2, 1000, 1<<37 - 1, 1 << 37, 1<<37 + 1, ticks(1<<43) - epoch, ticks(1<<43) - epoch + 1, 1 << 45} {
		at := timeOf(p + epoch)
		if got := ticks(at); got != p+epoch {
			t.Errorf("pulse %d at %d is pulse %d", p, at, got-epoch)
		}
		if got := ticks(at - 1); got != p-1+epoch {
			t.Errorf("before pulse %d it is pulse %d", p, got-epoch)
		}
	}
}
