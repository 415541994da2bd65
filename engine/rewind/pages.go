package rewind

import (
	"bytes"
	"encoding/binary"

	"vitrine/engine/mem"
)

// Store keeps contents of physical memory at several moments; a frame that is equal in neighbouring moments is there once.
type Store struct{ bytes int64 }

// Pages is the memory of one moment. It must be released, or its bytes count for ever.
type Pages struct {
	groups  []*group
	written []uint32 // a bit for each frame written since the moment before, even with what it was; nil: not known
}

// groupFrames is how many frames are shared as one when none of them changed.
const groupFrames = 32

// group is that many frames; nil stands for zeros, and so does a nil page.
type group struct {
	refs  int32
	pages [groupFrames]*page
}

type page struct {
	refs int32
	data [mem.FrameSize]byte
}

// Sizes in bytes, as a 64-bit host has them.
const (
	pointerBytes = 8
	groupBytes   = groupFrames*pointerBytes + 8
	pageBytes    = mem.FrameSize + 8
)

var zeros [mem.FrameSize]byte

// Bytes is what all moments that are not released take, each shared page counted once.
func (s *Store) Bytes() int64 { return s.bytes }

// Keep keeps what memory holds. before is the moment since which mem.MarkDirty tells what was written, nil when that is
// not known. The marks are cleared: the caller must have the CPU Watch.
func (s *Store) Keep(ram *mem.RAM, before *Pages) *Pages {
	p := &Pages{groups: make([]*group, (ram.Frames()+groupFrames-1)/groupFrames)}
	if before != nil {
		p.written = make([]uint32, len(p.groups))
	}
	s.bytes += p.tables()
	for i := range p.groups {
		var old *group
		if before != nil {
			old = before.groups[i]
			p.written[i] = dirtyBits(ram.Marks[i*groupFrames : min((i+1)*groupFrames, ram.Frames())])
		}
		if before != nil && !dirty(ram.Marks[i*groupFrames:]) {
			p.groups[i] = old.share()
			continue
		}
		p.groups[i] = s.group(ram, i, old, before == nil)
	}
	clean(ram.Marks)
	return p
}

// group keeps a group of which frames have been written, or all frames may have been.
func (s *Store) group(ram *mem.RAM, i int, old *group, all bool) *group {
	var next *group // made when the first frame differs
	first := i * groupFrames
	for f := first; f < min(first+groupFrames, ram.Frames()); f++ {
		if !all && ram.Marks[f]&mem.MarkDirty == 0 {
			continue
		}
		now := ram.Page(mem.Frame(f))
		if bytes.Equal(now, old.bytes(f-first)) {
			continue
		}
		if next == nil {
			next = s.copyGroup(old)
		}
		s.drop(next.pages[f-first])
		next.pages[f-first] = s.page(now)
	}
	if next == nil {
		return old.share()
	}
	return next
}

func (s *Store) copyGroup(old *group) *group {
	g := &group{refs: 1}
	s.bytes += groupBytes
	if old != nil {
		g.pages = old.pages
		for _, p := range g.pages {
			if p != nil {
				p.refs++
			}
		}
	}
	return g
}

func (s *Store) page(data []byte) *page {
	if bytes.Equal(data, zeros[:]) {
		return nil
	}
	p := &page{refs: 1}
	copy(p.data[:], data)
	s.bytes += pageBytes
	return p
}

func (s *Store) drop(p *page) {
	if p == nil {
		return
	}
	if p.refs--; p.refs == 0 {
		s.bytes -= pageBytes
	}
}

func (g *group) share() *group {
	if g != nil {
		g.refs++
	}
	return g
}

func (g *group) page(i int) *page {
	if g == nil {
		return nil
	}
	return g.pages[i]
}

func (g *group) bytes(i int) []byte { return g.page(i).bytes() }

func (p *page) bytes() []byte {
	if p == nil {
		return zeros[:]
	}
	return p.data[:]
}

// Put makes memory hold what it held at a moment. before is as for Keep. Only what differs is written.
func (s *Store) Put(ram *mem.RAM, before, then *Pages) {
	for i, g := range then.groups {
		marks := ram.Marks[i*groupFrames : min((i+1)*groupFrames, ram.Frames())]
		if before != nil && before.groups[i] == g && !dirty(marks) {
			continue
		}
		for j := range marks {
			if before != nil && marks[j]&mem.MarkDirty == 0 && before.groups[i].page(j) == g.page(j) {
				continue
			}
			f := mem.Frame(i*groupFrames + j)
			if want := g.bytes(j); !bytes.Equal(ram.Page(f), want) {
				ram.WriteAt(want, f.Addr())
			}
		}
	}
	clean(ram.Marks)
}

// Release gives a moment up.
func (s *Store) Release(p *Pages) {
	for _, g := range p.groups {
		if g == nil {
			continue
		}
		if g.refs--; g.refs > 0 {
			continue
		}
		s.bytes -= groupBytes
		for _, p := range g.pages {
			s.drop(p)
		}
	}
	s.bytes -= p.tables()
	p.groups, p.written = nil, nil
}

// tables is what a moment takes besides frames and groups.
func (p *Pages) tables() int64 { return pointerBytes*int64(len(p.groups)) + 4*int64(len(p.written)) }

// Written tells whether one of the frames may have been written between the moment that p was kept after and p.
func (p *Pages) Written(first, last mem.Frame) bool {
	if p.written == nil {
		return true
	}
	for f := first; f <= last; f++ {
		if p.written[f/groupFrames]>>(f%groupFrames)&1 != 0 {
			return true
		}
	}
	return false
}

// Follow makes the moment that before was kept after the one that p counts from, as before is given up.
func (s *Store) Follow(p, before *Pages) {
	s.bytes -= p.tables()
	if before.written == nil {
		p.written = nil
	}
	for i := range p.written {
		p.written[i] |= before.written[i]
	}
	s.bytes += p.tables()
}

// eightDirty is mem.MarkDirty in each of eight bytes.
const eightDirty = mem.MarkDirty * 0x0101010101010101

// dirtyBits has a bit for each of a group's frames that was written.
func dirtyBits(marks []uint8) (bits uint32) {
	if !dirty(marks) {
		return 0
	}
	for i, m := range marks {
		bits |= uint32(m/mem.MarkDirty&1) << i
	}
	return bits
}

// dirty tells whether one of a group's frames was written.
func dirty(marks []uint8) bool {
	n := min(len(marks), groupFrames)
	i := 0
	for ; i+8 <= n; i += 8 {
		if binary.LittleEndian.Uint64(marks[i:])&eightDirty != 0 {
			return true
		}
	}
	for ; i < n; i++ {
		if marks[i]&mem.MarkDirty != 0 {
			return true
		}
	}
	return false
}

func clean(marks []uint8) {
	i := 0
	for ; i+8 <= len(marks); i += 8 {
		if m := binary.LittleEndian.Uint64(marks[i:]); m&eightDirty != 0 {
			binary.LittleEndian.PutUint64(marks[i:], m&^eightDirty)
		}
	}
	for ; i < len(marks); i++ {
		marks[i] &^= mem.MarkDirty
	}
}
