package cpu

import (
	"math/bits"

	"vitrine/engine/mem"
	"vitrine/engine/mmu"
)

// fast is a direct-mapped cache of translations that need no further check for the present mode, in parts by privilege.
// It is only ever a subset of S.TLB.

// noPage is a tag that no page has.
const noPage = 1

// fastEntry allows reads, writes of one page: pa = la + Add.
type fastEntry struct {
	R, W uint64 // linear address of the page, or noPage
	Add  uint64
	_    uint64
}

func (c *CPU) at(la uint64) *fastEntry { return c.entry(la) }

// Parts of fast: one for each way in which an access's privilege can matter. CPU.user is the one in use.
const (
	fastKernel = 0           // supervisor accesses; with SMAP not to pages of ring 3
	fastUser   = TLBSize     // accesses of ring 3
	fastAC     = 2 * TLBSize // with SMAP: supervisor accesses while RFLAGS.AC is set
	fastSize   = 3 * TLBSize
)

// supervisor is the part of fast for explicit supervisor accesses (SDM 3A "Access Rights").
func (c *CPU) supervisor() uint64 {
	if c.S.CR4&CR4SMAP != 0 && c.S.RFLAGS&FlagAC != 0 {
		return fastAC
	}
	return fastKernel
}

// right says which accesses a TLB entry allows: those for whose bits in mask it has the values of want.
type right struct{ mask, want uint64 }

// permits checks an access against a TLB entry.
func (c *CPU) permits(pte uint64, acc access) bool {
	r := &c.rights[c.user/TLBSize&3][acc&3]
	return pte&r.mask == r.want
}

// setRights derives rights from the control registers, for each part of fast (SDM 3A "Determination of Access Rights").
func (c *CPU) setRights() {
	s := &c.S
	user, kernel := right{mmu.U, mmu.U}, right{}
	ac, fetch := kernel, kernel
	if s.CR0&CR0PG != 0 && s.CR4&CR4SMAP != 0 {
		kernel = right{mmu.U, 0}
	}
	if s.CR0&CR0PG != 0 && s.CR4&CR4SMEP != 0 {
		fetch = right{mmu.U, 0}
	}
	for part, data := range [...]right{fastKernel / TLBSize: kernel, fastUser / TLBSize: user, fastAC / TLBSize: ac} {
		write, code := data, fetch
		if part == fastUser/TLBSize {
			code = user
		}
		if part == fastUser/TLBSize || s.CR0&CR0WP != 0 {
			write = right{data.mask | mmu.W, data.want | mmu.W}
		}
		code.mask |= mmu.NX
		c.rights[part] = [4]right{accessRead: data, accessWrite: write, accessFetch: code}
	}
}

// fastFill lets the fast path use e from now on.
func (c *CPU) fastFill(e *TLBEntry) {
	pa, page := e.PTE&mmu.AddrMask, e.VA&^1
	if !c.ram.Has(pa, mem.FrameSize) || pa == c.apicPage || c.guard != 0 && c.keptOut(page) || c.observer != nil {
		return
	}
	f := c.at(page)
	f.R, f.W, f.Add = page, noPage, pa-page
	c.usedAC = c.usedAC || c.user == fastAC
	marks := &c.ram.Marks[mem.FrameOf(pa)]
	rom := pa >= romBase && pa < romEnd
	if e.PTE&mmu.D != 0 && c.permits(e.PTE, accessWrite) && *marks&(mem.MarkCode|mem.MarkWatch) == 0 && !rom {
		*marks |= mem.MarkWritten
		f.W = page
	}
}

// fastDrop forgets the fast entries at la's place, in all parts.
func (c *CPU) fastDrop(la uint64) {
	for i := la >> mem.FrameShift & (TLBSize - 1); i < fastSize; i += TLBSize {
		c.fast[i].R, c.fast[i].W = noPage, noPage
	}
}

// use notes that place i of the data TLB, and so of fast, may hold something: a flush looks at no others.
func (c *CPU) use(i int) { c.slots[i>>6] |= 1 << (i & 63) }

// used is the first place from i on that may hold something, TLBSize when there is none.
func (c *CPU) used(i int) int {
	for ; i < TLBSize; i = i&^63 + 64 {
		if left := c.slots[i>>6] >> (i & 63); left != 0 {
			return i + bits.TrailingZeros64(left)
		}
	}
	return TLBSize
}

// findEntries notes what the TLBs hold, after S was replaced.
func (c *CPU) findEntries() {
	for i := range c.S.TLB {
		if e := &c.S.TLB[i]; e.VA != 0 {
			c.use(i)
			c.noteEntry(e)
		}
	}
	for i := range c.S.ITLB {
		c.noteEntry(&c.S.ITLB[i])
	}
}

// dropFast forgets all fast entries and everything that was looked up through them or derived from control registers.
func (c *CPU) dropFast() {
	c.root, c.apicPage = c.S.Root(), c.apicWindow()
	c.setRights()
	end := fastSize
	if !c.usedAC {
		end = fastAC
	}
	for i := c.used(0); i < TLBSize; i = c.used(i + 1) {
		for j := i; j < end; j += TLBSize {
			c.fast[j].R, c.fast[j].W = noPage, noPage
		}
		if c.S.TLB[i].VA == 0 {
			c.slots[i>>6] &^= 1 << (i & 63)
		}
	}
	c.usedAC = false
	c.bump()
}

// dropPart forgets one part of fast.
func (c *CPU) dropPart(part int) {
	for i := c.used(0); i < TLBSize; i = c.used(i + 1) {
		c.fast[part+i].R, c.fast[part+i].W = noPage, noPage
	}
}

// protectCode takes frame f out of the fast entries for writing: from now on a write into it must be noticed.
func (c *CPU) protectCode(f mem.Frame) {
	for i := c.used(0); i < TLBSize; i = c.used(i + 1) {
		for j := i; j < fastSize; j += TLBSize {
			if e := &c.fast[j]; e.W != noPage && mem.FrameOf(e.W+e.Add) == f {
				e.W = noPage
			}
		}
	}
}

// Watch makes the CPU notice again which frames it writes, after somebody cleared mem.MarkDirty or mem.MarkFresh.
func (c *CPU) Watch() { c.dropFast() }
