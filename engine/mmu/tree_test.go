package mmu

import (
	"testing"

	"vitrine/engine/mem"
)

// TestTree builds tables with pages of every size in each mode and checks that each page that the tree finds is where
// the walk says it is, and that both ends of the address space are found.
func TestTree(t *testing.T) {
	for _, mode := range []Mode{Legacy, PAE, Level4, Level5} {
		ram := mem.New(1 << 20)
		root := Root{Mode: mode, PSE: true, NXE: true, CR3: 0x1000}
		put := func(table, i, e uint64) {
			if mode == Legacy {
				ram.Write32(table+i*4, uint32(e))
			} else {
				ram.Write64(table+i*8, e)
			}
		}
		last := mem.FrameSize/mode.EntrySize() - 1
		top, table := int(mode), uint64(0x1000)
		if mode == PAE {
			root.PDPTE = [4]uint64{0x2000 | P, 0, 0, 0x2000 | P}
			top, table = 2, 0x2000
		}
		for level := top; level > 1; level-- {
			put(table, 0, table+0x1000|P|W|U)
			put(table, last, table+0x1000|P|W)
			if level <= 3 {
				put(table, 5, 0x40000000|PS|P|U)
			}
			table += 0x1000
		}
		put(table, 3, 0x77000|P|W|U|A)
		put(table, last, 0x78000|P|A)
		pages := 0
		whole := Tree(ram, root, 1<<20, func(n Node) {
			if n.Table {
				return
			}
			pages++
			w := Walk(ram, root, n.VA)
			if !w.Present || w.Phys != n.Phys || w.PageSize != mode.PageSize(n.Level) || w.Perm&(W|U|NX) != n.Perm&(W|U|NX) {
				t.Errorf("mode %d, %x: the tree has %+v, the walk %+v", mode, n.VA, n, w)
			}
		})
		if !whole || pages < 4 {
			t.Errorf("mode %d: %d pages, whole %v", mode, pages, whole)
		}
	}
}

// Tables that name each other in circles come to an end.
func TestTreeCircle(t *testing.T) {
	ram := mem.New(1 << 16)
	for i := range uint64(512) {
		ram.Write64(0x1000+i*8, 0x1000|P|W|U)
	}
	n := 0
	if Tree(ram, Root{Mode: Level4, CR3: 0x1000}, 5000, func(Node) { n++ }) || n > 5001 {
		t.Errorf("%d nodes", n)
	}
}
