// Package scene chooses which parts of the computer are on stage and how large.
package scene

import "vitrine/wasm/ui"

// Layout is where everything on the canvas is. A part that is not shown has no area.
type Layout struct {
	Side, Stage, Console, Story ui.Rect
	Need                        float32 // height below which it must scroll
	Height                      float32 // of everything: the window's, or Need
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

// Arrange places everything in a window of the given size. side asks for the CPU beside the stage, consoleOnStage says
// that the stage is the console itself, stageHeight is how high the stage would like to be in a column.
func Arrange(w, h float32, side, consoleOnStage bool, stageHeight float32) Layout {
	switch {
	case w >= Wide:
		return wide(w, h, side, consoleOnStage)
	case w >= Medium:
		return medium(w, h, consoleOnStage)
	}
	return narrow(w, h, consoleOnStage, stageHeight)
}

// wide: CPU, stage, and a column of console and story.
func wide(w, h float32, side, consoleOnStage bool) Layout {
	edge := float32(24)
	l := Layout{Need: wideHeight}
	l.Height = max(h, l.Need)
	all := ui.Rect{X: edge, Y: gap, W: w - 2*edge, H: l.Height - 2*gap}
	console := all.H * 0.52 // the same on every stage, so that the terminal keeps its size
	column := min(460, max(330, w*0.268))
	var right ui.Rect
	all, right = all.CutRight(column, gap)
	if consoleOnStage {
		l.Story = right
	} else {
		l.Console, l.Story = right.CutTop(console, gap)
	}
	if side {
		l.Side, all = all.CutLeft(284, gap)
	}
	l.Stage = all
	return l
}

// medium: the stage above, console and story side by side below it.
func medium(w, h float32, consoleOnStage bool) Layout {
	edge := float32(16)
	l := Layout{Need: 880}
	l.Height = max(h, l.Need)
	all := ui.Rect{X: edge, Y: 12, W: w - 2*edge, H: l.Height - 24}
	all, below := all.CutBottom(max(236, min(280, l.Height*0.27)), 12)
	l.Stage = all
	if consoleOnStage {
		l.Story = below
		return l
	}
	l.Console, l.Story = below.CutLeft(below.W*0.56, 12)
	return l
}

// narrow: one column for a phone.
func narrow(w, h float32, consoleOnStage bool, stageHeight float32) Layout {
	edge := float32(10)
	var l Layout
	all := ui.Rect{X: edge, Y: 10, W: w - 2*edge, H: 1e5}
	l.Stage, all = all.CutTop(stageHeight, 12)
	if !consoleOnStage {
		l.Console, all = all.CutTop(300, 12)
	}
	l.Story, all = all.CutTop(190, 12)
	l.Need = all.Y
	l.Height = max(h, l.Need)
	return l
}
