package diagram

import (
	"vitrine/wasm/ui"
	"vitrine/wasm/view"
)

// areaRow is areas that have one line together.
type areaRow struct {
	areas []*view.Region
	name  string
}

// areaRows gives every area a line, but those of one file next to each other one together; small ones in a row too when there are more
// than most.
func areaRows(areas []view.Region, most int) []areaRow {
	var rows []areaRow
	for i := range areas {
		a := &areas[i]
		if n := len(rows); n > 0 && a.Name != "" && rows[n-1].name == shortName(a) {
			rows[n-1].areas = append(rows[n-1].areas, a)
			continue
		}
		rows = append(rows, areaRow{[]*view.Region{a}, shortName(a)})
	}
	if len(rows) <= most {
		return rows
	}
	const small = 4
	var folded []areaRow
	for _, row := range rows {
		n := len(folded)
		if n > 0 && len(row.areas) == 1 && row.areas[0].Pages() <= small && folded[n-1].small(small) && len(folded[n-1].areas) < 12 {
			folded[n-1].areas = append(folded[n-1].areas, row.areas[0])
			folded[n-1].name = itoa(len(folded[n-1].areas)) + " small ones"
			continue
		}
		folded = append(folded, row)
	}
	return folded
}

// small tells whether all areas of a row have at most so many pages.
func (r *areaRow) small(pages uint64) bool {
	for _, a := range r.areas {
		if a.Pages() > pages {
			return false
		}
	}
	return true
}

// fitCompact draws areas in as few lines as possible.
func fitCompact(s *view.Space, r ui.Rect, right bool, least float32) (boxes []areaBox, hidden int) {
	const tall = 44 // from where on there is room for a label above
	rows := areaRows(s.Areas, int(r.H/least))
	n := len(rows)
	if float32(n)*least > r.H {
		n = max(1, int((r.H-12)/least))
	}
	h := max(least, min(56, r.H/float32(n)))
	for i := range n {
		line := ui.Rect{X: r.X, Y: r.Y + float32(i)*h, W: r.W, H: h}
		if h >= tall {
			boxes = append(boxes, tallRow(s, &rows[i], line, right)...)
		} else {
			boxes = append(boxes, flatRow(s, &rows[i], line, right)...)
		}
	}
	for i := n; i < len(rows); i++ {
		hidden += len(rows[i].areas)
	}
	return boxes, hidden
}

// tallRow draws areas side by side below their label, each with its permissions.
func tallRow(s *view.Space, row *areaRow, r ui.Rect, right bool) []areaBox {
	const pitch, between, narrowest = 7, 5, 24
	lines := 1
	if r.H >= 50 {
		lines = 2
	}
	width := func(join int) (w float32) {
		for _, a := range row.areas {
			w += between + max(narrowest, pitch*float32((len(a.Cells)+join*lines-1)/(join*lines)))
		}
		return w - between
	}
	join := 1
	for join < maxJoin && width(join) > r.W {
		join *= 2
	}
	boxes := make([]areaBox, len(row.areas))
	x := r.X
	for k, a := range row.areas {
		b := &boxes[k]
		*b = areaBox{s: s, a: a, pitch: pitch, join: join, right: right, prot: true}
		b.cols = max(1, (b.squares()+lines-1)/lines)
		b.strip = ui.Rect{X: x, Y: r.Y + 15, W: float32(b.cols) * pitch, H: pitch * float32(lines)}
		x += max(narrowest, b.strip.W) + between
	}
	boxes[0].name, boxes[0].all = row.name, ui.Rect{X: r.X, Y: r.Y, W: r.W, H: 30}
	return boxes
}

// maxJoin is how many cells one square stands for at most.
const maxJoin = 1 << 12

// flatRow draws areas side by side beside their label; at the right the label stands behind them, so that lines to the frames are short.
func flatRow(s *view.Space, row *areaRow, r ui.Rect, right bool) []areaBox {
	const pitch, between = 6, 4
	label := r.W * 0.42
	strips := ui.Rect{X: r.X + label, Y: r.Y + 4, W: r.W - label, H: pitch}
	if right {
		strips.X = r.X
	}
	room := int((strips.W - between*float32(len(row.areas)-1)) / pitch)
	join := 1
	for join < maxJoin && joined(row.areas, join) > room {
		join *= 2
	}
	boxes := make([]areaBox, len(row.areas))
	for k, a := range row.areas {
		b := &boxes[k]
		*b = areaBox{s: s, a: a, pitch: pitch, join: join, right: right, compact: true, strip: strips}
		b.cols = max(1, b.squares())
		b.strip.W = float32(b.cols) * pitch
		strips.X += b.strip.W + between
	}
	boxes[0].name, boxes[0].all = row.name, ui.Rect{X: r.X, Y: r.Y, W: label - 8, H: r.H}
	if right {
		boxes[0].all.X = r.Right() - label + 8
	}
	return boxes
}

// joined is how many squares areas need when each stands for join cells.
func joined(areas []*view.Region, join int) (n int) {
	for _, a := range areas {
		n += (len(a.Cells) + join - 1) / join
	}
	return n
}
