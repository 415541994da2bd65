package diagram

import "vitrine/wasm/ui"

var Cow = Definition{ID: IDCow, Title: "Cow", New: func() Diagram { return &cowDiagram{} }}

type cowDiagram struct{}

func (d *cowDiagram) Height(*Model, float32) float32          { return 600 }
func (d *cowDiagram) Draw(c *ui.Context, m *Model, r ui.Rect) { c.Card(r) }
