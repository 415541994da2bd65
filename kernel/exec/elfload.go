package exec

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

const (
	pageSize  = 4096
	stackRoom = 128 << 10 // stack_expand of setup_arg_pages
)

func pageStart(a uint64) uint64  { return a &^ (pageSize - 1) }
func pageOffset(a uint64) uint64 { return a & (pageSize - 1) }
func pageUp(a uint64) uint64     { return (a + pageSize - 1) &^ (pageSize - 1) }

// layout is where the program landed.
type layout struct {
	bias                                   uint64
	startCode, endCode, startData, endData uint64
	brk                                    uint64
	phdr                                   uint64 // address of the program headers in memory, 0 when no segment holds them
	interpBase                             uint64
	entry                                  uint64 // AT_ENTRY: the program's own
	start                                  uint64 // where it begins: the dynamic linker's entry, or its own
}

// runELF makes the address space. From here on Linux has no old program to return to.
func (l *Loader) runELF(b *binprm, p *elfProgram) abi.Errno {
	b.res.PointOfNoReturn = true
	space, e := l.mm.NewAS(b.req.Limits)
	if e != abi.OK {
		return b.refuse(e, "no memory for an address space")
	}
	b.res.Space = space
	as := l.mm.AS(space)
	if b.req.Creds.EUID == 0 {
		as.Caps = ^uint64(0)
	}
	as.ExeObject = l.files.Object(b.file)
	if p.m == &i386 {
		as.TaskSize = mm.TaskSize32
	}
	as.ReadImpliesExec = b.req.Personality&abi.READ_IMPLIES_EXEC != 0
	b.req.Layout.place(as, p.m)
	if e := l.setupArgPages(b, p); e != abi.OK {
		return b.refuse(e, "no room for the stack")
	}
	lay, e := l.mapProgram(b, p)
	if e != abi.OK {
		return b.refuse(e, "a segment cannot be mapped")
	}
	if e := l.mapInterp(b, p, &lay); e != abi.OK {
		return b.refuse(e, "the dynamic linker cannot be mapped")
	}
	if p.m.badAddr(lay.start) {
		return b.refuse(abi.EINVAL, "the entry point is not in user space")
	}
	if p.m == &i386 && len(b.req.VDSO32) != 0 {
		if e := l.mm.MapVDSO(space, b.req.VDSO32); e != abi.OK {
			return b.refuse(e, "the vDSO cannot be mapped")
		}
	}
	if e := l.createELFTables(b, p, &lay); e != abi.OK {
		return b.refuse(e, "the stack cannot be written")
	}
	l.finishELF(b, p, &lay)
	return abi.OK
}

// finishELF notes the layout and sets the heap's start.
func (l *Loader) finishELF(b *binprm, p *elfProgram, lay *layout) {
	as := l.mm.AS(b.res.Space)
	as.StartCode, as.EndCode = lay.startCode, lay.endCode
	as.StartData, as.EndData = lay.startData, lay.endData
	as.StartBrk = pageUp(lay.brk)
	if p.h.Type == abi.ET_DYN && p.interp == nil {
		as.StartBrk = p.m.etDyn // a static PIE lies among the mappings, where the heap could not grow
	}
	as.StartBrk += b.req.Layout.heapShift(p.m)
	as.Brk = as.StartBrk
	if b.req.Personality&abi.MMAP_PAGE_ZERO != 0 {
		// As SVr4 did; a caller without CAP_SYS_RAWIO goes without, silently.
		l.mm.Map(b.res.Space, 0, pageSize, abi.PROT_READ|abi.PROT_EXEC, abi.MAP_FIXED|abi.MAP_PRIVATE, 0, 0)
	}
	b.res.Entry = lay.start
	b.note = "mine: static program"
	switch {
	case p.interp != nil:
		b.note = "mine: program with a dynamic linker"
	case p.h.Type == abi.ET_DYN:
		b.note = "mine: static position-independent program"
	}
}

// mapProgram maps the PT_LOAD segments. Linux fs/binfmt_elf.c:load_elf_binary, the loop
func (l *Loader) mapProgram(b *binprm, p *elfProgram) (layout, abi.Errno) {
	lay := layout{startCode: ^uint64(0)}
	first := true
	for i := range p.ph {
		ph := &p.ph[i]
		if ph.Type != abi.PT_LOAD {
			continue
		}
		flags, total := uint32(abi.MAP_PRIVATE|abi.MAP_FIXED), uint64(0)
		if first {
			var e abi.Errno
			if flags, total, e = l.firstSegment(b, p, ph, &lay); e != abi.OK {
				return lay, e
			}
		}
		at, e := l.elfLoad(b, &p.image, lay.bias+ph.Vaddr, ph, flags, total)
		if e != abi.OK {
			return lay, e
		}
		if first && p.h.Type == abi.ET_DYN {
			lay.bias += at - pageStart(lay.bias+ph.Vaddr)
		}
		first = false
		if ph.overflows(p.m.top, ph.Vaddr) {
			return lay, abi.EINVAL
		}
		lay.note(&p.h, ph)
		b.land(false, i, at, ph)
	}
	lay.relocate(p.h.Entry)
	return lay, abi.OK
}

// firstSegment decides where an image goes and how its first segment is mapped.
func (l *Loader) firstSegment(b *binprm, p *elfProgram, ph *phdr, lay *layout) (flags uint32, total uint64, e abi.Errno) {
	flags = abi.MAP_PRIVATE
	if p.h.Type == abi.ET_EXEC {
		return flags | abi.MAP_FIXED_NOREPLACE, 0, abi.OK
	}
	if total = p.totalSize(); total == 0 {
		return 0, 0, abi.EINVAL
	}
	align := p.alignment()
	switch {
	case p.interp != nil:
		lay.bias = p.m.etDyn + b.req.Layout.programShift(p.m)
		if align != 0 {
			lay.bias &^= align - 1
		}
		flags |= abi.MAP_FIXED_NOREPLACE
	case align > pageSize:
		// Find a place by mapping, then align it.
		at, e := l.elfLoad(b, &p.image, 0, ph, flags, total)
		if e != abi.OK {
			return 0, 0, e
		}
		l.mm.Unmap(b.res.Space, at, total)
		lay.bias = at &^ (align - 1)
		flags |= abi.MAP_FIXED_NOREPLACE
	}
	lay.bias = pageStart(lay.bias - ph.Vaddr)
	return flags, total, abi.OK
}

// land notes where a segment is whose first page is at at.
func (b *binprm) land(interp bool, index int, at uint64, ph *phdr) {
	first := at + pageOffset(ph.Vaddr)
	b.res.Landed = append(b.res.Landed, Landed{interp, index, at, first + ph.Filesz, first + ph.Memsz})
}

// overflows tells whether the segment, placed at va, does not fit in user space.
func (ph *phdr) overflows(top, va uint64) bool {
	return va >= top || ph.Filesz > ph.Memsz || ph.Memsz > top || top-ph.Memsz < va
}

// note widens the layout by one segment, before relocation.
func (lay *layout) note(h *ehdr, ph *phdr) {
	if ph.Offset <= h.Phoff && h.Phoff < ph.Offset+ph.Filesz {
		lay.phdr = h.Phoff - ph.Offset + ph.Vaddr
	}
	end := ph.Vaddr + ph.Filesz
	if ph.Flags&abi.PF_X != 0 {
		lay.startCode = min(lay.startCode, ph.Vaddr)
		lay.endCode = max(lay.endCode, end)
	}
	lay.startData = max(lay.startData, ph.Vaddr)
	lay.endData = max(lay.endData, end)
	lay.brk = max(lay.brk, ph.Vaddr+ph.Memsz)
}

func (lay *layout) relocate(entry uint64) {
	lay.entry = entry + lay.bias
	lay.start = lay.entry
	lay.phdr += lay.bias
	lay.brk += lay.bias
	lay.startCode += lay.bias
	lay.endCode += lay.bias
	lay.startData += lay.bias
	lay.endData += lay.bias
}

// mapInterp maps the dynamic linker, which then runs first. Linux fs/binfmt_elf.c:load_elf_interp
func (l *Loader) mapInterp(b *binprm, p *elfProgram, lay *layout) abi.Errno {
	im := p.interp
	if im == nil {
		return abi.OK
	}
	if im.h.Type != abi.ET_EXEC && im.h.Type != abi.ET_DYN {
		return abi.EPERM // load_elf_interp answers ~0, which reads as -EPERM
	}
	total := im.totalSize()
	if total == 0 {
		return abi.EINVAL
	}
	base, placed := uint64(0), false
	for i := range im.ph {
		ph := &im.ph[i]
		if ph.Type != abi.PT_LOAD {
			continue
		}
		flags := uint32(abi.MAP_PRIVATE)
		if im.h.Type == abi.ET_EXEC || placed {
			flags |= abi.MAP_FIXED
		} else if lay.bias != 0 {
			base = -ph.Vaddr // anywhere: the program is relocated too
		}
		at, e := l.elfLoad(b, im, base+ph.Vaddr, ph, flags, total)
		if e != abi.OK {
			return e
		}
		b.land(true, i, at, ph)
		total = 0
		if !placed && im.h.Type == abi.ET_DYN {
			base, placed = at-pageStart(ph.Vaddr), true
		}
		if ph.overflows(p.m.top, base+ph.Vaddr) {
			return abi.ENOMEM
		}
	}
	lay.interpBase = base
	lay.start = base + im.h.Entry
	return abi.OK
}

// prot is the segment's PROT_* bits.
func (ph *phdr) prot() uint32 {
	p := uint32(0)
	if ph.Flags&abi.PF_R != 0 {
		p |= abi.PROT_READ
	}
	if ph.Flags&abi.PF_W != 0 {
		p |= abi.PROT_WRITE
	}
	if ph.Flags&abi.PF_X != 0 {
		p |= abi.PROT_EXEC
	}
	return p
}

// elfLoad maps one segment: its file part, then zeros up to p_memsz. Linux fs/binfmt_elf.c:elf_load
func (l *Loader) elfLoad(b *binprm, im *image, addr uint64, ph *phdr, flags uint32, total uint64) (uint64, abi.Errno) {
	in := pageOffset(ph.Vaddr)
	at := pageStart(addr)
	zero := at
	if ph.Filesz != 0 {
		var e abi.Errno
		if at, e = l.elfMap(b, im.file, addr, ph, flags, total); e != abi.OK {
			return 0, e
		}
		zero = at + in + ph.Filesz
	}
	if im.m.badAddr(at) {
		return 0, abi.EINVAL
	}
	if ph.Memsz <= ph.Filesz {
		return at, abi.OK
	}
	end := at + in + ph.Memsz
	if ph.Filesz != 0 && pageOffset(zero) != 0 {
		e := l.mm.ClearUser(b.res.Space, zero, pageSize-pageOffset(zero))
		if e != abi.OK && ph.prot()&abi.PROT_WRITE != 0 {
			return 0, abi.EFAULT
		}
	}
	if e := l.mapZeros(b.res.Space, pageUp(zero), pageUp(end), ph.prot()); e != abi.OK {
		return 0, e
	}
	return at, abi.OK
}

// elfMap maps the segment's file part. For the first segment of an image it takes the room for all of it, so that
// nothing comes in between, and gives back the rest. Linux fs/binfmt_elf.c:elf_map
func (l *Loader) elfMap(b *binprm, f FileRef, addr uint64, ph *phdr, flags uint32, total uint64) (uint64, abi.Errno) {
	size := pageUp(ph.Filesz + pageOffset(ph.Vaddr))
	off := ph.Offset - pageOffset(ph.Vaddr)
	addr = pageStart(addr)
	if size == 0 {
		return addr, abi.OK
	}
	whole := size
	if total != 0 {
		whole = pageUp(total)
	}
	if off+pageUp(whole) < off || pageOffset(off) != 0 {
		return 0, abi.EINVAL
	}
	at, e := l.mm.Map(b.res.Space, addr, whole, ph.prot(), flags, l.files.Object(f), off)
	if e != abi.OK {
		return 0, e
	}
	if whole > size {
		l.mm.Unmap(b.res.Space, at+size, whole-size)
	}
	return at, abi.OK
}

// mapZeros is Linux mm/mmap.c:vm_brk_flags: anonymous memory, always writable.
func (l *Loader) mapZeros(space mm.ASID, start, end uint64, prot uint32) abi.Errno {
	switch {
	case end == start:
		return abi.OK
	case end < start:
		return abi.ENOMEM
	}
	_, e := l.mm.Map(space, start, end-start, abi.PROT_READ|abi.PROT_WRITE|prot&abi.PROT_EXEC, abi.MAP_PRIVATE|abi.MAP_ANONYMOUS|abi.MAP_FIXED, 0, 0)
	return e
}
