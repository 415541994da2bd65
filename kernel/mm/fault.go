package mm

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
)

// FaultKind is how a page fault was answered, by the name of Linux's function that did it.
type FaultKind uint8

// The kinds.
const (
	FaultNone   FaultKind = iota
	Spurious              // the entry was good already
	ZeroPage              // do_anonymous_page, read: the zero page
	AnonPage              // do_anonymous_page, write: a cleared frame
	ReadFault             // do_read_fault: a page-cache frame, read-only
	CowFault              // do_cow_fault: a private copy of a page-cache frame
	SharedFault           // do_shared_fault: a page-cache frame, writable
	WPCopy                // do_wp_page: copied
	WPReuse               // do_wp_page: the only owner, made writable
	WPShared              // do_wp_page: a shared page, made writable
	Blocked               // the page must be read first
	SegvMap               // no VMA: SIGSEGV, SEGV_MAPERR
	SegvAcc               // the VMA forbids it: SIGSEGV, SEGV_ACCERR
	Bus                   // past the end of the file: SIGBUS, BUS_ADRERR
	OOM                   // no frame is free
	SwapPage              // do_swap_page: brought back from swap
	HugePage              // do_huge_pmd_anonymous_page: 2 MiB at once
	NumFaultKinds
)

// FaultKindNames are the words for the kinds, as shown.
var FaultKindNames = [NumFaultKinds]string{"none", "spurious", "zero page", "do_anonymous_page", "do_read_fault", "do_cow_fault",
	"do_shared_fault", "wp_page_copy", "wp_page_reuse", "wp_page_shared", "blocked", "SEGV_MAPERR", "SEGV_ACCERR", "BUS_ADRERR", "out of memory",
	"do_swap_page", "do_huge_pmd_anonymous_page"}

func (k FaultKind) String() string { return FaultKindNames[k] }

// Outcome says how a page fault ended.
type Outcome struct {
	Kind   FaultKind
	Grown  bool  // the stack grew first
	Major  bool  // the page had to be read from the disk first
	Signal int32 // 0 when the access may be tried again
	Code   int32 // si_code
}

// Resolved tells whether the instruction may run again.
func (o Outcome) Resolved() bool { return o.Signal == 0 && o.Kind != Blocked }

// segv is SIGSEGV with the code of the kind.
func segv(k FaultKind) Outcome {
	code := int32(abi.SEGV_MAPERR)
	if k == SegvAcc {
		code = abi.SEGV_ACCERR
	}
	return Outcome{Kind: k, Signal: abi.SIGSEGV, Code: code}
}

// fault is what the steps below need to know about the access.
type fault struct {
	as    *AddressSpace
	v     *VMA
	va    uint64 // of the page
	pte   uint64 // physical address of the entry
	write bool
}

// Fault answers a page fault at va with the hardware's error code (mmu.FaultP …).
// Linux arch/x86/mm/fault.c:do_user_addr_fault
func (m *Manager) Fault(id ASID, va uint64, code uint32) Outcome {
	o := m.userFault(id, va, code)
	if o.Signal != 0 {
		m.State.Counters.Refused++
	} else {
		m.State.Counters.Faults++
	}
	if o.Major {
		m.State.Counters.Major++
	}
	if m.tr.Has(trace.PageFault) {
		m.tr.Emit(trace.PageFault, va, uint64(o.Kind))
	}
	return o
}

func (m *Manager) userFault(id ASID, va uint64, code uint32) Outcome {
	as := m.AS(id)
	if as == nil || va >= as.TaskSize {
		return segv(SegvMap)
	}
	p := as.VMAs.find(va)
	v := as.VMAs.at(p)
	if v == nil {
		return segv(SegvMap)
	}
	grown := false
	if va < v.Start {
		if !m.expandStack(as, p, va) {
			return segv(SegvMap)
		}
		grown = true
	}
	if accessError(v, code) {
		return segv(SegvAcc)
	}
	f := fault{as: as, v: v, va: va &^ pageMask, write: code&mmu.FaultW != 0}
	o := m.handlePTE(&f)
	o.Grown = grown
	return o
}

// accessError tells whether the VMA forbids the access. A read of a present page that faulted is always forbidden:
// NX, or a kernel page. Linux arch/x86/mm/fault.c:access_error
func accessError(v *VMA, code uint32) bool {
	if code&mmu.FaultW != 0 {
		return v.Flags&VM_WRITE == 0
	}
	if code&mmu.FaultP != 0 || code&mmu.FaultI != 0 && v.Flags&VM_EXEC == 0 {
		return true
	}
	return v.Flags&vmAccess == 0
}

// expandStack grows the VMA at p, which lies above va, down to va.
// Linux mm/vma.c:expand_downwards, mm/mmap.c:acct_stack_growth
func (m *Manager) expandStack(as *AddressSpace, p vmaPos, va uint64) bool {
	v := as.VMAs.at(p)
	start := va &^ pageMask
	if v.Flags&VM_GROWSDOWN == 0 || start < MmapMinAddr {
		return false
	}
	if q, ok := as.VMAs.prev(p); ok {
		below := as.VMAs.at(q)
		if below.Flags&VM_GROWSDOWN == 0 && below.Flags&vmAccess != 0 && start-below.End < StackGuardGap {
			return false
		}
	}
	more := v.Start - start
	if v.End-start > as.Limits.Stack || as.mayExpand(more, 0, v.Flags) != abi.OK || !as.mayLock(more, v.Flags) ||
		!m.enough(as, more>>pageShift) {
		return false
	}
	m.resize(as, p, start, v.End)
	return true
}

// handlePTE is the decision tree. Linux mm/memory.c:handle_pte_fault
func (m *Manager) handlePTE(f *fault) Outcome {
	if o, done := m.handleHuge(f); done {
		return o
	}
	pte, ok := m.pteAlloc(f.as, f.va)
	if !ok {
		return oom()
	}
	f.pte = pte
	e := m.ram.Read64(pte)
	switch {
	case IsSwap(e):
		return m.doSwapPage(f, e)
	case !mapped(e) && f.v.Object == 0:
		return m.doAnonymousPage(f)
	case !mapped(e):
		return m.doFault(f)
	case f.write && e&mmu.W == 0:
		return m.doWPPage(f, e)
	}
	m.flush(f.as.ID, f.va, f.va+pageSize)
	return Outcome{Kind: Spurious}
}

// doAnonymousPage gives untouched anonymous memory the zero page when it is read, a cleared frame of its own when it
// is written. Linux mm/memory.c:do_anonymous_page
func (m *Manager) doAnonymousPage(f *fault) Outcome {
	if !f.write {
		m.setPTE(f, m.State.ZeroPage, false)
		return Outcome{Kind: ZeroPage}
	}
	page, ok := m.newAnon(f)
	if !ok {
		return oom()
	}
	m.ram.Zero(page)
	m.State.Counters.Zeroed++
	m.setPTE(f, page, true)
	return Outcome{Kind: AnonPage}
}

// doFault answers the first touch of a page of an object. Linux mm/memory.c:do_fault
func (m *Manager) doFault(f *fault) Outcome {
	index := f.v.Index(f.va)
	if index >= (m.objSize(f.v.Object)+pageMask)>>pageShift {
		return busError()
	}
	major := !m.cached(f.v.Object, index)
	page, e := m.pageIn(f.v.Object, index)
	if e != abi.OK {
		return pageInError(e)
	}
	o := m.mapFilePage(f, page, index)
	o.Major = major
	return o
}

// mapFilePage is the three ways to map a page of an object.
func (m *Manager) mapFilePage(f *fault, page mem.Frame, index uint64) Outcome {
	switch {
	case !f.write:
		return m.doReadFault(f, page)
	case f.v.Flags&VM_SHARED == 0:
		return m.doCowFault(f, page)
	}
	return m.doSharedFault(f, page, index)
}

// doReadFault maps the page-cache frame itself, read-only even where writing is allowed, so that the first write is
// seen. Linux mm/memory.c:do_read_fault
func (m *Manager) doReadFault(f *fault, page mem.Frame) Outcome {
	m.setPTE(f, page, false)
	return Outcome{Kind: ReadFault}
}

// doCowFault copies the page-cache frame for a private mapping that is written first. Linux mm/memory.c:do_cow_fault
func (m *Manager) doCowFault(f *fault, page mem.Frame) Outcome {
	defer m.PutFrame(page)
	own, ok := m.newAnon(f)
	if !ok {
		return oom()
	}
	m.copyPage(own, page)
	m.setPTE(f, own, true)
	return Outcome{Kind: CowFault}
}

// doSharedFault maps the page-cache frame writable. Linux mm/memory.c:do_shared_fault
func (m *Manager) doSharedFault(f *fault, page mem.Frame, index uint64) Outcome {
	m.objDirty(f.v.Object, index)
	m.setPTE(f, page, true)
	return Outcome{Kind: SharedFault}
}

// doWPPage answers a write to a page that is mapped read-only. Linux mm/memory.c:do_wp_page
func (m *Manager) doWPPage(f *fault, e uint64) Outcome {
	old := pteFrame(e)
	if f.v.Flags&VM_SHARED != 0 {
		m.objDirty(f.v.Object, f.v.Index(f.va))
		m.writePTE(f, old, true)
		return Outcome{Kind: WPShared}
	}
	if m.exclusive(old) {
		return m.wpPageReuse(f, old)
	}
	return m.wpPageCopy(f, old)
}

// wpPageReuse makes the page writable: every other owner has left. Linux mm/memory.c:wp_page_reuse
func (m *Manager) wpPageReuse(f *fault, page mem.Frame) Outcome {
	m.State.Frames.Owner[page] = uint32(f.as.ID)
	m.writePTE(f, page, true)
	m.State.Counters.COWReused++
	return Outcome{Kind: WPReuse}
}

// wpPageCopy gives the writer a copy of its own. Linux mm/memory.c:wp_page_copy
func (m *Manager) wpPageCopy(f *fault, old mem.Frame) Outcome {
	m.GetFrame(old) // making room for the copy must not take the page itself
	defer m.PutFrame(old)
	own, ok := m.newAnon(f)
	if !ok {
		return oom()
	}
	m.copyPage(own, old)
	m.drop(f.as, old, f.pte)
	m.setPTE(f, own, true)
	return Outcome{Kind: WPCopy}
}

// newAnon takes a frame for f's page. Its content is not cleared.
func (m *Manager) newAnon(f *fault) (mem.Frame, bool) {
	page, ok := m.AllocFrame(Anonymous, uint32(f.as.ID), f.va>>pageShift)
	if ok {
		f.v.HasAnon = true
	}
	return page, ok
}

func (m *Manager) copyPage(dst, src mem.Frame) {
	m.ram.Copy(dst, src)
	m.State.Counters.COWCopied++
	if m.tr.Has(trace.COW) {
		m.tr.Emit(trace.COW, uint64(src), uint64(dst))
	}
}

// setPTE maps a page that f's space did not map before; the caller's reference becomes the entry's.
func (m *Manager) setPTE(f *fault, page mem.Frame, writable bool) {
	if page != m.State.ZeroPage {
		m.account(f.as, page, 1)
		m.rmapAdd(page, f.pte)
	}
	m.writePTE(f, page, writable)
}

// writePTE writes the entry as the access that faulted would leave it: accessed, and dirty when written.
func (m *Manager) writePTE(f *fault, page mem.Frame, writable bool) {
	e := page.Addr() | pteProt(f.v, writable) | mmu.A
	if writable {
		e |= mmu.W | mmu.D
	}
	m.ram.Write64(f.pte, e)
	m.flush(f.as.ID, f.va, f.va+pageSize)
}

func oom() Outcome      { return Outcome{Kind: OOM, Signal: abi.SIGKILL} }
func busError() Outcome { return Outcome{Kind: Bus, Signal: abi.SIGBUS, Code: abi.BUS_ADRERR} }

// pageInError turns what the Pager said into an outcome.
func pageInError(e abi.Errno) Outcome {
	switch e {
	case abi.ErrBlocked:
		return Outcome{Kind: Blocked, Major: true}
	case abi.ENOMEM:
		return oom()
	}
	return busError()
}
