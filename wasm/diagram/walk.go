package diagram

import "vitrine/wasm/ui"

var Walk = Definition{ID: IDWalk, Title: "Walk", New: func() Diagram { return &walkDiagram{} }}

type walkDiagram struct{}

func (d *walkDiagram) Height(*Model, float32) float32          { return 600 }
func (d *walkDiagram) Draw(c *ui.Context, m *Model, r ui.Rect) { c.Card(r) }
