//go:build !js

package main

import (
	"cmp"
	"errors"
	"fmt"

	"vitrine/engine/debug"
	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// goalDate is when the machine of a shipped moment is switched on: the first of January 2026, midnight.
const goalDate = 1767225600

// Bounds of the search for a goal: how much time may pass, and how many events of a kind are looked at.
const (
	maxGoal  = 300_000 * unitsPerMs // five minutes of the machine's time
	maxTries = 100_000
)

// lookEvery is how often the picture is made on the way, in units of time: a page at full speed makes as many.
const lookEvery = 1_000_000

// keptBatches are enough for the lanes of time and for the story.
const keptBatches = 40

// seeker plays a machine from goal to goal, and keeps what it sends to a page.
type seeker struct {
	s       *Session
	batches [][]byte
	frame   view.Frame  // the last one sent
	calls   []view.Call // named so far
	hit     trace.Event
	until   uint64 // when the search for this goal is given up
}

// reach plays a fresh machine to the goals of a run.
func reach(disk dev.Backing, programs []view.Program, mem uint64, r view.Run) (*view.Reached, error) {
	o := Options{Boot: r.Boot, Mem: mem, Swap: r.Swap, Files: files(r.Files), Date: goalDate}
	s, err := NewSession(disk, programs, o)
	if err != nil {
		return nil, err
	}
	k := &seeker{s: s}
	reached := new(view.Reached)
	if len(r.Goals) == 0 || !r.Goals[0].Power {
		k.begin()
		if err := k.rest(); err != nil {
			return nil, err
		}
	}
	for i := range r.Goals {
		at, err := k.goal(&r.Goals[i])
		if err != nil {
			return nil, fmt.Errorf("moment %d, %+v: %w", i+1, r.Goals[i], err)
		}
		reached.Moments = append(reached.Moments, *at)
	}
	if reached.Link, err = k.link(); err != nil {
		return nil, err
	}
	if err := k.revisit(reached.Moments); err != nil {
		return nil, err
	}
	for _, a := range r.Asks {
		answer, err := k.ask(&reached.Moments[a.Moment], a.Kind)
		if err != nil {
			return nil, fmt.Errorf("the question %s at moment %d: %w", a.Kind, a.Moment+1, err)
		}
		reached.Answers = append(reached.Answers, answer)
	}
	return reached, nil
}

// ask asks what comes next at a moment, as a reader does: the machine stands there as before.
func (k *seeker) ask(at *view.Instant, kind string) (p *view.Prediction, err error) {
	s := k.s
	s.hist.Seek(at.Now)
	s.unseen(func() { p, err = s.predict(kind) })
	if err == nil && s.comp.Hash() != at.Hash {
		err = errors.New("it changes the machine")
	}
	return p, err
}

// files are those of a run in a link's form.
func files(list []view.File) (out []link.File) {
	for _, f := range list {
		file := link.File{Path: f.Path, Mode: link.TypeRegular | f.Mode, Data: []byte(f.Text)}
		if f.Link != "" {
			file.Mode, file.Data = link.TypeSymlink|0o777, []byte(f.Link)
		}
		out = append(out, file)
	}
	return out
}

// revisit goes back from moment to moment, as a reader may: each is another one, and the same as before.
func (k *seeker) revisit(moments []view.Instant) error {
	for i := len(moments) - 1; i >= 0; i-- {
		at := &moments[i]
		k.s.hist.Seek(at.Now)
		if k.s.comp.Hash() != at.Hash {
			return fmt.Errorf("moment %d is not found by its time, %d: something else happens at the same time, before or behind it", i+1, at.Now)
		}
	}
	return nil
}

// goal goes on to a goal, and stands there as it does for a reader who has stepped to it.
func (k *seeker) goal(g *view.Goal) (*view.Instant, error) {
	k.batches, k.hit = nil, trace.Event{}
	k.begin()
	if g.Run != "" {
		if err := k.enter(g.Run); err != nil {
			return nil, err
		}
	}
	var err error
	if g.Rest || g.Stop == "" && g.Call == "" && g.At == "" {
		err = k.rest()
	} else {
		err = k.happen(g)
	}
	if err != nil {
		return nil, err
	}
	s := k.s
	if !s.ended {
		s.goals, s.until = nil, 0
		s.pause("step")
		s.listen()
		if s.steps = uint64(g.Step); g.Step > 0 {
			s.sliceSteps(func() float64 { return 0 }, 0)
		}
		s.lastAgain()
	}
	look, err := k.s.lookAt(g.Look)
	if err != nil {
		return nil, err
	}
	for _, c := range look {
		s.Command(c)
	}
	k.look()
	at := &view.Instant{Look: look, Count: k.frame.Retired, Now: s.comp.M.Now(), Hash: s.comp.Hash(), Story: k.frame.Story, Batches: k.batches, Program: k.program()}
	if k.hit.Kind != trace.None {
		at.Event = view.EventText(&k.hit, s.picture.callName)
	}
	return at, nil
}

// begin has the machine play at full speed.
func (k *seeker) begin() {
	k.s.Command(view.Command{Kind: "frame", Text: "follow"}) // what was looked at was looked at there
	k.s.Command(view.Command{Kind: "space"})
	k.s.play()
	k.s.listen()
	k.until = k.s.comp.M.Now() + maxGoal
}

// on runs for a while, or to the event that is waited for; false: nothing happens any more without somebody's doing.
func (k *seeker) on() (bool, error) {
	s := k.s
	if s.comp.M.Now() > k.until {
		return false, errors.New("it does not come")
	}
	_, more := s.run(s.comp.M.Now()+lookEvery, 0)
	s.collect()
	return more, nil
}

func (k *seeker) look() {
	k.s.dirty = true
	b := k.s.Batch()
	k.frame = b.Frame
	k.calls = append(k.calls, b.Calls...)
	b.Calls = k.calls // names are told once: the batch that did may not be among those that are kept
	k.batches = append(k.batches, b.Encode())
	k.batches = k.batches[max(0, len(k.batches)-keptBatches):]
}

// rest goes on until nothing more happens without somebody's doing.
func (k *seeker) rest() error {
	for {
		more, err := k.on()
		if err != nil || !more {
			return err
		}
		k.look()
	}
}

// enter types a line once somebody reads the console: the shell, or a program.
func (k *seeker) enter(line string) error {
	for !k.s.comp.WantsInput() {
		more, err := k.on()
		if err != nil {
			return err
		}
		if !more && !k.s.comp.WantsInput() {
			return errors.New("nobody reads what is typed")
		}
		k.look()
	}
	if line != "\x03" && line != "\x04" {
		line += "\r"
	}
	k.s.Command(view.Command{Kind: "input", Text: line})
	return nil
}

// happen goes on until what the goal says has happened often enough: to behind the kernel's work in which it did.
func (k *seeker) happen(g *view.Goal) error {
	aim, err := k.aim(g)
	if err != nil {
		return err
	}
	s := k.s
	s.goals, s.until = &aim, aim.Events
	s.listen()
	left := max(g.Times, 1)
	for tries := 0; tries < maxTries; tries++ {
		from := s.comp.M.Now()
		more, err := k.on()
		if err != nil {
			return err
		}
		if s.held && k.is(g, from) {
			if left--; left == 0 {
				return nil
			}
		}
		if !more {
			break
		}
		if !s.held || tries%16 == 0 {
			k.look()
		}
	}
	return errors.New("it does not happen")
}

// aim is what a goal has the machine wait for.
func (k *seeker) aim(g *view.Goal) (debug.Goal, error) {
	if g.At != "" {
		return k.s.aim("break " + g.At)
	}
	id := cmp.Or(g.Stop, "syscall")
	stop, ok := view.KnownStop(id)
	if !ok {
		return debug.Goal{}, fmt.Errorf("there is no stop %q", id)
	}
	return debug.Goal{Events: k.s.stops(stop.Mask)}, nil
}

// is tells whether what has happened since a time is what the goal means, and notes it.
func (k *seeker) is(g *view.Goal, from uint64) bool {
	s := k.s
	if g.In != "" && k.comm() != g.In {
		return false
	}
	if g.At != "" {
		return true
	}
	for i := len(s.events) - 1; i >= 0 && s.events[i].At >= from; i-- {
		e := &s.events[i]
		if s.until>>e.Kind&1 == 0 || g.Call != "" && s.picture.callName(e.A) != g.Call {
			continue
		}
		k.hit, s.picture.hit = *e, *e
		return true
	}
	return false
}

// comm is the name of the program that has the CPU.
func (k *seeker) comm() string {
	if t := k.current(); t != nil {
		return t.Name()
	}
	return ""
}

func (k *seeker) program() string {
	if t := k.current(); t != nil {
		return fmt.Sprintf("pid %d %s", t.PID, t.Name())
	}
	return ""
}

func (k *seeker) current() *kernel.Task {
	if k.s.comp.K == nil {
		return nil
	}
	return k.s.comp.K.Current()
}

func (k *seeker) link() (string, error) {
	l := k.s.comp.Link()
	l.Setup, l.Loaded = boot.Describe(&k.s.made, 0)
	l.Files = k.s.files
	return link.Fragment(l, link.View{})
}
