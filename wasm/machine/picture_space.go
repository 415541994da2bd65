package main

import (
	"slices"

	"vitrine/engine/mem"
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/wasm/view"
)

// takeMemory reads it, but at full speed not for every picture.
func (p *picture) takeMemory(v *view.Memory) {
	switch full := p.s.playing && p.s.speed == 0 && !p.s.held && !p.s.waiting; {
	case !p.glimpses("memory"):
		return
	case !full || !p.known.Known || p.s.seq%seldom == 0:
		p.known = view.Memory{}
		p.readMemory(&p.known)
	}
	*v = p.known
}

// readMemory tells who has which page: two address spaces, the cache of files, and how room is made.
func (p *picture) readMemory(v *view.Memory) {
	k := p.comp.K
	if k == nil || len(k.MM.State.Frames.Use) == 0 {
		return
	}
	v.Known = true
	c := &k.MM.State.Counters
	v.Faults, v.Major, v.SwapIn, v.SwapOut = c.Faults, c.Major, c.SwapIn, c.SwapOut
	v.Reclaimed, v.Zeroed, v.Copied = c.Reclaimed, c.Zeroed, c.COWCopied
	names := names{k: k, known: map[uint32]string{}}
	p.many(v)
	p.readSpaces(v, &names)
	p.lastFault(&v.Fault)
	p.files(v, &names)
	p.readRoom(&v.Room)
	p.swapAreas(v)
}

// names finds the names of files, each once for a picture.
type names struct {
	k     *kernel.Kernel
	known map[uint32]string
}

func (n *names) of(object uint32) string {
	if object&mm.ShmemBit != 0 {
		return "shared memory"
	}
	name, ok := n.known[object]
	if !ok {
		name = n.find(vfs.InodeID(object))
		n.known[object] = name
	}
	return name
}

func (n *names) find(id vfs.InodeID) string {
	if d := n.k.VFS.InodeDentry(id); d != 0 {
		return n.k.VFS.Path(d, 0)
	}
	if in := n.k.VFS.S.Inodes.Get(id); in != nil && in.Mode&abi.S_IFMT == abi.S_IFBLK {
		return "the file system's own blocks"
	}
	return "a file without a name"
}

// many marks the frames that several page-table entries lead to.
func (p *picture) many(v *view.Memory) {
	m := p.comp.K.MM
	fr := &m.State.Frames
	v.Many = make([]uint64, len(fr.Bitmap))
	for w := range v.Many {
		for bits, i := fr.Moving[0][w]|fr.Moving[1][w], 0; bits != 0; bits, i = bits>>1, i+1 {
			if bits&1 != 0 && m.MapCount(mem.Frame(w*64+i)) > 1 {
				v.Many[w] |= 1 << i
			}
		}
	}
}

// askSpace tells of the memory of a process that the reader chose; 0 goes back to whose turn it is.
func (p *picture) askSpace(pid float64) {
	p.space, p.known = 0, view.Memory{}
	if pid > 0 && pid < kernel.MaxPID {
		p.space = int32(pid)
	}
}

// alive tells whether a task has an address space of its own to show: the first of those that share it.
func alive(t *kernel.Task) bool {
	return t != nil && t.ASID != 0 && t.Run != kernel.Zombie && t.Run != kernel.Dead
}

// owners lists one task for each address space, by PID.
func (p *picture) owners() []*kernel.Task {
	var all []*kernel.Task
	seen := map[mm.ASID]bool{}
	p.comp.K.ForEachTask(func(t *kernel.Task) bool {
		if alive(t) && !seen[t.ASID] {
			seen[t.ASID] = true
			all = append(all, t)
		}
		return true
	})
	slices.SortFunc(all, func(a, b *kernel.Task) int { return int(a.PID - b.PID) })
	return all
}

// readSpaces chooses two address spaces and reads them.
func (p *picture) readSpaces(v *view.Memory, names *names) {
	k, all := p.comp.K, p.owners()
	if len(all) == 0 {
		return
	}
	for _, t := range all {
		v.PIDs = append(v.PIDs, int(t.PID))
	}
	first := all[len(all)-1] // while nobody has the CPU
	if t := k.FindTask(p.space); alive(t) {
		first, v.Asked = t, true
	} else if t := k.Task(k.State.Current); alive(t) {
		first = t
	}
	v.Chosen = int(first.PID)
	a := p.readSpace(first, names)
	v.Spaces = []view.Space{a}
	if second := p.companion(first, &a, all); second != nil {
		v.Spaces = append(v.Spaces, p.readSpace(second, names))
	}
	slices.SortFunc(v.Spaces, func(a, b view.Space) int { return a.PID - b.PID })
}

// companion is who has the most frames in common with a task; of equals its parent, else the one made last.
func (p *picture) companion(t *kernel.Task, s *view.Space, all []*kernel.Task) *kernel.Task {
	m := p.comp.K.MM
	common := map[mm.ASID]int{}
	for w, bits := range s.Own {
		for i := 0; bits != 0; bits, i = bits>>1, i+1 {
			f := mem.Frame(w*64 + i)
			if bits&1 == 0 || f == m.State.ZeroPage || m.MapCount(f) < 2 {
				continue
			}
			for _, to := range m.Mappings(f) {
				common[to.Space]++
			}
		}
	}
	var best *kernel.Task
	most := -1
	for _, o := range all {
		n := 2 * common[o.ASID]
		if o.PID == t.PPID {
			n++
		}
		if o.ASID != t.ASID && n >= most {
			best, most = o, n
		}
	}
	return best
}

// maxAreas is how many areas of a space are told.
const maxAreas = 96

// readSpace reads one address space.
func (p *picture) readSpace(t *kernel.Task, names *names) view.Space {
	side := p.side(t)
	s := view.Space{PID: side.PID, Comm: side.Comm, State: side.State, CR3: side.CR3, Own: make([]uint64, (p.comp.M.RAM.Frames()+63)/64)}
	as := p.comp.K.MM.AS(t.ASID)
	s.Tables = int(as.Tables)
	for area := range as.VMAs.All() {
		a := p.readArea(as, area, s.Own, names)
		s.Pages += a.Pages()
		s.Present += uint64(a.Present)
		s.Swapped += uint64(a.Swapped)
		if len(s.Areas) < maxAreas {
			s.Areas = append(s.Areas, a)
		} else {
			s.More++
		}
	}
	return s
}

// lastFault is the page fault that was handled last, and where the page is now.
func (p *picture) lastFault(v *view.Fault) {
	e := &p.pressure.fault
	if e.At == 0 {
		return
	}
	*v = view.Fault{Valid: true, PID: int(e.Task), VA: e.A, At: e.At}
	if e.B < uint64(mm.NumFaultKinds) {
		v.How = mm.FaultKind(e.B).String()
	}
	if t := p.comp.K.FindTask(int32(e.Task)); alive(t) {
		page := e.A &^ mem.FrameMask
		p.comp.K.MM.EachPage(p.comp.K.MM.AS(t.ASID), page, page+mem.FrameSize, func(_, entry uint64) {
			if !mm.IsSwap(entry) {
				v.Frame = uint32(frameOf(entry))
			}
		})
	}
}
