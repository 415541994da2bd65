package cpu

import (
	"testing"

	"vitrine/engine/trace"
)

// frame reads the words of an interrupt stack frame, from RSP up.
func (b *bench) frame(n int) []uint64 {
	w := make([]uint64, n)
	for i := range w {
		w[i] = b.ram.Read64(b.c.S.R[RSP] + 8*uint64(i))
	}
	return w
}

func equal(t *testing.T, what string, got, want []uint64) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: %#x, want %#x", what, got, want)
			return
		}
	}
}

// TestDeliverFromRing3: the stack comes from RSP0, the frame is aligned and complete, IF is cleared.
func TestDeliverFromRing3(t *testing.T) {
	b := newPaging(0)
	b.ram.Write64(0xa004, ring0RSP+5)
	b.enter(true, 0x0f, 0x0b) // ud2
	b.c.S.RFLAGS |= FlagIF | FlagCF
	b.c.S.R[RSP] = userStack - 3
	if v, _ := b.trapped(t); v != VecUD {
		t.Fatalf("vector %d", v)
	}
	s := &b.c.S
	equal(t, "frame", b.frame(5), []uint64{userCode, 0x33, 2 | FlagIF | FlagCF | FlagRF, userStack - 3, 0x2b})
	if s.R[RSP] != ring0RSP-40 || s.CPL() != 0 || s.Seg[SS].Sel != 0 || s.RFLAGS&FlagIF != 0 {
		t.Errorf("RSP %#x CS %#x SS %#x flags %#x", s.R[RSP], s.Seg[CS].Sel, s.Seg[SS].Sel, s.RFLAGS)
	}
}

// TestIST: a gate with an IST entry switches stacks in ring 0 too.
func TestIST(t *testing.T) {
	b := newPaging(0)
	b.ram.Write64(0xa000+28+8*3, 0x30008)
	b.ram.Bytes[benchIDT+16*VecUD+4] = 3
	b.enter(false, 0x0f, 0x0b)
	if v, _ := b.trapped(t); v != VecUD || b.c.S.R[RSP] != 0x30000-40 {
		t.Errorf("vector %d RSP %#x", v, b.c.S.R[RSP])
	}
}

// TestSoftwareInterrupt: ring 3 needs DPL 3; the return address is behind the instruction.
func TestSoftwareInterrupt(t *testing.T) {
	b := newPaging(0)
	b.enter(true, 0xcd, 0x14)
	if v, code := b.trapped(t); v != VecGP || code != 0x14*8+2 || b.frame(2)[1] != userCode {
		t.Errorf("without DPL 3: vector %d code %#x", v, code)
	}
	b = newPaging(0)
	b.ram.Bytes[benchIDT+16*0x14+5] |= 0x60
	b.enter(true, 0xcd, 0x14)
	if v, _ := b.trapped(t); v != 0x14 || b.frame(1)[0] != userCode+2 {
		t.Errorf("with DPL 3: vector %d, return to %#x", v, b.frame(1)[0])
	}
}

// TestDoubleFault: a page fault while delivering a page fault; then the handler's stack is good.
func TestDoubleFault(t *testing.T) {
	b := newPaging(0)
	b.ram.Write64(0xa000+28+8, 0x30000)
	b.ram.Bytes[benchIDT+16*VecDF+4] = 1
	b.enter(false, 0x8b, 0x03) // mov (%rbx), %eax
	b.c.S.R[RBX], b.c.S.R[RSP] = pageVA, pageVA+0x800
	v, code := b.trapped(t)
	if v != VecDF || code != 0 || b.frame(5)[1] != userCode || b.frame(5)[4] != pageVA+0x800 {
		t.Errorf("vector %d code %#x frame %#x", v, code, b.frame(6))
	}
}

func TestTripleFault(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x8b, 0x03)
	b.c.S.R[RBX], b.c.S.R[RSP] = pageVA, pageVA+0x800
	if e := b.c.Run(100); e != ExitShutdown {
		t.Errorf("exit %d", e)
	}
}

// TestIretq goes to ring 3 and comes back by a fault.
func TestIretq(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x48, 0xcf)
	s := &b.c.S
	for i, w := range []uint64{userCode + 0x100, 0x33, FlagIF | 2 | FlagZF, userStack - 64, 0x2b} {
		b.ram.Write64(s.R[RSP]+8*uint64(i), w)
	}
	b.ram.WriteAt([]byte{0x50, 0xf4}, userCode+0x100) // push %rax; hlt
	if e := b.c.Run(100); e != ExitAgain || s.CPL() != 3 {
		t.Fatalf("IRETQ that sets IF: exit %d CPL %d", e, s.CPL())
	}
	if v, _ := b.trapped(t); v != VecGP {
		t.Fatalf("vector %d", v)
	}
	equal(t, "frame", b.frame(6), []uint64{0, userCode + 0x101, 0x33, FlagIF | 2 | FlagZF | FlagRF, userStack - 72, 0x2b})
}

// TestIretqToKernelSegment: ring 3 must not get a stack of ring 0, and a refused IRETQ changes nothing.
func TestIretqRefused(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x48, 0xcf)
	s := &b.c.S
	for i, w := range []uint64{userCode + 0x100, 0x33, 2, userStack, 0x18} {
		b.ram.Write64(s.R[RSP]+8*uint64(i), w)
	}
	if v, code := b.trapped(t); v != VecGP || code != 0x18 || b.frame(2)[1] != userCode || b.frame(5)[4] != userStack {
		t.Errorf("vector %d code %#x frame %#x", v, code, b.frame(6))
	}
}

// TestSyscall: SYSCALL and SYSRETQ exchange RIP, RFLAGS and rings by registers only.
func TestSyscall(t *testing.T) {
	b := newPaging(0)
	b.enter(true, 0x0f, 0x05, 0xf4) // syscall; hlt (#GP in ring 3)
	b.ram.WriteAt([]byte{0x48, 0x0f, 0x07}, userCode+0x200)
	s := &b.c.S
	s.EFER |= EFERSCE
	s.STAR, s.LSTAR, s.SFMASK = 0x23<<48|0x10<<32, userCode+0x200, FlagIF|FlagDF
	s.RFLAGS = 2 | FlagIF | FlagDF | FlagCF
	b.c.Run(1)
	if s.CPL() != 0 || s.RIP != s.LSTAR || s.R[RCX] != userCode+2 || s.R[R11] != 2|FlagIF|FlagDF|FlagCF || s.RFLAGS != 2|FlagCF {
		t.Fatalf("SYSCALL: CS %#x RIP %#x RCX %#x R11 %#x flags %#x", s.Seg[CS].Sel, s.RIP, s.R[RCX], s.R[R11], s.RFLAGS)
	}
	b.c.Run(1)
	if s.Seg[CS].Sel != 0x33 || s.Seg[SS].Sel != 0x2b || s.RIP != userCode+2 || s.RFLAGS != 2|FlagIF|FlagDF|FlagCF {
		t.Errorf("SYSRET: CS %#x SS %#x RIP %#x flags %#x", s.Seg[CS].Sel, s.Seg[SS].Sel, s.RIP, s.RFLAGS)
	}
}

// TestShadow: STI lets one more instruction through before the machine may interrupt.
func TestShadow(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0xfb, 0x90, 0x90, 0xf4)
	s := &b.c.S
	if e := b.c.Run(100); e != ExitAgain || s.Shadow != 1 || s.RIP != userCode+1 {
		t.Fatalf("after STI: exit %d shadow %d RIP %#x", e, s.Shadow, s.RIP)
	}
	if e := b.c.Run(100); e != ExitAgain || s.Shadow != 0 || s.RIP != userCode+2 {
		t.Fatalf("after the next: exit %d shadow %d RIP %#x", e, s.Shadow, s.RIP)
	}
	b.c.Interrupt(0x19)
	if v, _ := b.trapped(t); v != 0x19 || b.frame(1)[0] != userCode+2 {
		t.Errorf("vector %d, return to %#x", v, b.frame(1)[0])
	}
}

// TestSingleStep: with TF set a #DB follows each instruction.
func TestSingleStep(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x90, 0x90, 0xf4)
	b.c.S.RFLAGS |= FlagTF
	b.c.modeChanged()
	if v, _ := b.trapped(t); v != VecDB || b.frame(1)[0] != userCode+1 || b.c.S.DR[6]&dr6BS == 0 || b.c.S.RFLAGS&FlagTF != 0 {
		t.Errorf("vector %d, return to %#x, DR6 %#x", v, b.frame(1)[0], b.c.S.DR[6])
	}
}

// TestRepFault: a repeated store that faults has done, and counted, what came before the fault.
func TestRepFault(t *testing.T) {
	b := newPaging(pageFrame | 3)
	b.enter(false, 0xf3, 0x48, 0xab) // rep stosq
	s := &b.c.S
	s.R[RDI], s.R[RCX], s.R[RAX] = pageVA+0x1000-24, 10, 5
	retired := s.Retired
	if v, code := b.trapped(t); v != VecPF || code != 2 || s.CR2 != pageVA+0x1000 {
		t.Fatalf("vector %d code %#x", v, code)
	}
	if s.R[RCX] != 7 || s.R[RDI] != pageVA+0x1000 || s.Retired-retired != 3+1 || b.frame(2)[1] != userCode {
		t.Errorf("RCX %d RDI %#x retired %d", s.R[RCX], s.R[RDI], s.Retired-retired)
	}
}

// TestBreak: a breakpoint stops before its instruction, and Run goes on from there.
func TestBreak(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x90, 0x90, 0xf4)
	b.c.SetBreaks([]Break{{Addr: userCode + 1, Any: true}}, 0)
	if e := b.c.Run(100); e != ExitBreak || b.c.S.RIP != userCode+1 {
		t.Errorf("exit %d at %#x", e, b.c.S.RIP)
	}
	if e := b.c.Run(100); e != ExitHalt {
		t.Errorf("then exit %d", e)
	}
}

// TestEvents: what happens in cold places is told when somebody listens.
func TestEvents(t *testing.T) {
	b := newPaging(0)
	b.enter(true, 0x0f, 0x0b)
	b.c.trace.Mask = trace.MaskOf(trace.Exception, trace.Walk)
	b.trapped(t)
	seen := map[trace.Kind]int{}
	for _, e := range b.c.trace.Drain(nil) {
		seen[e.Kind]++
	}
	if seen[trace.Exception] != 1 || seen[trace.Walk] < 3 {
		t.Errorf("events %v", seen)
	}
}
