package mm

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// Huge pages: private anonymous memory whose 2 MiB one entry of a page directory maps. To everything but the tables they
// are 512 ordinary frames in a row, each with its own record, so a huge page becomes small ones by writing a page table.
// That table is taken together with the huge page, so that the split cannot fail. Linux mm/huge_memory.c

// HugeMode is which memory gets huge pages. Linux Documentation/admin-guide/mm/transhuge.rst
type HugeMode uint8

// The modes.
const (
	HugeMadvise HugeMode = iota // where madvise(2) asked for them
	HugeAlways                  // wherever they fit, unless madvise(2) forbade it
	HugeNever
	NumHugeModes
)

// HugeModeNames are the words for the modes, at boot and in /sys.
var HugeModeNames = [NumHugeModes]string{"madvise", "always", "never"}

const (
	hugeSize = 2 << 20
	hugeMask = hugeSize - 1

	// HugeFrames is how many frames a huge page consists of.
	HugeFrames = hugeSize >> pageShift
)

// isHuge tells whether a page-directory entry maps a huge page, even one that PROT_NONE hides.
func isHuge(e uint64) bool { return mapped(e) && e&mmu.PS != 0 }

// smallEntry is what entry i of the page table would be that the huge entry e stands for.
func smallEntry(e uint64, i int) uint64 { return e&^mmu.PS + uint64(i)<<pageShift }

// HugeAllowed tells whether v may have huge pages. Linux include/linux/huge_mm.h:thp_vma_allowable_order
func (m *Manager) HugeAllowed(as *AddressSpace, v *VMA) bool {
	if as.NoHuge || v.Object != 0 || v.Flags&VM_NOHUGEPAGE != 0 || (v.Start+hugeMask)&^hugeMask+hugeSize > v.End {
		return false
	}
	mode := m.State.Huge
	return mode == HugeAlways || mode == HugeMadvise && v.Flags&VM_HUGEPAGE != 0
}

// handleHuge answers a fault that a huge page is the answer to. Linux mm/memory.c:__handle_mm_fault
func (m *Manager) handleHuge(f *fault) (o Outcome, done bool) {
	pmd, ok := m.pmdp(f.as, f.va)
	e := uint64(0)
	if ok {
		e = m.ram.Read64(pmd)
	}
	switch {
	case isHuge(e) && f.write && e&mmu.W == 0:
		return m.doHugeWPPage(f, pmd, e)
	case isHuge(e):
		m.flush(f.as.ID, f.va, f.va+pageSize)
		return Outcome{Kind: Spurious}, true
	case e == 0 && m.hugeFits(f):
		return m.doHugeAnonymousPage(f)
	}
	return o, false
}

// hugeFits: a read of memory that cannot be written gets the zero page.
func (m *Manager) hugeFits(f *fault) bool {
	start := f.va &^ hugeMask
	return f.v.Start <= start && start+hugeSize <= f.v.End && f.v.Flags&VM_WRITE != 0 && m.HugeAllowed(f.as, f.v)
}

// doHugeAnonymousPage takes 2 MiB at once; when they cannot be had the page table way remains.
// Linux mm/huge_memory.c:do_huge_pmd_anonymous_page
func (m *Manager) doHugeAnonymousPage(f *fault) (Outcome, bool) {
	start := f.va &^ hugeMask
	pmd, ok := m.allocEntry(f.as.ID, f.as.Root, start, 2, userTable)
	if !ok || !m.deposit(f.as, start) {
		return Outcome{}, false
	}
	head, ok := m.allocHuge(uint32(f.as.ID), start>>pageShift)
	if !ok {
		m.State.Counters.HugeFallback++
		m.PutFrame(m.withdraw(f.as))
		f.as.Tables--
		return Outcome{}, false
	}
	for i := range mem.Frame(HugeFrames) {
		m.ram.Zero(head + i)
		m.rmapAdd(head+i, pmd)
	}
	m.State.Counters.Zeroed += HugeFrames
	m.State.Counters.HugeFault++
	f.v.HasAnon = true
	f.as.RSSAnon += HugeFrames
	f.as.notePeak()
	f.as.Huge++
	m.writeHuge(f, pmd, head)
	return Outcome{Kind: HugePage}, true
}

func (m *Manager) writeHuge(f *fault, pmd uint64, head mem.Frame) {
	e := head.Addr() | pteProt(f.v, f.write) | mmu.PS | mmu.A
	if f.write {
		e |= mmu.W | mmu.D
	}
	m.ram.Write64(pmd, e)
	m.flush(f.as.ID, f.va&^hugeMask, f.va&^hugeMask+hugeSize)
}

// doHugeWPPage lets the only owner write; else the page is split and one small page of it copied.
// Linux mm/huge_memory.c:do_huge_pmd_wp_page
func (m *Manager) doHugeWPPage(f *fault, pmd, e uint64) (Outcome, bool) {
	head := pteFrame(e)
	for i := range mem.Frame(HugeFrames) {
		if m.State.Frames.Ref[head+i] != 1 {
			m.splitHuge(f.as, f.va, pmd)
			return Outcome{}, false
		}
	}
	m.State.Counters.COWReused++
	m.writeHuge(f, pmd, head)
	return Outcome{Kind: WPReuse}, true
}

// deposit takes the table that a huge page at va will be split by. Linux mm/pgtable-generic.c:pgtable_trans_huge_deposit
func (m *Manager) deposit(as *AddressSpace, va uint64) bool {
	table, ok := m.newTable(as.ID, 1, va)
	if !ok {
		return false
	}
	as.Tables++
	as.Deposits = append(as.Deposits, table)
	return true
}

// withdraw takes one back. Any will do.
func (m *Manager) withdraw(as *AddressSpace) mem.Frame {
	last := len(as.Deposits) - 1
	table := as.Deposits[last]
	as.Deposits = as.Deposits[:last]
	return table
}

// splitHuge makes small pages of the huge page at va, which the entry at pmd maps. Linux mm/huge_memory.c:__split_huge_pmd
func (m *Manager) splitHuge(as *AddressSpace, va, pmd uint64) {
	e, start := m.ram.Read64(pmd), va&^hugeMask
	head, table := pteFrame(e), m.withdraw(as)
	fr := &m.State.Frames
	fr.Index[table] = 1<<48 | start>>pageShift
	for i := range HugeFrames {
		f, pte := head+mem.Frame(i), table.Addr()+uint64(i)*8
		m.ram.Write64(pte, smallEntry(e, i))
		m.rmapDel(f, pmd)
		m.rmapAdd(f, pte)
		fr.Age[f] = fr.Age[head]
	}
	m.ram.Write64(pmd, table.Addr()|userTable)
	m.flush(as.ID, start, start+hugeSize)
	as.Huge--
	m.State.Counters.HugeSplit++
}

// splitHugeAt splits the huge page that a VMA's border at va would cut. Linux mm/huge_memory.c:vma_adjust_trans_huge
func (m *Manager) splitHugeAt(as *AddressSpace, va uint64) {
	if va&hugeMask == 0 {
		return
	}
	if pmd, ok := m.pmdp(as, va); ok && isHuge(m.ram.Read64(pmd)) {
		m.splitHuge(as, va, pmd)
	}
}

// splitMappings splits the huge pages that frame f is part of. Linux mm/huge_memory.c:split_folio
func (m *Manager) splitMappings(f mem.Frame) {
	if !m.hugeMapped(f) {
		return
	}
	for _, w := range m.Mappings(f) {
		if w.Huge {
			m.splitHuge(m.AS(w.Space), w.VA, w.PTE)
		}
	}
}

// zapHuge unmaps a whole huge page. Linux mm/huge_memory.c:zap_huge_pmd
func (m *Manager) zapHuge(as *AddressSpace, pmd, e uint64) {
	m.ram.Write64(pmd, 0)
	head := pteFrame(e)
	for i := range mem.Frame(HugeFrames) {
		m.drop(as, head+i, pmd)
	}
	m.PutFrame(m.withdraw(as))
	as.Tables--
	as.Huge--
}

// copyHuge shares a huge page with a child; false when it is none any more, as room had to be made for the child's tables.
// Linux mm/huge_memory.c:copy_huge_pmd
func (m *Manager) copyHuge(to *AddressSpace, va, pmd uint64) (ok, huge bool) {
	dst, ok := m.allocEntry(to.ID, to.Root, va, 2, userTable)
	if !ok || !m.deposit(to, va) {
		return false, false
	}
	e := m.ram.Read64(pmd)
	if !isHuge(e) {
		m.PutFrame(m.withdraw(to))
		to.Tables--
		return true, false
	}
	m.State.Counters.PTECopied++
	if e&mmu.W != 0 {
		e = e&^mmu.W | mmu.COW
		m.ram.Write64(pmd, e)
	}
	for i := range mem.Frame(HugeFrames) {
		m.GetFrame(pteFrame(e) + i)
		m.rmapAdd(pteFrame(e)+i, dst)
	}
	to.RSSAnon += HugeFrames
	to.notePeak()
	to.Huge++
	m.ram.Write64(dst, e&^mmu.A)
	return true, true
}

// allocHuge takes the highest 512 free frames in a row that a large entry can map, if memory is not tight; small frames
// come from below. Nothing is moved or evicted for it.
func (m *Manager) allocHuge(owner uint32, index uint64) (mem.Frame, bool) {
	fr := &m.State.Frames
	if fr.Count[Free] < HugeFrames+m.State.Reclaim.High {
		return 0, false
	}
	for b := len(fr.Use)/HugeFrames - 1; b >= 0; b-- {
		if !allFree(fr.Bitmap[b*HugeFrames/64 : (b+1)*HugeFrames/64]) {
			continue
		}
		head := mem.Frame(b * HugeFrames)
		for i := range uint64(HugeFrames) {
			m.take(head+mem.Frame(i), Anonymous, owner, index+i)
		}
		return head, true
	}
	return 0, false
}

func allFree(words []uint64) bool {
	for _, w := range words {
		if w != ^uint64(0) {
			return false
		}
	}
	return true
}

// hugeMapped tells whether a huge page that frame f is part of is mapped as such.
func (m *Manager) hugeMapped(f mem.Frame) bool {
	switch mapped := m.State.Frames.Mapped[f]; {
	case mapped == 0:
		return false
	case mapped&rmapList == 0:
		return m.inDirectory(mapped)
	}
	for _, pte := range m.rmap(f).PTEs {
		if m.inDirectory(pte) {
			return true
		}
	}
	return false
}

// inDirectory tells whether an entry is one of a page directory.
func (m *Manager) inDirectory(pte uint32) bool {
	return m.State.Frames.Index[mem.FrameOf(uint64(pte)<<pteShift)]>>48 == 2
}

// SetHugeMode changes the mode by its name and tells whether there is one of that name.
func (m *Manager) SetHugeMode(name string) bool {
	for i, n := range HugeModeNames {
		if n == name {
			m.State.Huge = HugeMode(i)
			return true
		}
	}
	return false
}

// HugePages is how many huge pages are mapped as such (Linux: NR_ANON_THPS).
func (m *Manager) HugePages() (n uint64) {
	for f := 0; f < m.ram.Frames(); f += HugeFrames {
		if m.State.Frames.Use[f] == Anonymous && m.hugeMapped(mem.Frame(f)) {
			n++
		}
	}
	return n
}
