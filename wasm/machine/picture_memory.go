package main

import (
	"math/bits"
	"sort"
	"strings"

	"vitrine/engine/cpu"
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// nearby is how many entries of a table are shown around the chosen one.
const nearby = 7

func (p *picture) walk(v *view.Walk, c *view.CPU) {
	s := &p.comp.M.CPU.S
	ram := p.comp.M.RAM
	v.VA, v.Why = p.aimed.va, p.aimed.why
	code := p.aimed.code
	v.CR3 = p.walkRoot()
	if p.aimed.why == "" || v.CR3 == 0 {
		v.VA, v.Why, v.CR3, code = s.RIP, "fetch", s.CR3, 0
	}
	if !c.Paging {
		return
	}
	root := s.Root()
	if c.Ring == 3 && p.wanted.va == 0 && !fetchable(ram, root, s.RIP) {
		v.VA, v.Why, v.CR3, code = s.RIP, "fetch", s.CR3, mmu.FaultI
	}
	root.CR3 = v.CR3
	w := mmu.Walk(ram, root, v.VA)
	v.Valid = true
	v.Plan, v.Bits, v.Entry = plan(root.Mode), linearBits(root.Mode), uint8(root.Mode.EntrySize())
	steps := w.Steps[:w.N]
	if w.Mode >= mmu.Level4 && !mmu.Canonical(v.VA, int(w.Mode)) {
		steps = nil // the CPU refuses before it reads a table
	}
	for i, step := range steps {
		if w.InRegister(i) {
			v.Levels = append(v.Levels, pdptes(step, &root))
			continue
		}
		v.Levels = append(v.Levels, p.level(step, root.Mode))
	}
	if w.Present {
		v.Page, v.Phys = w.PageSize, w.Phys
		v.BytesAt = w.Phys &^ 63
		if ram.Has(v.BytesAt, 64) {
			v.Bytes = append([]byte(nil), ram.Bytes[v.BytesAt:v.BytesAt+64]...)
		}
	}
	v.Fault = p.fault(&w, v.VA, code, c)
	e := &s.TLB[v.VA>>mem.FrameShift%cpu.TLBSize]
	v.Hit = e.VA == v.VA&^uint64(mem.FrameMask)|1 && v.CR3 == s.CR3
}

// fetchable tells whether ring 3 can fetch an instruction at va; if not, that fault is what comes next.
func fetchable(ram *mem.RAM, root mmu.Root, va uint64) bool {
	w := mmu.Walk(ram, root, va)
	return w.Present && w.Perm&mmu.NX == 0 && w.Perm&mmu.U != 0
}

// walkRoot returns the tables of the task whose address is walked, which may have lost the CPU since; 0 when it is gone.
func (p *picture) walkRoot() uint64 {
	root := p.comp.M.CPU.S.CR3
	if p.comp.K == nil || p.aimed.pid == 0 || p.aimed.va>>63 != 0 {
		return root
	}
	t := p.comp.K.FindTask(p.aimed.pid)
	if t == nil || t.ASID == 0 {
		return 0
	}
	if as := p.comp.K.MM.AS(t.ASID); as != nil {
		return as.Root.Addr()
	}
	return 0
}

// fault says which bit would stop an access to va from where the CPU is now, or has stopped the one of a page fault.
func (p *picture) fault(w *mmu.Result, va uint64, code uint32, c *view.CPU) string {
	if w.Mode >= mmu.Level4 && !mmu.Canonical(va, int(w.Mode)) {
		return "the address is not canonical"
	}
	last := mmu.LevelNames[w.Steps[w.N-1].Level]
	switch {
	case !w.Present && w.Reserved:
		return "a reserved bit is set in the " + last + " entry"
	case !w.Present:
		return "P = 0 in the " + last + " entry: not present"
	case (c.Ring == 3 || code&mmu.FaultU != 0) && w.Perm&mmu.U == 0:
		return "U = 0 in the " + refuses(w, mmu.U, 0) + " entry: only ring 0 may use this page"
	case code&mmu.FaultW != 0 && w.Perm&mmu.W == 0:
		return "R/W = 0 in the " + refuses(w, mmu.W, 0) + " entry: this page may not be written"
	case code&mmu.FaultI != 0 && w.Perm&mmu.NX != 0:
		return "NX = 1 in the " + refuses(w, mmu.NX, mmu.NX) + " entry: this page may not be executed"
	}
	return ""
}

// refuses names the first level of a walk whose entry has a bit as given.
func refuses(w *mmu.Result, bit, as uint64) string {
	for i, step := range w.Steps[:w.N] {
		if !w.InRegister(i) && step.Entry&bit == as {
			return mmu.LevelNames[step.Level]
		}
	}
	return mmu.LevelNames[w.Steps[w.N-1].Level]
}

// plan lists the levels of a paging mode from the root down.
func plan(m mmu.Mode) []view.WalkLevel {
	var list []view.WalkLevel
	for level := int(m); level >= 1; level-- {
		l := view.WalkLevel{Name: mmu.LevelNames[level], Bits: mmu.IndexBits, Shift: uint8(bits.TrailingZeros64(m.PageSize(level)))}
		switch {
		case m == mmu.Legacy:
			l.Bits = 10
		case m == mmu.PAE && level == 3:
			l.Bits = 2
		}
		list = append(list, l)
	}
	return list
}

// linearBits is how many bits of an address a paging mode looks at.
func linearBits(m mmu.Mode) uint8 {
	switch m {
	case mmu.Level4:
		return 48
	case mmu.Level5:
		return 57
	}
	return 32
}

// pdptes is the first step of PAE paging, which reads a register.
func pdptes(step mmu.Step, root *mmu.Root) view.Level {
	l := view.Level{Name: mmu.LevelNames[3], Table: step.Table, Index: step.Index, Entry: step.Entry, Near: root.PDPTE[:], Reg: true}
	for _, e := range root.PDPTE {
		if e&mmu.P != 0 {
			l.Used++
		}
	}
	return l
}

// level is one table of a walk with the entries around the one that was read.
func (p *picture) level(step mmu.Step, mode mmu.Mode) view.Level {
	ram := p.comp.M.RAM
	l := view.Level{Name: mmu.LevelNames[step.Level], Table: step.Table, Index: step.Index, Entry: step.Entry}
	if !ram.Has(step.Table, mem.FrameSize) {
		return l
	}
	entries := int(mem.FrameSize / mode.EntrySize())
	l.First = min(max(step.Index-nearby/2, 0), entries-nearby)
	for i := range entries {
		e := uint64(0)
		if mode == mmu.Legacy {
			e = uint64(ram.Read32(step.Table + uint64(i)*4))
		} else {
			e = ram.Read64(step.Table + uint64(i)*8)
		}
		if e&mmu.P != 0 {
			l.Used++
		}
		if i >= l.First && i < l.First+nearby {
			l.Near = append(l.Near, e)
		}
	}
	return l
}

// maxTLB is how many entries are shown: those of the pages used around now.
const maxTLB = 16

func (p *picture) tlb(v *view.TLB) {
	s := &p.comp.M.CPU.S
	add := func(e *cpu.TLBEntry) {
		if e.VA&1 == 0 || len(v.Entries) >= maxTLB {
			return
		}
		v.Entries = append(v.Entries, view.TLBEntry{
			VPN: e.VA >> mem.FrameShift, PFN: e.PTE & mmu.AddrMask >> mem.FrameShift,
			Write: e.PTE&mmu.W != 0, User: e.PTE&mmu.U != 0, NX: e.PTE&mmu.NX != 0, Global: e.PTE&mmu.G != 0,
			Dirty: e.PTE&mmu.D != 0, Large: e.PTE&mmu.PS != 0,
		})
	}
	// First what the registers point to, then the rest in the order of the buffer.
	shown := map[uint64]bool{}
	for _, va := range []uint64{s.RIP, s.R[cpu.RSP], p.aimed.va} {
		if slot := va >> mem.FrameShift % cpu.TLBSize; !shown[slot] && s.TLB[slot].VA == va&^uint64(mem.FrameMask)|1 {
			shown[slot] = true
			add(&s.TLB[slot])
		}
	}
	for i := range s.TLB {
		if !shown[uint64(i)] {
			add(&s.TLB[i])
		}
	}
}

// cowPair finds the two processes to compare: the last fork's, else a parent and child that share pages.
func (p *picture) cowPair() (parent, child *kernel.Task) {
	k := p.comp.K
	if k == nil {
		return nil, nil
	}
	usable := func(t *kernel.Task) bool {
		return t != nil && t.ASID != 0 && t.Run != kernel.Zombie && t.Run != kernel.Dead
	}
	parent, child = k.FindTask(p.pair[0]), k.FindTask(p.pair[1])
	if usable(parent) && usable(child) && parent.ASID != child.ASID {
		return parent, child
	}
	parent, child = nil, nil
	k.ForEachTask(func(t *kernel.Task) bool {
		if up := k.FindTask(t.PPID); usable(t) && usable(up) && up.ASID != t.ASID {
			parent, child = up, t
		}
		return true
	})
	return parent, child
}

func (p *picture) cow(v *view.Cow) {
	v.Active = -1
	if p.comp.K != nil {
		v.Copies = p.comp.K.MM.State.Counters.COWCopied
	}
	v.OldFrame, v.NewFrame, v.CopiedBy = uint32(p.cowFrom), uint32(p.cowTo), p.cowBy
	parent, child := p.cowPair()
	if parent == nil {
		return
	}
	v.Valid = true
	v.Parent, v.Child = p.side(parent), p.side(child)
	rows := p.cowRows(parent, child)
	for i := range rows {
		r := &rows[i]
		if r.A.Present || r.B.Present {
			v.Total++
		}
		if r.A.Present && r.B.Present && r.A.Frame == r.B.Frame {
			v.Shared++
			continue
		}
		// Whoever has the copy: in fork the kernel writes for the parent to a page of the child.
		switch {
		case v.NewFrame == 0:
		case r.A.Present && r.A.Frame == v.NewFrame:
			v.CopiedBy = v.Parent.PID
		case r.B.Present && r.B.Frame == v.NewFrame:
			v.CopiedBy = v.Child.PID
		}
	}
	v.Rows = chooseRows(rows, p.cowVA)
	for i := range v.Rows {
		if p.cowVA != 0 && v.Rows[i].VA == p.cowVA&^uint64(mem.FrameMask) {
			v.Active = i
		}
	}
}

func (p *picture) side(t *kernel.Task) view.CowSide {
	k := p.comp.K
	s := view.CowSide{PID: int(t.PID), Comm: t.Name(), State: runStates[t.Run]}
	if k.State.Current == t.ID && s.State == "ready" {
		s.State = "running"
	}
	if t.Run == kernel.Sleep {
		s.State = "waiting for " + reasons[t.Wait.Reason]
	}
	if as := k.MM.AS(t.ASID); as != nil {
		s.CR3 = as.Root.Addr()
	}
	return s
}

// cowRows lists the pages that one of the two has mapped, by address.
func (p *picture) cowRows(parent, child *kernel.Task) []view.CowRow {
	k := p.comp.K
	a, b := k.MM.AS(parent.ASID), k.MM.AS(child.ASID)
	byVA := map[uint64]*view.CowRow{}
	var order []uint64
	collect := func(as *mm.AddressSpace, pick func(*view.CowRow) *view.CowPage) {
		for area := range as.VMAs.All() {
			name := p.rowName(as, area)
			for va := area.Start; va < area.End && len(order) < 4096; va += mem.FrameSize {
				w := mmu.Walk(p.comp.M.RAM, k.MM.Root(as), va)
				if !w.Present {
					va = skipEmpty(&w, va)
					continue
				}
				row := byVA[va]
				if row == nil {
					row = &view.CowRow{VA: va, Name: name}
					byVA[va] = row
					order = append(order, va)
				}
				*pick(row) = p.cowPage(&w)
			}
		}
	}
	collect(a, func(r *view.CowRow) *view.CowPage { return &r.A })
	collect(b, func(r *view.CowRow) *view.CowPage { return &r.B })
	sort.Slice(order, func(i, j int) bool { return order[i] < order[j] })
	rows := make([]view.CowRow, len(order))
	for i, va := range order {
		rows[i] = *byVA[va]
	}
	return rows
}

// skipEmpty returns the last page of the subtree that a walk found missing, so that the next one is looked at next.
func skipEmpty(w *mmu.Result, va uint64) uint64 {
	span := mmu.PageSize(w.Steps[w.N-1].Level)
	return va&^(span-1) + span - mem.FrameSize
}

func (p *picture) cowPage(w *mmu.Result) view.CowPage {
	entry := w.Steps[w.N-1].Entry
	frame := mem.FrameOf(w.Phys)
	info := p.comp.K.MM.FrameInfo(frame)
	page := view.CowPage{Present: true, PTE: entry, Frame: uint32(frame), Refs: info.Ref, Use: usesOf[info.Use], Cow: entry&mmu.COW != 0}
	if info.Use == mm.Anonymous && p.comp.K.MM.MapCount(frame) > 1 {
		page.Use = view.UseCow
	}
	return page
}

func (p *picture) rowName(as *mm.AddressSpace, a *mm.VMA) string {
	switch {
	case as.Name(a) != "":
		return strings.Trim(as.Name(a), "[]")
	case a.Flags&mm.VM_SHARED != 0:
		return "shared"
	case a.Flags&mm.VM_EXEC != 0:
		return "text"
	case a.Object != 0 && a.Flags&mm.VM_WRITE != 0:
		return "data"
	case a.Object != 0:
		return "rodata"
	case a.Start < as.StartBrk:
		return "bss"
	}
	return "mmap"
}

// shownRows is how many pages fit beside each other on a screen.
const shownRows = 12

// chooseRows keeps the pages that tell the most: the one being written, then private ones, then a few of the program's.
func chooseRows(rows []view.CowRow, active uint64) []view.CowRow {
	if len(rows) <= shownRows {
		return rows
	}
	weight := func(r *view.CowRow) int {
		w := 0
		if active != 0 && r.VA == active&^uint64(mem.FrameMask) {
			w += 16
		}
		if r.A.Present && r.B.Present {
			w += 2
		}
		switch {
		case r.A.Use == view.UseCow || r.B.Use == view.UseCow:
			w += 6
		case r.A.Use == view.UseAnon || r.B.Use == view.UseAnon, r.A.Use == view.UseShared:
			w += 8
		}
		if r.Name == "mmap" {
			w++
		}
		return w
	}
	index := make([]int, len(rows))
	for i := range index {
		index[i] = i
	}
	sort.SliceStable(index, func(i, j int) bool { return weight(&rows[index[i]]) > weight(&rows[index[j]]) })
	const files = 2 // places kept for pages of files, to show that they are shared too
	chosen := append([]int(nil), index[:shownRows-files]...)
	for _, i := range index[shownRows-files:] {
		if len(chosen) < shownRows && (rows[i].Name == "text" || rows[i].Name == "rodata") {
			chosen = append(chosen, i)
		}
	}
	sort.Ints(chosen)
	out := make([]view.CowRow, len(chosen))
	for i, c := range chosen {
		out[i] = rows[c]
	}
	return out
}
