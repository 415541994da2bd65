package mmu

import "vitrine/engine/mem"

// Step is one table lookup of a walk.
type Step struct {
	Level int    // 5 … 1
	Table uint64 // physical address of the table
	Index int    // place in it
	Entry uint64 // what was found
}

// Result is a whole walk, from the root to the page or to where it broke off.
type Result struct {
	Steps    [5]Step
	N        int    // steps taken
	Present  bool   // a page was reached
	Reserved bool   // an entry had a reserved bit set
	Phys     uint64 // physical address of va, when Present
	PageSize uint64 // 4 KiB, 2 MiB or 1 GiB, when Present
	Perm     uint64 // W and U when every level grants them, NX when any level sets it, G and D of the last entry
}

// EntryAddr is the physical address of the entry read in step i.
func (r *Result) EntryAddr(i int) uint64 { return r.Steps[i].Table + uint64(r.Steps[i].Index)*8 }

// Walk translates va through the tables rooted at cr3 with 4 or 5 levels. It is pure: it changes neither memory nor
// the accessed and dirty bits. A table outside RAM reads as all ones, as an undecoded bus does.
func Walk(ram *mem.RAM, cr3 uint64, levels int, va uint64) Result {
	r := Result{Perm: W | U}
	table := cr3 & AddrMask
	for level := levels; level >= 1; level-- {
		i := Index(va, level)
		e := entry(ram, table+uint64(i)*8)
		r.Steps[r.N] = Step{Level: level, Table: table, Index: i, Entry: e}
		r.N++
		if e&P == 0 {
			return r
		}
		r.Perm = r.Perm&(e|^uint64(W|U)) | e&NX
		if level == 1 || e&PS != 0 && level <= 3 {
			return r.leaf(e, va, level)
		}
		if e&PS != 0 {
			r.Reserved = true
			return r
		}
		table = e & AddrMask
	}
	return r
}

func (r Result) leaf(e, va uint64, level int) Result {
	size := PageSize(level)
	base := e & AddrMask
	if level > 1 {
		base &^= 1 << 12 // bit 12 of a large page's entry is its PAT bit
	}
	if base&(size-1) != 0 {
		r.Reserved = true
		return r
	}
	r.Present = true
	r.PageSize = size
	r.Phys = base | va&(size-1)
	r.Perm |= e & (G | D)
	return r
}

func entry(ram *mem.RAM, pa uint64) uint64 {
	if !ram.Has(pa, 8) {
		return ^uint64(0)
	}
	return ram.Read64(pa)
}
