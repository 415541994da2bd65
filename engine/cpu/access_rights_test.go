package cpu

import (
	"fmt"
	"testing"

	"vitrine/engine/mmu"
)

// rightsVA is mapped by the tables of the tests of access rights.
const (
	rightsVA     = 0x40000000
	rightsTables = 0x100000 // one frame for each level, the highest first
	rightsFrame  = 0x200000
)

// rightsMap is one way to map a page.
type rightsMap struct {
	mode  mmu.Mode
	leaf  int // level of the entry that maps the page
	level int // level of the entry that has the bits under test; the others grant everything
}

func (m rightsMap) String() string {
	return fmt.Sprintf("%d levels, page at level %d, bits at level %d", m.mode, m.leaf, m.level)
}

// rightsMaps are all modes, page sizes and levels; PDPTEs of PAE paging have no such bits.
func rightsMaps() (list []rightsMap) {
	largest := map[mmu.Mode]int{mmu.Legacy: 2, mmu.PAE: 2, mmu.Level4: 3, mmu.Level5: 3}
	for _, mode := range []mmu.Mode{mmu.Legacy, mmu.PAE, mmu.Level4, mmu.Level5} {
		for leaf := 1; leaf <= largest[mode]; leaf++ {
			for level := leaf; level <= int(mode) && !(mode == mmu.PAE && level == 3); level++ {
				list = append(list, rightsMap{mode, leaf, level})
			}
		}
	}
	return list
}

// entry returns the physical address of the entry at a level.
func (m rightsMap) entry(level int) uint64 {
	return rightsTables + uint64(int(m.mode)-level)*0x1000 + uint64(m.mode.Index(rightsVA, level))*m.mode.EntrySize()
}

func (b *bench) entry(m rightsMap, level int) uint64 {
	if m.mode == mmu.Legacy {
		return uint64(b.ram.Read32(m.entry(level)))
	}
	return b.ram.Read64(m.entry(level))
}

// rights puts the CPU into m's paging mode with rightsVA mapped, and bits (P W U NX) in one entry.
func (b *bench) rights(m rightsMap, bits uint64) {
	c := b.c
	b.longMode()
	s := &c.S
	s.CR0 |= CR0PG
	s.CR3 = rightsTables
	s.CR4 = CR4PAE | CR4PSE
	s.EFER = EFERLME | EFERLMA | EFERNXE
	switch m.mode {
	case mmu.Legacy:
		s.CR4, s.EFER = CR4PSE, EFERNXE
	case mmu.PAE:
		s.EFER = EFERNXE
	case mmu.Level5:
		s.CR4 |= CR4LA57
	}
	if m.mode <= mmu.PAE {
		s.Seg[CS].Attr = 0xc09b
	}
	for level := int(m.mode); level >= m.leaf; level-- {
		e := uint64(rightsTables) + uint64(int(m.mode)-level+1)*0x1000 | mmu.P | mmu.W | mmu.U
		if level == m.leaf {
			e = rightsFrame | mmu.P | mmu.W | mmu.U
			if level > 1 {
				e = mmu.PS | mmu.P | mmu.W | mmu.U // the page at 0
			}
		}
		if level == m.level {
			e = e&^uint64(mmu.P|mmu.W|mmu.U) | bits
		}
		switch {
		case m.mode == mmu.Legacy:
			b.ram.Write32(m.entry(level), uint32(e))
		case m.mode == mmu.PAE && level == 3:
			s.PDPTE[m.mode.Index(rightsVA, 3)] = e &^ uint64(mmu.W|mmu.U)
		default:
			b.ram.Write64(m.entry(level), e)
		}
	}
}

// Accesses of the tests: those of instructions, and the CPU's own to its tables.
const accessImplicit access = 100

// rightsCode is the error code that SDM 3A "Determination of Access Rights" and "Page-Fault Exceptions" give, −1 for none.
func rightsCode(s *State, bits uint64, acc access, user bool) int {
	code := 0
	implicit := acc == accessImplicit
	if implicit {
		acc, user = accessRead, false
	}
	if acc == accessWrite {
		code |= 1 << 1
	}
	if user {
		code |= 1 << 2
	}
	if acc == accessFetch && (s.CR4&CR4SMEP != 0 || s.CR4&CR4PAE != 0 && s.EFER&EFERNXE != 0) {
		code |= 1 << 4
	}
	if bits&mmu.P == 0 {
		return code
	}
	userPage, writable, never := bits&mmu.U != 0, bits&mmu.W != 0, bits&mmu.NX != 0
	allowed := true
	switch {
	case user && !userPage:
		allowed = false
	case user && acc == accessWrite:
		allowed = writable
	case acc == accessFetch:
		allowed = !never && (user || !userPage || s.CR4&CR4SMEP == 0)
	case user:
	default:
		if userPage && s.CR4&CR4SMAP != 0 {
			allowed = s.RFLAGS&FlagAC != 0 && !implicit
		}
		if acc == accessWrite && s.CR0&CR0WP != 0 && !writable {
			allowed = false
		}
	}
	if allowed {
		return -1
	}
	return code | 1
}

// TestAccessRights goes through paging mode × page size × level × P, R/W, U/S, NX × WP, SMEP, SMAP × AC × access × ring.
func TestAccessRights(t *testing.T) {
	b := newBenchOf(4 << 20)
	for _, m := range rightsMaps() {
		for i := range 1 << 8 {
			bits := uint64(i & 7)
			if i&8 != 0 {
				if m.mode == mmu.Legacy {
					continue
				}
				bits |= mmu.NX
			}
			for _, acc := range []access{accessRead, accessWrite, accessFetch, accessImplicit} {
				for _, user := range []bool{false, true} {
					b.rights(m, bits)
					checkRights(t, b, m, i>>4, bits, acc, user)
				}
			}
		}
	}
}

func checkRights(t *testing.T, b *bench, m rightsMap, control int, bits uint64, acc access, user bool) {
	t.Helper()
	s := &b.c.S
	for i, set := range []func(){func() { s.CR0 |= CR0WP }, func() { s.CR4 |= CR4SMEP }, func() { s.CR4 |= CR4SMAP }, func() { s.RFLAGS |= FlagAC }} {
		if control>>i&1 != 0 {
			set()
		}
	}
	if user {
		s.Seg[CS].Sel |= 3
		s.Seg[SS].Attr |= 3 << 5
	}
	b.c.FlushTLB()
	b.c.modeChanged()
	b.c.trap = Trap{Vector: vecNone}
	before := [6]uint64{}
	for level := m.leaf; level <= int(m.mode); level++ {
		before[level] = b.entry(m, level)
	}
	ok := false
	if acc == accessImplicit {
		_, ok = b.c.sysLoad(rightsVA, 8)
	} else {
		_, ok = b.c.translate(rightsVA, acc)
	}
	want := rightsCode(s, bits, acc, user)
	name := fmt.Sprintf("%v: entry bits %#x, CR0 %#x CR4 %#x AC %v, access %d, user %v", m, bits, s.CR0, s.CR4, s.RFLAGS&FlagAC != 0, acc, user)
	trap := b.c.trap
	switch {
	case want < 0 && !ok, want >= 0 && (ok || trap.Vector != VecPF || trap.Code != uint32(want) || trap.Addr != rightsVA):
		t.Errorf("%s: ok %v %+v, want %d", name, ok, trap, want)
	}
	for level := m.leaf; level <= int(m.mode); level++ {
		e := before[level]
		if want < 0 && !(m.mode == mmu.PAE && level == 3) {
			e |= mmu.A
			if acc == accessWrite && level == m.leaf {
				e |= mmu.D
			}
		}
		if now := b.entry(m, level); now != e {
			t.Errorf("%s: the entry of level %d is %#x, want %#x", name, level, now, e)
		}
	}
}
