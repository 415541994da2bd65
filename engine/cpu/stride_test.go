package cpu

import (
	"testing"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

const (
	strideVA     = 0x80000000
	strideTables = 0x800000
	strideCode   = 0x900000
)

// newStride maps strideVA in pages of 4 KiB onto a few frames (the cost of the host's caches is not ours) and readies a loop that reads, or adds to, one word
// of each of the pages, again and again.
func newStride(pages int, write bool) *bench {
	b := newBench()
	b.longMode()
	r := b.ram
	tables := uint64(strideTables)
	r.Write64(benchTables+0x1000+8*(strideVA>>30), tables|mmu.P|mmu.W|mmu.A)
	for i := range uint64(pages) {
		table := tables + 0x1000 + i>>9<<12
		r.Write64(tables+8*(i>>9), table|mmu.P|mmu.W|mmu.A)
		r.Write64(table+8*(i&511), (16<<20+i%16<<12)|mmu.P|mmu.W|mmu.A)
	}
	load := byte(0x8b) // mov (%rbx), %eax
	if write {
		load = 0x01 // add %eax, (%rbx)
	}
	code := []byte{load, 0x03, 0x48, 0x81, 0xc3, 0, 0x10, 0, 0, 0x48, 0x39, 0xd3, 0x75, 0xf2, // add $4096, %rbx; cmp %rdx, %rbx; jne
		0x48, 0x89, 0xcb, 0xeb, 0xed} // mov %rcx, %rbx; jmp
	copy(r.Bytes[strideCode:], code)
	r.Touch(mem.FrameOf(strideCode))
	s := &b.c.S
	s.RIP, s.RFLAGS = strideCode, 2
	s.R[RBX], s.R[RCX], s.R[RDX] = strideVA, strideVA, strideVA+uint64(pages)<<12
	b.c.FlushTLB()
	return b
}

// BenchmarkStride has one access to each of many pages: what a TLB miss costs.
func BenchmarkStride(b *testing.B) {
	for _, c := range []struct {
		name  string
		pages int
		write bool
	}{{"hit", 256, false}, {"hitwrite", 256, true}, {"read", 4000, false}, {"write", 4000, true}} {
		b.Run(c.name, func(b *testing.B) {
			m := newStride(c.pages, c.write)
			m.c.Run(1 << 16)
			b.ResetTimer()
			m.c.Run(uint64(b.N) * 3)
		})
	}
}
