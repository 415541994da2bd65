package main

import (
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// stopAt plays to the prompt, types a command and steps to the first event of a kind.
func stopAt(t *testing.T, line, kind string) (*Session, *view.Frame) {
	t.Helper()
	s := session(t, Options{})
	play(t, s)
	s.Command(view.Command{Kind: "event", Text: kind})
	s.Command(view.Command{Kind: "input", Text: line + "\r"})
	play(t, s)
	return s, &s.Batch().Frame
}

// word returns a value of the saved frame by its name.
func word(t *testing.T, s *view.Saved, name string) view.Word {
	t.Helper()
	for _, w := range s.Words {
		if w.Name == name {
			return w
		}
	}
	t.Fatalf("no %s in %+v", name, s.Words)
	return view.Word{}
}

// An interrupt has just been taken: the frame shown is what lies in guest memory at RSP, and the gate is the IDT's.
func TestRingsInterrupt(t *testing.T) {
	s, f := stopAt(t, "spin 100", "interrupt")
	r := &f.Rings
	vector := -1
	for _, c := range r.Crossings {
		if !c.Back && c.Kind == view.DoorInterrupt {
			vector = int(c.Vector)
		}
	}
	if vector < 32 || r.Saved.Door < 0 || r.Doors[r.Saved.Door].Vector != uint16(vector) {
		t.Fatalf("vector %d, door %d of %+v", vector, r.Saved.Door, r.Doors)
	}
	if !r.Saved.Open || !r.Saved.Lies {
		t.Fatalf("the frame: %+v", r.Saved)
	}
	st := &s.comp.M.CPU.S
	if lowest := r.Saved.Words[len(r.Saved.Words)-1].Addr; st.CPL() != 0 || lowest < st.R[cpu.RSP] || lowest > st.R[cpu.RSP]+64 {
		t.Fatalf("ring %d, frame at %x, RSP %x: the handler's first instruction has run", st.CPL(), lowest, st.R[cpu.RSP])
	}
	for i, name := range []string{"RIP", "CS", "RFLAGS", "RSP", "SS"} {
		w := word(t, &r.Saved, name)
		pa, ok := s.picture.physical(w.Addr)
		if want := r.Saved.Top&^15 - 40 + uint64(i)*8; w.Addr != want || !ok || s.comp.M.RAM.Read64(pa) != w.Value {
			t.Errorf("%s: %+v, want it at %x", name, w, want)
		}
	}
	var gate *view.Gate
	for i := range r.Gates {
		if int(r.Gates[i].Vector) == vector {
			gate = &r.Gates[i]
		}
	}
	if gate == nil || st.RIP-gate.Target > 15 || gate.At != st.IDTR.Base+uint64(vector)*16 || gate.Kind != 0xe {
		t.Errorf("the gate %+v; the CPU is at %x", gate, st.RIP)
	}
	if word(t, &r.Saved, "CS").Value&3 == 3 && r.Saved.Top != r.TSS.RSP[0] {
		t.Errorf("came from ring 3: the pushes began at %x, RSP0 is %x", r.Saved.Top, r.TSS.RSP[0])
	}
}

// The registers behind SYSCALL, the TSS and the number of gates are the CPU's own.
func TestRingsTables(t *testing.T) {
	s, f := stopAt(t, "hello", "syscall")
	r, st := &f.Rings, &s.comp.M.CPU.S
	if r.Fast.LSTAR != st.LSTAR || r.Fast.STAR != st.STAR || r.Fast.LSTARName != "entry_SYSCALL_64" || !r.Fast.SCE {
		t.Errorf("%+v", r.Fast)
	}
	if len(r.Gates) != 256 {
		t.Errorf("%d gates", len(r.Gates))
	}
	pa, _ := s.picture.physical(st.TR.Base + 4)
	if r.TSS.Bits != 64 || r.TSS.RSP[0] != s.comp.M.RAM.Read64(pa) {
		t.Errorf("%+v", r.TSS)
	}
	open := 0
	for _, g := range r.Gates {
		if g.DPL == 3 {
			open++
		}
	}
	if open != 3 { // #BP, #OF and 0x80
		t.Errorf("%d gates of DPL 3", open)
	}
	if d := &r.Doors[0]; d.Kind != view.DoorSyscall || d.Count == 0 || d.Count < f.Stats.Syscalls/2 {
		t.Errorf("the first door is %+v; %d system calls", d, f.Stats.Syscalls)
	}
	if !r.User.Known || r.User.Lines[r.User.Current].Intel != "syscall" {
		t.Errorf("the program left at %+v", r.User)
	}
	sum := uint64(0)
	for _, n := range r.Time {
		sum += n
	}
	if sum != f.Now || r.Time[3] == 0 || r.Time[0] == 0 {
		t.Errorf("times %v of %d", r.Time, f.Now)
	}
}

// In real mode the doors are the far pointers of the vector table.
func TestRingsReal(t *testing.T) {
	s := session(t, Options{Paused: true})
	s.comp.M.RAM.Write32(0x10*4, 0xf0001234)
	r := &s.Batch().Frame.Rings
	found := false
	for _, g := range r.Gates {
		found = found || g.Vector == 0x10 && g.Target == 0xf1234 && g.Kind == 0
	}
	if !found {
		t.Errorf("%+v", r.Gates)
	}
}

// kernelDoors all lead to ring 0.
type kernelDoors struct{}

func (kernelDoors) ringOf(uint8) uint8 { return 0 }

// Passages count uses from outside and from within apart, and forget what is over.
func TestPassages(t *testing.T) {
	var p passages
	p.init()
	p = p.corrected(3, false, false, 100)
	for _, e := range []trace.Event{
		{At: 110, Kind: trace.Exception, Ring: 3, A: 14<<32 | 6}, {At: 115, Kind: trace.Interrupt, Ring: 0, A: 32, B: 77},
		{At: 118, Kind: trace.Iret, A: 77, B: 0x10}, {At: 130, Kind: trace.Iret, A: 5, B: 0x33}, {At: 150, Kind: trace.SyscallIn, Ring: 3},
		{At: 155, Kind: trace.Halt}, {At: 175, Kind: trace.Interrupt, Ring: 0, A: 32},
		{At: 180, Kind: trace.Iret, A: 5, B: 0x1b}, {At: 190, Kind: trace.FarIn, Ring: 1, A: 0x43}, {At: 200, Kind: trace.FarOut, B: 0x1b},
	} {
		p.event(&e, kernelDoors{})
	}
	if u := p.uses[doorKey{view.DoorInterrupt, 32}]; u.count != 0 || u.nested != 2 {
		t.Errorf("the interrupt's door: %+v", u)
	}
	if u := p.uses[doorKey{view.DoorCallGate, 0x40}]; u == nil || u.count != 1 {
		t.Errorf("the call gate: %+v", u)
	}
	if len(p.open) != 0 || p.inwards != 3 {
		t.Errorf("open %+v, %d inwards", p.open, p.inwards)
	}
	if p.time != [5]uint64{100 + 20 + 5 + 5, 10, 0, 10 + 20 + 10, 20} {
		t.Errorf("times %v", p.time)
	}
	if p.event(&trace.Event{At: 210, Kind: trace.Mode, A: 1}, kernelDoors{}); len(p.uses) != 0 || len(p.last) != 0 {
		t.Error("the doors of real mode are still there in protected mode")
	}
}
