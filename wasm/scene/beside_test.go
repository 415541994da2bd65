package scene

import (
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
)

// TestShown: what the machine is told to read is what is on the canvas, and the place of the story lies beside the stage.
func TestShown(t *testing.T) {
	p := newPicture()
	said := func(kind string) (last ui.Action) {
		for _, a := range p.C.Actions {
			if a.Kind == kind {
				last = a
			}
		}
		return last
	}
	p.SetStage(diagram.IDCow)
	p.SetParts([]string{diagram.IDWalk, "nonsense", diagram.IDTime, diagram.IDRings})
	p.Draw(1440, 620, 1, 1000, ui.Input{})
	if got, want := said("shown").Text, "cow,walk,time|"; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("shown is %q, want %q…", got, want)
	}
	at := said("story").At
	if at.X < p.layout.Stage.Right() || at.W < 300 || at.H < 200 || at.Bottom() > 620 {
		t.Errorf("the story's place is %v", at)
	}
	full := len(p.C.V)
	p.Narrated = true
	p.Draw(1440, 620, 1, 1000, ui.Input{})
	if len(p.C.V) >= full {
		t.Error("the page tells the story, and so does the picture")
	}
	if said("story").Kind != "" || said("shown").Kind != "" {
		t.Error("what has not changed is told again")
	}
	p.Draw(390, 700, 1, 1000, ui.Input{})
	if at := said("story").At; said("story").Kind == "" || at.W != 0 {
		t.Errorf("in a column the story has a place: %v", at)
	}
	p.SetStage(diagram.IDWalk)
	p.SetParts(nil)
	p.Draw(1440, 620, 1, 1000, ui.Input{})
	if got, want := said("shown").Text, "walk,instructions|"; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("without parts, shown is %q, want %q…", got, want)
	}
	for stage, want := range map[string]string{ // one part does not fill the column
		diagram.IDCow: "cow,walk,memory|", diagram.IDMemory: "memory,walk,processes|", diagram.IDMachine: "machine,walk,time|",
	} {
		p.SetStage(stage)
		p.SetParts([]string{diagram.IDWalk})
		p.Draw(1440, 620, 1, 1000, ui.Input{})
		if got := said("shown").Text; len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("with one part, shown is %q, want %q…", got, want)
		}
	}
}
