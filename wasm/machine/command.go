package main

import (
	"vitrine/engine/debug"
	"vitrine/engine/trace"
	"vitrine/wasm/view"
)

// Command does what the reader asks. Commands it does not know it ignores.
func (s *Session) Command(c view.Command) {
	if s.travelling() {
		s.postpone(c)
		return
	}
	s.dirty = true
	switch c.Kind {
	case "play":
		s.holds = 0
		s.play()
	case "pause":
		s.pause("paused")
		s.settle()
	case "step":
		s.pause("step")
		s.steps, s.waiting = uint64(max(c.N, 1)), false
	case "event":
		s.await(s.stops(view.StopByID(c.Text).Mask))
	case "speed":
		s.speed = max(c.N, 0)
		s.debt = 0
	case "slow":
		s.holds = 0
		s.slow, s.slowMs = trace.Mask(c.Mask), min(max(c.N, 0), maxSlowMs)
		if c.Text != "" {
			s.slow = view.StopByID(c.Text).Mask
		}
	case "marks":
		s.marks = s.stops(view.StopByID(c.Text).Mask)
	case "input":
		s.holds = 0
		s.input([]byte(s.picture.screen.Key(c.Text)))
	case "resize":
		s.resize(c.Rows, c.Cols)
	case "walk":
		s.picture.askWalk(c.Addr, c.N)
	case "frame":
		if c.Text == "follow" {
			c.N = -1
		}
		s.picture.askFrame(c.N)
	case "space":
		s.picture.askSpace(c.N)
	case "tell":
		s.tell = trace.Mask(c.Mask)
	case "mask":
		s.mask = view.Needs | trace.Mask(c.Mask)
	case "stage":
		s.picture.shown(c.Text)
	case "rename", "forget":
		s.branches(c)
	default:
		if moves(c.Kind) {
			s.travels(c)
		}
	}
	s.listen()
}

// stops returns the kinds to stop at. A kernel that is not ours does not tell of its work; what the CPU tells stands for it.
func (s *Session) stops(m trace.Mask) trace.Mask {
	if s.comp.K != nil {
		return m
	}
	for _, k := range []struct{ kernel, machine trace.Mask }{
		{1 << trace.Syscall, 1<<trace.SyscallIn | 1<<trace.Sysenter | 1<<trace.SoftInt}, {1 << trace.PageFault, 1 << trace.Exception},
		{1 << trace.Switch, 1 << trace.Space}, {1 << trace.COW, 1 << trace.Exception}, {1 << trace.BootStep, 1 << trace.Mode},
	} {
		if m&k.kernel != 0 {
			m |= k.machine
		}
	}
	return m
}

// await runs until one of the kinds happens.
func (s *Session) await(kinds trace.Mask) {
	s.pause("step")
	s.goals, s.until, s.waiting = &debug.Goal{Events: kinds}, kinds, false
}

// met ends the waiting: it has happened.
func (s *Session) met() {
	s.lastAgain()
	s.goals, s.until = nil, 0
	s.listen()
}

func (s *Session) play() {
	if s.ended {
		return
	}
	s.playing, s.stop, s.steps, s.until, s.goals, s.stepped = true, "", 0, 0, nil, false
}

func (s *Session) pause(why string) {
	if s.ended {
		return
	}
	s.playing, s.stop, s.steps, s.until, s.goals = false, why, 0, 0, nil
	s.debt = 0
}

// Terminals smaller or larger than these are not worth having.
const (
	minRows, maxRows = 4, 100
	minCols, maxCols = 20, 240
)

// resize notes the size that the page has for the console. The guest hears of it when it goes on: at a moment that is looked at
// nothing changes.
func (s *Session) resize(rows, cols int) {
	s.rows, s.cols, s.sized = clampRows(rows), clampCols(cols), true
}

func clampRows(n int) int { return min(max(n, minRows), maxRows) }
func clampCols(n int) int { return min(max(n, minCols), maxCols) }

// fit gives the console the size that the page has for it. In the past it has the one that it had then.
func (s *Session) fit() {
	if r, c := s.picture.screen.Size(); !s.sized || r == s.rows && c == s.cols || s.hist.Past() {
		return
	}
	s.hist.Resize(uint16(s.rows), uint16(s.cols))
}
