package boot_test

import (
	"bytes"
	"slices"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/decode"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// TestMicro takes instructions of a boot and a session apart, at random places: looking changes nothing, what is said to be
// written is what the unit then writes, and going back by a unit is the inverse of going on by one.
func TestMicro(t *testing.T) {
	v := newVerbs(t, light(t, "quiet"), boot.HistoryOptions{Interval: 500_000})
	v.h.Run(10*second, boot.NoLimit)
	v.h.Input([]byte(session))
	v.h.Run(v.c.M.Now()+second, boot.NoLimit)
	end := v.c.M.Now()
	seen := map[string]int{}
	for range 8 {
		v.h.Seek(v.random(end))
		var way []at
		for range 1 + v.random(8) {
			before := v.here()
			u := v.h.Micro()
			if v.here() != before {
				t.Fatalf("looking at %s at %#x: %+v became %+v", u.Text, u.RIP, before, v.here())
			}
			state := v.c.M.CPU.S
			way = append(way, before)
			if u.Kind == boot.MicroIdle {
				way = way[:0] // the start may lie within
			}
			v.h.Unit()
			v.compare(u, &state)
			v.count(seen, u)
		}
		for i := len(way) - 1; i >= 0; i-- {
			if !v.h.BackUnit() || v.here() != way[i] {
				t.Fatalf("back by a unit: %+v; it was %+v", v.here(), way[i])
			}
		}
	}
	t.Logf("%v", seen)
}

// compare checks a unit against the states around it.
func (v *verbs) compare(u *boot.Micro, before *cpu.State) {
	v.t.Helper()
	s := &v.c.M.CPU.S
	if u.Kind == boot.MicroIdle {
		return
	}
	if u.RIP != before.RIP || u.NextRIP != s.RIP {
		v.t.Errorf("%s at %#x: to %#x; it went from %#x to %#x", u.Text, u.RIP, u.NextRIP, before.RIP, s.RIP)
	}
	for i := range s.R {
		said := before.R[i]
		for _, r := range u.Registers {
			if r.Name == cpu.Registers[i].Name {
				said = r.New[0]
			}
		}
		if said != s.R[i] {
			v.t.Errorf("%s: %s is %#x, not %#x", u.Text, cpu.Registers[i].Name, s.R[i], said)
		}
	}
	for _, w := range u.Memory {
		if now := v.c.M.RAM.Bytes[w.PA : w.PA+uint64(len(w.New))]; !bytes.Equal(now, w.New) {
			v.t.Errorf("%s: at %#x is % x, not % x", u.Text, w.PA, now, w.New)
		}
	}
	if u.Kind == boot.MicroInstruction && u.Last() == boot.PhaseRetire && s.Retired != before.Retired {
		if inst, err := decode.Decode(u.Bytes, before.CodeBits()); err != nil || inst.Len != len(u.Bytes) {
			v.t.Errorf("% x at %#x: %v", u.Bytes, u.RIP, err)
		}
	}
}

func (v *verbs) count(seen map[string]int, u *boot.Micro) {
	switch {
	case u.Kind == boot.MicroIdle:
		seen["idle"]++
	case u.External:
		seen["interrupt"]++
	case u.Faulted:
		seen["exception"]++
	case u.Kernel > 0:
		seen["kernel"]++
	case len(u.Translate) > 0:
		seen["memory"]++
	default:
		seen["registers"]++
	}
}

// TestMicroWays takes apart what the ways into the kernel do: a page fault arises while an operand is translated, pushes a frame and
// goes to its handler; an interrupt executes nothing; VMCALL lets the kernel work.
func TestMicroWays(t *testing.T) {
	v := newVerbs(t, light(t, "quiet"), boot.HistoryOptions{})
	v.h.Run(10*second, boot.NoLimit)
	v.h.Input([]byte("ls | wc\n"))
	v.h.Run(v.c.M.Now()+second, boot.NoLimit)
	page, interrupt, kernel := false, false, false
	for n := 0; n < 300 && !(page && interrupt && kernel) && v.h.BackEvent(trace.MaskOf(trace.Exception, trace.Interrupt, trace.Syscall)); n++ {
		back := v.here()
		v.h.BackUnit()
		u := v.h.Micro()
		switch {
		case u.External:
			interrupt = true
			if u.Written < 5 || len(u.Bytes) != 0 || u.Kind != boot.MicroInterrupt {
				t.Errorf("an interrupt: %+v", u)
			}
		case u.Faulted && u.Vector == cpu.VecPF && u.Last() == boot.PhaseTranslate:
			page = true
			if u.Written < 6 || u.Text == "" || u.CR2 == 0 || !slices.ContainsFunc(u.Translate, func(a cpu.Access) bool { return a.Fault && a.Walked && a.LA == u.CR2 }) {
				t.Errorf("a page fault: %+v", u)
			}
		case u.Name == "VMCALL":
			kernel = true
			if u.Kernel == 0 {
				t.Errorf("kernel work: %+v", u)
			}
		}
		v.h.Unit()
		if v.here() != back {
			t.Fatalf("%+v became %+v", back, v.here())
		}
	}
	if !page || !interrupt || !kernel {
		t.Errorf("page fault %v, interrupt %v, kernel %v", page, interrupt, kernel)
	}
}
