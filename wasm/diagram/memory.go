package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// Memory is the diagram of physical memory between two address spaces: who has which frame, what is in a file's cache, what in
// swap, and how room is made.
var Memory = Definition{
	ID: IDMemory, Title: "Memory", Needs: view.MaskOf(view.KindPageFault, view.KindCOW, view.KindSwapIn, view.KindSwapOut, view.KindReclaim),
	Slow: Slow{What: "page faults", Kinds: view.MaskOf(view.KindException, view.KindPageFault), Ms: 120},
	New:  func() Diagram { return &memory{lit: map[int]float64{}} },
	Card: memoryCard, Badge: memoryBadge,
}

// memory remembers when (in host time) squares were last seen written, for their glow, and what the reader looks at.
type memory struct {
	lit map[int]float64 // by the first frame of 2^shift
	seq uint64

	pid    int    // whose area the reader has chosen, 0 none
	area   uint64 // where it begins
	closer int    // how often the reader has zoomed into the mosaic
	middle int    // and the frame around which

	mosaic  ui.Rect
	grid    grid
	first   int  // frame in the first square
	focus   spot // the page that is told of
	over    int  // the frame under the pointer, -1 none
	boxes   []areaBox
	stacked bool // the address spaces lie above and below the frames, not beside them
	slots   []slotBox
}

// Height implements Diagram.
func (d *memory) Height(m *Model, w float32) float32 {
	switch {
	case w >= 640:
		return 600
	case !m.F.Memory.Known:
		return 1000
	}
	h := 930 + cacheHeight(m)
	for i := range m.F.Memory.Spaces {
		h += spaceHeight(&m.F.Memory.Spaces[i]) + 18
	}
	return h
}

// spaceHeight is how high an address space would like to be in a column.
func spaceHeight(s *view.Space) float32 {
	return 40 + min(290, max(120, 34*float32(len(s.Areas))))
}

// memoryBand is the height of the boxes below.
const memoryBand = 188

// Draw implements Diagram.
func (d *memory) Draw(c *ui.Context, m *Model, r ui.Rect) {
	c.Card(r)
	rest := heading(c, r, "Memory, frame by frame", memoryLead(m))
	ram := &m.F.RAM
	if ram.Frames == 0 || len(ram.Uses) == 0 {
		c.Text(rest.X, rest.Y+20, ui.Body, c.Theme.Ink2, "Nothing is known of the memory yet.")
		return
	}
	d.boxes, d.slots, d.focus, d.over = d.boxes[:0], d.slots[:0], spot{}, -1
	d.stacked = r.W < 640
	switch {
	case d.stacked:
		d.narrow(c, m, rest)
	case len(m.F.Memory.Spaces) == 0:
		rest, panel := rest.CutRight(max(292, min(330, rest.W*0.32)), 28)
		c.VLine(panel.X-14, panel.Y, panel.Bottom(), c.Theme.Soft)
		d.frames(c, m, rest)
		framePanel(c, m, panel)
	default:
		d.wide(c, m, rest)
	}
}

// wide: an address space on either side of the frames, and below them three boxes.
func (d *memory) wide(c *ui.Context, m *Model, r ui.Rect) {
	v := &m.F.Memory
	r, band := r.CutBottom(memoryBand, 14)
	gap := min(34, r.W*0.035)
	side := max(168, min(250, r.W*0.25))
	left, mid := r.CutLeft(side, gap)
	var right ui.Rect
	if len(v.Spaces) > 1 {
		mid, right = mid.CutRight(side, gap)
	}
	d.frames(c, m, mid)
	d.space(c, m, &v.Spaces[0], left)
	if len(v.Spaces) > 1 {
		d.space(c, m, &v.Spaces[1], right)
	}
	c.HLine(band.X, band.Right(), band.Y-7, c.Theme.Soft)
	boxes := band.Columns(3, 26)
	if band.W < 760 {
		boxes = band.Columns(2, 26)
	}
	d.about(c, m, boxes[0])
	last := boxes[len(boxes)-1]
	if len(boxes) == 3 {
		cacheBox(c, m, boxes[1])
	} else if len(v.Swap) == 0 && v.Reclaimed == 0 {
		cacheBox(c, m, last)
		d.lines(c, m)
		return
	}
	d.room(c, m, last)
	d.lines(c, m)
}

// narrow: one below the other, for a phone.
func (d *memory) narrow(c *ui.Context, m *Model, r ui.Rect) {
	v := &m.F.Memory
	if len(v.Spaces) == 0 {
		rest, panel := r.CutTop(r.H-416, 18)
		d.frames(c, m, rest)
		framePanel(c, m, panel)
		return
	}
	i := 0
	if len(v.Spaces) > 1 && v.Spaces[1].PID == v.Chosen {
		i = 1
	}
	top, rest := r.CutTop(spaceHeight(&v.Spaces[i]), 18)
	frames, rest := rest.CutTop(370, 18)
	d.frames(c, m, frames)
	d.space(c, m, &v.Spaces[i], top)
	if len(v.Spaces) > 1 {
		other := &v.Spaces[1-i]
		var below ui.Rect
		below, rest = rest.CutTop(spaceHeight(other), 18)
		d.space(c, m, other, below)
	}
	about, rest := rest.CutTop(memoryBand, 20)
	d.about(c, m, about)
	c.HLine(r.X, r.Right(), rest.Y-10, c.Theme.Soft)
	files, room := rest.CutTop(cacheHeight(m), 20)
	cacheBox(c, m, files)
	c.HLine(r.X, r.Right(), room.Y-10, c.Theme.Soft)
	d.room(c, m, ui.Rect{X: room.X, Y: room.Y, W: room.W, H: min(room.H, memoryBand)})
	d.lines(c, m)
}

// about tells of the area that the reader has chosen, else of the frame that was chosen, or written last.
func (d *memory) about(c *ui.Context, m *Model, r ui.Rect) {
	if s, a := d.chosenArea(m); a != nil {
		d.areaPanel(c, m, s, a, r)
		return
	}
	framePanel(c, m, r)
}

func (d *memory) chosenArea(m *Model) (*view.Space, *view.Region) {
	for i := range m.F.Memory.Spaces {
		s := &m.F.Memory.Spaces[i]
		for j := range s.Areas {
			if s.PID == d.pid && s.Areas[j].Start == d.area {
				return s, &s.Areas[j]
			}
		}
	}
	return nil, nil
}

func memoryLead(m *Model) string {
	ram, v := &m.F.RAM, &m.F.Memory
	size := bytesOf(uint64(ram.Frames)*4096) + ": " + group(uint64(ram.Frames)) + " frames of 4 KiB. "
	switch {
	case ram.Facts && m.F.Kernel.Foreign != "":
		return size + "Whose they are only their kernel knows; the machine knows what is written, what is run and what CR3's tables reach."
	case ram.Facts:
		return size + "No kernel keeps records yet; the machine knows what is written and what is run."
	case len(v.Spaces) > 0:
		s := v.Spaces[0]
		for i := range v.Spaces {
			if v.Spaces[i].PID == v.Chosen {
				s = v.Spaces[i]
			}
		}
		lead := size + "pid " + itoa(s.PID) + " " + s.Comm + ": " + plural(s.Pages, "page") + ", " + group(s.Present) + " of them in a frame"
		if s.Swapped > 0 {
			lead += ", " + group(s.Swapped) + " in swap"
		}
		return lead + "."
	}
	return size + "Each belongs to somebody, as the kernel's records say; free ones wait for the next who asks."
}
