package mm

import (
	"vitrine/engine/mem"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// readSwap fills frame f from slot s. The disk answers at once. Linux mm/page_io.c:swap_read_folio
func (m *Manager) readSwap(f mem.Frame, s SwapEntry) abi.Errno {
	a, n := m.swapArea(s)
	m.ram.Touch(f)
	if e := m.pager.(Swapper).SwapRead(a, n, m.ram.Page(f)); e != abi.OK {
		return e
	}
	m.State.Counters.SwapIn++
	if m.tr.Has(trace.SwapIn) {
		m.tr.Emit(trace.SwapIn, uint64(f), uint64(s))
	}
	return abi.OK
}

// writeSwap stores frame f in a slot of its own; false when there is none, or the disk fails.
// Linux mm/page_io.c:swap_writepage
func (m *Manager) writeSwap(f mem.Frame) (SwapEntry, bool) {
	w, ok := m.pager.(Swapper)
	if !ok {
		return 0, false
	}
	s, ok := m.allocSlot()
	if !ok {
		return 0, false
	}
	a, n := m.swapArea(s)
	if e := w.SwapWrite(a, n, m.ram.Page(f)); e != abi.OK {
		a.Used--
		return 0, false
	}
	m.State.Counters.SwapOut++
	return s, true
}

// swapOut frees an anonymous frame: its contents are in a slot, and its page-table entries name the slot.
// Linux mm/vmscan.c:shrink_folio_list
func (m *Manager) swapOut(f mem.Frame) bool {
	s := m.State.Frames.Swap[f]
	if s != 0 && m.State.Swap[s.Area()].Leaving { // swapoff(2) has just brought it: it needs another place
		m.GetFrame(f)
		m.uncache(f)
		defer m.PutFrame(f)
		s = 0
	}
	if s == 0 {
		var ok bool
		if s, ok = m.writeSwap(f); !ok {
			return false
		}
		m.cacheSwap(f, s)
		m.GetFrame(f)
	}
	m.noteSwapOut(f, s)
	a, n := m.swapArea(s)
	a.Count[n] += uint32(m.MapCount(f))
	m.unmapAll(f, s.PTE())
	m.uncache(f)
	return true
}

// swapOutShared frees a frame of shared memory; the object remembers its slot. Linux mm/shmem.c:shmem_writepage
func (m *Manager) swapOutShared(f mem.Frame) bool {
	fr := &m.State.Frames
	object, index := m.shmem(fr.Owner[f]), fr.Index[f]
	s, ok := m.writeSwap(f)
	if !ok {
		return false
	}
	m.noteSwapOut(f, s)
	m.swapDup(s)
	p := object.page(index)
	p.Swap, p.Frame = s, 0
	m.unmapAll(f, 0)
	m.PutFrame(f)
	return true
}

// SwapOutPage stores a frame that belongs to a file in memory in a slot of its own; false when there is none.
func (m *Manager) SwapOutPage(f mem.Frame) (SwapEntry, bool) {
	s, ok := m.writeSwap(f)
	if !ok {
		return 0, false
	}
	m.noteSwapOut(f, s)
	m.swapDup(s)
	return s, true
}

// SwapInPage brings it back into frame f.
func (m *Manager) SwapInPage(f mem.Frame, s SwapEntry) abi.Errno {
	if e := m.readSwap(f, s); e != abi.OK {
		return e
	}
	m.swapFree(s)
	return abi.OK
}

// SwapFree forgets it.
func (m *Manager) SwapFree(s SwapEntry) { m.swapFree(s) }

func (m *Manager) noteSwapOut(f mem.Frame, s SwapEntry) {
	if m.tr.Has(trace.SwapOut) {
		m.tr.Emit(trace.SwapOut, uint64(f), uint64(s))
	}
}

// doSwapPage brings back a page that e says is in swap. It is mapped read-only first; a write is answered as one to a
// shared page, so that a frame in the swap cache is never writable. Linux mm/memory.c:do_swap_page
func (m *Manager) doSwapPage(f *fault, e uint64) Outcome {
	s := SwapOf(e)
	page, major, err := m.swapPage(f, s)
	if err != abi.OK {
		return pageInError(err)
	}
	m.GetFrame(page)
	f.as.Swapped--
	m.setPTE(f, page, false)
	m.swapFree(s)
	o := Outcome{Kind: SwapPage}
	if f.write {
		o = m.doWPPage(f, m.ram.Read64(f.pte))
		if o.Kind == WPReuse {
			o.Kind = SwapPage
		}
	}
	o.Major = major
	return o
}

// swapPage is the frame of slot s, from the swap cache or from the disk.
func (m *Manager) swapPage(f *fault, s SwapEntry) (page mem.Frame, major bool, e abi.Errno) {
	a, n := m.swapArea(s)
	if a.Cache[n] != 0 {
		return a.Cache[n], false, abi.OK
	}
	page, ok := m.newAnon(f)
	if !ok {
		return 0, false, abi.ENOMEM
	}
	if e := m.readSwap(page, s); e != abi.OK {
		m.PutFrame(page)
		return 0, false, e
	}
	m.cacheSwap(page, s)
	return page, true, abi.OK
}

// exclusive tells whether an anonymous frame has one owner, out of whose way the swap cache then goes.
// Linux mm/swapfile.c:reuse_swap_page
func (m *Manager) exclusive(f mem.Frame) bool {
	fr := &m.State.Frames
	if fr.Use[f] != Anonymous || fr.Ref[f] != 1+m.inCache(f) {
		return false
	}
	if fr.Swap[f] == 0 {
		return true
	}
	if a, n := m.swapArea(fr.Swap[f]); a.Count[n] != 0 {
		return false
	}
	m.uncache(f)
	return true
}
