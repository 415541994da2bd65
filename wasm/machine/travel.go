package main

import (
	"strings"

	"vitrine/engine/trace"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// moves tells whether a command goes to another moment; absolute, whether it does so from wherever the machine is.
func moves(kind string) bool {
	switch kind {
	case "back", "backevent", "micro", "chapter", "until", "backuntil":
		return true
	}
	return absolute(kind)
}

func absolute(kind string) bool {
	switch kind {
	case "seek", "seekretired", "end", "branch":
		return true
	}
	return false
}

// travels does a command that goes to another moment, as a job: the way may be long. Steps that have been asked for are made
// first.
func (s *Session) travels(c view.Command) {
	steps := s.steps
	s.pause("step")
	if !absolute(c.Kind) {
		s.finish(steps)
	}
	n := units(c.N)
	switch c.Kind {
	case "back":
		s.back(max(n, 1))
	case "backevent":
		s.travel("going back", 0, func(*job) string { return s.backEvent(s.stops(view.StopByID(c.Text).Mask)) })
	case "micro":
		s.microStep(c.N)
	case "until", "backuntil":
		s.goUntil(c)
	case "chapter":
		if c.N < 0 {
			s.travel("to the chapter before", 0, func(*job) string { return s.chapterBefore() })
		} else {
			s.travel("to the next chapter", 0, s.chapterAfter)
		}
	case "seek":
		s.travel("going there", n, func(*job) string {
			s.approach(n)
			return s.arrived(s.hist.Seek(n))
		})
	case "seekretired":
		s.travel("going there", 0, func(*job) string { return s.arrived(s.hist.SeekRetired(min(n, s.endRetired()))) })
	case "end":
		s.travel("going to the end", s.hist.End(), func(*job) string { return s.arrived(s.hist.Seek(boot.NoLimit)) })
	case "branch":
		if i := int(n); s.isBranch(c.N) {
			s.travel("going to "+s.branchName(i), 0, func(*job) string {
				s.picture.frames.forget() // another future wrote other frames
				return s.arrived(s.hist.Switch(i))
			})
		}
	}
}

// runUp is how long before a moment that was jumped to its recent past begins, in units of Now: the diagrams of time would be empty
// without, since the nearest kept moment may lie just before. It takes some ten milliseconds at most.
const runUp = 2_000_000

// approach comes to a moment from some way off, and hears what happens on it.
func (s *Session) approach(now uint64) {
	s.hist.Seek(now - min(now, runUp))
	s.hist.Run(now, boot.NoLimit)
}

// units is a number from the page as a time or a count.
func units(n float64) uint64 {
	if !(n > 0) {
		return 0
	}
	return uint64(min(n, 1<<62))
}

// finish makes so many steps.
func (s *Session) finish(steps uint64) {
	if steps == 0 {
		return
	}
	s.queue(&job{name: "stepping", travel: true, work: func(j *job) error {
		for s.steps = steps; s.steps > 0 && s.sliceSteps(s.clock, s.clock()) >= 0 && j.progress(steps-s.steps, steps); {
		}
		s.steps = 0
		return nil
	}})
}

// travel goes to another moment, at the time goal when that is known, and says where it came to.
func (s *Session) travel(name string, goal uint64, way func(j *job) (stop string)) {
	s.queue(&job{name: name, travel: true, work: func(j *job) error {
		from, begun := uint64(0), false
		s.hist.Between(func() bool {
			now := s.comp.M.Now()
			if !begun {
				begun, from = true, now
			}
			if goal <= from || now < from {
				return j.progress(0, 1)
			}
			return j.progress(min(now, goal)-from, goal-from)
		})
		defer s.hist.Between(nil)
		s.ended, s.waiting, s.held, s.stepped = false, false, false, false
		s.stop = way(j)
		switch {
		case s.before() && !j.cancelled:
			s.hist.SeekRetired(s.first)
			s.stop = "the beginning"
		case j.cancelled:
			s.stop = "cancelled"
		case s.playing:
			s.stop = ""
		}
		return nil
	}})
}

// arrived is what there is to say at the end of a way.
func (s *Session) arrived(stop boot.Stop) string {
	if !s.hist.Past() {
		s.stopped(stop)
	}
	if s.ended {
		return s.stop
	}
	return "paused"
}

// back goes n instructions back. One by one they are found by the history; many are a way to a moment.
func (s *Session) back(n uint64) {
	s.travel("going back", 0, func(*job) string {
		if n > 1 {
			s.hist.SeekRetired(s.comp.M.CPU.S.Retired - min(n-1, s.comp.M.CPU.S.Retired))
		}
		if !s.hist.Back() {
			return "the beginning"
		}
		s.lastAgain()
		return "step"
	})
}

// lastAgain runs the instruction that led to the present moment once more, so that the picture can tell what it changed.
// Nothing new happens in it.
func (s *Session) lastAgain() {
	s.hist.Between(nil)
	here := s.comp.M.Now()
	events, from, jumped, hot, hit := s.events, s.from, s.jumped, s.picture.hot, s.picture.hit
	if s.hist.Back() {
		s.picture.fresh()
		s.prev.take(&s.comp.M.CPU.S)
		s.hist.Run(here, boot.NoLimit)
		s.stepped = true
	}
	s.events, s.from, s.jumped, s.picture.hot, s.picture.hit = events, from, jumped, hot, hit
}

func (s *Session) backEvent(mask trace.Mask) string {
	if !s.hist.BackEvent(mask) {
		return "no such event before"
	}
	s.lastAgain()
	return "step"
}

// chapterBefore goes to where the present chapter began, or the one before when that is here.
func (s *Session) chapterBefore() string {
	here := s.comp.M.Now()
	for c := s.picture.chapters.before(here); c != nil; c = c.before {
		s.hist.Seek(c.at)
		if s.comp.M.Now() < here {
			return "paused"
		}
	}
	s.hist.Seek(0)
	return "the beginning"
}

// chapterAfter runs until the next chapter begins.
func (s *Session) chapterAfter(j *job) string {
	here := s.comp.M.Now()
	for !j.cancelled {
		_, more := s.run(s.comp.M.Now()+chunk, 0)
		if c := s.picture.chapters.after(here); c != nil {
			return s.arrived(s.hist.Seek(c.at))
		}
		if s.ended {
			return s.stop
		}
		if !more {
			return "waiting for input"
		}
		j.progress(0, 1)
	}
	return "cancelled"
}

// endRetired is how many instructions the present branch has.
func (s *Session) endRetired() uint64 {
	list, cur := s.hist.Branches()
	return list[cur].Retired
}

func (s *Session) isBranch(n float64) bool {
	list, _ := s.hist.Branches()
	return n >= 0 && n < float64(len(list))
}

func (s *Session) branchName(i int) string {
	list, _ := s.hist.Branches()
	return list[i].Name
}

// maxName bounds the name of a branch, in characters.
const maxName = 60

// branches does what the reader wants with a branch that is not gone to.
func (s *Session) branches(c view.Command) {
	if !s.isBranch(c.N) {
		return
	}
	switch c.Kind {
	case "rename":
		name := []rune(strings.TrimSpace(strings.ToValidUTF8(c.Text, "")))
		if len(name) > 0 {
			s.hist.Rename(int(c.N), string(name[:min(len(name), maxName)]))
		}
	case "forget":
		s.hist.Forget(int(c.N))
	}
}

// timeline is where the present moment lies.
func (s *Session) timeline(v *view.Timeline) {
	list, cur := s.hist.Branches()
	v.Now, v.Retired, v.Past, v.Branch = s.comp.M.Now(), s.comp.M.CPU.S.Retired, s.hist.Past(), cur
	v.Micro = s.lit()
	v.End, v.EndRetired = list[cur].End, list[cur].Retired
	for _, b := range list {
		v.Branches = append(v.Branches, view.Branch{Name: b.Name, From: b.Fork, End: b.End, Parent: b.Parent})
	}
}
