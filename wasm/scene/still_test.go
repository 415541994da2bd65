package scene

import (
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
)

// TestStill: while nothing changes nothing is drawn again. Every stage comes to rest after the last batch, and draws the very same
// picture then, wherever the pointer rests on empty ground.
func TestStill(t *testing.T) {
	p := newPicture()
	r := random(7)
	for i := range 6 {
		b := r.batch()
		b.Frame.Running = i < 5
		p.Model.Add(b, 1000)
	}
	var on ui.Kept
	now := 1000.0
	for _, d := range diagram.All {
		p.SetStage(d.ID)
		draw := func(in ui.Input) bool {
			p.Draw(1440, 620, 1, now, in)
			same := on.Same(p.C.Painter)
			now += 1000.0 / 60
			return same
		}
		pictures := 0
		for draw(ui.Input{}); p.C.Moving; draw(ui.Input{}) {
			if pictures++; pictures > 600 {
				t.Fatalf("%s: ten seconds after the last batch something still moves", d.ID)
			}
		}
		if pictures == 0 && d.ID == diagram.IDMachine {
			t.Error("a batch with events moved nothing")
		}
		now += 60_000
		for range 3 {
			if same := draw(ui.Input{Inside: true, Pos: ui.Point{X: 4, Y: 4}}); !same || p.C.Moving {
				t.Errorf("%s: nothing has changed, but another picture is drawn (same %v, moving %v)", d.ID, same, p.C.Moving)
			}
		}
		p.Model.Add(r.batch(), now)
		if draw(ui.Input{}) {
			t.Errorf("%s: what has changed is not drawn", d.ID)
		}
	}
}
