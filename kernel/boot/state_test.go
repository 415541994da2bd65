package boot

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"vitrine/engine/cpu"
	"vitrine/engine/dev"
	"vitrine/engine/state"
	"vitrine/engine/state/statetest"
)

// TestSchema: whatever changes the state of a computer shows in review, and a type that is not plain data does not
// pass at all (state.Schema refuses it).
func TestSchema(t *testing.T) {
	statetest.Golden(t, "testdata/schema.golden", anyComputer(t).states()...)
}

func anyComputer(t *testing.T) *Computer {
	t.Helper()
	c, err := New(Options{RAM: MinRAM, Disk: dev.Image(make([]byte, 1<<20))})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEverythingIsState goes from the Computer to every component that it is wired to. Each State found on the way must
// be part of the snapshot, and what a component holds outside of its State is listed in testdata/wiring.golden: a field
// that is added there must be wiring, or a cache that may be dropped at any moment.
func TestEverythingIsState(t *testing.T) {
	c := anyComputer(t)
	w := walker{saved: state.Schema(c.states()...)}
	w.walk(reflect.ValueOf(c))
	for _, name := range w.states {
		if !strings.Contains(w.saved, name+" {") {
			t.Errorf("%s is in no snapshot", name)
		}
	}
	if len(w.states) < 12 {
		t.Errorf("only %v found", w.states)
	}
	slices.Sort(w.wiring)
	statetest.GoldenText(t, "testdata/wiring.golden", strings.Join(w.wiring, ""))
}

// walker collects what can be reached from a computer.
type walker struct {
	saved  string // the schema of all that a snapshot holds
	states []string
	wiring []string
	seen   []reflect.Type
}

func (w *walker) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			w.walk(v.Elem())
		}
	case reflect.Array, reflect.Slice:
		if k := v.Type().Elem().Kind(); k != reflect.Struct && k != reflect.Pointer && k != reflect.Interface {
			return
		}
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	case reflect.Struct:
		w.component(v)
	}
}

// component notes a State, or goes into a struct of ours. Of the CPU it looks at the State only: all else is caches and
// what is under way within a Run, and TestEqualRuns drops that at odd moments.
func (w *walker) component(v reflect.Value) {
	t := v.Type()
	if !strings.HasPrefix(t.PkgPath(), "vitrine/") || slices.Contains(w.seen, t) {
		return
	}
	w.seen = append(w.seen, t)
	if strings.HasSuffix(t.Name(), "State") {
		w.states = append(w.states, t.String())
		return
	}
	if t == reflect.TypeFor[cpu.CPU]() {
		w.walk(v.FieldByName("S"))
		return
	}
	var fields []string
	for i := range t.NumField() {
		f := t.Field(i)
		if w.walk(v.Field(i)); !strings.HasSuffix(f.Type.Name(), "State") {
			fields = append(fields, fmt.Sprintf("%s %s", f.Name, f.Type))
		}
	}
	w.wiring = append(w.wiring, fmt.Sprintf("%s: %s\n", t, strings.Join(fields, "; ")))
}
