package metal

import (
	"strings"
	"testing"

	"vitrine/engine"
	"vitrine/engine/cpu"
	"vitrine/scripts/metal/guest"
)

// moments are states in which a snapshot is most likely to lose something.
var moments = []struct {
	name string
	now  func(m *engine.Machine) bool
}{
	{"behind STI or MOV SS", func(m *engine.Machine) bool { return m.CPU.S.Shadow != 0 }},
	{"with an interrupt pending at the 8259", func(m *engine.Machine) bool { return m.PIC.INTR() }},
	{"with an interrupt pending and IF set", func(m *engine.Machine) bool { return m.PIC.INTR() && m.CPU.S.RFLAGS&cpu.FlagIF != 0 }},
	{"with an NMI pending or blocked", func(m *engine.Machine) bool { return m.CPU.S.NMI != 0 }},
	{"with a debug trap pending", func(m *engine.Machine) bool { return m.CPU.S.Held != 0 }},
	{"single-stepping", func(m *engine.Machine) bool { return m.CPU.S.RFLAGS&cpu.FlagTF != 0 }},
	{"with RF set", func(m *engine.Machine) bool { return m.CPU.S.RFLAGS&cpu.FlagRF != 0 }},
	{"halted", func(m *engine.Machine) bool { return m.CPU.S.Halted }},
	{"in the middle of a disk command", func(m *engine.Machine) bool { return m.In(0x3f6, 1)&0x88 != 0 }},
	{"with bytes in the serial port", func(m *engine.Machine) bool { return m.UART.S.Len != 0 }},
	{"in virtual-8086 mode", func(m *engine.Machine) bool { return m.CPU.S.RFLAGS&cpu.FlagVM != 0 }},
	{"in real mode", func(m *engine.Machine) bool { return m.CPU.S.CR0&cpu.CR0PE == 0 }},
}

// inREP tells whether the instruction that comes next is one that is executed again: a REP that is not through.
func inREP(m *engine.Machine, before uint64, rip uint64) bool {
	return m.CPU.S.Retired != before && m.CPU.S.RIP == rip
}

// resumed restores a snapshot of m into a fresh machine and runs that to its end.
func resumed(t *testing.T, im Image, m *engine.Machine) guest.Result {
	t.Helper()
	fresh := machine(t, im)
	if err := fresh.Restore(m.Snapshot()); err != nil {
		t.Fatal(err)
	}
	return guest.Run(fresh, nil)
}

// alike compares ends but for what was written, of which the second half only is there.
func alike(t *testing.T, where string, at uint64, got, want guest.Result) {
	t.Helper()
	if !strings.HasSuffix(want.Text, got.Text) {
		t.Errorf("%s, at %d: it wrote\n%s", where, at, got.Text)
	}
	got.Text = want.Text
	if got != want {
		t.Errorf("%s, at %d: %v, want %v", where, at, got, want)
	}
}

// TestSnapshots: an image that goes on from a snapshot ends as one that was not interrupted. Snapshots are taken by chance
// and in the moments that matter.
func TestSnapshots(t *testing.T) {
	each(t, func(t *testing.T, im Image) {
		want := guest.Run(machine(t, im), nil)
		seed := uint64(want.Now)
		for range 3 {
			seed = seed*6364136223846793005 + 1442695040888963407
			m := machine(t, im)
			m.Run(seed >> 11 % want.Now)
			alike(t, "somewhere", m.Now(), resumed(t, im, m), want)
		}
		if strings.HasPrefix(im.Name, "paging") || strings.HasPrefix(im.Name, "segments") {
			return // long, and without such moments
		}
		m := machine(t, im)
		left := make([]int, len(moments)+1)
		for i := range left {
			left[i] = 1
		}
		for steps := 0; steps < 400_000; steps++ {
			before, rip := m.CPU.S.Retired, m.CPU.S.RIP
			if e := m.Run(m.Now() + 1); e.Reason != engine.Budget {
				break
			}
			for i, moment := range moments {
				if left[i] > 0 && moment.now(m) {
					left[i]--
					alike(t, moment.name, m.Now(), resumed(t, im, m), want)
				}
			}
			if left[len(moments)] > 0 && inREP(m, before, rip) {
				left[len(moments)]--
				alike(t, "in the middle of REP", m.Now(), resumed(t, im, m), want)
			}
		}
	})
}
