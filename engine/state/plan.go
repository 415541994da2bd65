package state

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// plan is a type taken apart, so that a slice of many elements asks reflection about them once.
type plan struct {
	kind   reflect.Kind
	least  int  // bytes that a value has at least when encoded
	flat   bool // no slice inside
	elem   *plan
	fields []*plan
	deep   []int // fields with slices inside
}

// planOf takes a type apart; a type that is not plain data is a bug.
func planOf(t reflect.Type) *plan { return planAt(t, t.String(), nil) }

func planAt(t reflect.Type, path string, outer []reflect.Type) *plan {
	p := &plan{kind: t.Kind(), flat: true}
	switch t.Kind() {
	case reflect.Bool, reflect.Uint8, reflect.Int8, reflect.Uint16, reflect.Int16,
		reflect.Uint32, reflect.Int32, reflect.Uint64, reflect.Int64:
		p.least = int(t.Size())
	case reflect.Int, reflect.Uint:
		p.least = 8
	case reflect.String:
		p.least = 1
	case reflect.Array:
		p.elem = planAt(t.Elem(), path+"[]", outer)
		p.least, p.flat = t.Len()*p.elem.least, p.elem.flat
	case reflect.Slice:
		if slices.Contains(outer, t) {
			panic(fmt.Sprintf("BUG: state: %s contains itself", path))
		}
		p.elem = planAt(t.Elem(), path+"[]", append(outer, t))
		if p.elem.least == 0 {
			panic(fmt.Sprintf("BUG: state: elements of %s have no size", path))
		}
		p.least, p.flat = 1, false
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				panic(fmt.Sprintf("BUG: state: %s.%s is not exported", path, f.Name))
			}
			q := planAt(f.Type, path+"."+f.Name, outer)
			p.fields = append(p.fields, q)
			if !q.flat {
				p.deep = append(p.deep, i)
			}
			p.least += q.least
			p.flat = p.flat && q.flat
		}
	default:
		panic(fmt.Sprintf("BUG: state: %s has a %s, which is not plain data", path, t))
	}
	return p
}

// Schema describes the types of the values, or of what they point to, and every struct within, one line each, in the
// order in which they are met. It changes whenever the encoding does, and when a field is renamed.
func Schema(values ...any) string {
	var b strings.Builder
	var seen []reflect.Type
	for _, v := range values {
		t := reflect.TypeOf(v)
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		planOf(t)
		if t.Kind() != reflect.Struct {
			fmt.Fprintf(&b, "%s\n", underlying(t))
		}
		describe(&b, t, &seen)
	}
	return b.String()
}

func describe(b *strings.Builder, t reflect.Type, seen *[]reflect.Type) {
	switch t.Kind() {
	case reflect.Array, reflect.Slice:
		describe(b, t.Elem(), seen)
		return
	case reflect.Struct:
	default:
		return
	}
	if slices.Contains(*seen, t) {
		return
	}
	*seen = append(*seen, t)
	fmt.Fprintf(b, "%s {", t)
	for i := range t.NumField() {
		f := t.Field(i)
		fmt.Fprintf(b, " %s %s;", f.Name, underlying(f.Type))
	}
	b.WriteString(" }\n")
	for i := range t.NumField() {
		describe(b, t.Field(i).Type, seen)
	}
}

// underlying spells a type so that a change of a named number's size shows.
func underlying(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), underlying(t.Elem()))
	case reflect.Slice:
		return "[]" + underlying(t.Elem())
	case reflect.Struct:
		return t.String()
	}
	if t.String() == t.Kind().String() {
		return t.String()
	}
	return fmt.Sprintf("%s(%s)", t, t.Kind())
}

// Fingerprint is a hash of the Schema: two builds with the same fingerprint understand each other's bytes.
func Fingerprint(values ...any) uint64 { return xxhash.Sum64String(Schema(values...)) }
