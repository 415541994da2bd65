package boot

import (
	"vitrine/engine/debug"
	"vitrine/engine/mem"
	"vitrine/engine/trace"
)

// Until goes on as Run does until g is met, behind the present moment: Event says so. Between ends it, too.
func (h *History) Until(g debug.Goal, limitNow uint64) Stop {
	c := h.c
	mask, on := c.M.Trace.Mask, c.StopOn
	c.M.Trace.Mask, c.StopOn = mask|g.Events, g.Events
	g.Arm(c.M, c.M.Now()+1)
	stop := h.Run(limitNow, NoLimit)
	debug.Disarm(c.M)
	c.M.Trace.Mask, c.StopOn = mask, on
	return stop
}

// BackEvent goes back to the last stop before this moment that Run with StopOn = mask makes. It is false, and the computer
// where it was, when there was none.
func (h *History) BackEvent(mask trace.Mask) bool { return h.BackUntil(debug.Goal{Events: mask}) }

// BackUntil is the inverse of Until: it goes back to the last moment before this one at which Until would have stopped. It is
// false, and the computer where it was, when there was none or Between has ended the search.
func (h *History) BackUntil(g debug.Goal) bool {
	now := h.c.M.Now()
	s := backward{h: h, goal: &g, until: now, size: near}
	s.run()
	if s.found && !s.ended {
		h.Seek(s.at)
		return true
	}
	between := h.between
	h.between = nil // who has had enough of searching wants to be back
	h.Seek(now)
	h.between = between
	return false
}

// backward looks for the last moment at which a goal is met, in stretches: first short ones, so that what is near is found soon,
// then from kept moment to kept moment.
type backward struct {
	h     *History
	goal  *debug.Goal
	until uint64 // what is sought lies before it
	size  uint64 // of the next stretch, in units of time
	at    uint64
	found bool
	ended bool // by Between
}

func (s *backward) run() {
	h, c := s.h, s.h.c
	saved, on := *c.M.Trace, c.StopOn
	*c.M.Trace = trace.Hub{Now: saved.Now} // nobody hears of it
	first := h.branches[0].moments[0]
	for s.until > first.now+1 && !s.found && !s.ended {
		m := h.before(max(s.until, 2)-2, byNow) // before the last moment that counts
		if s.spared(m) {
			s.until = m.now + 1
		} else {
			s.stretch(m)
		}
	}
	debug.Disarm(c.M)
	saved.Task = c.M.Trace.Task
	*c.M.Trace, c.StopOn = saved, on
}

// spared tells whether nothing in the time from m up to the next kept moment can meet the goal: a write into frames that were not
// written.
func (s *backward) spared(m *moment) bool {
	if g := s.goal; len(g.Writes) == 0 || g.Events != 0 || len(g.Breaks) != 0 || g.Register != nil {
		return false
	}
	next := s.h.next(m)
	if next == nil || next.now+1 < s.until || next.after == nil || next.after.now > m.now {
		return false
	}
	for _, w := range s.goal.Writes {
		if next.ram.Written(mem.FrameOf(w.First), mem.FrameOf(w.Last)) {
			return false
		}
	}
	return true
}

// next is the first moment kept on the present line behind m.
func (h *History) next(m *moment) (found *moment) {
	until := NoLimit
	for b := h.cur; b != nil; b = b.parent {
		for _, o := range b.moments {
			if o.now > m.now && o.now < until && (found == nil || o.now < found.now) {
				found = o
			}
		}
		until = b.fork
	}
	return found
}

// stretch looks at the end of the time between m and s.until. A stop at its beginning belongs to the stretch before: something
// happened just before it.
func (s *backward) stretch(m *moment) {
	c := s.h.c
	from := m.now
	if s.size < s.until-m.now {
		from = s.until - s.size
	}
	s.size *= 4
	quiet := debug.Goal{Breaks: s.goal.Breaks} // code need not be translated again where they begin to count
	quiet.Arm(c.M, NoLimit)
	s.restore(m)
	if s.pass(from, nil); c.M.Now()+1 >= s.until { // a piece of kernel work lies across
		s.restore(m)
	}
	begin := c.M.Now()
	c.M.Trace.Mask, c.StopOn = s.goal.Events, s.goal.Events
	s.goal.Arm(c.M, begin+1)
	s.pass(s.until, func() {
		if now := c.M.Now(); now < s.until {
			s.at, s.found = now, true
		}
	})
	c.M.Trace.Mask, c.StopOn = 0, 0
	s.until = begin + 1
}

func (s *backward) restore(m *moment) {
	s.h.restore(m)
	s.h.astray = true
}

// pass runs up to the time limit, unless Between ends it, and calls met where the goal is.
func (s *backward) pass(limit uint64, met func()) {
	h, c := s.h, s.h.c
	for c.M.Now() < limit && !s.ended {
		stop := c.Run(min(limit, c.M.Now()+breath), NoLimit)
		h.listen()
		h.arrive()
		switch {
		case stop.Reason == Event && met != nil:
			met()
		case stop.Reason != Budget:
			return
		}
		if h.between != nil && !h.between() {
			s.ended = true
		}
	}
}
