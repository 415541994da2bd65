package state

import (
	"encoding/binary"
	"errors"
	"reflect"
)

// decoder eats b. After the first error it only yields zeros.
type decoder struct {
	b   []byte
	err error
}

var (
	errTruncated = errors.New("state: the input ends too early")
	errLength    = errors.New("state: a length is larger than the input")
	errForm      = errors.New("state: not the one encoding of a value")
)

func (d *decoder) take(n int) []byte {
	if d.err == nil && n > len(d.b) {
		d.err = errTruncated
	}
	if d.err != nil {
		return make([]byte, min(n, 8))
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

// length reads how many elements of at least size bytes follow. It never exceeds what the input can hold, so a
// hostile length allocates nothing.
func (d *decoder) length(size int) int {
	if d.err != nil {
		return 0
	}
	n, k := binary.Uvarint(d.b)
	switch {
	case k == 0:
		d.err = errTruncated
	case k < 0 || k > 1 && d.b[k-1] == 0:
		d.err = errForm
	case n > uint64((len(d.b)-k)/size):
		d.err = errLength
	}
	if d.err != nil {
		return 0
	}
	d.b = d.b[k:]
	return int(n)
}

func (p *plan) decode(d *decoder, v reflect.Value) {
	if d.err != nil {
		return
	}
	switch p.kind {
	case reflect.Bool:
		b := d.take(1)[0]
		if b > 1 && d.err == nil {
			d.err = errForm
		}
		v.SetBool(b == 1)
	case reflect.Uint8:
		v.SetUint(uint64(d.take(1)[0]))
	case reflect.Uint16:
		v.SetUint(uint64(binary.LittleEndian.Uint16(d.take(2))))
	case reflect.Uint32:
		v.SetUint(uint64(binary.LittleEndian.Uint32(d.take(4))))
	case reflect.Uint64, reflect.Uint:
		v.SetUint(binary.LittleEndian.Uint64(d.take(8)))
	case reflect.Int8:
		v.SetInt(int64(int8(d.take(1)[0])))
	case reflect.Int16:
		v.SetInt(int64(int16(binary.LittleEndian.Uint16(d.take(2)))))
	case reflect.Int32:
		v.SetInt(int64(int32(binary.LittleEndian.Uint32(d.take(4)))))
	case reflect.Int64, reflect.Int:
		v.SetInt(int64(binary.LittleEndian.Uint64(d.take(8))))
	case reflect.String:
		v.SetString(string(d.take(d.length(1))))
	case reflect.Struct:
		for i, f := range p.fields {
			f.decode(d, v.Field(i))
		}
	case reflect.Slice:
		n := d.length(p.elem.least)
		if n == 0 {
			v.SetZero()
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		p.decodeElems(d, v)
	case reflect.Array:
		p.decodeElems(d, v.Slice(0, v.Len()))
	}
}

// decodeElems fills a slice of the right length.
func (p *plan) decodeElems(d *decoder, s reflect.Value) {
	n := s.Len()
	if p.elem.kind == reflect.Uint8 {
		copy(s.Bytes(), d.take(n))
		return
	}
	switch s := s.Interface().(type) {
	case []uint32:
		if raw := d.take(4 * n); d.err == nil {
			for i := range s {
				s[i] = binary.LittleEndian.Uint32(raw[4*i:])
			}
		}
		return
	case []uint64:
		if raw := d.take(8 * n); d.err == nil {
			for i := range s {
				s[i] = binary.LittleEndian.Uint64(raw[8*i:])
			}
		}
		return
	}
	for i := range n {
		p.elem.decode(d, s.Index(i))
	}
}
