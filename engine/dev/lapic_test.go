package dev

import (
	"testing"

	"vitrine/engine/bus"
)

// reg reads and put writes a register of the APIC as the bus does.
func (a *LAPIC) reg(off uint64) uint32    { return uint32(a.Load(off, 4)) }
func (a *LAPIC) put(off uint64, v uint32) { a.Store(off, 4, uint64(v)) }

// enabled is an APIC that software has switched on.
func enabled() *LAPIC {
	a := NewLAPIC()
	a.put(lapicSVR, svrEnable|0xff)
	return a
}

// TestLAPICReset has the values of SDM 3A "Local APIC State After Power-Up or Reset".
func TestLAPICReset(t *testing.T) {
	a := enabled()
	a.put(lapicTPR, 0x30)
	a.put(lapicLVT, 0x40)
	a.Reset()
	for off, want := range map[uint64]uint32{
		lapicID: 0, lapicVersion: 0x50014, lapicTPR: 0, lapicPPR: 0, lapicLDR: 0, lapicDFR: 0xffffffff, lapicSVR: 0xff,
		lapicESR: 0, lapicICR: 0, lapicInitial: 0, lapicCurrent: 0, lapicDivide: 0,
		lapicLVT: lvtMasked, lapicLVT + 0x10: lvtMasked, lapicLVT + 0x30: lvtMasked, lapicLVT + 0x40: lvtMasked, lapicLVT + 0x50: lvtMasked,
	} {
		if got := a.reg(off); got != want {
			t.Errorf("register %#x is %#x, want %#x", off, got, want)
		}
	}
	if base, ok := a.Window(); base != 0xfee00000 || !ok || a.Base() != 0xfee00900 {
		t.Errorf("base %#x", a.Base())
	}
}

// TestLAPICPriority: an interrupt is delivered when its class is above that of the TPR and of what is in service.
func TestLAPICPriority(t *testing.T) {
	a := enabled()
	ack := func(want int) {
		t.Helper()
		if v, ok := a.Ack(); ok != (want >= 0) || ok && int(v) != want {
			t.Errorf("acknowledged %#x %v, want %#x", v, ok, want)
		}
	}
	ack(-1)
	a.request(deliverFixed, 0x41)
	a.request(deliverFixed, 0x4f)
	a.request(deliverFixed, 0x52)
	a.put(lapicTPR, 0x50)
	ack(-1)
	a.put(lapicTPR, 0x4f)
	ack(0x52)
	if a.reg(lapicPPR) != 0x50 || a.reg(lapicISR+0x20) != 1<<0x12 || a.reg(lapicIRR+0x20) != 1<<1|1<<0xf {
		t.Errorf("PPR %#x ISR %#x IRR %#x", a.reg(lapicPPR), a.reg(lapicISR+0x20), a.reg(lapicIRR+0x20))
	}
	a.put(lapicTPR, 0)
	ack(-1) // 0x4f is below what is in service
	a.request(deliverFixed, 0x61)
	ack(0x61) // nested
	a.put(lapicEOI, 0)
	ack(-1)
	a.put(lapicEOI, 0)
	ack(0x4f)
	ack(-1) // of the same class
	a.put(lapicEOI, 0)
	ack(0x41)
	a.put(lapicEOI, 0)
	if a.reg(lapicPPR) != 0 {
		t.Errorf("PPR %#x", a.reg(lapicPPR))
	}
}

// TestLAPICDisabled: by software it accepts nothing but NMI and masks the LVT; by IA32_APIC_BASE it is not there.
func TestLAPICDisabled(t *testing.T) {
	a := enabled()
	a.put(lapicLVT, 0x40)
	a.put(lapicSVR, 0xff)
	a.put(lapicLVT+0x50, 0x41)
	a.request(deliverFixed, 0x41)
	if a.pending() >= 0 || a.reg(lapicLVT)&lvtMasked == 0 || a.reg(lapicLVT+0x50)&lvtMasked == 0 {
		t.Errorf("pending %d, LVT %#x %#x", a.pending(), a.reg(lapicLVT), a.reg(lapicLVT+0x50))
	}
	if a.request(deliverNMI, 0); !a.TakeNMI() || a.TakeNMI() {
		t.Error("an NMI is delivered once")
	}
	if a.External() {
		t.Error("LINT0 is masked")
	}
	a.SetBase(0xfee00000)
	if _, ok := a.Window(); ok || !a.External() || a.Base() != 0xfee00100 {
		t.Errorf("disabled: base %#x", a.Base())
	}
	a.SetBase(0x12345000 | apicGlobal)
	if base, ok := a.Window(); !ok || base != 0x12345000 || a.reg(lapicSVR) != 0xff {
		t.Errorf("moved to %#x", base)
	}
}

// TestLAPICLint: ExtINT is the level of the 8259's output, fixed and NMI the edge.
func TestLAPICLint(t *testing.T) {
	a := enabled()
	a.VirtualWire()
	a.SetLINT0(true)
	if !a.External() || a.pending() >= 0 {
		t.Error("virtual wire")
	}
	a.SetLINT0(false)
	a.put(lapicLVT+0x30, 0x55)
	if a.External() {
		t.Error("fixed is not ExtINT")
	}
	a.SetLINT0(true)
	a.SetLINT0(true)
	if v, ok := a.Ack(); !ok || v != 0x55 {
		t.Errorf("fixed: %#x %v", v, ok)
	}
	a.put(lapicEOI, 0)
	a.SetLINT0(false)
	a.put(lapicLVT+0x30, deliverNMI<<8)
	if a.SetLINT0(true); !a.TakeNMI() {
		t.Error("NMI")
	}
}

// TestLAPICSend: what reaches this CPU by the ICR (SDM 3A table "Valid Combinations for the … Interrupt Command Register").
func TestLAPICSend(t *testing.T) {
	for _, c := range []struct {
		name     string
		high, lo uint32
		want     int
	}{
		{"shorthand self", 0, 1<<18 | 0x61, 0x61},
		{"all including self", 0, 2<<18 | 0x61, 0x61},
		{"all excluding self", 0, 3<<18 | 0x61, -1},
		{"physical ID", 0x03000000, 0x61, 0x61},
		{"another ID", 0x01000000, 0x61, -1},
		{"broadcast", 0xff000000, 0x61, 0x61},
		{"flat logical", 0x06000000, 1<<11 | 0x61, 0x61},
		{"another's flat address", 0x01000000, 1<<11 | 0x61, -1},
		{"lowest priority", 0x06000000, 1<<11 | 1<<8 | 0x61, 0x61},
		{"INIT to all others", 0, 3<<18 | 5<<8, -1},
	} {
		a := enabled()
		a.put(lapicID, 0x03000000)
		a.put(lapicLDR, 0x02000000)
		a.put(lapicICRHigh, c.high)
		a.put(lapicICR, c.lo)
		if v, ok := a.Ack(); ok != (c.want >= 0) || ok && int(v) != c.want {
			t.Errorf("%s: %#x %v", c.name, v, ok)
		}
		if a.reg(lapicICR)>>12&1 != 0 {
			t.Errorf("%s: still sending", c.name)
		}
	}
	a := enabled()
	a.put(lapicLDR, 0x21000000)
	a.put(lapicDFR, 0x0fffffff) // cluster model
	for to, want := range map[uint32]bool{0x21: true, 0x23: true, 0x22: false, 0x11: false} {
		a.put(lapicICRHigh, to<<24)
		a.put(lapicICR, 1<<11|0x61)
		if _, ok := a.Ack(); ok != want {
			t.Errorf("cluster address %#x: %v", to, ok)
		}
		a.put(lapicEOI, 0)
	}
	a.put(lapicICRHigh, 0)
	if a.put(lapicICR, deliverNMI<<8); !a.TakeNMI() {
		t.Error("NMI to itself")
	}
}

// TestLAPICErrors: illegal vectors and registers, which a write to the ESR shows.
func TestLAPICErrors(t *testing.T) {
	a := enabled()
	a.put(lapicLVT+0x50, 0x70)
	a.put(lapicICR, 1<<18|5)
	if v, ok := a.Ack(); !ok || v != 0x70 {
		t.Errorf("error interrupt %#x %v", v, ok)
	}
	a.put(lapicEOI, 0)
	a.reg(0x40)
	if a.reg(lapicESR) != 0 {
		t.Error("errors show before the ESR was written")
	}
	if a.put(lapicESR, 0); a.reg(lapicESR) != esrSendIllegalVector|esrIllegalRegister {
		t.Errorf("ESR %#x", a.reg(lapicESR))
	}
	if a.put(lapicESR, 0); a.reg(lapicESR) != 0 {
		t.Errorf("ESR %#x after a second write", a.reg(lapicESR))
	}
	a.request(deliverFixed, 3)
	if a.put(lapicESR, 0); a.reg(lapicESR) != esrReceiveIllegalVector {
		t.Errorf("ESR %#x", a.reg(lapicESR))
	}
}

// TestLAPICTimer goes through all divisors, one-shot and periodic.
func TestLAPICTimer(t *testing.T) {
	for config, divisor := range map[uint32]uint64{0: 2, 1: 4, 2: 8, 3: 16, 8: 32, 9: 64, 10: 128, 11: 1} {
		a := enabled()
		a.Advance(5)
		a.put(lapicLVT, 0x40)
		a.put(lapicDivide, config)
		a.put(lapicInitial, 100)
		if a.Next() != 5+100*divisor || a.reg(lapicCurrent) != 100 {
			t.Errorf("divisor %d: next %d, count %d", divisor, a.Next(), a.reg(lapicCurrent))
		}
		a.Advance(5 + 30*divisor)
		if a.reg(lapicCurrent) != 70 || a.pending() >= 0 {
			t.Errorf("divisor %d: count %d", divisor, a.reg(lapicCurrent))
		}
		a.Advance(5 + 100*divisor)
		if v, ok := a.Ack(); !ok || v != 0x40 || a.reg(lapicCurrent) != 0 || a.Next() != bus.Never {
			t.Errorf("divisor %d: vector %#x %v, count %d", divisor, v, ok, a.reg(lapicCurrent))
		}
	}
	a := enabled()
	a.put(lapicDivide, 11)
	a.put(lapicLVT, lvtPeriodic|lvtMasked|0x40)
	a.put(lapicInitial, 10)
	if a.Next() != bus.Never {
		t.Error("a masked timer wakes nobody")
	}
	a.Advance(25)
	a.put(lapicLVT, lvtPeriodic|0x40)
	if a.reg(lapicCurrent) != 5 || a.pending() >= 0 || a.Next() != 30 {
		t.Errorf("count %d, pending %d, next %d", a.reg(lapicCurrent), a.pending(), a.Next())
	}
	a.put(lapicDivide, 0)
	if a.reg(lapicCurrent) != 5 || a.Next() != 35 {
		t.Errorf("with divisor 2: count %d, next %d", a.reg(lapicCurrent), a.Next())
	}
	a.Advance(35)
	if _, ok := a.Ack(); !ok || a.Next() != 55 {
		t.Errorf("period: %v, next %d", ok, a.Next())
	}
	if a.put(lapicInitial, 0); a.Next() != bus.Never || a.reg(lapicCurrent) != 0 {
		t.Error("an initial count of 0 stops the timer")
	}
}

// FuzzLAPIC: no sequence of accesses panics, and how the way is cut into Advances does not show.
func FuzzLAPIC(f *testing.F) {
	f.Add([]byte{0x0f, 0xff, 1, 0x32, 0x40, 0, 0x38, 100, 0, 0x3e, 3, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		a, b := NewLAPIC(), NewLAPIC()
		now := uint64(0)
		for ; len(ops) >= 3; ops = ops[3:] {
			off, v := uint64(ops[0])<<4, uint32(ops[1])|uint32(ops[2])<<8
			for _, p := range []*LAPIC{a, b} {
				p.put(off, v)
				p.reg(off)
				p.Ack()
			}
			end := now + uint64(v)
			for at := now; at < end; at = min(at+1+uint64(ops[0]), end, max(b.Next(), at+1)) {
				b.Advance(at)
			}
			for now < end { // as the machine does: from one deadline to the next
				now = min(end, max(a.Next(), now+1))
				a.Advance(now)
			}
			b.Advance(now)
			if a.S != b.S {
				t.Fatalf("%+v\n%+v", a.S, b.S)
			}
		}
	})
}
