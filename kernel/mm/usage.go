package mm

import "vitrine/engine/mmu"

// Usage is how a mapping's pages are there. Linux fs/proc/task_mmu.c:struct mem_size_stats; bytes
type Usage struct {
	Resident                   uint64
	Pss                        uint64 // each page divided by its mappings
	PssDirty, PssAnon, PssFile uint64 // parts of it
	SharedClean, SharedDirty   uint64
	PrivateClean, PrivateDirty uint64
	Referenced, Anonymous      uint64
	AnonHuge                   uint64
	Swap, SwapPss, Locked      uint64
}

// pssShift are the fraction bits of a page's share.
const pssShift = 12

// UsageOf looks at every entry of v.
func (m *Manager) UsageOf(as *AddressSpace, v *VMA) Usage {
	var u Usage
	pss, dirtyPss, anonPss, swapPss := uint64(0), uint64(0), uint64(0), uint64(0)
	m.eachPage(as, v.Start, v.End, func(_, _, e uint64) {
		if IsSwap(e) {
			a, n := m.swapArea(SwapOf(e))
			u.Swap += pageSize
			swapPss += pageSize << pssShift / uint64(a.Count[n])
			return
		}
		f := pteFrame(e)
		if f == m.State.ZeroPage {
			return
		}
		shares := uint64(m.MapCount(f))
		share := pageSize << pssShift / shares
		anon := m.State.Frames.Use[f] == Anonymous
		dirty := e&mmu.D != 0 || anon && m.inCache(f) == 0
		u.count(e, shares, anon, dirty)
		pss += share
		if dirty {
			dirtyPss += share
		}
		if anon {
			anonPss += share
		}
	})
	if v.Object&ShmemBit != 0 {
		m.usageOfShmem(v, &u)
		swapPss = u.Swap << pssShift
	}
	u.Pss, u.SwapPss = pss>>pssShift, swapPss>>pssShift
	u.PssDirty, u.PssAnon = dirtyPss>>pssShift, anonPss>>pssShift
	if v.Object&ShmemBit == 0 {
		u.PssFile = u.Pss - u.PssAnon
	}
	if v.Flags&VM_LOCKED != 0 {
		u.Locked = u.Pss
	}
	return u
}

// count adds a page that is there. Linux fs/proc/task_mmu.c:smaps_account
func (u *Usage) count(e, shares uint64, anon, dirty bool) {
	u.Resident += pageSize
	if e&mmu.A != 0 {
		u.Referenced += pageSize
	}
	if anon {
		u.Anonymous += pageSize
	}
	if e&mmu.PS != 0 {
		u.AnonHuge += pageSize
	}
	switch {
	case shares > 1 && dirty:
		u.SharedDirty += pageSize
	case shares > 1:
		u.SharedClean += pageSize
	case dirty:
		u.PrivateDirty += pageSize
	default:
		u.PrivateClean += pageSize
	}
}

// usageOfShmem counts what the object has in swap: its page-table entries do not tell.
// Linux fs/proc/task_mmu.c:smap_gather_stats
func (m *Manager) usageOfShmem(v *VMA, u *Usage) {
	s := m.shmem(v.Object)
	first, _ := s.at(v.Index(v.Start))
	last, _ := s.at(v.Index(v.End))
	for _, p := range s.Pages[first:last] {
		if p.Swap != 0 {
			u.Swap += pageSize
		}
	}
}

// Add adds another mapping's pages.
func (u *Usage) Add(o *Usage) {
	for _, f := range [...]struct{ to, from *uint64 }{
		{&u.Resident, &o.Resident}, {&u.Pss, &o.Pss}, {&u.PssDirty, &o.PssDirty}, {&u.PssAnon, &o.PssAnon}, {&u.PssFile, &o.PssFile},
		{&u.SharedClean, &o.SharedClean}, {&u.SharedDirty, &o.SharedDirty}, {&u.PrivateClean, &o.PrivateClean},
		{&u.PrivateDirty, &o.PrivateDirty}, {&u.Referenced, &o.Referenced}, {&u.Anonymous, &o.Anonymous}, {&u.Swap, &o.Swap},
		{&u.SwapPss, &o.SwapPss}, {&u.Locked, &o.Locked}, {&u.AnonHuge, &o.AnonHuge},
	} {
		*f.to += *f.from
	}
}
