package main

import (
	"slices"

	"vitrine/engine/mem"
	"vitrine/wasm/view"
)

// job is work that may take longer than a slice: going far, replaying, questions about the past. It runs in the player's
// turns and gives way between them; meanwhile the page sees the last picture and how far the job is. Whatever it does with
// the computer, the reader's commands wait until it is over.
type job struct {
	s         *Session
	name      string // for the reader: "going back"
	work      func(j *job) error
	over      func(err error) // nil: nobody asks
	travel    bool            // it goes to another moment: a newer one replaces it
	rest      bool            // it waits until no steps are to be made
	done, of  uint64
	begun     float64 // host milliseconds, when it began and when it last gave way
	gave      float64
	cancelled bool
}

// do has work done when it is its turn.
func (s *Session) do(name string, work func(j *job) error) { s.queue(&job{name: name, work: work}) }

func (s *Session) queue(j *job) {
	j.s = s
	s.jobs = append(s.jobs, j)
}

// progress says how far the job is, gives way when it has taken long enough, and is false when the job shall end.
func (j *job) progress(done, of uint64) bool {
	s := j.s
	j.done, j.of = done, of
	if now := s.clock(); now-j.gave >= sliceMs && s.yield != nil {
		s.dirty = true
		s.yield(turn{chunk: -1})
		j.gave = s.clock()
	}
	return !j.cancelled
}

// work does the jobs that are waiting, and what was asked meanwhile.
func (s *Session) work() {
	for len(s.jobs) > 0 {
		j := s.jobs[0]
		s.jobs = s.jobs[1:]
		if j.rest && s.stepping() {
			s.rests = append(s.rests, j)
			continue
		}
		s.job = j
		j.begun = s.clock()
		j.gave = j.begun
		err := s.perform(j)
		s.job = nil
		s.dirty = true
		if j.over != nil {
			j.over(err)
		}
		later := s.later
		s.later = nil
		for _, c := range later {
			s.Command(c)
		}
	}
}

// perform does a job.
func (s *Session) perform(j *job) (err error) {
	if j.travel {
		return j.work(j)
	}
	s.unseen(func() {
		s.hist.Between(func() bool { return j.progress(j.done, j.of) })
		err = j.work(j)
		s.hist.Between(nil)
	})
	return err
}

// unseen goes about and leaves the computer, and what is fresh to the picture, as they were.
func (s *Session) unseen(about func()) {
	m := s.comp.M
	here, marks := m.Now(), slices.Clone(m.RAM.Marks)
	s.aside = true
	about()
	if m.Now() != here {
		s.hist.Seek(here)
	}
	for i, then := range marks {
		m.RAM.Marks[i] = m.RAM.Marks[i]&^mem.MarkFresh | then&mem.MarkFresh
	}
	m.CPU.Watch()
	s.aside = false
}

// travelling tells whether the machine is on its way to another moment, or will be.
func (s *Session) travelling() bool {
	return s.job != nil || slices.ContainsFunc(s.jobs, func(j *job) bool { return j.travel })
}

// staleMs is how long a way to a moment may go on when the reader has asked for another one.
const staleMs = 150

// postpone keeps a command that comes while a job is under way. Of several moments to go to, only the last counts.
func (s *Session) postpone(c view.Command) {
	switch {
	case s.job == nil:
	case c.Kind == "cancel" || c.Kind == "pause" && s.job.travel:
		s.job.cancelled = true
		return
	case moves(c.Kind) && s.job.travel && s.clock()-s.job.begun > staleMs:
		s.job.cancelled = true
	}
	if n := len(s.later); n > 0 && absolute(c.Kind) && absolute(s.later[n-1].Kind) {
		s.later = s.later[:n-1]
	}
	s.later = append(s.later, c)
}
