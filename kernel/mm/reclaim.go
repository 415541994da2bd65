package mm

import (
	"cmp"
	"math/bits"
	"slices"

	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// Replacement is the policy that chooses which page has to leave memory.
type Replacement uint8

// The policies.
const (
	Clock Replacement = iota // second chance: a hand goes round the frames and takes the first not used since it came by
	LRU                      // least recently used, by an age that each look at the accessed bits shifts on
	FIFO                     // the page that came first
	NumReplacements
)

// ReplacementNames are the words for the policies, at boot and under /proc/sys/vm.
var ReplacementNames = [NumReplacements]string{"clock", "lru", "fifo"}

func (r Replacement) String() string { return ReplacementNames[r] }

// Reclaim is how memory is kept from running out.
type Reclaim struct {
	Policy    Replacement
	Hand      mem.Frame // where the clock's hand points: the frame to look at next
	Seq       uint64    // frames taken so far
	Low, High uint32    // watermarks: with Low frames free or fewer, pages leave until High are
	Pageable  uint32    // so many frames page tables and stacks leave to pages: with fewer, no program's pages stay while it runs
	Floor     uint32    // Low, or less after a search that found nothing: so many must be free to search again
}

// initWatermarks follows the size of memory, as Linux's mm/page_alloc.c:setup_per_zone_wmarks does with its own numbers.
func (m *Manager) initWatermarks() {
	r, n := &m.State.Reclaim, uint32(m.ram.Frames())
	r.Low, r.High = n/128, n/64+1
	r.Floor, r.Pageable = r.Low, n/16
}

// balance makes frames free when too few are. What the writing of pages needs itself comes from the frames below the
// watermark. Linux mm/page_alloc.c:__alloc_pages_direct_reclaim
func (m *Manager) balance() {
	r, free := &m.State.Reclaim, m.State.Frames.Count[Free]
	if free > r.Low {
		r.Floor = r.Low
		return
	}
	if free > r.Floor || m.reclaiming {
		return
	}
	if m.Shrink(int(r.High-free)) > 0 {
		r.Floor = r.Low
	} else {
		r.Floor = free / 2
	}
}

// Shrink makes up to n pages leave memory and returns how many frames are free that were not.
// Linux mm/vmscan.c:try_to_free_pages
func (m *Manager) Shrink(n int) int {
	m.reclaiming, m.noSwap, m.looked = true, !m.Swapping(), 0
	before, left := m.FreeFrames(), m.State.Counters.Reclaimed
	if m.State.Reclaim.Policy == Clock {
		m.turnHand(before + n)
	} else {
		m.evictOldest(before + n)
	}
	m.reclaiming = false
	if p, ok := m.pager.(Payer); ok {
		p.PayReclaim(m.looked, m.State.Counters.Reclaimed-left)
	}
	return max(m.FreeFrames()-before, 0)
}

// Swapping tells whether there is an area to swap to.
func (m *Manager) Swapping() bool {
	for i := range m.State.Swap {
		if a := &m.State.Swap[i]; a.On && !a.Leaving {
			return true
		}
	}
	return false
}

// turnHand goes round the frames, twice at most: the first time a page may be saved by having been used.
// Corbató, "A Paging Experiment with the Multics System", 1969
func (m *Manager) turnHand(goal int) {
	r, frames := &m.State.Reclaim, m.ram.Frames()
	for step := 0; step < 2*frames && m.FreeFrames() < goal; step++ {
		for skip := m.standing(r.Hand); skip > 0; skip = m.standing(r.Hand) {
			step += skip
			if r.Hand += mem.Frame(skip); int(r.Hand) >= frames {
				r.Hand = 0
			}
			if step >= 2*frames {
				return
			}
		}
		f := r.Hand
		if r.Hand++; int(r.Hand) == frames {
			r.Hand = 0
		}
		if m.evictable(f) && !m.referenced(f) {
			m.evict(f)
		}
	}
}

// standing is how many frames from f on, as far as one word of the maps tells, have no page that could leave memory.
func (m *Manager) standing(f mem.Frame) int {
	fr := &m.State.Frames
	word := fr.Moving[0][f/64]
	if !m.noSwap || m.anySwap() {
		word |= fr.Moving[1][f/64]
	}
	word >>= f % 64
	return min(bits.TrailingZeros64(word), 64-int(f%64))
}

// anySwap tells whether swap slots may have copies in memory, which can leave it even when swap is full.
func (m *Manager) anySwap() bool {
	for i := range m.State.Swap {
		if m.State.Swap[i].On {
			return true
		}
	}
	return false
}

// evictOldest takes pages in the order of their age, then of their coming.
func (m *Manager) evictOldest(goal int) {
	var all []mem.Frame
	lru := m.State.Reclaim.Policy == LRU
	fr := &m.State.Frames
	for f := range mem.Frame(m.ram.Frames()) {
		if !m.evictable(f) {
			continue
		}
		if lru {
			m.grow(f)
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b mem.Frame) int {
		if c := cmp.Compare(fr.Age[b], fr.Age[a]); lru && c != 0 {
			return c
		}
		return cmp.Compare(fr.Loaded[a], fr.Loaded[b])
	})
	for _, f := range all {
		if m.FreeFrames() >= goal {
			break
		}
		if m.evictable(f) { // writing one page may have taken another
			m.evict(f)
		}
	}
}

// grow makes a page a look older: Age is the number of looks since it was found used, up to 255.
func (m *Manager) grow(f mem.Frame) {
	age := &m.State.Frames.Age[f]
	switch {
	case m.referenced(f):
		*age = 0
	case *age < 255:
		*age++
	}
}

// AgePages looks at the accessed bits of all pages, which policy LRU needs now and then also while memory suffices.
func (m *Manager) AgePages() {
	if m.State.Reclaim.Policy != LRU {
		return
	}
	for f := range mem.Frame(m.ram.Frames()) {
		if m.evictable(f) {
			m.grow(f)
		}
	}
}

// evictable tells whether the page in frame f may leave memory: nobody but page tables and its owner holds it.
func (m *Manager) evictable(f mem.Frame) bool {
	m.looked++
	fr := &m.State.Frames
	own := int32(1)
	switch fr.Use[f] {
	case PageCache:
		r, ok := m.pager.(Reclaimer)
		if !ok || !r.Evictable(fr.Owner[f]) {
			return false
		}
	case SharedMemory:
		if m.noSwap {
			return false
		}
	case Anonymous:
		own = m.inCache(f)
		if own == 0 && m.noSwap {
			return false
		}
	default:
		return false
	}
	if f%HugeFrames != 0 && m.hugeMapped(f) {
		return false // the first frame speaks for all of a huge page
	}
	return fr.Ref[f] == int32(m.MapCount(f))+own && !m.locked(f)
}

// evict makes the page in frame f leave memory. Linux mm/vmscan.c:shrink_folio_list
func (m *Manager) evict(f mem.Frame) {
	fr := &m.State.Frames
	use, owner := fr.Use[f], fr.Owner[f]
	gone := false
	switch use {
	case PageCache:
		m.unmapAll(f, 0)
		gone = m.pager.(Reclaimer).Evict(owner, fr.Index[f])
	case Anonymous:
		m.splitMappings(f)
		gone = m.swapOut(f)
	case SharedMemory:
		gone = m.swapOutShared(f)
	}
	if !gone {
		m.noSwap = m.noSwap || use != PageCache // swap is full, or its disk broken
		return
	}
	m.State.Counters.Reclaimed++
	if m.tr.Has(trace.Reclaim) {
		m.tr.Emit(trace.Reclaim, uint64(f), uint64(use))
	}
}

// pageOut makes the pages of a range look unused and, when asked to, leave memory; those that others map too stay.
// Linux mm/madvise.c:madvise_cold_or_pageout_pte_range
func (m *Manager) pageOut(as *AddressSpace, start, end uint64, out bool) {
	m.noSwap = !m.Swapping()
	var all []mem.Frame
	m.eachPTE(as, start, end, func(_, _, e uint64) {
		if f := pteFrame(e); m.evictable(f) && m.MapCount(f) == 1 {
			m.referenced(f)
			all = append(all, f)
		}
	})
	if !out {
		return
	}
	m.reclaiming = true
	for _, f := range all {
		if m.evictable(f) {
			m.evict(f)
		}
	}
	m.reclaiming = false
}

// MarkAccessed notes that the kernel itself used the page in frame f. Linux mm/swap.c:folio_mark_accessed
func (m *Manager) MarkAccessed(f mem.Frame) { m.State.Frames.Young[f] = true }
