package cpu

import (
	"fmt"
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// The paging tests map one page at pageVA with the entries under test; everything else is identity-mapped for ring 3 too.
const (
	pageVA    = 0x40000000
	pagePT    = 0x10000 // its page table; 0x11000 its page directory
	pageFrame = 0x200000
	userCode  = 0x300000
	userStack = 0x380000
	ring0RSP  = 0x20000
)

// newPaging returns a bench whose handlers are entered through a TSS, with the page at pageVA mapped by pte.
func newPaging(pte uint64) *bench {
	b := newBenchOf(4 << 20)
	b.longMode()
	r := b.ram
	for i := range uint64(benchRAM >> 21) {
		r.Write64(benchTables+0x2000+8*i, r.Read64(benchTables+0x2000+8*i)|mmu.U|mmu.A|mmu.D)
	}
	r.Write64(benchTables, r.Read64(benchTables)|mmu.U)
	r.Write64(benchTables+0x1000, r.Read64(benchTables+0x1000)|mmu.U)
	r.Write64(benchTables+0x1000+8, 0x11000|mmu.P|mmu.W|mmu.U) // the second GiB
	r.Write64(0x11000, pagePT|mmu.P|mmu.W|mmu.U)
	r.Write64(pagePT, pte)
	r.Write64(benchGDT+0x28, 0x00cff3000000ffff)
	r.Write64(benchGDT+0x30, 0x00affb000000ffff)
	s := &b.c.S
	s.GDTR.Limit = 0x3f
	s.TR = Segment{Sel: 0x40, Base: 0xa000, Limit: 0x67, Attr: 0x8b}
	r.Write64(0xa004, ring0RSP)
	s.EFER |= EFERNXE
	s.CR0 |= CR0WP
	return b
}

// enter puts code at userCode in the given ring.
func (b *bench) enter(user bool, code ...byte) {
	copy(b.ram.Bytes[userCode:], code)
	b.ram.Touch(mem.FrameOf(userCode))
	s := &b.c.S
	s.RIP, s.RFLAGS = userCode, 2
	s.R[RSP] = userStack
	if user {
		s.Seg[CS] = Segment{Sel: 0x33, Attr: 0xa0fb, Limit: ^uint32(0)}
		s.Seg[SS] = Segment{Sel: 0x2b, Attr: 0xc0f3, Limit: ^uint32(0)}
	}
	b.c.FlushTLB()
	b.c.modeChanged()
}

// trapped runs to HLT and returns the vector whose handler it lies in and the error code on the stack; 255 for none.
func (b *bench) trapped(t *testing.T) (vector uint8, code uint64) {
	t.Helper()
	if e := b.c.Run(100); e != ExitHalt {
		t.Fatalf("exit %d at %#x", e, b.c.S.RIP)
	}
	if at := b.c.S.RIP - 1; at >= benchHandlers && at < benchHandlers+32 {
		return uint8(at - benchHandlers), b.ram.Read64(b.c.S.R[RSP])
	}
	return 255, 0
}

// TestPageFaults goes through entry bits × access × ring and expects what SDM 3A "Page-Fault Exceptions" says.
func TestPageFaults(t *testing.T) {
	codes := map[access][]byte{
		accessRead:  {0x8b, 0x03},       // mov (%rbx), %eax
		accessWrite: {0x89, 0x03},       // mov %eax, (%rbx)
		accessFetch: {0xff, 0xe3, 0x90}, // jmp *%rbx
	}
	for bits := range uint64(16) {
		pte := uint64(pageFrame) | bits&7 | bits>>3<<63
		for acc, code := range codes {
			for _, user := range []bool{false, true} {
				name := fmt.Sprintf("pte %#x access %d user %v", pte, acc, user)
				b := newPaging(pte)
				b.ram.Bytes[pageFrame] = 0xf4
				b.enter(user, append(code, 0xf4)...)
				s := &b.c.S
				s.R[RBX], s.R[RAX] = pageVA, 0x1234
				want := expectFault(pte, acc, user)
				if want == nofault && user {
					want = -VecGP // HLT in ring 3
				}
				vector, got := b.trapped(t)
				switch {
				case want >= 0 && (vector != VecPF || got != uint64(want) || s.CR2 != pageVA):
					t.Errorf("%s: vector %d code %#x CR2 %#x, want #PF(%#x)", name, vector, got, s.CR2, want)
				case want == -VecGP && vector != VecGP || want == nofault && vector != 255:
					t.Errorf("%s: vector %d", name, vector)
				}
				checkMarks(t, name, b.ram.Read64(pagePT), pte, acc, want)
			}
		}
	}
}

const nofault = -1

func expectFault(pte uint64, acc access, user bool) int {
	code := 0
	if acc == accessWrite {
		code |= 2
	}
	if user {
		code |= 4
	}
	if acc == accessFetch {
		code |= 16
	}
	switch {
	case pte&mmu.P == 0:
		return code
	case user && pte&mmu.U == 0, acc == accessWrite && pte&mmu.W == 0, acc == accessFetch && pte&mmu.NX != 0:
		return code | 1
	}
	return nofault
}

// checkMarks checks the accessed and dirty bits: set by what was done, untouched by what was refused.
func checkMarks(t *testing.T, name string, now, before uint64, acc access, fault int) {
	t.Helper()
	want := before
	if fault < 0 {
		want |= mmu.A
		if acc == accessWrite {
			want |= mmu.D
		}
	}
	if now != want {
		t.Errorf("%s: the entry is %#x, want %#x", name, now, want)
	}
}

// TestWriteProtect: ring 0 writes to read-only pages when CR0.WP is clear.
func TestWriteProtect(t *testing.T) {
	b := newPaging(pageFrame | mmu.P)
	b.enter(false, 0x89, 0x03, 0xf4)
	b.c.S.CR0 &^= CR0WP
	b.c.FlushTLB()
	b.c.S.R[RBX], b.c.S.R[RAX] = pageVA, 77
	if v, _ := b.trapped(t); v != 255 || b.ram.Read32(pageFrame) != 77 {
		t.Errorf("vector %d, memory %d", v, b.ram.Read32(pageFrame))
	}
}

// TestStaleTLB: a changed entry is not seen before INVLPG.
func TestStaleTLB(t *testing.T) {
	b := newPaging(pageFrame | mmu.P | mmu.W)
	b.ram.Write32(pageFrame, 1)
	b.ram.Write32(pageFrame+0x1000, 2)
	// mov (%rbx), %eax; movabs new entry → mov %rdx, (%rcx); mov (%rbx), %esi; invlpg (%rbx); mov (%rbx), %edi; hlt
	b.enter(false, 0x8b, 0x03, 0x48, 0x89, 0x11, 0x8b, 0x33, 0x0f, 0x01, 0x3b, 0x8b, 0x3b, 0xf4)
	s := &b.c.S
	s.R[RBX], s.R[RCX], s.R[RDX] = pageVA, pagePT, pageFrame+0x1000|mmu.P|mmu.W
	if v, _ := b.trapped(t); v != 255 || s.R[RAX] != 1 || s.R[RSI] != 1 || s.R[RDI] != 2 {
		t.Errorf("vector %d, read %d, %d, %d", v, s.R[RAX], s.R[RSI], s.R[RDI])
	}
}

// TestAcrossPages: an access over a page boundary faults for the second page, and a store then changes nothing.
func TestAcrossPages(t *testing.T) {
	b := newPaging(pageFrame | mmu.P | mmu.W)
	b.ram.Write64(pageFrame+0xff8, 0x1111111111111111)
	b.enter(false, 0x48, 0x89, 0x03, 0xf4)
	s := &b.c.S
	s.R[RBX], s.R[RAX] = pageVA+0xffc, ^uint64(0)
	v, code := b.trapped(t)
	if v != VecPF || code != 2 || s.CR2 != pageVA+0x1000 {
		t.Errorf("vector %d code %#x CR2 %#x", v, code, s.CR2)
	}
	if b.ram.Read64(pageFrame+0xff8) != 0x1111111111111111 {
		t.Error("half of the store was done")
	}
	b.ram.Write64(pagePT+8, pageFrame+0x1000|mmu.P|mmu.W)
	b.enter(false, 0x48, 0x89, 0x03, 0x48, 0x8b, 0x0b, 0xf4)
	s.R[RAX] = 0x8877665544332211
	if v, _ := b.trapped(t); v != 255 || s.R[RCX] != 0x8877665544332211 || b.ram.Read32(pageFrame+0x1000) != 0x88776655 {
		t.Errorf("vector %d, read back %#x", v, s.R[RCX])
	}
}

// TestNonCanonical: #GP, and #SS through the stack.
func TestNonCanonical(t *testing.T) {
	for _, c := range []struct {
		code []byte
		want uint8
	}{
		{[]byte{0x8b, 0x03}, VecGP},             // mov (%rbx), %eax
		{[]byte{0x8b, 0x45, 0x00}, VecSS},       // mov 0(%rbp), %eax
		{[]byte{0x48, 0x89, 0xec, 0x50}, VecSS}, // mov %rbp, %rsp; push %rax
		{[]byte{0xff, 0xe3}, VecGP},             // jmp *%rbx
	} {
		b := newPaging(0)
		b.enter(true, c.code...)
		b.c.S.R[RBX], b.c.S.R[RBP] = 1<<47, 1<<47+64
		if v, code := b.trapped(t); v != c.want || code != 0 {
			t.Errorf("% x: vector %d code %#x, want %d", c.code, v, code, c.want)
		}
	}
}

// TestCodeAcrossPages executes an instruction that lies on two pages, and faults for the second.
func TestCodeAcrossPages(t *testing.T) {
	b := newPaging(pageFrame | mmu.P)
	copy(b.ram.Bytes[pageFrame+0xffe:], []byte{0xb8, 0x78, 0x56, 0x34, 0x12, 0xf4}) // mov $0x12345678, %eax; hlt
	b.enter(false)
	s := &b.c.S
	s.RIP = pageVA + 0xffe
	if v, code := b.trapped(t); v != VecPF || code != 16 || s.CR2 != pageVA+0x1000 || b.ram.Read64(s.R[RSP]+8) != pageVA+0xffe {
		t.Errorf("vector %d code %#x CR2 %#x", v, code, s.CR2)
	}
	b.ram.Write64(pagePT+8, pageFrame+0x1000|mmu.P)
	b.enter(false)
	s.RIP = pageVA + 0xffe
	if v, _ := b.trapped(t); v != 255 || s.R[RAX] != 0x12345678 {
		t.Errorf("vector %d EAX %#x", v, s.R[RAX])
	}
}

// TestSelfModifying writes the instruction behind the store, in the same block.
func TestSelfModifying(t *testing.T) {
	b := newPaging(0)
	// movb $0x42, 1(%rip) ; mov $0x11, %al ; hlt: the store hits the immediate of the MOV
	b.enter(false, 0xc6, 0x05, 0x01, 0, 0, 0, 0x42, 0xb0, 0x11, 0xf4)
	if v, _ := b.trapped(t); v != 255 || uint8(b.c.S.R[RAX]) != 0x42 {
		t.Errorf("vector %d AL %#x", v, uint8(b.c.S.R[RAX]))
	}
}
