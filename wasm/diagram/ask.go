package diagram

import (
	"strings"

	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// A click on something that was written asks who wrote it, and a click on a character of the console what printed it. The page
// shows the answer.

func askWho(c *ui.Context, r ui.Rect, place, tip string) {
	hover, clicked := c.Click(r, tip)
	if hover {
		c.Outline(r, 3, 1, c.Theme.Ring3.Fade(0.6))
	}
	if clicked {
		c.Act(ui.Action{Kind: "who", Text: place})
	}
}

// askRegister explains what a register holds and asks what wrote it.
func askRegister(c *ui.Context, m *Model, name string, v uint64, r ui.Rect) {
	if !c.Over(r) {
		return
	}
	if strings.HasPrefix(name, "e") && name != "es" && name != "efer" {
		name = "r" + name[1:]
	}
	askWho(c, r, "register:"+name, registerTip(m, name, v)+" · click: what wrote it?")
}

// askEntry is for the entry of a walk at a level, counted from the root.
func askEntry(c *ui.Context, w *view.Walk, level int, r ui.Rect) {
	n := len(w.Plan) - level
	if level >= len(w.Levels) || w.Levels[level].Reg || n < 1 {
		return
	}
	askWho(c, r, "entry:"+itoa(n)+":"+hex(w.VA, 1), "click to see what wrote this entry last")
}

func askFrame(c *ui.Context, frame uint32, r ui.Rect) {
	askWho(c, r, "frame:"+hex(uint64(frame), 1), "click to see what wrote into this frame last")
}

// askCell asks what printed a character; an empty place was printed by nobody.
func askCell(c *ui.Context, cell *view.Cell, r ui.Rect) {
	if cell.At != 0 && c.In.Clicked && c.In.Inside && r.Contains(c.In.Pos) {
		c.Act(ui.Action{Kind: "printed", N: float64(cell.At)})
	}
}
