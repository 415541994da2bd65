package cpu

import "testing"

// watching is a bench in ring 0 of 64-bit mode with one breakpoint: kind and length as in DR7.
func watching(at, kind, length uint64, code ...byte) *bench {
	b := newPaging(0)
	b.enter(false, code...)
	b.c.S.DR[0], b.c.S.DR[7] = at, 0x402|kind<<16|length<<18
	b.c.debugChanged()
	return b
}

// TestDataBreakpoint: the trap comes behind the instruction that stored, in the middle of a block and by a repeated one.
func TestDataBreakpoint(t *testing.T) {
	// inc %eax; mov %eax, 4(%rbx); inc %eax; hlt
	b := watching(userStack+4, onWrite, 3, 0xff, 0xc0, 0x89, 0x43, 0x04, 0xff, 0xc0, 0xf4)
	b.c.S.R[RBX] = userStack
	if v, _ := b.trapped(t); v != VecDB || b.frame(1)[0] != userCode+5 || b.c.S.DR[6]&0xffff != 0xff1 || b.c.S.R[RAX] != 1 {
		t.Errorf("vector %d, return to %#x, DR6 %#x, RAX %d", v, b.frame(1)[0], b.c.S.DR[6], b.c.S.R[RAX])
	}
	b = watching(userStack+20, onAccess, 0, 0xf3, 0xaa, 0xf4) // rep stosb
	s := &b.c.S
	s.R[RDI], s.R[RCX] = userStack+16, 10
	if v, _ := b.trapped(t); v != VecDB || s.R[RCX] != 5 || b.frame(1)[0] != userCode || b.frame(3)[2]&FlagRF == 0 {
		t.Errorf("vector %d, RCX %d, frame %#x", v, s.R[RCX], b.frame(3))
	}
}

// TestInstructionBreakpoint: #DB comes before the instruction, and IRET with RF gets over it, once.
func TestInstructionBreakpoint(t *testing.T) {
	b := watching(userCode+1, onFetch, 0, 0x90, 0xff, 0xc0, 0xeb, 0xfb) // nop; 1: inc %eax; jmp nop
	handler := uint64(benchHandlers + VecDB)
	b.ram.Bytes[benchIDT+16*VecDB+4] = 0
	if v, _ := b.trapped(t); v != VecDB || b.frame(1)[0] != userCode+1 || b.c.S.R[RAX] != 0 || b.frame(3)[2]&FlagRF != 0 {
		t.Fatalf("vector %d, return to %#x, RAX %d", v, b.frame(1)[0], b.c.S.R[RAX])
	}
	b.ram.Bytes[handler+0x100], b.ram.Bytes[handler+0x101] = 0x48, 0xcf // iretq
	b.ram.Write64(b.c.S.R[RSP]+16, 2|FlagRF)
	b.c.S.RIP, b.c.S.Halted = handler+0x100, false
	if v, _ := b.trapped(t); v != VecDB || b.frame(1)[0] != userCode+1 || b.c.S.R[RAX] != 1 {
		t.Errorf("after IRET with RF: vector %d, return to %#x, RAX %d", v, b.frame(1)[0], b.c.S.R[RAX])
	}
}

// TestStorm: code that faults for ever uses up an allowance of instructions.
func TestStorm(t *testing.T) {
	b := newBenchOf(2<<20).fuzz([]byte{0x0f, 0x0b}, 3, 4) // UD2 in real mode
	s := &b.c.S
	b.ram.Write32(VecUD*4, 0x10000000) // 1000:0000, itself
	retired := s.Retired
	for range 1000 {
		b.c.Run(10)
	}
	if got := s.Retired - retired; got < 9000 {
		t.Errorf("%d instructions", got)
	}
}

// TestNMI: one is delivered, the next waits for IRET, a third is the same as the second.
func TestNMI(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x90, 0x90, 0xf4)
	b.c.NMI()
	if !b.c.NMIReady() {
		t.Fatal("an NMI is not taken")
	}
	b.c.DeliverNMI()
	if v, _ := b.trapped(t); v != VecNMI || b.frame(1)[0] != userCode {
		t.Errorf("vector %d, return to %#x", v, b.frame(1)[0])
	}
	b.c.NMI()
	b.c.NMI()
	if b.c.NMIReady() {
		t.Error("an NMI interrupts the handler of one")
	}
	b.ram.Bytes[benchHandlers+0x100], b.ram.Bytes[benchHandlers+0x101] = 0x48, 0xcf // iretq
	b.c.S.RIP, b.c.S.Halted = benchHandlers+0x100, false
	if e := b.c.Run(10); e != ExitAgain || !b.c.NMIReady() || b.c.S.RIP != userCode {
		t.Errorf("after IRET: exit %d, ready %v, RIP %#x", e, b.c.NMIReady(), b.c.S.RIP)
	}
	b.c.DeliverNMI()
	if b.c.S.NMI != NMIBlocked {
		t.Errorf("NMI %d", b.c.S.NMI)
	}
}

// TestSwitchTrap: the T bit of a TSS traps before the new task's first instruction, and local breakpoints end.
func TestSwitchTrap(t *testing.T) {
	b := newTasks()
	b.ram.Bytes[taskTSS+0x64] = 1
	b.c.S.DR[7] = 0x455
	if !b.c.farTo(taskSel, 0, 4, false) {
		t.Fatalf("%+v", b.c.trap)
	}
	s := &b.c.S
	if s.Held != dr6BT || s.DR[7] != 0x400 || s.RIP != 0x1234 || s.R[RCX] != 0x77 || s.TR.Sel != taskSel || s.CR0&CR0TS == 0 {
		t.Errorf("held %#x, DR7 %#x, RIP %#x, TR %#x", s.Held, s.DR[7], s.RIP, s.TR.Sel)
	}
}

// TestTask16: a 16-bit task saves and loads 16 bits, and FS and GS are null after.
func TestTask16(t *testing.T) {
	b := newTasks()
	s := &b.c.S
	b.ram.Write64(benchGDT+taskSel, 0x000081000000002b|taskTSS<<16)
	for i, w := range []uint16{0x5678, 2 | FlagCF, 1, 2, 3, 4, 0x8000, 6, 7, 8, 0x18, 0x10, 0x18, 0x18} {
		b.ram.Write32(taskTSS+0xe+2*uint64(i), uint32(w))
	}
	if !b.c.farTo(taskSel, 0, 4, true) {
		t.Fatalf("%+v", b.c.trap)
	}
	if s.RIP != 0x5678 || s.RFLAGS != 2|FlagCF|FlagNT || uint16(s.R[RCX]) != 2 || s.Seg[FS].Sel != 0 || s.Seg[ES].Sel != 0x18 || uint16(b.ram.Read32(taskTSS)) != 0x40 {
		t.Errorf("RIP %#x, flags %#x, RCX %#x, FS %#x, link %#x", s.RIP, s.RFLAGS, s.R[RCX], s.Seg[FS].Sel, b.ram.Read32(taskTSS))
	}
}

const taskSel, taskTSS = 0x48, 0xb000

// newTasks is a bench in protected mode with a task to switch to.
func newTasks() *bench {
	b := newBenchOf(2<<20).fuzz(nil, 2, 3)
	s := &b.c.S
	s.RFLAGS = 2
	s.GDTR.Limit = 0x4f
	for _, i := range []int{DS, ES, SS, FS, GS} {
		s.Seg[i] = Segment{Sel: 0x18, Attr: 0xc093, Limit: ^uint32(0)}
	}
	b.ram.Write64(benchGDT+16, 0x00cf9b000000ffff)
	b.ram.Write64(benchGDT+0x40, 0x00008b00a0000067)
	b.ram.Write64(benchGDT+taskSel, 0x0000890000000067|taskTSS<<16)
	s.TR = Segment{Sel: 0x40, Base: 0xa000, Limit: 0x67, Attr: 0x8b}
	b.ram.Write32(taskTSS+0x20, 0x1234)
	b.ram.Write32(taskTSS+0x24, 2)
	b.ram.Write32(taskTSS+0x2c, 0x77)
	for i, sel := range []uint32{0x18, 0x10, 0x18, 0x18, 0, 0} {
		b.ram.Write32(taskTSS+0x48+4*uint64(i), sel)
	}
	b.c.modeChanged()
	return b
}

// TestBranchTrap: with IA32_DEBUGCTL.BTF and TF the trap comes behind the next branch that is taken, and BTF is cleared.
func TestBranchTrap(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x90, 0x74, 0x00, 0x90, 0xeb, 0x01, 0x90, 0x90, 0xf4) // nop; je +0; nop; jmp +1; nop; 1: nop; hlt
	b.c.S.RFLAGS |= FlagTF
	b.c.S.DebugCtl = debugBTF
	if v, _ := b.trapped(t); v != VecDB || b.frame(1)[0] != userCode+7 || b.c.S.DebugCtl != 0 {
		t.Errorf("vector %d, return to %#x, DEBUGCTL %#x", v, b.frame(1)[0], b.c.S.DebugCtl)
	}
}

// TestShadows: of two loads of SS only the first holds interrupts off; one in the shadow of STI does too.
func TestShadows(t *testing.T) {
	b := newPaging(0)
	b.enter(false, 0x8e, 0xd0, 0x8e, 0xd0, 0xfb, 0x8e, 0xd0, 0x90) // mov %eax, %ss (twice); sti; mov %eax, %ss; nop
	s := &b.c.S
	s.R[RAX] = 0x18
	for i, want := range []uint8{ShadowSS, 0, ShadowSTI, ShadowSS, 0} {
		b.c.Run(1)
		if s.Shadow != want {
			t.Errorf("after instruction %d: shadow %d, want %d", i, s.Shadow, want)
		}
	}
}
