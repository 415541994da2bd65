package main

import (
	"fmt"

	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

const (
	replayChunk = 1_000_000 // units of Now between two looks at the clock
	paintMs     = 120.0     // host time between two pictures of the way
)

// verdict is what the page is told of a link that was played.
type verdict struct {
	Kind    string  `json:"kind"`
	Verdict string  `json:"verdict"` // "verified", "differs", "unknown" without a digest, "cancelled"
	Text    string  `json:"text"`
	Engine  uint64  `json:"engine"`
	Here    uint64  `json:"here"`
	Want    instant `json:"want"`
	Got     instant `json:"got"`
	// With checkpoints: until Agreed all was equal, when Parted not at Differs any more.
	Agreed  uint64 `json:"agreed"`
	Differs uint64 `json:"differs"`
	Parted  bool   `json:"parted"`
}

type instant struct {
	Now     uint64 `json:"now"`
	Retired uint64 `json:"retired"`
	Hash    string `json:"hash"`
}

func instantOf(m link.Moment) instant {
	return instant{m.Now, m.Retired, fmt.Sprintf("%016x", m.Hash)}
}

// replay plays a link's tape, in turns, and tells the page what it has found.
func (s *Session) replay(r *boot.Replay, l *link.Link, at uint64) {
	s.queue(&job{name: "replaying", travel: true, work: func(j *job) error {
		painted := s.clock()
		for !r.Run(s.comp.M.Now()+replayChunk, boot.NoLimit) {
			s.reply = nil // what the terminal answered then is on the tape
			if now := s.clock(); now-painted >= paintMs {
				painted = now
				s.picture.draw(&s.shown)
			}
			if !j.progress(s.comp.M.Now(), l.Moment.Now) {
				s.stop = "cancelled"
				s.say(verdict{Kind: "verdict", Verdict: "cancelled", Engine: l.Engine, Here: boot.Version, Want: instantOf(l.Moment), Got: s.here()})
				return nil
			}
		}
		s.reply = nil
		s.stop = "paused"
		s.stopped(r.Last())
		s.judge(r.Verdict())
		if at != 0 {
			s.goTo(j, at)
		}
		return nil
	}})
}

func (s *Session) here() instant {
	return instant{Now: s.comp.M.Now(), Retired: s.comp.M.CPU.S.Retired}
}

// judge tells the page what a replay has shown.
func (s *Session) judge(v boot.Verdict) {
	out := verdict{Kind: "verdict", Verdict: "differs", Text: v.String(), Engine: v.Engine, Here: boot.Version, Want: instantOf(v.Want), Got: instantOf(v.Got),
		Agreed: v.Agreed, Differs: v.Differs, Parted: v.Parted}
	switch {
	case v.Verified():
		out.Verdict = "verified"
	case !v.Promises():
		out.Verdict = "unknown"
	}
	s.say(out)
}

// startAt has a fresh machine go to an instruction and wait there.
func (s *Session) startAt(at uint64) {
	s.queue(&job{name: "going there", travel: true, work: func(j *job) error {
		s.goTo(j, at)
		return nil
	}})
}

// goTo goes to the moment at which so many instructions had retired: back in what was run, or on as if it played.
func (s *Session) goTo(j *job, at uint64) {
	if at < s.comp.M.CPU.S.Retired {
		s.hist.SeekRetired(at)
		s.stop = "paused"
		return
	}
	painted, from := s.clock(), s.comp.M.CPU.S.Retired
	s.playing = true // what is typed on the way comes on the grid
	more := true
	for more && s.comp.M.CPU.S.Retired < at {
		_, more = s.run(s.comp.M.Now()+replayChunk, at)
		if now := s.clock(); now-painted >= paintMs {
			painted = now
			s.picture.draw(&s.shown)
		}
		if !j.progress(s.comp.M.CPU.S.Retired-from, max(at-from, 1)) {
			break
		}
	}
	s.pause("paused")
}
