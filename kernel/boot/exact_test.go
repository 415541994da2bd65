package boot_test

import (
	"bytes"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/debug"
	"vitrine/kernel/boot"
)

// TestUntilExact compares what Until stops at with a walk through the same stretch by single units, which looks for itself: the
// breakpoint's address in RIP, another value in the register, other bytes in memory.
func TestUntilExact(t *testing.T) {
	v := newVerbs(t, light(t, "quiet"), boot.HistoryOptions{})
	v.h.Run(10*second, boot.NoLimit)
	v.h.Input([]byte(session))
	v.h.Run(v.c.M.Now()+second, boot.NoLimit)
	end := v.c.M.Now()
	m, s := v.c.M, &v.c.M.CPU.S
	total := [3]int{}
	for range 6 {
		v.h.Seek(end/3 + v.random(end/2))
		start := m.Now()
		v.h.Run(start+20, boot.NoLimit)
		rip, cr3, sp := s.RIP, s.CR3, s.R[cpu.RSP]-16
		writes, err := debug.Writing(m, sp, 16)
		if err != nil {
			continue
		}
		changes, _ := debug.Changing("RBX")
		at := writes.Writes[0]
		goals := [3]debug.Goal{debug.AtAddress(m, rip), changes, writes}
		v.h.Seek(start)
		limit := start + 5000
		var want [3][]uint64
		for m.Now() < limit {
			rbx, old := s.R[cpu.RBX], bytes.Clone(m.RAM.Bytes[at.First:at.Last+1])
			retired := s.Retired
			if stop := v.h.Unit(); stop.Reason != boot.Budget || m.Now() >= limit {
				break
			}
			if s.RIP == rip && (s.CR3 == cr3 || int64(rip) < 0) && !s.Halted && s.RFLAGS&cpu.FlagRF == 0 && s.Retired != retired {
				want[0] = append(want[0], m.Now())
			}
			if s.R[cpu.RBX] != rbx {
				want[1] = append(want[1], m.Now())
			}
			if !bytes.Equal(old, m.RAM.Bytes[at.First:at.Last+1]) {
				want[2] = append(want[2], m.Now())
			}
		}
		for i, g := range goals {
			v.h.Seek(start)
			var got []uint64
			for v.h.Until(g, limit).Reason == boot.Event && m.Now() < limit {
				got = append(got, m.Now())
			}
			total[i] += len(want[i])
			if !contains(got, want[i]) || i < 2 && len(got) > len(want[i])+1 {
				t.Errorf("goal %d from %d: %d stops, by single units %d", i, start, len(got), len(want[i]))
			}
		}
	}
	if t.Logf("%d stops", total); total[0] == 0 || total[1] == 0 || total[2] == 0 {
		t.Errorf("%d stops: nothing was compared", total)
	}
}

// contains tells whether all of part is in list; both ascend.
func contains(list, part []uint64) bool {
	for _, x := range part {
		for len(list) > 0 && list[0] < x {
			list = list[1:]
		}
		if len(list) == 0 || list[0] != x {
			return false
		}
	}
	return true
}
