package mmu

import "vitrine/engine/mem"

// Node is a table or a page that a Root reaches.
type Node struct {
	Level int    // of the table, or of the entry that names the page
	Table bool   // it is a table
	VA    uint64 // the first address that goes through it
	Phys  uint64
	Entry uint64 // that names it; of the root 0
	Perm  uint64 // as Result.Perm, so far
}

// Tree visits every table and every page that root reaches, by ascending address, a table before what it names. It reads
// at most limit entries, as tables may name each other in circles, and tells whether that was enough. Like Walk it
// changes nothing.
func Tree(ram *mem.RAM, root Root, limit int, visit func(Node)) bool {
	t := tree{ram: ram, root: root, limit: limit, visit: visit, must: root.reserved()}
	switch root.Mode {
	case Off:
		return true
	case Legacy:
		t.must = 0
		t.table(Node{Level: 2, Table: true, Phys: root.CR3 & 0xfffff000, Perm: W | U})
	case PAE:
		for i, e := range root.PDPTE {
			if e&P != 0 {
				t.table(Node{Level: 2, Table: true, VA: uint64(i) << 30, Phys: e & AddrMask, Entry: e, Perm: W | U})
			}
		}
	default:
		t.table(Node{Level: int(root.Mode), Table: true, Phys: root.CR3 & AddrMask, Perm: W | U})
	}
	return t.limit > 0
}

type tree struct {
	ram   *mem.RAM
	root  Root
	must  uint64 // bits that must be 0
	limit int    // entries that may still be read
	visit func(Node)
}

// table visits a table and what it names.
func (t *tree) table(n Node) {
	if !t.ram.Has(n.Phys, mem.FrameSize) {
		return
	}
	t.visit(n)
	size := t.root.Mode.EntrySize()
	for i := range mem.FrameSize / size {
		if t.limit--; t.limit < 0 {
			return
		}
		var e uint64
		if size == 4 {
			e = uint64(t.ram.Read32(n.Phys + i*4))
		} else {
			e = t.ram.Read64(n.Phys + i*8)
		}
		if e&P != 0 && e&t.must == 0 {
			t.entry(n, i, e)
		}
	}
}

// entry visits what entry i of a table names.
func (t *tree) entry(n Node, i, e uint64) {
	span := t.root.Mode.PageSize(n.Level)
	next := Node{Level: n.Level, VA: t.extend(n.VA + i*span), Phys: e & AddrMask, Entry: e, Perm: n.Perm&(e|^uint64(W|U)) | e&NX}
	large := e&PS != 0 && (n.Level == 2 && (t.root.Mode != Legacy || t.root.PSE) || n.Level == 3)
	switch {
	case n.Level == 1:
	case large && t.root.Mode == Legacy:
		next.Phys = e&0xffc00000 | e>>13&0xff<<32 // PSE-36
	case large:
		next.Phys &^= span - 1
	default:
		next.Level, next.Table = n.Level-1, true
		t.table(next)
		return
	}
	next.Perm |= e & (G | D)
	t.visit(next)
}

// extend repeats the highest bit that is translated.
func (t *tree) extend(va uint64) uint64 {
	if t.root.Mode < Level4 {
		return va
	}
	shift := 64 - 12 - IndexBits*uint(t.root.Mode)
	return uint64(int64(va<<shift) >> shift)
}
