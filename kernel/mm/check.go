package mm

import (
	"fmt"
	"slices"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// Check compares every record with the page tables and returns the first disagreement: VMAs in order and apart, each
// mapped page inside one, no page writable that another owner sees, every count what the tables say. Tests call it.
func (m *Manager) Check() error {
	if m.State.Frames.Mapped == nil {
		return nil // memory is not ours yet
	}
	c := checker{m: m, refs: make([]int32, m.ram.Frames()), maps: make([]int, m.ram.Frames())}
	c.swapAreas()
	for i := range m.State.Shmem.Slots {
		c.promised += m.State.Shmem.Slots[i].V.Promised
		for _, p := range m.State.Shmem.Slots[i].V.Pages {
			if p.Frame != 0 {
				c.refs[p.Frame]++
			}
			if p.Swap != 0 {
				c.slot(p.Swap)
			}
		}
	}
	if h, ok := m.pager.(SwapHolder); ok {
		h.EachSwapped(func(_ uint32, _ uint64, place SwapEntry) { c.slot(place) })
	}
	for id := ASID(1); int(id) <= m.State.Spaces.Len(); id++ {
		if as := m.AS(id); as != nil {
			c.space(as)
		}
	}
	c.frames()
	c.slots()
	if c.promised != m.State.Commit.Pages {
		c.fail("%d pages promised, found %d", m.State.Commit.Pages, c.promised)
	}
	return c.err
}

type checker struct {
	m             *Manager
	refs          []int32           // references found, by frame
	maps          []int             // entries found, by frame
	named         [MaxSwap][]uint32 // entries found, by swap slot
	pages, tables int32             // of the space being walked
	swapped       int32
	hugePages     int32
	promised      int64 // pages
	err           error
}

func (c *checker) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("mm: "+format, args...)
	}
}

func (c *checker) space(as *AddressSpace) {
	last := uint64(0)
	for v := range as.VMAs.All() {
		if v.Start < last || v.End <= v.Start || v.End > as.TaskSize {
			c.fail("space %d: VMA %#x-%#x after %#x", as.ID, v.Start, v.End, last)
		}
		last = v.End
	}
	c.list(as)
	c.pages, c.tables, c.swapped = 0, 0, 0
	c.refs[as.Root]++
	c.hugePages = 0
	for _, table := range as.Deposits {
		c.refs[table]++
		c.tables++
	}
	c.table(as, as.Root, int(c.m.State.Levels), 0)
	if c.hugePages != as.Huge || len(as.Deposits) != int(as.Huge) {
		c.fail("space %d: %d huge pages with %d tables to spare, found %d", as.ID, as.Huge, len(as.Deposits), c.hugePages)
	}
	if c.swapped != as.Swapped {
		c.fail("space %d: %d entries in swap, found %d", as.ID, as.Swapped, c.swapped)
	}
	if c.pages != as.RSS() || c.tables != as.Tables {
		c.fail("space %d: rss %d, found %d; tables %d, found %d", as.ID, as.RSS(), c.pages, as.Tables, c.tables)
	}
}

func (c *checker) table(as *AddressSpace, table mem.Frame, level int, base uint64) {
	n := uint64(512)
	if level == int(c.m.State.Levels) {
		n = firstKernel
	}
	for i := range n {
		e := c.m.ram.Read64(table.Addr() + i*8)
		va := base + i*mmu.PageSize(level)
		switch {
		case level == 1 && IsSwap(e):
			c.swapped++
			c.slot(SwapOf(e))
			if v := as.Find(va); v == nil || v.Flags&VM_SHARED != 0 {
				c.fail("space %d: %#x is in swap, but no private memory", as.ID, va)
			}
		case !mapped(e):
		case level == 2 && isHuge(e):
			c.huge(as, va, e, table.Addr()+i*8)
		case level == 1:
			c.page(as, va, e, table.Addr()+i*8)
		default:
			c.tables++
			c.refs[pteFrame(e)]++
			c.table(as, pteFrame(e), level-1, va)
		}
	}
}

// huge looks at the 512 pages of a huge page.
func (c *checker) huge(as *AddressSpace, va, e, pa uint64) {
	c.hugePages++
	head := pteFrame(e)
	v := as.Find(va)
	if head%HugeFrames != 0 || v == nil || v.Object != 0 || v.End < va+hugeSize {
		c.fail("space %d: huge page %#x in frame %#x does not fit", as.ID, va, head)
	}
	for i := range uint64(HugeFrames) {
		c.page(as, va+i<<pageShift, e+i<<pageShift, pa)
	}
}

func (c *checker) page(as *AddressSpace, va, e, pa uint64) {
	f := pteFrame(e)
	if f != c.m.State.ZeroPage {
		c.refs[f]++
		c.pages++
		c.maps[f]++
		if want := (Mapping{as.ID, va, pa, e&mmu.PS != 0}); !slices.Contains(c.m.Mappings(f), want) {
			c.fail("frame %#x: %+v is not in the reverse map", f, want)
		}
	}
	v := as.Find(va)
	switch {
	case v == nil:
		c.fail("space %d: page %#x is mapped outside any VMA", as.ID, va)
	case e&mmu.W != 0 && v.Flags&VM_WRITE == 0, e&mmu.P != 0 && v.Flags&vmAccess == 0:
		c.fail("space %d: page %#x allows more than its VMA", as.ID, va)
	case e&mmu.W != 0 && v.IsCOW() && c.m.State.Frames.Ref[f] != 1:
		c.fail("space %d: page %#x is writable and has %d owners", as.ID, va, c.m.State.Frames.Ref[f])
	}
}

// frames compares the references. The page cache holds one of its own; other uses have no mapping to count.
func (c *checker) frames() {
	var count [NumUses]uint32
	for f, found := range c.refs {
		in := c.m.FrameInfo(mem.Frame(f))
		if n := c.m.MapCount(mem.Frame(f)); n != c.maps[f] {
			c.fail("frame %#x (%v): %d entries in the reverse map, found %d", f, in.Use, n, c.maps[f])
		}
		count[in.Use]++
		switch in.Use {
		case Anonymous, SharedMemory, PageTable:
			kernelTable := in.Use == PageTable && in.Owner == 0
			if in.Ref != found && !kernelTable {
				c.fail("frame %#x (%v): %d references, %d found", f, in.Use, in.Ref, found)
			}
		case PageCache:
			if in.Ref < found {
				c.fail("frame %#x (%v): %d references, %d found", f, in.Use, in.Ref, found)
			}
		default:
			if found != 0 {
				c.fail("frame %#x (%v) is mapped", f, in.Use)
			}
		}
	}
	if count != c.m.State.Frames.Count {
		c.fail("counts %v, found %v", c.m.State.Frames.Count, count)
	}
}
