// Package scene chooses which parts of the computer are on stage and how large.
package scene

import (
	"vitrine/wasm/diagram"
	"vitrine/wasm/ui"
)

// Layout is where everything on the canvas is. A part that is not shown has no area.
type Layout struct {
	Stage, Console, Story ui.Rect
	Cards                 [mostCards]ui.Rect
	Badges                [mostBadges]ui.Rect
	Alone                 bool    // the stage is drawn as a card
	Need                  float32 // height below which it must scroll
	Height                float32 // of everything: the window's, or Need
}

// As many are shown beside the stage at most.
const (
	mostCards  = 2
	mostBadges = 12
)

// Wants is what there is to be placed.
type Wants struct {
	Cards   int     // diagrams beside the stage, as far as there is room
	CPU     bool    // the only card is the CPU's, which is high
	Badges  int     // further diagrams
	Console bool    // the stage is the console itself
	NoStory bool    // the page tells the story; but for wide windows it has no place here
	Stage   float32 // how high the stage would like to be in a column
}

// Widths, in CSS pixels, at which the layout changes.
const (
	Wide   = 1100
	Medium = 720
)

const (
	gap        = 16
	wideHeight = 560 // that a wide window needs
)

// Arrange places everything in a window of the given size.
func Arrange(w, h float32, o Wants) Layout {
	switch {
	case w >= Wide:
		return wide(w, h, o)
	case w >= Medium:
		return medium(w, h, o)
	}
	return narrow(w, h, o)
}

// wide: a column of cards and badges, the stage, and a column of console and story.
func wide(w, h float32, o Wants) Layout {
	edge := float32(24)
	l := Layout{Need: wideHeight}
	l.Height = max(h, l.Need)
	all := ui.Rect{X: edge, Y: gap, W: w - 2*edge, H: l.Height - 2*gap}
	console := all.H * 0.52 // the same on every stage, so that the terminal keeps its size
	column := min(460, max(330, w*0.268))
	var right ui.Rect
	all, right = all.CutRight(column, gap)
	if o.Console {
		l.Story = right
	} else {
		l.Console, l.Story = right.CutTop(console, gap)
	}
	if o.Cards > 0 {
		var left ui.Rect
		left, all = all.CutLeft(diagram.CardW, gap)
		l.column(left, o)
	}
	l.Stage = all
	return l
}

// column places cards, and in what they leave room for pairs of badges.
func (l *Layout) column(r ui.Rect, o Wants) {
	const between, cpu = 8, 512 // what the CPU's registers need with a few lines of code
	n := min(o.Cards, mostCards)
	least := float32(n)*diagram.CardH + float32(n-1)*gap
	if o.CPU && n == 1 {
		least = cpu
	}
	rows := int((r.H - least - gap + between) / (diagram.BadgeH + between))
	rows = min(max(rows, 0), (min(o.Badges, mostBadges)+1)/2)
	if rows > 0 {
		var below ui.Rect
		r, below = r.CutBottom(float32(rows)*(diagram.BadgeH+between)-between, gap)
		n := min(2*rows, o.Badges, mostBadges)
		for i := range n {
			w := (below.W - between) / 2
			if i == n-1 && n%2 == 1 { // the last one has a row to itself
				w = below.W
			}
			l.Badges[i] = ui.Rect{X: below.X + float32(i%2)*(w+between), Y: below.Y + float32(i/2)*(diagram.BadgeH+between), W: w, H: diagram.BadgeH}
		}
	}
	for i := range n {
		h := (r.H - float32(n-1)*gap) / float32(n)
		l.Cards[i] = ui.Rect{X: r.X, Y: r.Y + float32(i)*(h+gap), W: r.W, H: h}
	}
}

// row places as many badges beside each other as fit w, and returns their height with the gap below.
func (l *Layout) row(x, y, w float32, o Wants) float32 {
	const between, narrowest = 8, 116
	n := min(int((w+between)/(narrowest+between)), o.Badges, mostBadges)
	if n <= 0 {
		return 0
	}
	for i, r := range (ui.Rect{X: x, Y: y, W: w, H: diagram.BadgeH}).Columns(n, between) {
		l.Badges[i] = r
	}
	return diagram.BadgeH + 12
}

// medium: the stage above, a row of badges, console and story side by side below it.
func medium(w, h float32, o Wants) Layout {
	edge := float32(16)
	l := Layout{Need: 920}
	l.Height = max(h, l.Need)
	all := ui.Rect{X: edge, Y: 12, W: w - 2*edge, H: l.Height - 24}
	var below ui.Rect
	if !o.NoStory || !o.Console {
		all, below = all.CutBottom(max(236, min(280, l.Height*0.27)), 12)
	}
	l.Stage, _ = all.CutBottom(l.row(all.X, all.Bottom()-diagram.BadgeH, all.W, o), 0)
	switch {
	case o.Console && !o.NoStory:
		l.Story = below
	case o.NoStory:
		l.Console = below
	default:
		l.Console, l.Story = below.CutLeft(below.W*0.56, 12)
	}
	return l
}

// narrow: one column for a phone.
func narrow(w, h float32, o Wants) Layout {
	edge := float32(10)
	var l Layout
	all := ui.Rect{X: edge, Y: 10, W: w - 2*edge, H: 1e5}
	l.Stage, all = all.CutTop(o.Stage, 12)
	_, all = all.CutTop(l.row(all.X, all.Y, all.W, o), 0)
	if !o.Console {
		l.Console, all = all.CutTop(300, 12)
	}
	if !o.NoStory {
		l.Story, all = all.CutTop(190, 12)
	}
	l.Need = all.Y
	l.Height = max(h, l.Need)
	return l
}
