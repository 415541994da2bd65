package main

import (
	"vitrine/engine/trace"
	"vitrine/kernel/wait"
)

// chapters are where the run divides for a reader: the boot's stages, then where the program in the foreground begins,
// where it ends, and where the console is waited for. They are found by the events alone: a program that is executed while
// none is in the foreground is it, until it ends or somebody waits for the console; what it starts meanwhile is its own
// affair. Scenes will have markers of their own. Of another kernel only the CPU's changes of mode are known.
type chapters struct {
	newest  *chapter
	program uint64 // in the foreground, a PID; 0 none
	stages  int    // of the boot that have been reached
}

// chapter is a place in the run. It never changes, so all moments share them.
type chapter struct {
	at     uint64
	n      int
	before *chapter
}

// maxChapters bounds how many are remembered: then a new list begins.
const maxChapters = 1 << 16

func (c *chapters) begin(at uint64) {
	before := c.newest
	if before != nil && before.at == at {
		return
	}
	n := 1
	if before != nil && before.n < maxChapters {
		n = before.n + 1
	} else {
		before = nil
	}
	c.newest = &chapter{at, n, before}
}

func (c *chapters) event(e *trace.Event, boot *stages) {
	if done := boot.done(); done != c.stages {
		c.stages = done
		c.begin(e.At)
	}
	switch e.Kind {
	case trace.Mode:
		if len(boot.list) == 0 {
			c.begin(e.At)
		}
	case trace.Exec:
		if c.program == 0 {
			c.program = e.A
			c.begin(e.At)
		}
	case trace.Exit:
		if c.program == e.A {
			c.program = 0
			c.begin(e.At)
		}
	case trace.Block:
		if c.program != 0 && e.B == uint64(wait.TTYRead) {
			c.program = 0
			c.begin(e.At)
		}
	}
}

// after returns the first chapter that began behind a time, nil when there is none.
func (c *chapters) after(now uint64) (found *chapter) {
	for ch := c.newest; ch != nil && ch.at > now; ch = ch.before {
		found = ch
	}
	return found
}

// before returns the last chapter that began before a time, nil when there is none.
func (c *chapters) before(now uint64) *chapter {
	ch := c.newest
	for ch != nil && ch.at >= now {
		ch = ch.before
	}
	return ch
}
