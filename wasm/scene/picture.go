package scene

import (
	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Picture is everything on the canvas: a stage with one diagram, the CPU beside it, the console, the story and the lanes.
type Picture struct {
	Model *diagram.Model
	C     *ui.Context

	def    diagram.Definition
	stage  diagram.Diagram
	kept   map[string]diagram.Diagram
	scroll float32
	zoom   float32 // CSS pixels for one unit of the layout
	height float32 // of the window
	layout Layout

	sentHeight         float32
	sentRows, sentCols int
	sentMask           view.Mask
}

// New returns a picture with the first diagram on stage.
func New(c *ui.Context) *Picture {
	p := &Picture{Model: diagram.NewModel(), C: c, kept: map[string]diagram.Diagram{}}
	p.SetStage(diagram.All[0].ID)
	return p
}

// Stage returns the ID of the diagram on stage.
func (p *Picture) Stage() string { return p.def.ID }

// SetStage brings a diagram on stage.
func (p *Picture) SetStage(id string) {
	d := diagram.ByID(id)
	if p.def.ID == d.ID {
		return
	}
	p.def = d
	if p.kept[d.ID] == nil {
		p.kept[d.ID] = d.New()
	}
	p.stage = p.kept[d.ID]
	p.scroll = 0
}

// Mask returns the kinds of events that the picture draws now.
func (p *Picture) Mask() view.Mask { return view.Needs | p.def.Needs }

// zoom returns how much larger everything is drawn in a window larger than the one the picture was designed for.
func zoom(w, h float32) float32 {
	z := min(w/1440, h/770, 2)
	return max(1, float32(int(z*20))/20)
}

// Draw draws the picture into a window of w by h CSS pixels.
func (p *Picture) Draw(w, h, scale float32, now float64, in ui.Input) {
	z := zoom(w, h)
	w, h, scale = w/z, h/z, scale*z
	p.zoom, p.height = z, h
	in.Pos.X, in.Pos.Y = in.Pos.X/z, in.Pos.Y/z
	c := p.C
	c.Begin(scale, now, in)
	if p.Model.Tell(now) {
		c.Moving = true
	}
	onConsole := p.def.ID == diagram.IDConsole
	inner := w - 20
	lanes := diagram.LaneHeight(laneRows(w))
	if p.def.Lanes {
		lanes = 0
	}
	p.layout = Arrange(w, h, p.def.Side, onConsole, p.stage.Height(p.Model, inner), lanes)
	p.scrollBy(h)
	window := ui.Rect{W: w, H: h}
	c.Fill(window, c.Theme.Paper)
	l := p.layout.moved(-p.scroll)
	if l.Side.W > 0 {
		diagram.DrawSide(c, p.Model, l.Side)
	}
	p.stage.Draw(c, p.Model, l.Stage)
	if l.Console.W > 0 {
		diagram.DrawConsole(c, p.Model, l.Console, false)
	}
	diagram.DrawStory(c, p.Model, l.Story)
	if l.Lanes.H > 0 {
		diagram.DrawLanes(c, p.Model, l.Lanes)
	}
	c.End(window)
	p.tell()
}

// laneRows is how many tasks the strip has room for. It does not follow their number: the layout stays put.
func laneRows(w float32) int {
	if w < Medium {
		return 3
	}
	return 4
}

// TakesWheel tells whether turning the wheel at a place of the window does something here: the lanes zoom, and a picture
// higher than its window scrolls. Elsewhere the page around the canvas should scroll.
func (p *Picture) TakesWheel(at ui.Point) bool {
	at.X, at.Y = at.X/p.zoom, at.Y/p.zoom
	for _, r := range []ui.Rect{p.layout.Lanes, p.stageLanes()} {
		r.Y -= p.scroll
		if r.Contains(at) {
			return true
		}
	}
	return p.layout.Height > p.height
}

// stageLanes is the area of a stage that draws lanes itself.
func (p *Picture) stageLanes() ui.Rect {
	if !p.def.Lanes {
		return ui.Rect{}
	}
	_, r := p.layout.Stage.CutTop(p.layout.Stage.H*0.4, 0)
	return r
}

// scrollBy moves the picture when it is higher than the window.
func (p *Picture) scrollBy(h float32) {
	most := max(0, p.layout.Height-h)
	if most > 0 && p.C.In.Wheel != 0 && !p.layout.moved(-p.scroll).Lanes.Contains(p.C.In.Pos) {
		p.scroll += p.C.In.Wheel * 40
	}
	p.scroll = max(0, min(p.scroll, most))
}

// moved returns the layout shifted down by dy.
func (l Layout) moved(dy float32) Layout {
	for _, r := range []*ui.Rect{&l.Side, &l.Stage, &l.Console, &l.Story, &l.Lanes} {
		r.Y += dy
	}
	return l
}

// tell asks the page for what follows from the layout: the height wanted, the terminal's size, the events to send.
func (p *Picture) tell() {
	if p.layout.Need != p.sentHeight {
		p.sentHeight = p.layout.Need
		p.C.Act(ui.Action{Kind: "height", N: float64(p.layout.Need)})
	}
	if p.layout.Console.W > 0 {
		p.tellTerm()
	}
	if m := p.Mask(); m != p.sentMask {
		p.sentMask = m
		p.C.Act(ui.Action{Kind: "mask", N: float64(m)})
	}
}

// tellTerm asks for a terminal that fits the console. On stage the console shows the same cells, only larger: looking
// changes nothing in the machine.
func (p *Picture) tellTerm() {
	rows, cols := diagram.TermGrid(p.layout.Console)
	if rows == p.sentRows && cols == p.sentCols {
		return
	}
	p.sentRows, p.sentCols = rows, cols
	p.C.Act(ui.Action{Kind: "resize", Rows: rows, Cols: cols})
}
