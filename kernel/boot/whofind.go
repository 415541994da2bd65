package boot

import (
	"slices"

	"vitrine/engine/bus"
	"vitrine/engine/debug"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// search looks for a change of a value, back or on from a moment.
//
// The machine is armed for writes into the bytes that the value depends on, or for changes of the register, and stops behind
// each; at a stop the value is read. Writes that leave it as it was do not count. Going back, stretches are looked at that grow,
// the last first; one in which none of the frames was written is passed over. The change itself is then found step by step.
type search struct {
	h        *History
	probe    *probe
	progress Progress
	here     uint64 // the present moment
	end      uint64 // of the branch
	ranges   []mem.Range
}

// How long the first stretch is that is looked at, and how long others can be, in units of time.
const (
	shortest = 1 << 10
	longest  = 1 << 56
)

// step is the smallest stretch of the run in which the value changed: one instruction, with the kernel's work when it was VMCALL;
// the delivery of one trap; a stretch of idling.
type step struct {
	now, retired      uint64 // before it
	done, doneRetired uint64 // behind it
	old, new          *sample
}

// find returns the step that changed the value, or nil.
func (s *search) find(next bool) (*step, error) {
	if !next {
		return s.back()
	}
	found, err := s.pass(s.end, true)
	return s.steps(found), err
}

// back looks in stretches, the last one first.
func (s *search) back() (*step, error) {
	h := s.h
	s.look()
	size := uint64(shortest)
	for until := s.here; until > 0; size = min(8*size, longest) {
		m := h.before(until-1, byNow)
		if m.now >= until {
			return nil, nil
		}
		if s.spared(m, until) {
			until = m.now
			continue
		}
		h.Seek(max(m.now, until-min(size, until)))
		begin := h.c.M.Now()
		if begin >= until {
			continue // a piece of kernel work lies across: a longer one
		}
		s.look()
		found, err := s.pass(until, false)
		if found != nil || err != nil {
			return s.steps(found), err
		}
		s.h.Seek(begin)
		s.look()
		until = begin
	}
	return nil, nil
}

// look notes what the value depends on now.
func (s *search) look() {
	s.ranges = s.ranges[:0]
	if s.probe.ranges != nil {
		s.ranges = s.probe.ranges(s.ranges)
	}
}

// spared tells whether nothing that the value depends on was written in the time from m up to the next kept moment, at which that
// is known.
func (s *search) spared(m *moment, until uint64) bool {
	next := s.h.next(m)
	if len(s.ranges) == 0 || next == nil || next.now < until || next.after == nil || next.after.now > m.now {
		return false
	}
	return !slices.ContainsFunc(s.ranges, func(r mem.Range) bool { return next.ram.Written(mem.FrameOf(r.First), mem.FrameOf(r.Last)) })
}

func (s *search) goOn(done, of uint64) bool { return s.progress == nil || s.progress(done, of) }

// lives are the events at which a process gets another address space, or loses it.
const lives = 1<<trace.Fork | 1<<trace.Exec | 1<<trace.Exit

// at is a moment behind a change.
type at struct{ now, retired uint64 }

// pass runs to a moment and returns where the value had just changed, for the first or for the last time; nil if it did not.
func (s *search) pass(until uint64, first bool) (found *at, err error) {
	c := s.h.c
	goal := debug.Goal{Register: s.probe.register, Events: lives}
	c.M.Trace.Mask, c.StopOn = lives, lives
	before, now := s.probe.sample(), s.probe.sample()
	before.take(s.probe)
	from := c.M.Now()
	for c.M.Now() < until {
		goal.Writes = s.probe.arm(goal.Writes[:0])
		goal.Arm(c.M, 0)
		var stop Stop
		s.h.alone(func() { stop = c.Run(min(until, c.M.Now()+breath), NoLimit) })
		if now.take(s.probe); !now.equal(before) {
			found = &at{c.M.Now(), c.M.CPU.S.Retired}
			before, now = now, before
			if first {
				break
			}
		}
		if stop.Reason != Event && stop.Reason != Budget {
			break
		}
		if !s.goOn(s.gone(from)) {
			err = ErrCancelled
			break
		}
	}
	debug.Disarm(c.M)
	c.M.Trace.Mask, c.StopOn = 0, 0
	return found, err
}

// gone is how far the search has come.
func (s *search) gone(from uint64) (done, of uint64) {
	if from >= s.here {
		return s.h.c.M.Now() - s.here, max(s.end-s.here, 1)
	}
	return s.here - from, s.here
}

// arm is what is watched now.
func (p *probe) arm(list []mem.Range) []mem.Range {
	if p.ranges == nil {
		return list
	}
	return p.ranges(list)
}

// steps goes to where a change was found, step by step.
func (s *search) steps(found *at) (out *step) {
	if found == nil {
		return nil
	}
	h, c := s.h, s.h.c
	h.SeekRetired(max(found.retired, 1) - 1)
	before, after := s.probe.sample(), s.probe.sample()
	before.take(s.probe)
	h.alone(func() {
		for c.M.Now() < found.now {
			now, retired := c.M.Now(), c.M.CPU.S.Retired
			stop := c.one(found.now)
			if after.take(s.probe); !before.equal(after) {
				out = &step{now, retired, c.M.Now(), c.M.CPU.S.Retired, before.copy(), after.copy()}
			}
			before, after = after, before
			if stop.Reason != Budget {
				return
			}
		}
	})
	return out
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
