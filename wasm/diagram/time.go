package diagram

import "vitrine/wasm/ui"

var Time = Definition{ID: IDTime, Title: "Time", New: func() Diagram { return &timeDiagram{} }}

type timeDiagram struct{}

func (d *timeDiagram) Height(*Model, float32) float32          { return 600 }
func (d *timeDiagram) Draw(c *ui.Context, m *Model, r ui.Rect) { c.Card(r) }
