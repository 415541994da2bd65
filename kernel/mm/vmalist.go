package mm

import (
	"iter"
	"slices"
	"sort"
)

// VMAList holds an address space's VMAs by address, never overlapping. They lie in blocks, so that a change moves the
// VMAs of one block at most, and a search for room looks only into blocks that have enough. Linux: the maple tree mm_mt
type VMAList struct {
	Blocks []VMABlock // none is empty
	N      int32      // VMAs in all of them
}

// VMABlock is a run of neighbouring VMAs.
type VMABlock struct {
	VMAs []VMA
	Gap  uint64 // the largest gap right below one of them
}

// vmaBlock is how many VMAs a block holds at most.
const vmaBlock = 128

// vmaPos is a place in the list; it is good until the list changes.
type vmaPos struct{ b, i int }

// Len is how many VMAs there are.
func (l *VMAList) Len() int { return int(l.N) }

// All visits the VMAs by address. The list must not change meanwhile.
func (l *VMAList) All() iter.Seq[*VMA] {
	return func(yield func(*VMA) bool) {
		for b := range l.Blocks {
			for i := range l.Blocks[b].VMAs {
				if !yield(&l.Blocks[b].VMAs[i]) {
					return
				}
			}
		}
	}
}

// find is the first VMA that ends above va, the list's end when there is none. Linux: find_vma
func (l *VMAList) find(va uint64) vmaPos {
	b := sort.Search(len(l.Blocks), func(b int) bool {
		v := l.Blocks[b].VMAs
		return va < v[len(v)-1].End
	})
	if b == len(l.Blocks) {
		return vmaPos{b, 0}
	}
	v := l.Blocks[b].VMAs
	return vmaPos{b, sort.Search(len(v), func(i int) bool { return va < v[i].End })}
}

// at is the VMA at p, nil at the list's end.
func (l *VMAList) at(p vmaPos) *VMA {
	if p.b == len(l.Blocks) {
		return nil
	}
	return &l.Blocks[p.b].VMAs[p.i]
}

// next is the place behind p, which is not the list's end.
func (l *VMAList) next(p vmaPos) vmaPos {
	if p.i++; p.i == len(l.Blocks[p.b].VMAs) {
		return vmaPos{p.b + 1, 0}
	}
	return p
}

// prev is the place before p; false at the first.
func (l *VMAList) prev(p vmaPos) (vmaPos, bool) {
	if p.i > 0 {
		return vmaPos{p.b, p.i - 1}, true
	}
	if p.b == 0 {
		return p, false
	}
	return vmaPos{p.b - 1, len(l.Blocks[p.b-1].VMAs) - 1}, true
}

// endBelow is where the VMA before p ends, 0 when there is none.
func (l *VMAList) endBelow(p vmaPos) uint64 {
	if q, ok := l.prev(p); ok {
		return l.at(q).End
	}
	return 0
}

// gap is how much is free right below the VMA at p.
func (l *VMAList) gap(p vmaPos) uint64 {
	start, end := l.endBelow(p), l.at(p).guardStart()
	return max(start, end) - start
}

// below is the nearest VMA before p that has a gap of the size below it.
func (l *VMAList) below(p vmaPos, size uint64) (vmaPos, bool) {
	for b := min(p.b, len(l.Blocks)-1); b >= 0; b-- {
		i := len(l.Blocks[b].VMAs)
		switch {
		case b == p.b:
			i = p.i
		case l.Blocks[b].Gap < size:
			continue
		}
		for i--; i >= 0; i-- {
			if q := (vmaPos{b, i}); l.gap(q) >= size {
				return q, true
			}
		}
	}
	return p, false
}

// above is the nearest VMA behind p that has a gap of the size below it, the list's end when there is none.
func (l *VMAList) above(p vmaPos, size uint64) vmaPos {
	for b := p.b; b < len(l.Blocks); b++ {
		i := 0
		switch {
		case b == p.b:
			i = p.i + 1
		case l.Blocks[b].Gap < size:
			continue
		}
		for ; i < len(l.Blocks[b].VMAs); i++ {
			if q := (vmaPos{b, i}); l.gap(q) >= size {
				return q
			}
		}
	}
	return vmaPos{len(l.Blocks), 0}
}

// resized notes that a VMA of block b begins or ends elsewhere now.
func (l *VMAList) resized(b int) {
	end := l.endBelow(vmaPos{b, 0})
	for last := b + 2; b < min(last, len(l.Blocks)); b++ {
		block := &l.Blocks[b]
		block.Gap = 0
		for i := range block.VMAs {
			v := &block.VMAs[i]
			if start := v.guardStart(); start > end {
				block.Gap = max(block.Gap, start-end)
			}
			end = v.End
		}
	}
}

// insert puts v in its place.
func (l *VMAList) insert(v VMA) {
	l.N++
	p := l.find(v.Start)
	if p.b == len(l.Blocks) {
		if p.b == 0 {
			l.Blocks = append(l.Blocks, VMABlock{VMAs: []VMA{v}})
			l.resized(0)
			return
		}
		p = vmaPos{p.b - 1, len(l.Blocks[p.b-1].VMAs)}
	}
	block := &l.Blocks[p.b]
	block.VMAs = slices.Insert(block.VMAs, p.i, v)
	if len(block.VMAs) > vmaBlock {
		upper := VMABlock{VMAs: slices.Clone(block.VMAs[vmaBlock/2:])}
		block.VMAs = slices.Clone(block.VMAs[:vmaBlock/2])
		l.Blocks = slices.Insert(l.Blocks, p.b+1, upper)
		l.resized(p.b + 1)
	}
	l.resized(p.b)
}

// remove takes out the VMA at p. Small blocks become one with the next.
func (l *VMAList) remove(p vmaPos) {
	l.N--
	block := &l.Blocks[p.b]
	block.VMAs = slices.Delete(block.VMAs, p.i, p.i+1)
	switch {
	case len(block.VMAs) == 0:
		l.Blocks = slices.Delete(l.Blocks, p.b, p.b+1)
	case p.b+1 < len(l.Blocks) && len(block.VMAs)+len(l.Blocks[p.b+1].VMAs) <= vmaBlock/2:
		block.VMAs = append(block.VMAs, l.Blocks[p.b+1].VMAs...)
		l.Blocks = slices.Delete(l.Blocks, p.b+1, p.b+2)
	}
	l.resized(p.b)
}
