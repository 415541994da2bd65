package main

import (
	"strconv"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
	"vitrine/kernel"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// seldom is how many pictures of a machine at full speed go by between two looks at all tables.
const seldom = 8

// ram tells what each frame of memory is for: by the kernel's own records where there are some, else by what the machine
// can tell.
func (p *picture) ram(r *view.RAM) {
	r.Frames = p.comp.M.RAM.Frames()
	r.Uses = make([]uint8, r.Frames)
	r.Written = p.written()
	if full := p.s.playing && p.s.speed == 0 && !p.s.held; !full || p.s.seq%seldom == 0 || p.chose {
		p.look()
		p.chose = false
	}
	p.zeros()
	if !p.recorded(r) {
		r.Facts = true
		for i := range r.Uses {
			u := p.fact(i)
			r.Uses[i] = uint8(u)
			r.Counts[u]++
		}
	}
	r.Code = make([]uint64, (r.Frames+63)/64)
	for i, m := range p.comp.M.RAM.Marks {
		if m&mem.MarkCode != 0 {
			r.Code[i/64] |= 1 << (i % 64)
		}
	}
	p.chosen(&r.Chosen, r)
	r.Hot, p.hot = p.hot, nil
}

// recorded tells what our kernel's records say, and whether it keeps some.
func (p *picture) recorded(r *view.RAM) bool {
	if p.comp.K == nil {
		return false
	}
	frames := &p.comp.K.MM.State.Frames
	for i, use := range frames.Use {
		u := usesOf[use]
		if use == mm.Anonymous && p.comp.K.MM.MapCount(mem.Frame(i)) > 1 {
			u = view.UseCow
		}
		r.Uses[i] = uint8(u)
		r.Counts[u]++
	}
	return len(frames.Use) > 0
}

var usesOf = [mm.NumUses]view.Use{
	mm.Free: view.UseFree, mm.Reserved: view.UseReserved, mm.Kernel: view.UseKernel, mm.KernelInit: view.UseKernelInit,
	mm.PageTable: view.UsePageTable, mm.KernelStack: view.UseKernelStack, mm.PageCache: view.UsePageCache,
	mm.Anonymous: view.UseAnon, mm.SharedMemory: view.UseShared, mm.Zero: view.UseKernel,
}

// askFrame tells of a frame that the reader chose; a negative number goes back to the one written last.
func (p *picture) askFrame(n float64) {
	p.frames.asked = n >= 0 && n < float64(p.comp.M.RAM.Frames())
	if p.frames.asked {
		p.frames.frame = uint32(n)
	}
	p.chose = true
}

// dumped is how many bytes of a frame are shown.
const dumped = 128

// chosen tells all there is to know of one frame.
func (p *picture) chosen(v *view.Frame4K, r *view.RAM) {
	fr := &p.frames
	i := int(fr.frame)
	if i >= r.Frames {
		return
	}
	v.Valid, v.Asked, v.Frame, v.Use = true, fr.asked, fr.frame, view.Use(r.Uses[i])
	v.Written, v.Zero = p.was(i), fr.known[i]&knownZero != 0
	v.Table = fr.reach[i]&reachTable != 0
	v.Code = p.comp.M.RAM.Marks[i]&mem.MarkCode != 0
	v.At, v.Writer, v.PID = fr.at[i], fr.by[i], int(fr.who[i])
	if v.Writer != 0 {
		v.WriterName = p.nameAt(v.Writer)
	}
	v.Bytes = append([]byte(nil), p.comp.M.RAM.Page(mem.Frame(i))[:dumped]...)
	v.Maps, v.More = append([]view.Mapping(nil), fr.pages...), fr.more
	if p.comp.K != nil && len(p.comp.K.MM.State.Frames.Use) > 0 {
		p.ownership(v, mem.Frame(i))
	}
}

// ownership adds what our kernel's records say of a frame: how many refer to it, and where each process has it.
func (p *picture) ownership(v *view.Frame4K, f mem.Frame) {
	k := p.comp.K
	info := k.MM.FrameInfo(f)
	v.Refs, v.Known = info.Ref, true
	switch info.Use {
	case mm.KernelStack:
		if t := k.Task(kernel.TaskID(info.Owner)); t != nil {
			v.Owner = "kernel stack of pid " + strconv.Itoa(int(t.PID))
		}
	case mm.PageCache:
		names := names{k: k, known: map[uint32]string{}}
		v.Owner = "page " + strconv.FormatUint(info.Index, 10) + " of " + names.of(info.Owner)
	case mm.PageTable, mm.Anonymous:
		if t := p.owner(mm.ASID(info.Owner)); t != nil {
			v.Owner = "address space of pid " + strconv.Itoa(int(t.PID)) + " " + t.Name()
		}
	}
	p.sharers(v, f)
}

// owner is a task that runs in an address space, nil when there is none.
func (p *picture) owner(space mm.ASID) (owner *kernel.Task) {
	p.comp.K.ForEachTask(func(t *kernel.Task) bool {
		if t.ASID == space && alive(t) {
			owner = t
		}
		return owner == nil
	})
	return owner
}

// sharers lists the pages of other processes that are in the frame, by the kernel's reverse map.
func (p *picture) sharers(v *view.Frame4K, f mem.Frame) {
	k := p.comp.K
	current := k.Task(k.State.Current)
	for _, to := range k.MM.Mappings(f) {
		t := p.owner(to.Space)
		if t == nil || current != nil && t.ASID == current.ASID {
			continue // what CR3 reaches was looked up already
		}
		if len(v.Maps) >= maxMappings {
			v.More++
			continue
		}
		page := view.Mapping{VA: to.VA, Entry: p.comp.M.RAM.Read64(to.PTE), Page: mem.FrameSize, PID: int(t.PID)}
		root := p.comp.M.CPU.S.Root()
		root.CR3 = k.MM.AS(t.ASID).Root.Addr()
		if w := mmu.Walk(p.comp.M.RAM, root, to.VA); w.Present {
			page.Perm, page.Page = w.Perm, w.PageSize
		}
		v.Maps = append(v.Maps, page)
	}
}
