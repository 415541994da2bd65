package mm

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// pteProtNone marks an entry whose page stays but must not be touched: not present for the CPU, mapped for us.
// Linux arch/x86/include/asm/pgtable_types.h:_PAGE_PROTNONE, in the place of the global bit.
const pteProtNone = mmu.G

// Entries that point to tables; the leaf alone decides about access.
const (
	userTable   = mmu.P | mmu.W | mmu.U | mmu.A
	kernelTable = mmu.P | mmu.W | mmu.A
)

// mapped tells whether e holds a page, even one that PROT_NONE hides from the CPU.
func mapped(e uint64) bool {
	return e&mmu.P != 0 || e&pteProtNone != 0
}

func pteFrame(e uint64) mem.Frame { return mem.FrameOf(e & mmu.AddrMask) }

// userHalf is the end of the half of the tables that is not the kernel's.
func (m *Manager) userHalf() uint64 { return mmu.PageSize(int(m.State.Levels)) * firstKernel }

// newTable takes a cleared frame for a table of the given level that translates va.
func (m *Manager) newTable(id ASID, level int, va uint64) (mem.Frame, bool) {
	span := mmu.PageSize(level) << mmu.IndexBits
	f, ok := m.AllocFrame(PageTable, uint32(id), uint64(level)<<48|va&^(span-1)>>pageShift&(1<<48-1))
	if !ok {
		return 0, false
	}
	m.ram.Zero(f)
	m.State.Counters.TableAlloc++
	return f, true
}

// Root is where the walk of an address space begins.
func (m *Manager) Root(as *AddressSpace) mmu.Root { return m.root(as.Root) }

func (m *Manager) root(table mem.Frame) mmu.Root {
	return mmu.Root{Mode: mmu.Mode(m.State.Levels), NXE: true, CR3: table.Addr()}
}

// entryAt returns the physical address of the level-`to` entry for va, or false when the tree ends above it.
func (m *Manager) entryAt(root mem.Frame, va uint64, to int) (uint64, bool) {
	w := mmu.Walk(m.ram, m.root(root), va)
	for i := range w.N {
		if w.Steps[i].Level == to {
			return w.EntryAddr(i), true
		}
	}
	return 0, false
}

// pmdp returns the physical address of va's page-directory entry, or false when there is no directory for it.
func (m *Manager) pmdp(as *AddressSpace, va uint64) (uint64, bool) {
	return m.entryAt(as.Root, va, 2)
}

// ptep returns the physical address of va's page-table entry, or false when there is no table for it.
func (m *Manager) ptep(as *AddressSpace, va uint64) (uint64, bool) {
	return m.entryAt(as.Root, va, 1)
}

// leaf returns the entry that maps va, of a page table or, for a huge page, of a directory, and the size of what it
// maps; false when there is no table for it.
func (m *Manager) leaf(as *AddressSpace, va uint64) (pa, size uint64, ok bool) {
	w := mmu.Walk(m.ram, m.root(as.Root), va)
	switch last := &w.Steps[w.N-1]; {
	case last.Level == 1:
		return w.EntryAddr(w.N - 1), pageSize, true
	case last.Level == 2 && isHuge(last.Entry):
		return w.EntryAddr(w.N - 1), hugeSize, true
	}
	return 0, 0, false
}

// pteAlloc is ptep that builds the missing tables; false means out of memory. Linux: pte_alloc
func (m *Manager) pteAlloc(as *AddressSpace, va uint64) (uint64, bool) {
	return m.allocEntry(as.ID, as.Root, va, 1, userTable)
}

// allocEntry is entryAt that builds the missing tables with the given bits in the entries that point to them.
func (m *Manager) allocEntry(id ASID, root mem.Frame, va uint64, to int, bits uint64) (uint64, bool) {
	table := root.Addr()
	for level := int(m.State.Levels); ; level-- {
		pa := table + uint64(mmu.Index(va, level))*8
		if level == to {
			return pa, true
		}
		e := m.ram.Read64(pa)
		if e&mmu.P == 0 {
			f, ok := m.newTable(id, level-1, va)
			if !ok {
				return 0, false
			}
			if as := m.AS(id); as != nil {
				as.Tables++
			}
			e = f.Addr() | bits
			m.ram.Write64(pa, e)
		}
		table = e & mmu.AddrMask
	}
}

// eachPTE calls fn for every entry of [start, end) that holds a page; fn may change the entry at pa.
func (m *Manager) eachPTE(as *AddressSpace, start, end uint64, fn func(va, pa, e uint64)) {
	m.eachEntry(as, start, end, func(va, pa, e uint64) {
		if mapped(e) {
			fn(va, pa, e)
		}
	})
}

// eachEntry is eachPTE with the entries that hold a place in swap. Huge pages on the way are split.
func (m *Manager) eachEntry(as *AddressSpace, start, end uint64, fn func(va, pa, e uint64)) {
	m.eachTable(as, start, end, func(va, end, pmd uint64) {
		if isHuge(m.ram.Read64(pmd)) {
			m.splitHuge(as, va, pmd)
		}
		m.eachInTable(va, end, pmd, fn)
	})
}

// eachLeaf is eachEntry that leaves those huge pages whole that lie in the range completely.
func (m *Manager) eachLeaf(as *AddressSpace, start, end uint64, fn func(va, pa, e, size uint64)) {
	m.eachTable(as, start, end, func(va, end, pmd uint64) {
		e := m.ram.Read64(pmd)
		if isHuge(e) {
			if end-va == hugeSize {
				fn(va, pmd, e, hugeSize)
				return
			}
			m.splitHuge(as, va, pmd)
		}
		m.eachInTable(va, end, pmd, func(va, pa, e uint64) { fn(va, pa, e, pageSize) })
	})
}

// eachPage is eachEntry for who only looks: a huge page is shown as the small ones it consists of.
func (m *Manager) eachPage(as *AddressSpace, start, end uint64, fn func(va, pa, e uint64)) {
	m.eachTable(as, start, end, func(va, end, pmd uint64) {
		e := m.ram.Read64(pmd)
		if !isHuge(e) {
			m.eachInTable(va, end, pmd, fn)
			return
		}
		for ; va < end; va += pageSize {
			fn(va, pmd, e+uint64(mmu.Index(va, 1))<<pageShift)
		}
	})
}

// eachTable calls fn for the parts of [start, end) that one page-directory entry each translates.
func (m *Manager) eachTable(as *AddressSpace, start, end uint64, fn func(va, end, pmd uint64)) {
	for va := start; va < end; {
		pmd, ok := m.pmdp(as, va)
		if !ok {
			va = m.skipHole(as.Root, va)
			continue
		}
		next := min(va&^hugeMask+hugeSize, end)
		fn(va, next, pmd)
		va = next
	}
}

// eachInTable calls fn for the entries of [va, end) in the page table that the entry at pmd names, if it does.
func (m *Manager) eachInTable(va, end, pmd uint64, fn func(va, pa, e uint64)) {
	table := m.ram.Read64(pmd)
	if table&mmu.P == 0 {
		return
	}
	pa := table&mmu.AddrMask + uint64(mmu.Index(va, 1))*8
	for ; va < end; va, pa = va+pageSize, pa+8 {
		if e := m.ram.Read64(pa); e != 0 {
			fn(va, pa, e)
		}
	}
}

// skipHole returns the first address after the missing subtree that va lies in.
func (m *Manager) skipHole(root mem.Frame, va uint64) uint64 {
	for level := int(m.State.Levels); level > 1; level-- {
		pa, _ := m.entryAt(root, va, level)
		if m.ram.Read64(pa)&mmu.P == 0 {
			size := mmu.PageSize(level)
			return va&^(size-1) + size
		}
	}
	return va + pageSize
}

// freeTables gives back every table that translates nothing outside [floor, ceiling), which must be unmapped.
// Linux mm/memory.c:free_pgtables
func (m *Manager) freeTables(as *AddressSpace, floor, ceiling uint64) {
	m.freeBelow(as, as.Root, int(m.State.Levels), 0, floor, ceiling)
}

// freeBelow looks at the entries of one table, whose first address is base.
func (m *Manager) freeBelow(as *AddressSpace, table mem.Frame, level int, base, floor, ceiling uint64) {
	size := mmu.PageSize(level)
	last := min((ceiling-1-base)/size, 511)
	for i := (max(floor, base) - base) / size; i <= last; i++ {
		pa := table.Addr() + i*8
		e := m.ram.Read64(pa)
		if e&mmu.P == 0 {
			continue
		}
		start, sub := base+i*size, pteFrame(e)
		if level > 2 {
			m.freeBelow(as, sub, level-1, start, floor, ceiling)
		}
		if start >= floor && start+size <= ceiling {
			m.ram.Write64(pa, 0)
			m.PutFrame(sub)
			as.Tables--
		}
	}
}

// flush tells the TLB that pages of [start, end) changed.
func (m *Manager) flush(id ASID, start, end uint64) {
	if id != m.State.Current || m.tlb == nil {
		return
	}
	if (end-start)>>pageShift > flushThreshold {
		m.tlb.FlushTLB()
		return
	}
	for va := start; va < end; va += pageSize {
		m.tlb.InvalidatePage(va)
	}
}
