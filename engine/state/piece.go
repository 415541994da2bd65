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

// piece keeps a value or a slice: the old piece when nothing has changed, none for an empty slice.
func (f *Freezer) piece(v reflect.Value, old *piece) *piece {
	if old != nil && f.unchanged(v, old) {
		old.refs++
		return old
	}
	if v.Kind() != reflect.Slice {
		return f.keep(v.Interface(), int64(v.Type().Size()))
	}
	n := v.Len()
	if n == 0 {
		return nil
	}
	c := reflect.MakeSlice(v.Type(), n, n)
	reflect.Copy(c, v)
	return f.keep(c.Interface(), int64(n)*int64(v.Type().Elem().Size()))
}

func (f *Freezer) keep(v any, size int64) *piece {
	f.bytes += size + pieceHead
	return &piece{refs: 1, bytes: size + pieceHead, v: v}
}

// unchanged compares a value or a slice with an older piece.
func (f *Freezer) unchanged(v reflect.Value, old *piece) bool {
	switch v.Kind() {
	case reflect.Slice:
		if old == nil {
			return v.Len() == 0
		}
		return f.sameSlice(v, old.v)
	case reflect.Uint64, reflect.Uint32, reflect.Uint16, reflect.Uint8, reflect.Uint:
		return v.Uint() == reflect.ValueOf(old.v).Uint()
	case reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8, reflect.Int:
		return v.Int() == reflect.ValueOf(old.v).Int()
	case reflect.Bool:
		return v.Bool() == reflect.ValueOf(old.v).Bool()
	}
	return v.Interface() == old.v
}

func (f *Freezer) sameSlice(v reflect.Value, old any) bool {
	o := reflect.ValueOf(old)
	if o.Len() != v.Len() {
		return false
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return bytes.Equal(v.Bytes(), o.Bytes())
	}
	now := v.Interface()
	for _, equal := range f.equal {
		if same, known := equal(now, old); known {
			return same
		}
	}
	for i := range v.Len() {
		if !v.Index(i).Equal(o.Index(i)) {
			return false
		}
	}
	return true
}

// Equal compares two slices; known is false when they are not of the type that it is for.
type Equal func(a, b any) (same, known bool)

// EqualSlices compares slices of T, faster than reflection does.
func EqualSlices[T comparable](a, b any) (same, known bool) {
	x, known := a.([]T)
	if !known {
		return false, false
	}
	y, known := b.([]T)
	return known && slices.Equal(x, y), known
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
func (p *plan) size(v reflect.Value) int64 { return int64(v.Type().Size()) + p.elems(v) + p.inner(v) }

// elems is how many bytes a slice's own elements take.
func (p *plan) elems(v reflect.Value) int64 {
	if p.kind != reflect.Slice || v.Len() == 0 {
		return 0
	}
	return int64(v.Len()) * int64(v.Type().Elem().Size())
}

// inner is how many bytes the slices inside of v take.
func (p *plan) inner(v reflect.Value) (n int64) {
	if p.flat {
		return 0
	}
	if p.kind == reflect.Struct {
		for _, i := range p.deep {
			n += p.fields[i].inner(v.Field(i)) + p.fields[i].elems(v.Field(i))
		}
		return n
	}
	if !p.elem.flat {
		for i := range v.Len() {
			e := v.Index(i)
			n += p.elem.inner(e) + p.elem.elems(e)
		}
	}
	return n
}
