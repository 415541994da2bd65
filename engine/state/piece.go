package state

import (
	"bytes"
	"reflect"
	"slices"
)

// Sizes in bytes, for the count of what moments take; those of the headers are a 64-bit host's, and about right.
const (
	pieceSize   = 4096 // of a whole piece
	pieceHead   = 32
	cellSize    = 96
	pointerSize = 8
)

// piece is a part of a slot's value that several moments may share; never changed once made.
type piece struct {
	refs  int32
	bytes int64
	v     any // a slice, a boxed array or a boxed value
}

// pieceType is the array that a whole piece of a slice or array is.
func pieceType(t reflect.Type) reflect.Type {
	return reflect.ArrayOf(max(1, pieceSize/int(t.Elem().Size())), t.Elem())
}

// boxed keeps one value.
func (f *Freezer) boxed(v reflect.Value, old *piece) *piece {
	box := v.Interface()
	if old != nil && old.v == box {
		old.refs++
		return old
	}
	return f.keep(box, int64(v.Type().Size()))
}

// piece keeps a slice: the old piece when nothing has changed. s is nil for a row, whose piece may be longer than others.
func (f *Freezer) piece(s *slot, v reflect.Value, old *piece) *piece {
	n := v.Len()
	if n == 0 {
		return nil
	}
	if old != nil && unchanged(v, old.v) {
		old.refs++
		return old
	}
	size := int64(n) * int64(v.Type().Elem().Size())
	if s == nil || n < s.array.Len() || comparesFast(v.Type().Elem()) {
		c := reflect.MakeSlice(reflect.SliceOf(v.Type().Elem()), n, n)
		reflect.Copy(c, v)
		return f.keep(c.Interface(), size)
	}
	return f.keep(v.Convert(s.array).Interface(), size)
}

func (f *Freezer) keep(v any, size int64) *piece {
	f.bytes += size + pieceHead
	return &piece{refs: 1, bytes: size + pieceHead, v: v}
}

// comparesFast tells of which elements unchanged compares slices directly.
func comparesFast(t reflect.Type) bool {
	return t.Kind() == reflect.Uint8 || t.PkgPath() == ""
}

// unchanged compares a slice with an older piece.
func unchanged(v reflect.Value, old any) bool {
	o := reflect.ValueOf(old)
	if o.Len() != v.Len() {
		return false
	}
	if o.Kind() == reflect.Array {
		return v.Convert(o.Type()).Interface() == old // one comparison of memory
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return bytes.Equal(v.Bytes(), o.Bytes())
	}
	switch a := v.Interface().(type) {
	case []uint64:
		b, ok := old.([]uint64)
		return ok && slices.Equal(a, b)
	case []uint32:
		b, ok := old.([]uint32)
		return ok && slices.Equal(a, b)
	case []int32:
		b, ok := old.([]int32)
		return ok && slices.Equal(a, b)
	case []uint16:
		b, ok := old.([]uint16)
		return ok && slices.Equal(a, b)
	case []bool:
		b, ok := old.([]bool)
		return ok && slices.Equal(a, b)
	}
	for i := range v.Len() {
		if !v.Index(i).Equal(o.Index(i)) {
			return false
		}
	}
	return true
}

// fill puts a row into its place; the place's own bytes are used again when they are as many.
func (p *piece) fill(row reflect.Value) {
	if p == nil {
		row.SetZero()
		return
	}
	from := reflect.ValueOf(p.v)
	if row.Len() != from.Len() {
		row.Set(reflect.MakeSlice(row.Type(), from.Len(), from.Len()))
	}
	reflect.Copy(row, from)
}

// copied is a copy that shares no slice with v.
func (p *plan) copied(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	p.unshare(c)
	return c
}

// size is how many bytes a value and its slices take.
func (p *plan) size(v reflect.Value) int64 {
	n := int64(v.Type().Size())
	if p.kind == reflect.Slice {
		n += int64(v.Len()) * int64(v.Type().Elem().Size())
	}
	return n + p.inner(v)
}

// inner is how many bytes the slices inside of v take.
func (p *plan) inner(v reflect.Value) (n int64) {
	if p.flat {
		return 0
	}
	if p.kind == reflect.Struct {
		for i, f := range p.fields {
			if !f.flat {
				n += f.size(v.Field(i)) - int64(v.Field(i).Type().Size())
			}
		}
		return n
	}
	if !p.elem.flat {
		for i := range v.Len() {
			e := v.Index(i)
			n += p.elem.size(e) - int64(e.Type().Size())
		}
	}
	return n
}
