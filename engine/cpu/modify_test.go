package cpu

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// Self- and cross-modifying code (SDM 3A "Self-Modifying Code"): the engine sees every write to code at the next
// instruction, whoever wrote it and by whatever address.

// movAcross is mov $imm32, %eax with its last three bytes on the page behind pageVA, then HLT.
var movAcross = []byte{0xb8, 0x11, 0x22, 0x33, 0x44, 0xf4}

// newAcross puts movAcross across the page of pageVA and the one mapped behind it.
func newAcross(second uint64) *bench {
	b := newPaging(pageFrame | mmu.P | mmu.W)
	b.ram.Write64(pagePT+8, second|mmu.P|mmu.W)
	copy(b.ram.Bytes[pageFrame+0xffe:], movAcross[:2])
	copy(b.ram.Bytes[second:], movAcross[2:])
	return b
}

// runAcross executes the instruction and returns EAX.
func (b *bench) runAcross(t *testing.T) uint32 {
	t.Helper()
	s := &b.c.S
	s.RIP, s.R[RAX] = pageVA+0xffe, 0
	if e := b.c.Run(10); e != ExitHalt {
		t.Fatalf("exit %d at %#x", e, s.RIP)
	}
	s.Halted = false
	return uint32(s.R[RAX])
}

// TestSecondPageWritten: the second page of an instruction is written, also when it is frame 0.
func TestSecondPageWritten(t *testing.T) {
	for _, second := range []uint64{pageFrame + 0x1000, 0, pageFrame + 0x8000} {
		b := newAcross(second)
		b.enter(false)
		if v := b.runAcross(t); v != 0x44332211 {
			t.Fatalf("frame %#x: %#x", second, v)
		}
		if !b.c.store8(pageVA+0x1001, 0x77) {
			t.Fatal("the store was refused")
		}
		if v := b.runAcross(t); v != 0x44772211 {
			t.Errorf("frame %#x written by the CPU: %#x", second, v)
		}
		b.ram.Write8(second+2, 0x66)
		if v := b.runAcross(t); v != 0x66772211 {
			t.Errorf("frame %#x written by a device: %#x", second, v)
		}
	}
}

// TestSecondPageMoved: the second page gets another frame, from frame 0, from RAM and from where nothing is.
func TestSecondPageMoved(t *testing.T) {
	for _, first := range []uint64{0, pageFrame + 0x1000, 0x80000000} {
		b := newAcross(pageFrame + 0x1000)
		b.ram.Write32(0, 0xf4443322)
		b.ram.Write64(pagePT+8, first|mmu.P|mmu.W)
		b.enter(false)
		if first < 0x80000000 {
			b.runAcross(t)
		} else {
			b.c.S.RIP = pageVA + 0xffe
			b.c.Run(1) // what lies there reads as all ones: mov $0xffffff11, %eax
			if b.c.S.R[RAX] != 0xffffff11 {
				t.Errorf("nothing reads as %#x", b.c.S.R[RAX])
			}
		}
		b.ram.Write64(pagePT+8, pageFrame+0x9000|mmu.P|mmu.W)
		copy(b.ram.Bytes[pageFrame+0x9000:], []byte{0x55, 0x66, 0x77, 0xf4})
		b.c.InvalidatePage(pageVA + 0x1000)
		if v := b.runAcross(t); v != 0x77665511 {
			t.Errorf("moved from %#x: %#x", first, v)
		}
	}
}

// TestAlias: code is written by another linear address of its frame, from the block that runs and from another page.
func TestAlias(t *testing.T) {
	b := newPaging(pageFrame | mmu.P | mmu.W)
	b.ram.Write64(pagePT+8, pageFrame|mmu.P|mmu.W)
	// movb $0x42, (%rbx); mov $0x11, %al; hlt: the store hits the immediate of the MOV
	copy(b.ram.Bytes[pageFrame:], []byte{0xc6, 0x03, 0x42, 0xb0, 0x11, 0xf4})
	b.enter(false)
	s := &b.c.S
	s.RIP, s.R[RBX] = pageVA, pageVA+0x1004
	if v, _ := b.trapped(t); v != 255 || uint8(s.R[RAX]) != 0x42 {
		t.Errorf("in the running block: vector %d AL %#x", v, uint8(s.R[RAX]))
	}
	copy(b.ram.Bytes[userCode:], []byte{0xc6, 0x03, 0x99, 0xff, 0xe1}) // movb $0x99, (%rbx); jmp *%rcx
	b.ram.Touch(mem.FrameOf(userCode))
	s.Halted, s.RIP, s.R[RCX] = false, userCode, pageVA+3
	if v, _ := b.trapped(t); v != 255 || uint8(s.R[RAX]) != 0x99 {
		t.Errorf("from another page: vector %d AL %#x", v, uint8(s.R[RAX]))
	}
}

// TestMarksInCode: the walk for an operand sets the accessed bit of an entry that lies in the running block, and is its
// next instruction: ADD (03) becomes AND (23).
func TestMarksInCode(t *testing.T) {
	const entry, data = userCode + 0x1f0, 0x220000
	b := newPaging(0)
	b.ram.Write64(0x11000, userCode|mmu.P|mmu.W) // the table of pageVA is the page of the code
	b.ram.Write64(entry, pageFrame|mmu.P|mmu.W)  // 03 00: add (%rax), %eax, and more that does no harm
	b.ram.Write32(data, data+1)
	b.enter(false)
	copy(b.ram.Bytes[entry-2:], []byte{0x8a, 0x1b}) // mov (%rbx), %bl
	b.ram.Bytes[entry+8] = 0xf4
	s := &b.c.S
	s.RIP, s.R[RBX], s.R[RAX] = entry-2, pageVA+(entry-userCode)/8<<12, data
	if v, _ := b.trapped(t); v != 255 || s.R[RAX] != data || b.ram.Read64(entry) != pageFrame|mmu.P|mmu.W|mmu.A {
		t.Errorf("vector %d, EAX %#x, the entry %#x", v, s.R[RAX], b.ram.Read64(entry))
	}
}
