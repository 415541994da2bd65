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

// travels does a command that goes to another moment, as a job: the way may be long.
func (s *Session) travels(c view.Command) {
	s.pause("step")
	switch c.Kind {
	case "back":
		s.back(uint64(max(c.N, 1)))
	case "backevent":
		s.travel("going back", func(*job) string { return s.backEvent(s.stops(view.StopByID(c.Text).Mask)) })
	case "seek":
		s.travel("going there", func(*job) string { return s.arrived(s.hist.Seek(units(c.N))) })
	case "seekretired":
		s.travel("going there", func(*job) string { return s.arrived(s.hist.SeekRetired(min(units(c.N), s.endRetired()))) })
	case "end":
		s.travel("going to the end", func(*job) string { return s.arrived(s.hist.Seek(boot.NoLimit)) })
	case "branch":
		if s.isBranch(c.N) {
			s.travel("going to "+s.branchName(int(c.N)), func(*job) string { return s.arrived(s.hist.Switch(int(c.N))) })
		}
	}
}

// units is a number from the page as a time or a count.
func units(n float64) uint64 {
	if !(n > 0) {
		return 0
	}
	return uint64(min(n, 1<<62))
}

// travel goes to another moment and says where it came to.
func (s *Session) travel(name string, way func(j *job) (stop string)) {
	s.queue(&job{name: name, travel: true, work: func(j *job) error {
		from := s.comp.M.Now()
		s.hist.Between(func() bool { return j.progress(s.gone(from), max(s.hist.End(), 1)) })
		defer s.hist.Between(nil)
		s.ended, s.waiting, s.held, s.stepped = false, false, false, false
		s.stop = way(j)
		if j.cancelled {
			s.stop = "cancelled"
		}
		return nil
	}})
}

// gone is how far a way to another moment has come.
func (s *Session) gone(uint64) uint64 { return min(s.comp.M.Now(), s.hist.End()) }

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
	s.travel("going back", func(*job) string {
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
func (s *Session) lastAgain() {
	here := s.comp.M.Now()
	if !s.hist.Back() {
		return
	}
	s.picture.fresh()
	s.prev.take(&s.comp.M.CPU.S)
	s.hist.Run(here, boot.NoLimit)
	s.stepped = true
}

func (s *Session) backEvent(mask trace.Mask) string {
	if !s.hist.BackEvent(mask) {
		return "no such event before"
	}
	return "step"
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
	v.End, v.EndRetired = list[cur].End, list[cur].Retired
	for _, b := range list {
		v.Branches = append(v.Branches, view.Branch{Name: b.Name, From: b.Fork, End: b.End, Parent: b.Parent})
	}
}
