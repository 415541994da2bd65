package state

// The codec writes plain data: integers (little-endian, in their size; int and uint as 64 bits), bools (one byte),
// strings and slices (a uvarint length, then the elements), arrays and structs (their parts in order). Everything
// else is refused, unexported fields too: what cannot be rebuilt from bytes has no place in a State. Floats are
// refused as the bits of a NaN do not survive every host; a State keeps the bits. A value has exactly one encoding,
// so equal states have equal bytes and equal hashes.

import (
	"encoding/binary"
	"fmt"
	"reflect"

	"github.com/cespare/xxhash/v2"
)

// Encode returns v, or what v points to, as bytes.
func Encode(v any) []byte { return Append(nil, v) }

// Append appends Encode(v) to b.
func Append(b []byte, v any) []byte {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	return planOf(r.Type()).append(b, r)
}

// Decode fills *v from Encode's bytes, all of which must be used. After an error *v is in part overwritten.
func Decode(b []byte, v any) error {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Pointer || r.IsNil() {
		panic(fmt.Sprintf("BUG: state.Decode into a %s", r.Type()))
	}
	d := decoder{b: b}
	planOf(r.Type().Elem()).decode(&d, r.Elem())
	if d.err == nil && len(d.b) != 0 {
		return fmt.Errorf("state: %d bytes left over", len(d.b))
	}
	return d.err
}

// Hash is a fingerprint of v's encoding.
func Hash(v any) uint64 { return xxhash.Sum64(Encode(v)) }

// Sum is the xxHash of bytes that are encoded already.
func Sum(b []byte) uint64 { return xxhash.Sum64(b) }

// Clone returns a copy of v that shares no slice with it.
func Clone[T any](v T) T {
	r := reflect.ValueOf(&v).Elem()
	planOf(r.Type()).unshare(r)
	return v
}

func (p *plan) append(b []byte, v reflect.Value) []byte {
	switch p.kind {
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Uint8:
		return append(b, byte(v.Uint()))
	case reflect.Uint16:
		return binary.LittleEndian.AppendUint16(b, uint16(v.Uint()))
	case reflect.Uint32:
		return binary.LittleEndian.AppendUint32(b, uint32(v.Uint()))
	case reflect.Uint64, reflect.Uint:
		return binary.LittleEndian.AppendUint64(b, v.Uint())
	case reflect.Int8:
		return append(b, byte(v.Int()))
	case reflect.Int16:
		return binary.LittleEndian.AppendUint16(b, uint16(v.Int()))
	case reflect.Int32:
		return binary.LittleEndian.AppendUint32(b, uint32(v.Int()))
	case reflect.Int64, reflect.Int:
		return binary.LittleEndian.AppendUint64(b, uint64(v.Int()))
	case reflect.String:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		return append(b, v.String()...)
	case reflect.Struct:
		for i, f := range p.fields {
			b = f.append(b, v.Field(i))
		}
		return b
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
	}
	return p.appendElems(b, v)
}

// appendElems writes the elements of an array or slice; the common slices of numbers without reflection.
func (p *plan) appendElems(b []byte, v reflect.Value) []byte {
	if v.CanAddr() || p.kind == reflect.Slice {
		s := v
		if p.kind == reflect.Array {
			s = v.Slice(0, v.Len())
		}
		if p.elem.kind == reflect.Uint8 {
			return append(b, s.Bytes()...)
		}
		switch s := s.Interface().(type) {
		case []uint16:
			for _, x := range s {
				b = binary.LittleEndian.AppendUint16(b, x)
			}
			return b
		case []uint32:
			for _, x := range s {
				b = binary.LittleEndian.AppendUint32(b, x)
			}
			return b
		case []uint64:
			for _, x := range s {
				b = binary.LittleEndian.AppendUint64(b, x)
			}
			return b
		}
	}
	for i := range v.Len() {
		b = p.elem.append(b, v.Index(i))
	}
	return b
}

// unshare replaces every slice within v by a copy.
func (p *plan) unshare(v reflect.Value) {
	if p.flat {
		return
	}
	switch p.kind {
	case reflect.Struct:
		for _, i := range p.deep {
			p.fields[i].unshare(v.Field(i))
		}
		return
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		v.Set(c)
	}
	p.unshareElems(v)
}

// unshareElems does so with the slices within the elements of an array or slice.
func (p *plan) unshareElems(v reflect.Value) {
	if p.elem.flat {
		return
	}
	for i := range v.Len() {
		p.elem.unshare(v.Index(i))
	}
}
