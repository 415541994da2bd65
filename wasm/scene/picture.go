package scene

import (
	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Picture is everything on the canvas: a stage with one diagram, others beside it as cards and badges, the console and the story.
type Picture struct {
	Model    *diagram.Model
	C        *ui.Context
	Embed    bool // little room, in somebody else's page: the stage alone where more does not fit
	Narrated bool // the page tells the story, in the place that the picture leaves empty for it

	def    diagram.Definition
	stage  diagram.Diagram
	kept   map[string]diagram.Diagram
	parts  []string // diagrams that the scene wants to see beside the stage
	beside beside
	scroll float32
	zoom   float32 // CSS pixels for one unit of the layout
	height float32 // of the window, in units of the layout
	width  float32 // of the window, in CSS pixels
	layout Layout

	sentHeight         float32
	sentRows, sentCols int
	sentMask           view.Mask
	sentShown          string
	sentStory          ui.Rect
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

// zoom returns how much larger everything is drawn in a window larger than the one the picture was designed for, and how
// much smaller in one that is not high enough for it.
func zoom(w, h float32) float32 {
	if w >= Wide && h < wideHeight {
		return max(leastZoom(w), h/wideHeight)
	}
	z := min(w/1440, h/618, 2)
	return max(1, float32(int(z*20))/20)
}

// leastZoom is how small a picture may be drawn where the window is not high enough.
func leastZoom(w float32) float32 {
	switch {
	case w >= 1240:
		return 0.89
	case w >= Wide:
		return 0.96
	}
	return 1
}

// Draw draws the picture into a window of w by h CSS pixels.
func (p *Picture) Draw(w, h, scale float32, now float64, in ui.Input) {
	z := zoom(w, h)
	p.width = w
	if p.Embed {
		z = p.embedZoom(w, h)
	}
	w, h, scale = w/z, h/z, scale*z
	p.zoom, p.height = z, h
	in.Pos.X, in.Pos.Y = in.Pos.X/z, in.Pos.Y/z
	c := p.C
	c.Begin(scale, now, in)
	if p.Model.Tell(now) {
		c.Moving = true
	}
	p.beside = p.chooseBeside()
	p.layout = Arrange(w, h, p.wants(w))
	if p.Embed && !roomy(w, h) {
		p.layout = p.alone(w, h)
	}
	p.scrollBy(h)
	window := ui.Rect{W: w, H: h}
	c.Fill(window, c.Theme.Paper)
	l := p.layout.moved(-p.scroll)
	p.Model.Begin()
	if l.Alone {
		diagram.DrawAlone(c, p.Model, p.def.ID, l.Stage)
	} else {
		p.stage.Draw(c, p.Model, l.Stage)
	}
	p.Model.PlaceDiagram(p.def.ID, l.Stage)
	p.drawBeside(&l)
	if l.Console.W > 0 {
		diagram.DrawConsole(c, p.Model, l.Console, false)
	}
	if l.Story.W > 0 && !p.Narrated {
		diagram.DrawStory(c, p.Model, l.Story)
	}
	diagram.DrawTrip(c, p.Model)
	c.End(window)
	p.tell()
}

// TakesWheel tells whether turning the wheel at a place of the window does something here: the lanes zoom, and a picture
// higher than its window scrolls. Elsewhere the page around the canvas should scroll.
func (p *Picture) TakesWheel(at ui.Point) bool {
	at.X, at.Y = at.X/p.zoom, at.Y/p.zoom
	r := p.stageLanes()
	r.Y -= p.scroll
	return r.Contains(at) || p.layout.Height > p.height
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
	if most > 0 && p.C.In.Wheel != 0 {
		p.scroll += p.C.In.Wheel * 40
	}
	p.scroll = max(0, min(p.scroll, most))
}

// moved returns the layout shifted down by dy.
func (l Layout) moved(dy float32) Layout {
	for _, r := range []*ui.Rect{&l.Stage, &l.Console, &l.Story} {
		r.Y += dy
	}
	for i := range l.Cards {
		l.Cards[i].Y += dy
	}
	for i := range l.Badges {
		l.Badges[i].Y += dy
	}
	return l
}

// tell asks the page for what follows from the layout: the height wanted, the terminal's size, the events to send.
func (p *Picture) tell() {
	if need := p.layout.Need * leastZoom(p.width); need != p.sentHeight {
		p.sentHeight = need
		p.C.Act(ui.Action{Kind: "height", N: float64(need)})
	}
	if p.layout.Console.W > 0 {
		p.tellTerm()
	}
	if m := p.Mask(); m != p.sentMask {
		p.sentMask = m
		p.C.Act(ui.Action{Kind: "mask", N: float64(m)})
	}
	p.tellShown()
	p.tellStory()
}

// tellStory says where the page may tell the story, in CSS pixels of the window; a rectangle without area: nowhere.
func (p *Picture) tellStory() {
	r := p.layout.Story
	r = ui.Rect{X: r.X * p.zoom, Y: (r.Y - p.scroll) * p.zoom, W: r.W * p.zoom, H: r.H * p.zoom}
	if r.W == 0 {
		r = ui.Rect{}
	}
	if r == p.sentStory {
		return
	}
	p.sentStory = r
	p.C.Act(ui.Action{Kind: "story", At: r})
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
