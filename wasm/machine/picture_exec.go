package main

import (
	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/wasm/view"
)

// execFile is what has been found of the record's file: the same record is drawn many times.
type execFile struct {
	of       *execRecord
	sections []view.ELFSection
	unread   bool
	asked    uint64 // the picture in which the drive was last looked at
}

// execPicture tells of the last execve, and how its program is now.
func (p *picture) execPicture(v *view.Exec) {
	rec := p.derived.exec
	if rec == nil || p.comp.K == nil || !p.glimpses("exec") {
		return
	}
	*v = rec.view
	if !p.shows("exec") { // a badge has its name alone
		*v = view.Exec{Valid: true, At: v.At, PID: v.PID, Filename: v.Filename, Errno: v.Errno}
		return
	}
	k := p.comp.K
	v.Program.Sections, v.Program.Unread = p.sections(rec)
	p.present(&v.Program, rec.object)
	p.present(&v.Interp, rec.interpObject)
	t := k.FindTask(rec.pid)
	if t == nil || t.ASID != rec.space || t.ASID == 0 || t.Run == kernel.Zombie || t.Run == kernel.Dead {
		return
	}
	as := k.MM.AS(rec.space)
	if as == nil || as.ExeObject != rec.object {
		return
	}
	v.Alive = true
	v.Areas, v.More = p.execAreas(rec, as)
	v.RIP = p.userRIP(t)
}

// userRIP is where a task goes on in user mode.
func (p *picture) userRIP(t *kernel.Task) uint64 {
	k := p.comp.K
	if k.State.Current == t.ID && p.comp.M.CPU.S.CPL() == 3 {
		return p.comp.M.CPU.S.RIP
	}
	if t.Stack == 0 {
		return 0
	}
	return k.Regs(t).RIP
}

// retrySections is after how many pictures the drive is looked at again for what had not been fetched.
const retrySections = 30

// sections are the section headers of the record's program, which the kernel never reads; unread says that they are in
// what the page has not fetched of the drive.
func (p *picture) sections(rec *execRecord) (list []view.ELFSection, unread bool) {
	f := &p.file
	if f.of == rec && (!f.unread || p.s.seq < f.asked+retrySections) {
		return f.sections, f.unread
	}
	*f = execFile{of: rec, asked: p.s.seq}
	h, ok := view.ParseELF(rec.view.Program.Head)
	if !ok || h.Shnum == 0 || h.Shoff == 0 || uint64(h.Shentsize) != h.ShdrSize() {
		return nil, false
	}
	raw := make([]byte, uint64(h.Shnum)*h.ShdrSize())
	f.unread = true
	if !p.fileBytes(rec.object, h.Shoff, raw) {
		return nil, true
	}
	f.sections = h.ParseSections(raw, func(off, n uint64) []byte {
		text := make([]byte, n)
		if !p.fileBytes(rec.object, off, text) {
			return nil
		}
		return text
	})
	f.unread = f.sections == nil
	for i := range f.sections {
		if s := &f.sections[i]; !s.Nobits() && s.Size > 0 {
			s.Bytes = make([]byte, min(s.Size, firstBytes))
			if !p.fileBytes(rec.object, s.Off, s.Bytes) {
				s.Bytes = nil
			}
		}
	}
	return f.sections, f.unread
}

// firstBytes is how many bytes of a part of the file are shown.
const firstBytes = 16

// present tells which pages of a file are in memory now, and what its segments begin with as far as they are.
func (p *picture) present(e *view.ELF, object uint32) {
	in := p.comp.K.VFS.Inode(vfs.InodeID(object))
	if in == nil || e.Path == "" {
		return
	}
	pages := min((e.Size+mem.FrameSize-1)/mem.FrameSize, view.CachedPages)
	e.Cached = make([]byte, (pages+7)/8)
	for i := range in.Pages {
		if n := in.Pages[i].Index; n < pages && in.Pages[i].Swap == 0 {
			e.Cached[n/8] |= 1 << (n % 8)
		}
	}
	e.Headers = append([]view.ELFProg(nil), e.Headers...)
	for i := range e.Headers {
		if h := &e.Headers[i]; h.Filesz > 0 {
			h.Bytes = p.cachedBytes(in, h.Off, min(h.Filesz, firstBytes))
		}
	}
}

// Bounds of the areas shown, and of the parts of each whose pages are told.
const (
	mostAreas = 24
	areaParts = 32
	maxPages  = 512 // of an area that are looked at
)

// execAreas lists the mappings of an address space with what is known of each from its exec.
func (p *picture) execAreas(rec *execRecord, as *mm.AddressSpace) (list []view.ExecArea, more int) {
	t := p.comp.K.FindTask(rec.pid)
	for a := range as.VMAs.All() {
		if len(list) == mostAreas {
			more++
			continue
		}
		out := view.ExecArea{VMA: p.vma(t, as, a), Index: -1}
		p.areaKind(&out, rec, as, a)
		out.Pages = p.areaPages(as, a)
		list = append(list, out)
	}
	return list, more
}

// areaKind says what an area is for, by what exec noted of where segments landed.
func (p *picture) areaKind(out *view.ExecArea, rec *execRecord, as *mm.AddressSpace, a *mm.VMA) {
	switch name := as.Name(a); {
	case name == "[heap]":
		out.Kind = view.AreaHeap
	case name == "[stack]" || a.Flags&mm.VM_GROWSDOWN != 0:
		out.Kind, out.Name = view.AreaStack, "[stack]"
	case name != "":
		out.Kind = view.AreaKernel
	case a.Object != 0 && a.Object&mm.ShmemBit == 0:
		out.Kind = view.AreaLibrary
	}
	for i := range rec.view.Landed {
		l := &rec.view.Landed[i]
		if a.Start >= (l.End+mem.FrameSize-1)&^mem.FrameMask || a.End <= l.Start {
			continue
		}
		out.Index = l.Index
		switch {
		case a.Object == 0:
			out.Kind = view.AreaZero
		case l.Interp:
			out.Kind, out.Name = view.AreaInterp, rec.view.Interp.Path
		default:
			out.Kind, out.Name = view.AreaProgram, rec.view.Program.Path
		}
		if a.Object != 0 && l.FileEnd > a.Start && l.FileEnd < a.End && l.End > l.FileEnd {
			out.FileEnd = l.FileEnd
		}
		return
	}
}

// areaPages tells which pages of an area are there, and whose they are.
func (p *picture) areaPages(as *mm.AddressSpace, a *mm.VMA) []byte {
	n := (a.End - a.Start) / mem.FrameSize
	out := make([]byte, min(n, areaParts))
	end := min(a.End, a.Start+maxPages*mem.FrameSize)
	root := p.comp.K.MM.Root(as)
	for va := a.Start; va < end; va += mem.FrameSize {
		w := mmu.Walk(p.comp.M.RAM, root, va)
		if !w.Present {
			va = skipEmpty(&w, va)
			continue
		}
		at := (va - a.Start) / mem.FrameSize * uint64(len(out)) / n
		state := uint8(2)
		if p.comp.K.MM.FrameInfo(mem.FrameOf(w.Phys)).Use == mm.PageCache {
			state = 1
		}
		out[at] = max(out[at], state)
	}
	return out
}
