package scene

import (
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// randomExec is an execve that no kernel would tell of, as a damaged batch could have it.
func randomExec(r *rand.Rand) view.Exec {
	v, _ := quick.Value(reflect.TypeFor[view.Exec](), r)
	e := v.Interface().(view.Exec)
	e.Valid = true
	if r.Intn(3) > 0 {
		e.Errno = ""
	}
	for i := range e.Levels {
		copy(e.Levels[i].Buf, "\x7fELF\x02")
	}
	return e
}

// TestExecAnything: whatever an execve was, it is drawn in all sizes, and can be pointed at and clicked everywhere.
func TestExecAnything(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	p := New(ui.NewContext(ui.NewFonts(ui.Fixed{}, 1024, 1024)))
	now := 0.0
	for range 60 {
		f := view.Frame{Exec: randomExec(random)}
		p.Model.Add(&view.Batch{Frame: f, Events: []view.Event{{Kind: view.KindExec}}}, now)
		for _, size := range [][2]float32{{1440, 640}, {1024, 700}, {390, 1600}} {
			for _, stage := range []string{diagram.IDExec, diagram.IDMachine} {
				p.SetStage(stage)
				for range 3 {
					at := ui.Point{X: random.Float32() * size[0], Y: random.Float32() * size[1]}
					p.Draw(size[0], size[1], 1, now, ui.Input{Pos: at, Inside: true, Clicked: true})
					now += 90
				}
			}
		}
		view.MakeTwin(&f)
	}
}
