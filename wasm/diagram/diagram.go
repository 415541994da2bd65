// Package diagram draws the computer: one definition for each diagram, one file for each part. Everything drawn is read
// from a view.Frame and a view.History; nothing is made up for the picture.
package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// The diagrams' IDs, as links and the page name them.
const (
	IDMachine      = "machine"
	IDInstructions = "instructions"
	IDRings        = "rings"
	IDTime         = "time"
	IDWalk         = "walk"
	IDMemory       = "memory"
	IDCow          = "cow"
	IDExec         = "exec"
	IDBoot         = "boot"
	IDProcesses    = "processes"
	IDConsole      = "console"
)

// Definition is one diagram: everything else (menus, keys, the mask of events) derives from it.
type Definition struct {
	ID    string
	Title string
	Needs view.Mask // kinds of events it draws, beyond those of the history
	Side  bool      // shows the CPU beside it
	Lanes bool      // draws the lanes of time itself
	Slow  Slow
	New   func() Diagram

	// Card and Badge draw it small, into what the frame and the title leave of about 284 by 190 and of 132 by 44 CSS pixels.
	Card, Badge func(c *ui.Context, m *Model, r ui.Rect)
}

// Slow is what a diagram is about: at full speed the machine is held for a moment at each such event, so that it can be
// seen. The reader can switch that off.
type Slow struct {
	What  string // in the reader's words, in the plural
	Kinds view.Mask
	Ms    int // how long
}

// Diagram is a diagram on stage. It may keep where animations are, never what the machine holds.
type Diagram interface {
	// Draw draws into r.
	Draw(c *ui.Context, m *Model, r ui.Rect)
	// Height returns how high it wants to be at width w when the page can scroll.
	Height(m *Model, w float32) float32
}

// All lists the diagrams in the order of the menu.
var All = []Definition{Machine, Instructions, Rings, Time, Walk, Memory, Cow, Exec, Boot, Processes, Console}

// ByID returns the diagram with the given ID, or the first.
func ByID(id string) Definition {
	if id == "frames" { // its name in older links
		id = IDMemory
	}
	for _, d := range All {
		if d.ID == id {
			return d
		}
	}
	return All[0]
}

// Model is what diagrams draw: the newest frame, the recent past, and when (in host time) things were last seen to happen,
// so that motion can start there.
type Model struct {
	F        *view.Frame
	H        view.History
	Story    view.Story             // the one told now
	Seen     [view.NumKinds]float64 // host milliseconds when an event of the kind last arrived
	Event    [view.NumKinds]view.Event
	Span     uint64 // virtual time the lanes show
	Keyboard bool   // what is typed goes to the console

	storyAt float64
	trip    trip
	spots   [numSpots]ui.Rect           // where parts are drawn in this picture
	ways    [numSpots][numSpots]ui.Path // where something goes between them, if not straight
	batch   [2]view.Batch
	which   int
}

// NewModel returns a model of a machine that has sent nothing yet.
func NewModel() *Model { return &Model{F: &view.Frame{}, Span: 40 * perMilli} }

// tellFor is how long a story stays while the machine runs, in host milliseconds.
const tellFor = 1800

// Take decodes one batch at host time now.
func (m *Model) Take(p []byte, now float64) error {
	b := &m.batch[m.which]
	*b = view.Batch{}
	if err := b.Decode(p); err != nil {
		return err
	}
	m.which = 1 - m.which
	m.Add(b, now)
	return nil
}

// Add takes in a batch at host time now.
func (m *Model) Add(b *view.Batch, now float64) {
	before := m.F
	m.F = &b.Frame
	m.H.Add(b)
	for i := range b.Events {
		if e := &b.Events[i]; e.Kind < view.NumKinds {
			m.Seen[e.Kind], m.Event[e.Kind] = now, *e
			m.travels(e, now)
		}
	}
	m.fetched(before, now)
}

// Begin forgets where parts were drawn.
func (m *Model) Begin() { m.spots, m.ways = [numSpots]ui.Rect{}, [numSpots][numSpots]ui.Path{} }

// quick is the speed, in instructions per second, above which only stories that are over are told.
const quick = 20_000

// Tell chooses the story to tell at host time now. While the machine runs, one stays long enough to be read; waiting
// tells that a newer one follows when its time is over.
func (m *Model) Tell(now float64) (waiting bool) {
	s := &m.H.Stories
	next := s.Current
	if next.End == 0 && m.F.Running && m.F.Rate > quick || next.Kind == view.StoryNone || m.F.CPU.Halted {
		next = s.Ended
	}
	if next == m.Story || next.Kind == view.StoryNone {
		return false
	}
	if m.F.Running && now < m.storyAt+tellFor && next.Start != m.Story.Start {
		return true
	}
	if next.Start != m.Story.Start {
		m.storyAt = now
	}
	m.Story = next
	return false
}

// task returns the task with the given PID, nil when there is none.
func (m *Model) task(pid int) *view.Task {
	for i := range m.F.Kernel.Tasks {
		if m.F.Kernel.Tasks[i].PID == pid {
			return &m.F.Kernel.Tasks[i]
		}
	}
	return nil
}

// heading draws the title and lead of a diagram and returns what is left of r below.
func heading(c *ui.Context, r ui.Rect, title, lead string) ui.Rect {
	c.Text(r.X+20, r.Y+30, ui.Title, c.Theme.Ink, c.Fit(ui.Title, title, r.W-40))
	y := c.Para(r.X+20, r.Y+50, r.W-40, 17, 3, ui.Lead, c.Theme.Ink2, lead)
	used := y - 17 + 14 - r.Y
	return ui.Rect{X: r.X + 20, Y: r.Y + used, W: r.W - 40, H: r.H - used - 20}
}

// story draws the steps of the told story, if there is one, and returns what is left of r.
func story(c *ui.Context, r ui.Rect, steps []view.Step) ui.Rect {
	_, rest := r.CutTop(26, 18)
	if len(steps) == 0 {
		return rest
	}
	s := make([]ui.Step, len(steps))
	for i, st := range steps {
		s[i] = ui.Step(st)
	}
	c.Steps(r.X, r.Y, r.W, s)
	return rest
}

// toStage asks for a diagram when r is clicked, and marks that it can be.
func toStage(c *ui.Context, r ui.Rect, id, tip string) bool {
	hover, clicked := c.Click(r, "")
	if clicked {
		c.Act(ui.Action{Kind: "stage", Text: id})
	}
	if hover && tip != "" {
		c.Hover(ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 26}, tip)
	}
	return hover
}

// part draws a part's card; hot marks the one where something happens now.
func part(c *ui.Context, r ui.Rect, id, title string, hot float32) {
	t := c.Theme
	hover := toStage(c, r, id, "click to bring "+title+" on stage")
	c.Round(r, 8, t.Card)
	edge := t.Line
	if hover {
		edge = t.Ink3
	}
	c.Outline(r, 8, 1, edge)
	if hot > 0 {
		c.Outline(r, 8, 1.6, t.Ring0.Fade(hot))
	}
}
