package cpu

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// TestWatched runs a program in one go and with all kinds of things watched on the way: every state at which it stops, and the
// end, are those of a run that nobody looks at.
func TestWatched(t *testing.T) {
	free, watched := newKernels(1), newKernels(1)
	s := &watched.c.S
	ran := uint64(0)
	stops := [3]int{}
	for seed := uint64(1); ; {
		seed = seed*6364136223846793005 + 1442695040888963407
		kind := seed >> 33 % 3
		switch kind {
		case 0:
			watched.c.SetBreaks([]Break{{Addr: s.RIP, Any: true}}, watched.c.Now()+1+seed>>40%5000)
		case 1:
			at := s.R[RSP] &^ 63
			watched.c.WatchWrites([]mem.Range{{First: at % watched.ram.Size(), Last: at%watched.ram.Size() + 63}})
		case 2:
			r, _ := RegisterByName([]string{"RBX", "ZF", "R12B", "XMM3", "CS"}[seed>>40%5])
			watched.c.SetRegister(r)
		}
		exit := watched.c.Run(1 + seed>>50)
		if watched.c.Hit || watched.ram.Hit {
			stops[kind]++
		}
		watched.c.SetBreaks(nil, 0)
		watched.c.WatchWrites(nil)
		watched.c.SetRegister(nil)
		if now := watched.c.Now(); now > ran {
			free.c.Run(now - ran)
			ran = now
		}
		if free.c.S != *s {
			t.Fatalf("at %d, after kind %d: RIP %#x, without RIP %#x", ran, kind, s.RIP, free.c.S.RIP)
		}
		if exit == ExitHalt || ran > 3_000_000 {
			break
		}
	}
	t.Logf("%d stops", stops)
	if stops[0] < 5 || stops[1] < 5 || stops[2] < 5 {
		t.Errorf("%d stops", stops)
	}
}

// TestWatchWrite: Run returns right behind the instruction that writes, from whatever it is, and tells before it writes.
func TestWatchWrite(t *testing.T) {
	for name, c := range map[string]struct {
		code  []byte
		ip, n uint64 // behind the instruction; repetitions left
	}{
		"mov":        {[]byte{0xff, 0xc0, 0x89, 0x43, 0x04, 0xff, 0xc0, 0xf4}, 5, 10},
		"wide":       {[]byte{0xff, 0xc0, 0x48, 0x89, 0x03, 0xff, 0xc0, 0xf4}, 5, 10},
		"same":       {[]byte{0xff, 0xc0, 0x83, 0x4b, 0x04, 0x00, 0xff, 0xc0, 0xf4}, 6, 10},
		"rep stosb":  {[]byte{0xff, 0xc0, 0xf3, 0xaa, 0xf4}, 2, 5},
		"push, call": {[]byte{0xff, 0xc0, 0x48, 0x8d, 0x63, 0x08, 0xe8, 0, 0, 0, 0, 0xf4}, 11, 10},
	} {
		b := newPaging(0)
		b.enter(false, c.code...)
		s := &b.c.S
		s.R[RBX], s.R[RDI], s.R[RCX] = userStack, userStack, 10
		pa, _ := b.c.translate(userStack, accessRead)
		if pa == 0 {
			t.Fatal("no stack")
		}
		told := 0
		b.ram.Noted = func(at, n uint64) {
			told++
			if at > pa+4 || at+n <= pa+4 || b.ram.Bytes[pa+4] != 0 {
				t.Errorf("%s: told of %d bytes at %#x", name, n, at-pa)
			}
		}
		b.c.WatchWrites([]mem.Range{{First: pa + 4, Last: pa + 4}})
		if e := b.c.Run(100); e != ExitAgain || !b.ram.Hit || told != 1 || s.RIP != userCode+c.ip || s.R[RCX] != c.n || s.R[RAX] != 1 {
			t.Errorf("%s: exit %d at +%d, RCX %d, RAX %d, hit %v, told %d", name, e, s.RIP-userCode, s.R[RCX], s.R[RAX], b.ram.Hit, told)
		}
		b.c.WatchWrites(nil)
		if e := b.c.Run(100); e != ExitHalt || b.ram.Hit {
			t.Errorf("%s: then exit %d", name, e)
		}
	}
}

// TestStopAtWalk: Run returns behind the instruction that walked, in the middle of a block too.
func TestStopAtWalk(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0xff, 0xc0, 0x48, 0x8b, 0x0b, 0xff, 0xc0, 0xf4) // inc %eax; mov (%rbx), %rcx; inc %eax; hlt
	b.c.S.R[RBX] = userStack
	b.c.trace.Mask, b.c.trace.Stop = trace.MaskOf(trace.Walk), trace.MaskOf(trace.Walk)
	for want := range uint64(2) { // the walk of the code, that of the data
		if e := b.c.Run(100); e != ExitAgain || b.c.S.RIP != userCode+2+3*want {
			t.Errorf("exit %d at +%d", e, b.c.S.RIP-userCode)
		}
	}
	if e := b.c.Run(100); e != ExitHalt {
		t.Errorf("then exit %d", e)
	}
}

// TestRegisterNames: every name reads what it says.
func TestRegisterNames(t *testing.T) {
	s := &State{RFLAGS: FlagZF | FlagIOPL}
	for i := range s.R {
		s.R[i] = 0x1122334455667700 + uint64(i)
	}
	s.X[15] = [2]uint64{1, 2}
	for name, want := range map[string][2]uint64{
		"rax": {0x1122334455667700}, "EBX": {0x55667703}, "sp": {0x7704}, "AH": {0x77}, "bl": {3}, "SIL": {6}, "r8b": {8}, "R15D": {0x5566770f},
		"zf": {1}, "CF": {0}, "IOPL": {3}, "RFLAGS": {FlagZF | FlagIOPL}, "xmm15": {1, 2},
	} {
		r, ok := RegisterByName(name)
		if !ok || r(s) != want {
			t.Errorf("%s", name)
		}
	}
	for _, name := range []string{"", "SPH", "R8H", "XMM16", "EIP", "R"} {
		if _, ok := RegisterByName(name); ok {
			t.Errorf("%q is a register", name)
		}
	}
}
