package main

import (
	"encoding/base64"
	"encoding/json"

	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// What is not larger than this travels inside: in a link somebody's small kernel, in a file nearly everything. Bytes.
const (
	insideLink = 512 << 10
	insideFile = 16 << 20
)

// say tells the page something besides pictures, in the next turn.
func (s *Session) say(message any) { s.said = append(s.said, message) }

// way is the present moment as a link, without its digest. In the past it has the tape up to there.
func (s *Session) way() *link.Link {
	return &link.Link{Engine: boot.Version, Setup: s.setup, Loaded: s.loaded, Files: s.files, Tape: *s.comp.Tape(),
		Moment: link.Moment{Now: s.comp.M.Now(), Retired: s.comp.M.CPU.S.Retired}}
}

// askLink answers {kind: "link", view: {scene, at, speed, stage, theme}} with {fragment, length}.
func askLink(s *Session, _ *job, raw []byte) (any, error) {
	var asked struct {
		View struct{ Scene, At, Speed, Stage, Theme string }
	}
	if err := json.Unmarshal(raw, &asked); err != nil {
		return nil, errQuestion
	}
	l := s.way()
	l.Moment = s.comp.Moment()
	v := asked.View
	text, err := link.Fragment(l, link.View{Scene: v.Scene, At: v.At, Speed: v.Speed, View: v.Stage, Theme: v.Theme})
	if err != nil {
		return nil, err
	}
	return map[string]any{"fragment": text, "length": len(text)}, nil
}

// askFile answers {kind: "file"} with {file, length}: the .vitrine file in base64. It has checkpoints.
func askFile(s *Session, _ *job, _ []byte) (any, error) {
	l := s.way()
	l.Moment = s.comp.Moment()
	l.Setup, l.Loaded = boot.Describe(&s.made, insideFile)
	s.points.Mark(l)
	b, err := link.Save(l)
	if err != nil {
		return nil, err
	}
	return map[string]any{"file": base64.StdEncoding.EncodeToString(b), "length": len(b)}, nil
}

// A position is told to the page now and then: with it the page finds its way back here when it was reloaded or this program
// is gone.
const (
	positionMs = 300.0    // host time between two of them
	slowMs     = 10_000.0 // when much travels inside
	muchInside = 64 << 10 // bytes
	mostInside = 2 << 20  // no position of more is told: no page may keep it
)

type position struct {
	Kind    string `json:"kind"`
	Link    string `json:"link"` // "" when it is too large to be kept
	File    string `json:"file"` // in base64, when it is too large for a link
	Retired uint64 `json:"retired"`
	Running bool   `json:"running"`
}

// place is what makes a position another one.
type place struct {
	now, retired uint64
	running      bool
}

// tellPosition tells the page where the machine is, when that has changed and it is time; again is after how many milliseconds
// it should be called again, negative when there is nothing to tell.
func (s *Session) tellPosition() (again float64) {
	at := place{s.comp.M.Now(), s.comp.M.CPU.S.Retired, s.playing}
	if s.job != nil || at == s.lastAt || s.inside() > mostInside {
		return -1
	}
	every := positionMs
	if s.inside() > muchInside {
		every = slowMs
	}
	if left := every - (s.clock() - s.lastTold); left > 0 && s.lastTold != 0 {
		return left
	}
	s.lastAt, s.lastTold = at, max(s.clock(), 1)
	p := position{Kind: "position", Retired: at.retired, Running: at.running}
	l := s.way()
	text, err := link.Fragment(l, link.View{})
	if err == nil {
		p.Link = text
	} else if b, err := link.Save(l); err == nil {
		p.File = base64.StdEncoding.EncodeToString(b)
	}
	s.say(p)
	return -1
}

// inside is how many bytes travel inside the session's links.
func (s *Session) inside() (n int) {
	for _, f := range s.files {
		n += len(f.Data)
	}
	for _, it := range s.loaded {
		n += len(it.Data)
	}
	return n
}

// beyond is how far behind the last known time the moment of a crash lies, in units: 10 ms of the guest.
const beyond = 1 << 20

// crashLink leads into the crash that has just been: played again, the run ends before the link's moment. "" when even that
// cannot be made.
func (s *Session) crashLink() (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	l := s.way()
	l.Moment.Now += beyond
	text, err := link.Fragment(l, link.View{})
	if err != nil {
		return ""
	}
	return text
}
