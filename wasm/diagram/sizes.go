package diagram

import (
	"vitrine/wasm/ui"
)

// The sizes that cards and badges are made for, in CSS pixels. A card may be higher.
const (
	CardW, CardH   = 284, 190
	BadgeW, BadgeH = 132, 44
	// CPUHeight is from where on the CPU's card has room for its registers.
	CPUHeight = 480
)

// DrawCard draws a diagram as a card that brings it on stage.
func DrawCard(c *ui.Context, m *Model, id string, r ui.Rect) {
	d := ByID(id)
	m.PlaceDiagram(id, r)
	if d.ID == IDInstructions && r.H >= CPUHeight {
		DrawSide(c, m, r)
		return
	}
	raised(c, r, d, 8)
	inCard(c, m, d, r)
}

// DrawAlone draws a diagram as a card that stands for the stage, where there is no room for one.
func DrawAlone(c *ui.Context, m *Model, id string, r ui.Rect) {
	c.Card(r)
	inCard(c, m, ByID(id), r)
}

func inCard(c *ui.Context, m *Model, d Definition, r ui.Rect) {
	c.TextFit(r.X+16, r.Y+26, r.W-32, ui.Head, c.Theme.Ink, d.Title)
	if d.Card == nil {
		return
	}
	in := ui.Rect{X: r.X + 16, Y: r.Y + 38, W: r.W - 32, H: r.H - 50}
	c.Clip(r)
	d.Card(c, m, in)
	c.Unclip()
}

// DrawBadge draws a diagram as a badge that brings it on stage.
func DrawBadge(c *ui.Context, m *Model, id string, r ui.Rect) {
	d := ByID(id)
	m.PlaceDiagram(id, r)
	raised(c, r, d, 7)
	c.TextFit(r.X+10, r.Y+16, r.W-20, ui.Small, c.Theme.Ink3, d.Title)
	if d.Badge == nil {
		return
	}
	c.Clip(r)
	d.Badge(c, m, ui.Rect{X: r.X + 10, Y: r.Y + 21, W: r.W - 20, H: r.H - 26})
	c.Unclip()
}

// raised draws the ground of a card that can be clicked.
func raised(c *ui.Context, r ui.Rect, d Definition, radius float32) {
	hover, clicked := c.Click(r, "")
	if clicked {
		c.Act(ui.Action{Kind: "stage", Text: d.ID})
	}
	edge := c.Theme.Line
	if hover {
		edge = c.Theme.Ink3
		c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: min(r.H, 34)}, "click to bring "+d.Title+" on stage")
	}
	c.Frame(r, radius, 1, c.Theme.Card, edge)
}
