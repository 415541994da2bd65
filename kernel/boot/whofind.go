package boot

import (
	"vitrine/engine/bus"
	"vitrine/engine/mem"
)

// search looks for a change of a value, back or on from a moment.
//
// The run is cut into pieces. In one in which none of the frames was written that the value depends on, it has not changed;
// the others are run again, step by step, the likeliest first. A register may change at any instruction: all pieces are run
// so, short ones next to the moment and longer ones behind.
type search struct {
	h        *History
	probe    *probe
	progress Progress
	here     uint64 // the present moment
	retired  uint64
	end      uint64 // of the branch
}

// Instructions of a piece.
const (
	shortest = 1 << 8
	longest  = 1 << 14
)

// piece is a stretch of the run in which the value may have changed.
type piece struct{ from, to uint64 }

// step is the smallest stretch of the run in which the value changed: one instruction, with the kernel's work when it was VMCALL;
// the delivery of one trap; a stretch of idling.
type step struct {
	now, retired      uint64 // before it
	done, doneRetired uint64 // behind it
	old, new          *sample
}

// find returns the step that changed the value, or nil.
func (s *search) find(next bool) (*step, error) {
	if next {
		return s.forward()
	}
	return s.back()
}

// back looks in the stretches between two kept moments, the last one first.
func (s *search) back() (*step, error) {
	h := s.h
	for until, retired := s.here, s.retired; until > 0; {
		m := h.before(until-1, byNow)
		if m.now >= until {
			return nil, nil
		}
		h.restore(m)
		pieces, err := s.pieces(until, retired)
		for i := len(pieces) - 1; i >= 0 && err == nil; i-- {
			if found := s.steps(pieces[i], true); found != nil {
				return found, nil
			}
			if !s.goOn(s.here-pieces[i].from, s.here) {
				err = ErrCancelled
			}
		}
		if err != nil {
			return nil, err
		}
		until, retired = m.now, m.retired
	}
	return nil, nil
}

// forward looks in pieces that grow.
func (s *search) forward() (*step, error) {
	c := s.h.c
	probe := &watch{s: s, before: s.probe.sample(), after: s.probe.sample()}
	for size := uint64(shortest); c.M.Now() < s.end; size = min(2*size, longest) {
		from := c.M.Now()
		suspect := probe.run(s.end, size)
		to := c.M.Now()
		if suspect {
			if found := s.steps(piece{from, to}, false); found != nil {
				return found, nil
			}
			s.h.Seek(to)
		}
		if to == from {
			break
		}
		if !s.goOn(to-s.here, s.end-s.here) {
			return nil, ErrCancelled
		}
	}
	return nil, nil
}

func (s *search) goOn(done, of uint64) bool { return s.progress == nil || s.progress(done, of) }

// pieces runs to a moment and returns the pieces in which the value may have changed.
func (s *search) pieces(until, retired uint64) (list []piece, err error) {
	c := s.h.c
	w := &watch{s: s, before: s.probe.sample(), after: s.probe.sample()}
	for c.M.Now() < until {
		from := c.M.Now()
		left := max(retired, c.M.CPU.S.Retired) - c.M.CPU.S.Retired
		if w.run(until, min(max(left/4, shortest), longest)) {
			list = append(list, piece{from, c.M.Now()})
		}
		if c.M.Now() == from {
			break
		}
		if !s.goOn(s.here-until, s.here) {
			return nil, ErrCancelled
		}
	}
	return list, nil
}

// watch runs a piece and tells whether the value may have changed in it.
type watch struct {
	s             *search
	before, after *sample
	frames        []mem.Frame
}

func (w *watch) run(until, size uint64) bool {
	h, p := w.s.h, w.s.probe
	c := h.c
	w.before.take(p)
	w.frames = w.frames[:0]
	if p.frames != nil {
		w.frames = p.frames(w.frames)
		for _, f := range w.frames {
			c.M.RAM.Marks[f] &^= mem.MarkFresh
		}
		c.M.CPU.Watch()
	}
	h.alone(func() { c.Run(until, c.M.CPU.S.Retired+size) })
	if p.frames == nil {
		return true
	}
	for _, f := range w.frames {
		if c.M.RAM.Marks[f]&mem.MarkFresh != 0 {
			return true
		}
	}
	w.after.take(p)
	return !w.before.equal(w.after)
}

// steps runs a piece step by step and returns the first or the last one in which the value changed.
func (s *search) steps(p piece, last bool) (found *step) {
	h, c := s.h, s.h.c
	h.Seek(p.from)
	before, after := s.probe.sample(), s.probe.sample()
	before.take(s.probe)
	h.alone(func() {
		for c.M.Now() < p.to {
			now, retired := c.M.Now(), c.M.CPU.S.Retired
			stop := c.one(p.to)
			after.take(s.probe)
			if !before.equal(after) {
				found = &step{now, retired, c.M.Now(), c.M.CPU.S.Retired, before.copy(), after.copy()}
				if !last {
					return
				}
			}
			before, after = after, before
			if stop.Reason != Budget {
				return
			}
		}
	})
	return found
}

// alone runs without the companion, who is put right by the next Seek.
func (h *History) alone(run func()) {
	h.astray = true
	run()
	h.listen()
	h.arrive()
}

// one runs the smallest stretch that can be run. Idling is one up to the next deadline of a device.
func (c *Computer) one(until uint64) Stop {
	now := c.M.Now()
	limit := now + 1
	if next := c.M.Bus.Next(); c.M.CPU.S.Halted && next != bus.Never && !c.M.PIC.INTR() {
		limit = max(limit, next)
	}
	return c.Run(min(limit, until), NoLimit)
}
