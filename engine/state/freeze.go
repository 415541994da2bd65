package state

import "reflect"

// Freezer keeps moments of plain data that stays where it is: Freeze copies what has changed since another moment and
// shares the rest with it, Thaw puts a moment back. Frozen data is not encoded; it lives as long as the Freezer.
type Freezer struct {
	slots []slot
	equal []Equal
	bytes int64
}

// Frozen is one moment. It must be released, or its bytes count for ever.
type Frozen struct{ cells []*cell }

// cell is a slot's value; never changed once made.
type cell struct {
	refs   int32
	n      int           // elements of a slice
	bytes  int64         // of list and of the cell itself
	pieces []*piece      // the value in pieces, or its rows
	list   reflect.Value // or a copy that shares nothing
}

// slot is a part of the data that is frozen as one: a field, mostly.
type slot struct {
	v    reflect.Value
	plan *plan
	form form
	per  int // elements of a whole piece
}

// form says how a slot is cut.
type form uint8

const (
	single form = iota // one piece
	pieces             // elements without slices, many to a piece
	rows               // slices of such elements: each is a piece
	list               // elements with slices: copied as a whole
)

// NewFreezer takes the data apart that the pointers point to. equal are for the types of large slices in it, besides those of
// plain numbers.
func NewFreezer(equal []Equal, parts ...any) *Freezer {
	f := &Freezer{equal: append([]Equal{EqualSlices[uint64], EqualSlices[uint32], EqualSlices[int32], EqualSlices[bool]}, equal...)}
	for _, p := range parts {
		v := reflect.ValueOf(p).Elem()
		f.add(v, planOf(v.Type()))
	}
	return f
}

// fewElements is up to how many elements with slices inside an array is cut into slots.
const fewElements = 64

func (f *Freezer) add(v reflect.Value, p *plan) {
	t := v.Type()
	small := p.flat && t.Size() < pieceSize
	switch {
	case p.kind == reflect.Struct && !small:
		for i, q := range p.fields {
			f.add(v.Field(i), q)
		}
	case p.kind == reflect.Array && !p.flat && t.Len() <= fewElements:
		for i := range t.Len() {
			f.add(v.Index(i), p.elem)
		}
	case (p.kind == reflect.Slice || p.kind == reflect.Array && !small) && p.elem.flat:
		f.slots = append(f.slots, slot{v, p, pieces, max(1, pieceSize/int(t.Elem().Size()))})
	case p.kind == reflect.Slice && p.elem.kind == reflect.Slice && p.elem.elem.flat:
		f.slots = append(f.slots, slot{v, p, rows, 1})
	case p.flat:
		f.slots = append(f.slots, slot{v, p, single, 1})
	default:
		f.slots = append(f.slots, slot{v, p, list, 1})
	}
}

// Bytes is what all moments that are not released take, each shared piece counted once.
func (f *Freezer) Bytes() int64 { return f.bytes }

// Freeze keeps the present moment; before is one that it probably resembles, or nil.
func (f *Freezer) Freeze(before *Frozen) *Frozen {
	z := &Frozen{cells: make([]*cell, len(f.slots))}
	f.bytes += pointerSize * int64(len(z.cells))
	for i := range f.slots {
		var old *cell
		if before != nil {
			old = before.cells[i]
		}
		z.cells[i] = f.freeze(&f.slots[i], old)
	}
	return z
}

// freeze keeps a slot: the old cell, references to its pieces where only some changed, or new pieces.
func (f *Freezer) freeze(s *slot, old *cell) *cell {
	n := s.count()
	if old != nil && old.n == n && s.form != list {
		i := 0
		for i < len(old.pieces) && f.unchanged(s.part(i), old.pieces[i]) {
			i++
		}
		if i == len(old.pieces) {
			old.refs++
			return old
		}
	}
	c := &cell{refs: 1, n: n, bytes: cellSize}
	if s.form == list {
		c.list, c.bytes = s.plan.copied(s.v), cellSize+s.plan.size(s.v)
	} else {
		c.pieces = make([]*piece, s.parts(n))
		for i := range c.pieces {
			c.pieces[i] = f.piece(s.part(i), old.piece(i))
		}
		c.bytes += pointerSize * int64(len(c.pieces))
	}
	f.bytes += c.bytes
	return c
}

// count is how many elements the slot has now.
func (s *slot) count() int {
	if k := s.plan.kind; s.form == single || k != reflect.Slice && k != reflect.Array {
		return 1
	}
	return s.v.Len()
}

// parts is how many pieces n elements are.
func (s *slot) parts(n int) int {
	if s.form == pieces {
		return (n + s.per - 1) / s.per
	}
	return n
}

// part is what belongs into piece i.
func (s *slot) part(i int) reflect.Value {
	switch s.form {
	case pieces:
		return s.v.Slice(i*s.per, min((i+1)*s.per, s.v.Len()))
	case rows:
		return s.v.Index(i)
	}
	return s.v
}

// piece is the old value's piece i, nil when there is none.
func (c *cell) piece(i int) *piece {
	if c == nil || i >= len(c.pieces) {
		return nil
	}
	return c.pieces[i]
}

// Release gives a moment up.
func (f *Freezer) Release(z *Frozen) {
	for _, c := range z.cells {
		if c.refs--; c.refs == 0 {
			f.bytes -= c.bytes
			f.drop(c)
		}
	}
	f.bytes -= pointerSize * int64(len(z.cells))
	z.cells = nil
}

func (f *Freezer) drop(c *cell) {
	for _, p := range c.pieces {
		if p == nil {
			continue
		}
		if p.refs--; p.refs == 0 {
			f.bytes -= p.bytes
		}
	}
}

// Thaw puts the data into a moment again. What is put there shares nothing with it.
func (f *Freezer) Thaw(z *Frozen) {
	for i := range f.slots {
		f.slots[i].thaw(z.cells[i])
	}
}

func (s *slot) thaw(c *cell) {
	switch s.form {
	case single:
		s.v.Set(reflect.ValueOf(c.pieces[0].v))
	case pieces:
		if s.plan.kind == reflect.Slice && !s.resize(c.n) {
			return
		}
		at := 0
		for _, p := range c.pieces {
			at += reflect.Copy(s.v.Slice(at, c.n), reflect.ValueOf(p.v))
		}
	case rows:
		if !s.resize(c.n) {
			return
		}
		for i, p := range c.pieces {
			p.fill(s.v.Index(i))
		}
	case list:
		if s.plan.kind != reflect.Slice {
			s.v.Set(s.plan.copied(c.list))
			return
		}
		if s.resize(c.n) {
			reflect.Copy(s.v, c.list)
			s.plan.unshareElems(s.v)
		}
	}
}

// resize gives a slice n elements, where it is when they fit. A short one gets a new place: it may overlap another.
func (s *slot) resize(n int) bool {
	switch t := s.v.Type(); {
	case n == 0:
		s.v.SetZero()
	case s.v.Cap() >= n && uintptr(s.v.Cap())*t.Elem().Size() >= pieceSize:
		s.v.SetLen(n)
	default:
		s.v.Set(reflect.MakeSlice(t, n, n))
	}
	return n > 0
}
