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
	Mode     Mode
	Steps    [5]Step
	N        int    // steps taken
	Present  bool   // a page was reached
	Reserved bool   // an entry had a reserved bit set
	Phys     uint64 // physical address of va, when Present
	PageSize uint64 // in bytes, when Present
	Perm     uint64 // W and U when every level grants them, NX when any level sets it, A when every level has it; G, D of the last entry
}

// EntryAddr is the physical address of the entry read in step i.
func (r *Result) EntryAddr(i int) uint64 {
	return r.Steps[i].Table + uint64(r.Steps[i].Index)*r.Mode.EntrySize()
}

// InRegister tells whether step i read a register and not memory: the first step of PAE paging.
func (r *Result) InRegister(i int) bool { return r.Mode == PAE && i == 0 }

// Walk translates va through the tables that root names. It is pure: it changes neither memory nor the accessed and
// dirty bits. A table outside RAM reads as all ones, as an undecoded bus does. Whether va is canonical is not asked.
func Walk(ram *mem.RAM, root Root, va uint64) Result {
	r := Result{Mode: root.Mode}
	f := root.walk(ram, va, &r)
	r.Present, r.Reserved, r.Perm = f.end == present, f.end == reserved, f.perm
	if r.Present {
		r.Phys, r.PageSize = f.phys, root.Mode.PageSize(f.level)
	}
	return r
}

// Find is Walk without the steps, for the CPU, which seldom needs them: it returns the physical address of the 4 KiB page
// of va with the bits of Result.Perm, and PS when it is a part of a larger page; ok is false where no page is reached.
func Find(ram *mem.RAM, root *Root, va uint64) (pte uint64, ok bool) {
	if root.Mode < Level4 {
		return root.find(ram, va)
	}
	table := root.CR3 & AddrMask
	mustBeZero := root.reserved()
	all, nx := uint64(W|U|A), uint64(0)
	for shift := 3 + IndexBits*uint(root.Mode); ; shift -= IndexBits {
		pa := table + va>>shift&511*8
		if !ram.Has(pa, 8) {
			return 0, false
		}
		e := ram.Read64(pa)
		if e&P == 0 || e&mustBeZero != 0 {
			return 0, false
		}
		all &= e
		nx |= e
		table = e & AddrMask
		if shift == 12 {
			return table | all | nx&NX | e&(G|D), true
		}
		if e&PS != 0 {
			low := uint64(1)<<shift - 1
			if shift > 30 || table&low&^(1<<12) != 0 { // bit 12 is the PAT bit
				return 0, false
			}
			return table&^low | va&low&^mem.FrameMask | all | nx&NX | e&(G|D) | PS, true
		}
	}
}

// find makes of a walk what Find returns.
func (r *Root) find(ram *mem.RAM, va uint64) (pte uint64, ok bool) {
	f := r.walk(ram, va, nil)
	if f.end != present {
		return 0, false
	}
	pte = f.phys&^mem.FrameMask | f.perm
	if f.level > 1 {
		pte |= PS
	}
	return pte, true
}

// end tells how a walk ended.
type end uint8

const (
	missing end = iota
	reserved
	present
)

// found is what a walk came to.
type found struct {
	phys  uint64
	perm  uint64
	level int
	end   end
}

// walk is the one walk; it notes its steps in r unless that is nil.
func (r *Root) walk(ram *mem.RAM, va uint64, note *Result) found {
	switch r.Mode {
	case Off:
		return found{phys: va, perm: W | U | A | D, level: 1, end: present}
	case Legacy:
		return r.walk32(ram, va, note)
	}
	table := r.CR3 & AddrMask
	level := int(r.Mode)
	if r.Mode == PAE {
		i := va >> 30 & 3
		e := r.PDPTE[i]
		note.add(3, r.CR3&0xffffffe0, int(i), e)
		if e&P == 0 {
			return found{perm: W | U | A, level: 3}
		}
		table = e & AddrMask
		level = 2
	}
	mustBeZero := r.reserved()
	all := uint64(W | U | A) // bits that every entry has
	nx := uint64(0)
	for ; ; level-- {
		i := va >> (3 + IndexBits*uint(level)) & 511
		e := ^uint64(0)
		if pa := table + i*8; ram.Has(pa, 8) {
			e = ram.Read64(pa)
		}
		note.add(level, table, int(i), e)
		if e&P == 0 {
			return found{perm: all | nx, level: level}
		}
		all &= e
		nx |= e & NX
		table = e & AddrMask
		if level == 1 || e&PS != 0 {
			size := uint64(1) << (3 + IndexBits*uint(level))
			low := size - 1
			if level > 1 {
				low &^= 1<<13 - 1 // bit 12 of a large page's entry is its PAT bit
			} else {
				low = 0
			}
			if e&(mustBeZero|low) != 0 || level > 3 {
				return found{perm: all | nx, level: level, end: reserved}
			}
			return found{table&^(size-1) | va&(size-1), all | nx | e&(G|D), level, present}
		}
		if e&mustBeZero != 0 {
			return found{perm: all | nx, level: level, end: reserved}
		}
	}
}

// walk32 is walk for 32-bit paging (SDM 3A "32-Bit Paging").
func (r *Root) walk32(ram *mem.RAM, va uint64, note *Result) found {
	const addr = 0xfffff000
	table := r.CR3 & addr
	all := uint64(W | U | A)
	for level := 2; ; level-- {
		i := va >> (2 + 10*uint(level)) & 1023
		e := uint64(0xffffffff)
		if pa := table + i*4; ram.Has(pa, 4) {
			e = uint64(ram.Read32(pa))
		}
		note.add(level, table, int(i), e)
		if e&P == 0 {
			return found{perm: all, level: level}
		}
		all &= e
		switch {
		case level == 1:
			return found{e&addr | va&0xfff, all | e&(G|D), level, present}
		case e&PS != 0 && r.PSE && e&reserved4M != 0:
			return found{perm: all, level: level, end: reserved}
		case e&PS != 0 && r.PSE:
			return found{e&0xffc00000 | e>>13&0xff<<32 | va&0x3fffff, all | e&(G|D), level, present}
		}
		table = e & addr
	}
}

// add notes a step.
func (r *Result) add(level int, table uint64, index int, entry uint64) {
	if r != nil {
		r.Steps[r.N] = Step{Level: level, Table: table, Index: index, Entry: entry}
		r.N++
	}
}
