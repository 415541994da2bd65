package scene

import (
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// clicks returns what clicking on any place of a stage asks for.
func clicks(t *testing.T, stage string, f *view.Frame) map[ui.Action]bool {
	t.Helper()
	p := newPicture()
	p.C.Reduced = true
	p.SetStage(stage)
	p.Model.Add(&view.Batch{Frame: *f}, 1)
	asked := map[ui.Action]bool{}
	for x := float32(60); x < 1000; x += 60 {
		for y := float32(20); y < 600; y += 11 {
			p.Draw(1440, 620, 1, 1000, ui.Input{Inside: true, Clicked: true, Pos: ui.Point{X: x, Y: y}})
			for _, a := range p.C.Actions {
				asked[a] = true
			}
			p.SetStage(stage)
		}
	}
	return asked
}

// TestBootClicks: each stage and each step that has been reached leads to its moment.
func TestBootClicks(t *testing.T) {
	f := &view.Frame{Now: 900, Boot: []view.BootStage{{Name: "reset vector", Done: true}, {Name: "boot sector", Done: true, At: 100}, {Name: "protected mode", Done: true, At: 200},
		{Name: "long mode", Done: true, At: 300}, {Name: "start_kernel", Done: true, Now: true, At: 400}, {Name: "root"}, {Name: "init", At: 999}}}
	f.Start = view.Startup{Known: true, Steps: []view.BootStep{{Name: "setup_arch", Done: true, At: 450}, {Name: "trap_init", At: 998}}, Log: []view.LogLine{{Text: "line", At: 470, Timed: true}}}
	asked := clicks(t, diagram.IDBoot, f)
	for _, at := range []float64{0, 100, 200, 300, 400, 450, 470} {
		if !asked[ui.Action{Kind: "seek", N: at}] {
			t.Errorf("nothing leads to %v", at)
		}
	}
	if asked[ui.Action{Kind: "seek", N: 998}] || asked[ui.Action{Kind: "seek", N: 999}] {
		t.Error("a click leads to what has not happened")
	}
}

// TestProcessClicks: each task leads to its memory, in a tree of few and in a list of many.
func TestProcessClicks(t *testing.T) {
	for _, n := range []int{1, 5, 40} {
		f := &view.Frame{Procs: view.Processes{Known: true}}
		for i := range n {
			f.Procs.List = append(f.Procs.List, view.Process{PID: i + 1, PPID: min(i, 2), TGID: i + 1, Comm: "task", Letter: "S", Link: -1})
		}
		asked := clicks(t, diagram.IDProcesses, f)
		for i := range n {
			if !asked[ui.Action{Kind: "space", N: float64(i + 1)}] {
				t.Errorf("of %d tasks pid %d cannot be clicked", n, i+1)
			}
		}
	}
}
