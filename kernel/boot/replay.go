package boot

import (
	"errors"
	"fmt"

	"vitrine/engine/rewind"
	"vitrine/engine/rewind/link"
)

// Moment is where the computer is.
func (c *Computer) Moment() link.Moment {
	return link.Moment{Now: c.M.Now(), Retired: c.M.CPU.S.Retired, Hash: c.Hash()}
}

// Link is the computer's present moment with its way there, but not what it was made of: see Describe.
func (c *Computer) Link() *link.Link {
	return &link.Link{Engine: Version, Tape: c.tape, Moment: c.Moment()}
}

// Runner is what runs a computer: it itself, or its History.
type Runner interface {
	Run(limitNow, limitRetired uint64) Stop
}

// Replay plays a link's tape on a fresh computer and compares on the way.
type Replay struct {
	c     *Computer
	by    Runner
	l     *link.Link
	next  int // the next checkpoint
	found Verdict
	last  Stop
	over  bool
}

// NewReplay has a fresh computer, made of what the link says, play the link's tape.
func NewReplay(c *Computer, l *link.Link) (*Replay, error) {
	for _, e := range l.Tape.Entries {
		if e.Kind != rewind.Input && e.Kind != rewind.Resize {
			return nil, errors.New("the link's tape has input of a kind that this version does not know")
		}
	}
	c.Play(&l.Tape)
	return &Replay{c: c, by: c, l: l, found: Verdict{Engine: l.Engine, Want: l.Moment}}, nil
}

// Through has a History run the computer, so that what was played lies in its past.
func (r *Replay) Through(by Runner) { r.by = by }

// Run goes on until the clock shows limitNow or limitRetired instructions have retired; true when the moment has come, or
// will never come because the computer has stopped.
func (r *Replay) Run(limitNow, limitRetired uint64) bool {
	for !r.over {
		at := r.l.Moment.Now
		if r.next < len(r.l.Checkpoints) {
			at = r.l.Checkpoints[r.next].Now
		}
		stop := r.by.Run(min(at, limitNow), limitRetired)
		now := r.c.M.Now()
		if now < at && stop.Reason == Budget {
			return false
		}
		if r.next < len(r.l.Checkpoints) && now >= at {
			r.compare(&r.l.Checkpoints[r.next])
			continue
		}
		r.over, r.last = true, stop
		r.found.Got = r.c.Moment()
	}
	return true
}

// compare looks at a checkpoint, until one differs.
func (r *Replay) compare(want *link.Checkpoint) {
	r.next++
	switch v := &r.found; {
	case v.Parted:
	case r.c.M.Now() == want.Now && r.c.Hash() == want.Hash:
		v.Agreed = want.Now
	default:
		v.Parted, v.Differs = true, want.Now
	}
}

// Progress is how far the replay has come, between 0 and 1.
func (r *Replay) Progress() float64 {
	if r.over || r.l.Moment.Now == 0 {
		return 1
	}
	return float64(r.c.M.Now()) / float64(r.l.Moment.Now)
}

// Last is why the computer stopped at the end.
func (r *Replay) Last() Stop { return r.last }

// Verdict is what is known once Run has returned true.
func (r *Replay) Verdict() Verdict { return r.found }

// Verdict is what a replay has shown.
type Verdict struct {
	Engine    uint64 // Version of the machine that made the link
	Want, Got link.Moment
	// With checkpoints: at Agreed all was equal. When Parted, at Differs no longer.
	Agreed, Differs uint64
	Parted          bool
}

// Verified tells whether the state at the moment is the one that the link promises.
func (v *Verdict) Verified() bool { return v.Want == v.Got && v.Promises() }

// Promises tells whether the link has a digest. That of a crash has none: there was no state any more.
func (v *Verdict) Promises() bool { return v.Want.Hash != 0 }

func (v *Verdict) String() string {
	if v.Verified() {
		return fmt.Sprintf("verified: %016x at %d, instruction %d", v.Got.Hash, v.Got.Now, v.Got.Retired)
	}
	if !v.Promises() {
		return fmt.Sprintf("not verified: the link has no digest; here it is %016x at %d, instruction %d", v.Got.Hash, v.Got.Now, v.Got.Retired)
	}
	text := fmt.Sprintf("differs: the link says %016x at %d, instruction %d; here it is %016x at %d, instruction %d",
		v.Want.Hash, v.Want.Now, v.Want.Retired, v.Got.Hash, v.Got.Now, v.Got.Retired)
	switch {
	case v.Parted:
		text += fmt.Sprintf("; they part between %d and %d", v.Agreed, v.Differs)
	case v.Agreed != 0:
		text += fmt.Sprintf("; they part after %d", v.Agreed)
	}
	if v.Engine != Version {
		text += fmt.Sprintf("; it was made by engine %d, this is engine %d", v.Engine, Version)
	}
	return text
}

// CheckEngine says so when a link was made by another version of the machine: played here, it may differ.
func CheckEngine(l *link.Link) error {
	if l.Engine != Version {
		return fmt.Errorf("the link was made by engine %d, this is engine %d", l.Engine, Version)
	}
	return nil
}

// Recorder collects checkpoints while a computer runs: at most maxKept, evenly spread, however long the run is.
type Recorder struct {
	Kept  []link.Checkpoint
	Every uint64 // units of time between two checkpoints; 0: as many as cost a twentieth of the speed
}

const (
	maxKept    = 32
	firstEvery = 1 << 27 // a hash takes as long as some million instructions
)

// Next is when the computer should stop for a checkpoint.
func (r *Recorder) Next() uint64 {
	if r.Every == 0 {
		r.Every = firstEvery
	}
	if n := len(r.Kept); n > 0 {
		return (r.Kept[n-1].Now/r.Every + 1) * r.Every
	}
	return r.Every
}

// Mark gives a link its checkpoints: those before its moment. One at whose very time something came in does not count: the state
// then has two faces.
func (r *Recorder) Mark(l *link.Link) {
	i := 0
	for _, p := range r.Kept {
		for i < len(l.Tape.Entries) && l.Tape.Entries[i].At < p.Now {
			i++
		}
		if p.Now < l.Moment.Now && (i == len(l.Tape.Entries) || l.Tape.Entries[i].At != p.Now) {
			l.Checkpoints = append(l.Checkpoints, p)
		}
	}
}

// Cut forgets the checkpoints after time now: something else comes there.
func (r *Recorder) Cut(now uint64) {
	for n := len(r.Kept); n > 0 && r.Kept[n-1].Now > now; n-- {
		r.Kept = r.Kept[:n-1]
	}
}

// Look takes a checkpoint when it is time. When there are many, every other one goes.
func (r *Recorder) Look(c *Computer) {
	if c.M.Now() < r.Next() {
		return
	}
	r.Kept = append(r.Kept, link.Checkpoint{Now: c.M.Now(), Hash: c.Hash()})
	if len(r.Kept) == maxKept {
		for i := range maxKept / 2 {
			r.Kept[i] = r.Kept[2*i+1]
		}
		r.Kept = r.Kept[:maxKept/2]
		r.Every *= 2
	}
}
